/* Instance format shared by the generator and the peer harness.
 * File layout (little endian, all arrays contiguous):
 *   int64 magic 'MATCH01\0', n (requests), m (offers), A (arcs), reserved[4]
 *   int64 s[m]          supply in lots
 *   int64 d[n]          demand in lots  (min(requested, remaining ceiling))
 *   int32 w[n]          weight (licensed capacity) >= 1
 *   int32 cls[n]        priority class, 0 = first served
 *   int32 fam[n]        grade family (only informative)
 *   int64 off[n+1]      CSR by request
 *   int32 sup[A]        offer index, ascending inside a request
 *   int32 cost[A]       landed cost (price+freight) per lot unit
 */
#ifndef INST_H
#define INST_H
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <unistd.h>
#include <time.h>
#define MATCH_MAGIC 0x0031304843544d41LL
typedef struct {
	int64_t n, m, A;
	int64_t *s, *d;
	int32_t *w, *cls, *fam;
	int64_t *off;
	int32_t *sup, *cost;
} Inst;
static inline double now_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + 1e-9 * t.tv_nsec;
}
static inline int inst_load(const char *fn, Inst *I)
{
	int fd = open(fn, O_RDONLY);
	if (fd < 0) {
		perror(fn);
		return -1;
	}
	struct stat st;
	fstat(fd, &st);
	char *p = (char *)mmap(0, st.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_POPULATE,
	                       fd, 0);
	close(fd);
	if (p == MAP_FAILED)
		return -1;
	int64_t *h = (int64_t *)p;
	if (h[0] != MATCH_MAGIC) {
		fprintf(stderr, "bad magic\n");
		return -1;
	}
	I->n = h[1];
	I->m = h[2];
	I->A = h[3];
	p += 64;
	I->s = (int64_t *)p;
	p += 8 * I->m;
	I->d = (int64_t *)p;
	p += 8 * I->n;
	I->off = (int64_t *)p;
	p += 8 * (I->n + 1);
	I->w = (int32_t *)p;
	p += 4 * I->n;
	I->cls = (int32_t *)p;
	p += 4 * I->n;
	I->fam = (int32_t *)p;
	p += 4 * I->n;
	I->sup = (int32_t *)p;
	p += 4 * I->A;
	I->cost = (int32_t *)p;
	p += 4 * I->A;
	return 0;
}
static inline int inst_save(const char *fn, const Inst *I)
{
	FILE *f = fopen(fn, "wb");
	if (!f) {
		perror(fn);
		return -1;
	}
	int64_t h[8] = {MATCH_MAGIC, I->n, I->m, I->A, 0, 0, 0, 0};
	fwrite(h, 8, 8, f);
	fwrite(I->s, 8, I->m, f);
	fwrite(I->d, 8, I->n, f);
	fwrite(I->off, 8, I->n + 1, f);
	fwrite(I->w, 4, I->n, f);
	fwrite(I->cls, 4, I->n, f);
	fwrite(I->fam, 4, I->n, f);
	fwrite(I->sup, 4, I->A, f);
	fwrite(I->cost, 4, I->A, f);
	return fclose(f);
}
#endif

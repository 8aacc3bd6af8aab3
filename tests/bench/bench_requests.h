/* Requests per second that are durable, validated and held against a ceiling: Tasheem's
 * quota daemon beside Redis and PostgreSQL, each doing the same work, in one run.
 *
 * The work: BUYERS production units with one licence each, a ceiling per licence. A
 * request names buyer, grade and kg; it is accepted when it is new, the buyer and the
 * licence are in order, the licence covers the grade, and the ceiling has that much free;
 * then it is stored and reserved, and answered once it is on disk. Requests go round the
 * buyers. `depth` of them are under way at any time, sent `batch` at a time.
 *
 * Every contender runs alone, started in a directory of its own on disk, on a unix socket
 * (tasheem-curve: TCP on loopback with CURVE), and is stopped by its process id. */
#ifndef TASHEEM_BENCH_REQUESTS_H
#define TASHEEM_BENCH_REQUESTS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

enum { BUYERS = 1000, REQUEST_KG = 1000, PATH_BYTES = 160, LATENCY_US = 2000000 };

struct run {
	uint32_t depth;
	uint32_t batch;
	int64_t duration_ns;
};

/* What is under way and how long it took. */
struct meter {
	/* When request number n was sent, at n & mask. */
	int64_t *sent_ns;
	uint64_t mask;
	uint64_t sent, done;
	int64_t began_ns, ended_ns;
	/* Counts by whole µs; the last holds all that took longer. */
	uint32_t *took;
	double cpu_began_s, cpu_s;
};

/* ---- bench_requests.c ---- */
int64_t clock_ns(void);
void meter_begin(struct meter *meter, const struct run *run, double cpu_s);
/* Whether more may be sent now: in time, and `batch` more fit in the depth. */
bool meter_may_send(const struct meter *meter, const struct run *run);
/* Numbers the next request. */
uint64_t meter_sent(struct meter *meter);
void meter_done(struct meter *meter, uint64_t number);
/* All that was sent was answered: prints the line and frees. */
void meter_end(struct meter *meter, const struct run *run, const char *contender, double cpu_s);
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* ---- bench_process.c ---- */
/* Starts a program with output to DIRECTORY/NAME.log; environment NULL for our own. */
pid_t process_start(const char *directory, const char *name, char *const arguments[],
                    char *const environment[]);
/* SIGTERM, and SIGKILL after 10 s; also at exit for all that still run. */
void process_stop(pid_t process);
bool process_runs(pid_t process);
/* CPU seconds of a process and its children that live or were waited for. */
double process_cpu_s(pid_t process);
/* A new directory on disk; removed at exit. */
void directory_make(char out[PATH_BYTES]);

/* ---- the contenders; each runs all `runs` and prints their lines ---- */
void bench_tasheem(const struct run *runs, size_t count);
void bench_redis(const struct run *runs, size_t count);
void bench_postgres(const struct run *runs, size_t count);

#endif

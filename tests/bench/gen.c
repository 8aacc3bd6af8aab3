/* gen FAMILY SIZE SEED OUT  - synthetic round of raw-material quota matching.
 * families: single multi prio tight heavy geo ; sizes S M L XL (or NxM) */
#include "inst.h"
#include <math.h>
static uint64_t rs;
static uint64_t rnd(void)
{
	uint64_t z = (rs += 0x9e3779b97f4a7c15ull);
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}
static double U(void)
{
	return (rnd() >> 11) * (1.0 / 9007199254740992.0);
}
static int ri(int a, int b)
{
	return a + (int)(rnd() % (uint64_t)(b - a + 1));
}
static double gauss(void)
{
	double u = U() + 1e-18, v = U();
	return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}
#define NC 430
#define NP 31
static double cx[NC], cy[NC], px[NP], py[NP];
static double ccum[NC], icum[NC];
static int pick(const double *cum, int n)
{
	double r = U() * cum[n - 1];
	int lo = 0, hi = n - 1;
	while (lo < hi) {
		int mid = (lo + hi) / 2;
		if (cum[mid] < r)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}
typedef struct {
	int g, c, cls;
	int price;
	int64_t s;
	double x, y;
} Off;
typedef struct {
	int o;
	float k;
} Cand;
static int ccmp(const void *a, const void *b)
{
	const Cand *p = a, *q = b;
	return p->k < q->k ? -1 : p->k > q->k ? 1 : p->o - q->o;
}
typedef struct {
	int sup, cost;
} SC;
static int scmp(const void *a, const void *b)
{
	return ((SC *)a)->sup - ((SC *)b)->sup;
}
#define LMAX 60
int main(int argc, char **argv)
{
	if (argc < 5) {
		fprintf(stderr, "usage\n");
		return 2;
	}
	const char *F = argv[1], *S = argv[2];
	rs = strtoull(argv[3], 0, 10) * 0x1234567ull + 77;
	for (const char *c = F; *c; c++)
		rs = rs * 131 + *c;
	int64_t n, m;
	int G;
	if (!strcmp(S, "S")) {
		n = 1000;
		m = 50;
		G = 5;
	} else if (!strcmp(S, "M")) {
		n = 10000;
		m = 200;
		G = 15;
	} else if (!strcmp(S, "L")) {
		n = 100000;
		m = 1000;
		G = 60;
	} else if (!strcmp(S, "XL")) {
		n = 1000000;
		m = 10000;
		G = 300;
	} else {
		sscanf(S, "%ldx%ld", &n, &m);
		G = m / 30 < 5 ? 5 : m / 30;
	}
	int single = !strcmp(F, "single"), geo = !strcmp(F, "geo"), prio = !strcmp(F, "prio"),
	    tight = !strcmp(F, "tight"), heavy = !strcmp(F, "heavy");
	if (single || geo)
		G = 1;
	int FS = 5; /* grades per family */
	double sigma = tight ? 0.95 : geo ? 0.8 : 0.6;
	for (int p = 0; p < NP; p++) {
		px[p] = U() * 1600;
		py[p] = U() * 1400;
	}
	for (int c = 0; c < NC; c++) {
		int p = c % NP;
		cx[c] = px[p] + gauss() * 80;
		cy[c] = py[p] + gauss() * 80;
		double z = 1.0 / (1 + c);
		ccum[c] = (c ? ccum[c - 1] : 0) + pow(z, 0.7);
		icum[c] = (c ? icum[c - 1] : 0) + (c < 60 ? 1.0 / (1 + c * 0.2) : 0.0005);
	}
	double *gcum = malloc(8 * G);
	for (int g = 0; g < G; g++)
		gcum[g] = (g ? gcum[g - 1] : 0) + 1 / pow(1 + g, 0.5);
	Off *o = malloc(m * sizeof *o);
	int *gbase = malloc(4 * G);
	for (int g = 0; g < G; g++)
		gbase[g] = ri(200000, 900000);
	for (int i = 0; i < m; i++) {
		o[i].g = i < G ? i : pick(gcum, G);
		o[i].c = pick(icum, NC);
		o[i].x = cx[o[i].c] + (geo ? gauss() * 20 : 0);
		o[i].y = cy[o[i].c] + (geo ? gauss() * 20 : 0);
		o[i].cls = U() < 0.7 ? 7 : (U() < 0.5 ? 3 : 6);
		o[i].price = (int)(gbase[o[i].g] * (1 + 0.06 * gauss()));
		if (o[i].price < 1000)
			o[i].price = 1000;
		double q = heavy ? pow(U() + 1e-9, -1 / 1.2) : exp(0.7 * gauss());
		o[i].s = (int64_t)(q * 1000) + 1;
	}
	/* candidate lists per (grade,county): nearest offers */
	int **cl = calloc((size_t)G * NC, sizeof *cl);
	int *cn = calloc((size_t)G * NC, 4);
	int **go = calloc(G, sizeof *go), *gn = calloc(G, 4);
	for (int g = 0; g < G; g++)
		go[g] = malloc(4 * m);
	for (int i = 0; i < m; i++)
		go[o[i].g][gn[o[i].g]++] = i;
	Cand *cb = malloc(m * sizeof *cb);
	Inst I = {0};
	I.n = n;
	I.m = m;
	I.s = malloc(8 * m);
	I.d = malloc(8 * n);
	I.w = malloc(4 * n);
	I.cls = malloc(4 * n);
	I.fam = malloc(4 * n);
	I.off = malloc(8 * (n + 1));
	int64_t cap = n * 31;
	I.sup = malloc(4 * cap);
	I.cost = malloc(4 * cap);
	int64_t A = 0;
	double totd = 0;
	for (int64_t j = 0; j < n; j++) {
		int g = pick(gcum, G), c = pick(ccum, NC);
		int f = g / FS;
		I.fam[j] = f;
		int cls = prio ? (U() < 0.1 ? 0 : U() < 0.66 ? 1 : 2) : 0;
		I.cls[j] = cls;
		int bcls = prio ? cls : ri(0, 2);
		double capq = heavy ? 8 * pow(U() + 1e-9, -1 / 1.1) : 20 * exp(1.0 * gauss());
		if (capq > 200000)
			capq = 200000;
		int w = (int)capq + 1;
		I.w[j] = w;
		double ask = w * (0.3 + 1.7 * U());
		double ceil_ = tight ? w * 0.5 : w * 1.2;
		int64_t d = (int64_t)(ask < ceil_ ? ask : ceil_) + 1;
		I.d[j] = d;
		totd += d;
		double x = cx[c], y = cy[c];
		if (geo) {
			x += gauss() * 30;
			y += gauss() * 30;
		}
		int gs[3], ng = 0;
		gs[ng++] = g;
		if (G > 1) {
			int ns = ri(0, 2);
			for (int t = 0; t < ns; t++) {
				int h = f * FS + ri(0, FS - 1);
				if (h < G && h != g && (ng < 2 || h != gs[1]))
					gs[ng++] = h;
			}
		}
		double pmax = gbase[g] * (U() < 0.5 ? 9 : 1.0 + 0.15 * U());
		int K = ri(10, 30);
		Cand tmp[3 * LMAX];
		int nt = 0;
		for (int t = 0; t < ng; t++) {
			size_t id = (size_t)gs[t] * NC + c;
			if (!cl[id]) {
				int gg = gs[t];
				int k = gn[gg];
				for (int q = 0; q < k; q++) {
					Off *p = &o[go[gg][q]];
					cb[q].o = go[gg][q];
					cb[q].k = (float)hypot(p->x - cx[c], p->y - cy[c]);
				}
				qsort(cb, k, sizeof *cb, ccmp);
				if (k > LMAX)
					k = LMAX;
				cl[id] = malloc(4 * k + 4);
				cn[id] = k;
				for (int q = 0; q < k; q++)
					cl[id][q] = cb[q].o;
			}
			for (int q = 0; q < cn[id]; q++) {
				int i = cl[id][q];
				if (!((o[i].cls >> bcls) & 1))
					continue;
				if (o[i].price > pmax)
					continue;
				tmp[nt].o = i;
				tmp[nt].k = (float)hypot(o[i].x - x, o[i].y - y);
				nt++;
			}
		}
		qsort(tmp, nt, sizeof *tmp, ccmp);
		if (nt > K)
			nt = K;
		SC sc[3 * LMAX];
		for (int q = 0; q < nt; q++) {
			sc[q].sup = tmp[q].o;
			sc[q].cost = o[tmp[q].o].price + 2000 + (int)(tmp[q].k * (geo ? 90 : 30));
		}
		qsort(sc, nt, sizeof *sc, scmp);
		I.off[j] = A;
		for (int q = 0; q < nt; q++) {
			I.sup[A] = sc[q].sup;
			I.cost[A] = sc[q].cost;
			A++;
		}
	}
	I.off[n] = A;
	I.A = A;
	double tots = 0;
	for (int i = 0; i < m; i++)
		tots += o[i].s;
	double k = sigma * totd / tots;
	int64_t ts = 0;
	for (int i = 0; i < m; i++) {
		I.s[i] = (int64_t)(o[i].s * k) + 1;
		ts += I.s[i];
	}
	inst_save(argv[4], &I);
	printf("%s n=%ld m=%ld A=%ld deg=%.1f S/D=%.3f\n", argv[4], n, m, A, (double)A / n,
	       ts / totd);
	return 0;
}

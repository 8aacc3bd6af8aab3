// peers INST ALG MODE [YFILE] [-comp|-blk]   ALG: ns cos cas cc (LEMON) relax okalg (GLPK) igraph
// dimacs MODE fair (demands and levels read from YFILE: y int64[n], offer level int32[m], request
// level int32[n]) | place (max placement, then least cost, big-M dummy offer) -comp: solve each
// connected component separately (gives the peer our decomposition for free) -blk : additionally
// delete arcs between different fairness levels (gives the peer our whole reduction)
#include "inst.h"
#include <vector>
#include <algorithm>
#include <lemon/smart_graph.h>
#include <lemon/static_graph.h>
#include <lemon/network_simplex.h>
#include <lemon/cost_scaling.h>
#include <lemon/capacity_scaling.h>
#include <lemon/cycle_canceling.h>
#include <lemon/preflow.h>
extern "C" {
#include <glpk.h>
}
using namespace lemon;
typedef long long ll;
static double tsolve = 0, tbuild = 0;
static __int128 obj = 0;
static ll placed = 0, unmet = 0;
struct G {
	int n;
	std::vector<int> a, b;
	std::vector<ll> cap, cost, sup;
};
static ll BM;
static std::vector<ll> flow;
typedef StaticDigraph SD;
template <class ALG> static ll run_lemon(G &g, int pivot)
{
	double t = now_s();
	SD d;
	std::vector<std::pair<int, int>> al(g.a.size());
	std::vector<int> ord(g.a.size());
	for (size_t k = 0; k < ord.size(); k++)
		ord[k] = k;
	std::stable_sort(ord.begin(), ord.end(), [&](int x, int y) { return g.a[x] < g.a[y]; });
	for (size_t k = 0; k < ord.size(); k++)
		al[k] = {g.a[ord[k]], g.b[ord[k]]};
	d.build(g.n, al.begin(), al.end());
	SD::ArcMap<ll> cost(d), cap(d);
	SD::NodeMap<ll> sup(d);
	for (size_t k = 0; k < ord.size(); k++) {
		SD::Arc e = SD::arc((int)k);
		cost[e] = g.cost[ord[k]];
		cap[e] = g.cap[ord[k]];
	}
	for (int v = 0; v < g.n; v++)
		sup[SD::node(v)] = g.sup[v];
	ALG al2(d);
	al2.upperMap(cap).costMap(cost).supplyMap(sup);
	tbuild += now_s() - t;
	t = now_s();
	auto r = al2.run();
	tsolve += now_s() - t;
	if (r != ALG::OPTIMAL) {
		printf("NOT OPTIMAL %d\n", (int)r);
	}
	flow.resize(g.a.size());
	for (size_t k = 0; k < ord.size(); k++)
		flow[ord[k]] = al2.flow(SD::arc((int)k));
	return 0;
}
typedef struct {
	int dummy;
	double rhs;
} VD;
typedef struct {
	double low, cap, cost, x;
} AD;
static void run_glpk(G &g, bool relax)
{
	double t = now_s();
	glp_graph *h = glp_create_graph(sizeof(double), sizeof(double) * 4);
	glp_add_vertices(h, g.n);
	for (int v = 0; v < g.n; v++)
		*(double *)h->v[v + 1]->data = g.sup[v];
	std::vector<glp_arc *> ar(g.a.size());
	for (size_t k = 0; k < g.a.size(); k++) {
		glp_arc *e = glp_add_arc(h, g.a[k] + 1, g.b[k] + 1);
		double *q = (double *)e->data;
		q[0] = 0;
		q[1] = g.cap[k];
		q[2] = g.cost[k];
		q[3] = 0;
		ar[k] = e;
	}
	tbuild += now_s() - t;
	t = now_s();
	double sol;
	int r = relax ? glp_mincost_relax4(h, 0, 8, 16, 0 + 8 * 0, 0 + 8 * 0, &sol, 24, -1)
	              : glp_mincost_okalg(h, 0, 0, 8, 16, &sol, 24, -1);
	tsolve += now_s() - t;
	if (r)
		printf("glpk rc %d\n", r);
	flow.resize(g.a.size());
	for (size_t k = 0; k < ar.size(); k++)
		flow[k] = (ll)((double *)ar[k]->data)[3];
	glp_delete_graph(h);
}
int main(int argc, char **argv)
{
	Inst I;
	if (inst_load(argv[1], &I))
		return 1;
	std::string alg = argv[2], mode = argv[3];
	int comp = 0;
	const char *yf = 0;
	for (int k = 4; k < argc; k++) {
		if (!strcmp(argv[k], "-comp"))
			comp = 1;
		else if (!strcmp(argv[k], "-blk"))
			comp = 2;
		else
			yf = argv[k];
	}
	int n = I.n, m = I.m;
	bool place = mode == "place";
	std::vector<ll> y(n);
	std::vector<int> ls(m, 0), lr(n, 0);
	if (place)
		for (int j = 0; j < n; j++)
			y[j] = I.d[j];
	else {
		FILE *f = fopen(yf, "rb");
		if (!f)
			return 1;
		size_t r = fread(y.data(), 8, n, f) + fread(ls.data(), 4, m, f) +
		           fread(lr.data(), 4, n, f);
		(void)r;
		fclose(f);
	}
	ll cm = 0;
	for (ll k = 0; k < I.A; k++)
		cm = std::max<ll>(cm, I.cost[k]);
	BM = (cm + 1) * 20;
	double T0 = now_s();
	std::vector<int> uf(m);
	for (int i = 0; i < m; i++)
		uf[i] = i;
	auto fnd = [&](int x) {
		while (uf[x] != x) {
			uf[x] = uf[uf[x]];
			x = uf[x];
		}
		return x;
	};
	auto ok = [&](int j, ll k) { return comp < 2 || ls[I.sup[k]] == lr[j]; };
	std::vector<int> cs(m, 0), cr(n, 0);
	int nc = 1;
	if (comp) {
		for (int j = 0; j < n; j++) {
			int p = -1;
			if (!y[j])
				continue;
			for (ll k = I.off[j]; k < I.off[j + 1]; k++)
				if (ok(j, k)) {
					int q = fnd(I.sup[k]);
					if (p < 0)
						p = q;
					else if (p != q)
						uf[q] = p;
				}
		}
		nc = 0;
		std::vector<int> id(m, -1);
		for (int i = 0; i < m; i++) {
			int r = fnd(i);
			if (id[r] < 0)
				id[r] = nc++;
			cs[i] = id[r];
		}
		for (int j = 0; j < n; j++) {
			cr[j] = -1;
			if (y[j])
				for (ll k = I.off[j]; k < I.off[j + 1]; k++)
					if (ok(j, k)) {
						cr[j] = cs[I.sup[k]];
						break;
					}
		}
	}
	std::vector<std::vector<int>> S(nc), R(nc);
	for (int i = 0; i < m; i++)
		S[cs[i]].push_back(i);
	for (int j = 0; j < n; j++)
		if (cr[j] >= 0 && y[j])
			R[cr[j]].push_back(j);
	std::vector<int> lid(m);
	int big = 0, sk = 0;
	for (int c = 0; c < nc; c++) {
		if (R[c].empty())
			continue;
		G g;
		int ns = S[c].size(), nr = R[c].size();
		g.n = ns + nr;
		ll ts = 0, td = 0;
		g.sup.resize(g.n);
		for (int q = 0; q < ns; q++) {
			lid[S[c][q]] = q;
			g.sup[q] = I.s[S[c][q]];
			ts += g.sup[q];
		}
		for (int q = 0; q < nr; q++) {
			int j = R[c][q];
			g.sup[ns + q] = -y[j];
			td += y[j];
			for (ll k = I.off[j]; k < I.off[j + 1]; k++)
				if (ok(j, k)) {
					g.a.push_back(lid[I.sup[k]]);
					g.b.push_back(ns + q);
					g.cost.push_back(I.cost[k]);
					g.cap.push_back(std::min<ll>(y[j], I.s[I.sup[k]]));
				}
		}
		size_t real = g.a.size();
		if (place) {
			int u = g.n++;
			g.sup.push_back(td);
			for (int q = 0; q < nr; q++) {
				g.a.push_back(u);
				g.b.push_back(ns + q);
				g.cost.push_back(BM);
				g.cap.push_back(-g.sup[ns + q]);
			}
			ts += td;
		}
		if (ts > td) {
			int z = g.n++;
			g.sup.push_back(td - ts);
			for (int q = 0; q < ns; q++) {
				g.a.push_back(q);
				g.b.push_back(z);
				g.cost.push_back(0);
				g.cap.push_back(g.sup[q]);
			}
			if (place) {
				g.a.push_back(ns + nr);
				g.b.push_back(z);
				g.cost.push_back(0);
				g.cap.push_back(td);
			}
		}
		if (alg == "dimacs") {
			FILE *f = stdout;
			fprintf(f, "p min %d %zu\n", g.n, g.a.size());
			for (int v = 0; v < g.n; v++)
				if (g.sup[v])
					fprintf(f, "n %d %lld\n", v + 1, g.sup[v]);
			for (size_t k = 0; k < g.a.size(); k++)
				fprintf(f, "a %d %d 0 %lld %lld\n", g.a[k] + 1, g.b[k] + 1,
				        g.cap[k], g.cost[k]);
			continue;
		}
		if (alg == "ns")
			run_lemon<NetworkSimplex<SD, ll, ll>>(g, 0);
		else if (alg == "cos")
			run_lemon<CostScaling<SD, ll, ll>>(g, 0);
		else if (alg == "cas")
			run_lemon<CapacityScaling<SD, ll, ll>>(g, 0);
		else if (alg == "cc")
			run_lemon<CycleCanceling<SD, ll, ll>>(g, 0);
		else if (alg == "relax")
			run_glpk(g, true);
		else if (alg == "okalg")
			run_glpk(g, false);
		for (size_t k = 0; k < real; k++)
			obj += (__int128)flow[k] * g.cost[k], placed += flow[k];
		(void)big;
		(void)sk;
	}
	double T1 = now_s();
	long rss = 0;
	{
		FILE *f = fopen("/proc/self/status", "r");
		char l[256];
		while (fgets(l, 256, f))
			if (!strncmp(l, "VmHWM", 5))
				rss = atol(l + 6);
		fclose(f);
	}
	fprintf(alg == "dimacs" ? stderr : stdout,
	        "%s%s\t%s\t%s\ttotal=%.4f\tsolve=%.4f\tbuild=%.4f\tobj=%lld\tplaced=%lld\trss_kb=%"
	        "ld\n",
	        alg.c_str(),
	        comp == 2 ? "-blk"
	        : comp    ? "-comp"
	                  : "",
	        argv[1], mode.c_str(), T1 - T0, tsolve, tbuild, (ll)obj, placed, rss);
	return 0;
}

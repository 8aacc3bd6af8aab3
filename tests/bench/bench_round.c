/* Measures the solver on an instance file (inst.h).
 *
 *   bench_round INSTANCE --policy P [--allocations FILE] [--repeat N]
 *
 * One TSV line: instance policy fair_s cost_s total_s placed objective peak_rss_kb verify_s,
 * medians of N runs; total_s also holds making the keys. --allocations writes
 * y int64[n], offer level int32[m], request level int32[n] for peers.
 *
 * verify_s is a check of the certificate in one pass over the arcs, here on the
 * instance's own arrays: it derives no arcs, unlike the verifier inside matching. */
#include <sys/resource.h>

#include "inst.h"
#include "services/solver/fair.h"

struct bench {
	Inst instance;
	struct problem problem;
	struct network network;
	struct keys keys;
	struct engine engine;
	struct arena arena;
	double fair_s, cost_s, total_s, verify_s;
	int64_t placed;
	int128 objective;
};

static enum policy policy_named(const char *name)
{
	static const char *const names[POLICY_COUNT] = {
	        [POLICY_WEIGHTED] = "weighted",     [POLICY_EQUAL] = "equal",
	        [POLICY_PRO_RATA] = "pro-rata",     [POLICY_TIME] = "time",
	        [POLICY_LEAST_COST] = "least-cost", [POLICY_EQUAL_LOSSES] = "equal-losses",
	        [POLICY_TALMUD] = "talmud",         [POLICY_LOTTERY] = "lottery",
	};
	for (int policy = 1; policy < POLICY_COUNT; policy++) {
		if (names[policy] != NULL && strcmp(names[policy], name) == 0)
			return (enum policy)policy;
	}
	fprintf(stderr, "bench_round: no policy %s\n", name);
	exit(2);
}

/* The instance's arrays are the network's; only offsets are narrowed. */
static void network_view(struct bench *bench)
{
	Inst *instance = &bench->instance;
	struct network *network = &bench->network;
	uint32_t n = (uint32_t)instance->n;
	*network = (struct network){
	        .offer_count = (uint32_t)instance->m,
	        .claimant_count = n,
	        .request_count = n,
	        .arc_count = (uint32_t)instance->A,
	        .supply = instance->s,
	        .request_lots = instance->d,
	        .arc_offer = (uint32_t *)instance->sup,
	        .arc_cost = instance->cost,
	};
	network->first_request = malloc(sizeof(uint32_t) * (n + 1));
	network->request_claimant = network->first_request;
	network->first_arc = malloc(sizeof(uint32_t) * (n + 1));
	for (uint32_t j = 0; j <= n; j++) {
		network->first_request[j] = j;
		network->first_arc[j] = (uint32_t)instance->off[j];
		/* Nobody is refused what no offer could give. */
		if (j < n && instance->off[j] == instance->off[j + 1])
			instance->d[j] = 0;
	}
}

/* Weights and classes as given; the lottery from the claimant's number. */
static void keys_view(struct bench *bench)
{
	Inst *instance = &bench->instance;
	struct keys *keys = &bench->keys;
	uint32_t n = (uint32_t)instance->n;
	*keys = (struct keys){.policy = bench->problem.policy, .lot_kg = 1, .count = n};
	keys->claimants = ARENA_ARRAY(&bench->arena, struct key_claimant, n + 1);
	keys->steps = ARENA_ARRAY(&bench->arena, struct key_step, n + 1);
	for (uint32_t j = 0; j < n; j++) {
		uint64_t mix = (j + 1) * 0x9e3779b97f4a7c15u;
		mix = (mix ^ (mix >> 29)) * 0xbf58476d1ce4e5b9u;
		keys->steps[j] =
		        (struct key_step){0, instance->w[j], instance->d[j], instance->w[j]};
		keys->claimants[j] = (struct key_claimant){
		        .class = instance->cls[j],
		        .first_step = j,
		        .step_count = 1,
		        .demand_lots = instance->d[j],
		        .beta = (int64_t)(mix >> 40),
		        .demand_kg = instance->d[j],
		        .sequence = mix >> 20,
		};
	}
}

static void bench_fail(const char *what)
{
	fprintf(stderr, "bench_round: the certificate fails: %s\n", what);
	exit(1);
}

/* One pass: flows on arcs, levels along arcs, reduced costs; then keys by level. */
static void certificate_arcs(const struct bench *bench, int64_t *lots_of_arc_request)
{
	const struct network *network = &bench->network;
	const struct engine *engine = &bench->engine;
	const struct levels *levels = &engine->levels;
	for (uint32_t r = 0; r < network->request_count; r++) {
		for (uint32_t a = network->first_arc[r]; a < network->first_arc[r + 1]; a++) {
			uint32_t i = network->arc_offer[a];
			if (levels->offer_component[i] != levels->request_component[r] ||
			    levels->offer_level[i] > levels->request_level[r])
				bench_fail("F3");
			if (levels->offer_level[i] == levels->request_level[r] &&
			    network->arc_cost[a] <
			            engine->duals.offer.cost[i] + engine->duals.request.cost[r])
				bench_fail("F6 cost");
		}
	}
	for (uint32_t k = 0; k < engine->shares.count; k++) {
		uint32_t a = engine->shares.arc[k], r = engine->shares.request[k];
		uint32_t i = network->arc_offer[a];
		if (a < network->first_arc[r] || a >= network->first_arc[r + 1] ||
		    engine->shares.lots[k] <= 0 ||
		    levels->offer_level[i] != levels->request_level[r])
			bench_fail("F1 or F5");
		if (network->arc_cost[a] !=
		    engine->duals.offer.cost[i] + engine->duals.request.cost[r])
			bench_fail("F6 equality");
		lots_of_arc_request[r] -= engine->shares.lots[k];
	}
}

struct extremes {
	struct key awarded, refused;
	bool has_awarded, has_refused, room;
};

static void certificate_keys(const struct bench *bench, struct extremes *extremes,
                             const uint32_t *first)
{
	const struct engine *engine = &bench->engine;
	for (uint32_t j = 0; j < bench->network.claimant_count; j++) {
		struct extremes *at = &extremes[first[engine->levels.claimant_component[j]] +
		                                (uint32_t)engine->levels.claimant_level[j]];
		int64_t award = engine->flow.claimant[j];
		struct key key;
		if (award > 0) {
			keys_at(&bench->keys, j, award, &key);
			if (!at->has_awarded || keys_compare(&key, &at->awarded) > 0)
				at->awarded = key;
			at->has_awarded = true;
		}
		if (award < engine->limits[j]) {
			keys_at(&bench->keys, j, award + 1, &key);
			if (!at->has_refused || keys_compare(&key, &at->refused) < 0)
				at->refused = key;
			at->has_refused = true;
		}
	}
}

static void certificate_order(struct extremes *extremes, uint32_t count)
{
	struct key most;
	bool any = false, room = false;
	for (uint32_t k = 0; k < count; k++) {
		room |= extremes[k].room;
		if (extremes[k].has_awarded &&
		    (!any || keys_compare(&extremes[k].awarded, &most) > 0)) {
			most = extremes[k].awarded;
			any = true;
		}
		extremes[k].awarded = most;
		extremes[k].has_awarded = any;
		extremes[k].room = room;
	}
	struct key least;
	any = false;
	for (uint32_t k = count; k-- > 0;) {
		if (extremes[k].has_refused &&
		    (!any || keys_compare(&extremes[k].refused, &least) < 0)) {
			least = extremes[k].refused;
			any = true;
		}
		if (any && (extremes[k].room || (extremes[k].has_awarded &&
		                                 keys_compare(&extremes[k].awarded, &least) > 0)))
			bench_fail("F4");
	}
}

static void certificate_check(struct bench *bench)
{
	const struct network *network = &bench->network;
	struct engine *engine = &bench->engine;
	uint32_t components = (uint32_t)engine->levels.component_count;
	int64_t *left = calloc(network->request_count + network->offer_count + 1, sizeof *left);
	int64_t *room = left + network->request_count;
	memcpy(left, engine->flow.claimant, network->claimant_count * sizeof *left);
	memcpy(room, network->supply, network->offer_count * sizeof *room);
	certificate_arcs(bench, left);
	for (uint32_t r = 0; r < network->request_count; r++) {
		if (left[r] != 0 || engine->flow.claimant[r] > network->request_lots[r])
			bench_fail("F1 sums");
	}
	for (uint32_t k = 0; k < engine->shares.count; k++)
		room[network->arc_offer[engine->shares.arc[k]]] -= engine->shares.lots[k];
	uint32_t *first = calloc(components + 2, sizeof *first);
	for (uint32_t b = 0; b < engine->blocks.count; b++)
		first[engine->blocks.list[b].component + 1]++;
	for (uint32_t c = 0; c < components; c++)
		first[c + 1] += first[c];
	struct extremes *extremes = calloc(engine->blocks.count + 1, sizeof *extremes);
	for (uint32_t i = 0; i < network->offer_count; i++) {
		if (room[i] < 0)
			bench_fail("F2");
		if (engine->duals.offer.cost[i] > 0 ||
		    (room[i] > 0 && engine->duals.offer.cost[i] < 0))
			bench_fail("F6 sign");
		extremes[first[engine->levels.offer_component[i]] +
		         (uint32_t)engine->levels.offer_level[i]]
		        .room |= room[i] > 0;
	}
	if (bench->problem.policy != POLICY_LEAST_COST) {
		certificate_keys(bench, extremes, first);
		for (uint32_t c = 0; c < components; c++)
			certificate_order(extremes + first[c], first[c + 1] - first[c]);
	}
	free(left);
	free(first);
	free(extremes);
}

static void totals(struct bench *bench)
{
	const struct shares *shares = &bench->engine.shares;
	bench->placed = 0;
	bench->objective = 0;
	for (uint32_t k = 0; k < shares->count; k++) {
		bench->placed += shares->lots[k];
		bench->objective +=
		        (int128)shares->lots[k] * bench->network.arc_cost[shares->arc[k]];
	}
}

static void bench_run(struct bench *bench)
{
	double start = now_s();
	arena_reset(&bench->arena);
	keys_view(bench);
	bench->engine = (struct engine){.arena = &bench->arena,
	                                .network = &bench->network,
	                                .keys = &bench->keys,
	                                .limits = bench->instance.d};
	double keyed = now_s();
	engine_fair(&bench->engine);
	double fair = now_s();
	engine_cost(&bench->engine);
	double end = now_s();
	bench->fair_s = fair - keyed;
	bench->cost_s = end - fair;
	bench->total_s = end - start;
	totals(bench);
	end = now_s();
	certificate_check(bench);
	bench->verify_s = now_s() - end;
}

static int double_order(const void *left, const void *right)
{
	const double *one = left, *two = right;
	return (*one > *two) - (*one < *two);
}

static double median(double *values, int count)
{
	qsort(values, (size_t)count, sizeof *values, double_order);
	return values[count / 2];
}

static void allocations_write(const struct bench *bench, const char *path)
{
	const struct network *network = &bench->network;
	const struct engine *engine = &bench->engine;
	FILE *file = fopen(path, "wb");
	if (file == NULL ||
	    fwrite(engine->flow.claimant, sizeof(int64_t), network->claimant_count, file) !=
	            network->claimant_count ||
	    fwrite(engine->levels.offer_level, sizeof(int32_t), network->offer_count, file) !=
	            network->offer_count ||
	    fwrite(engine->levels.request_level, sizeof(int32_t), network->request_count, file) !=
	            network->request_count ||
	    fclose(file) != 0) {
		perror(path);
		exit(1);
	}
}

enum { REPEAT_MAX = 101 };

static void bench_repeat(struct bench *bench, int repeat)
{
	static double fair[REPEAT_MAX], cost[REPEAT_MAX], total[REPEAT_MAX], verify[REPEAT_MAX];
	for (int k = 0; k < repeat; k++) {
		bench_run(bench);
		fair[k] = bench->fair_s;
		cost[k] = bench->cost_s;
		total[k] = bench->total_s;
		verify[k] = bench->verify_s;
	}
	bench->fair_s = median(fair, repeat);
	bench->cost_s = median(cost, repeat);
	bench->total_s = median(total, repeat);
	bench->verify_s = median(verify, repeat);
}

int main(int argc, char **argv)
{
	static struct bench bench;
	const char *policy = "weighted", *allocations = NULL;
	int repeat = 1;
	if (argc < 2)
		return fprintf(stderr, "usage: bench_round INSTANCE --policy P "
		                       "[--allocations FILE] [--repeat N]\n"),
		       2;
	for (int k = 2; k + 1 < argc; k += 2) {
		if (strcmp(argv[k], "--policy") == 0)
			policy = argv[k + 1];
		else if (strcmp(argv[k], "--allocations") == 0)
			allocations = argv[k + 1];
		else if (strcmp(argv[k], "--repeat") == 0)
			repeat = atoi(argv[k + 1]);
	}
	if (repeat < 1 || repeat > REPEAT_MAX || inst_load(argv[1], &bench.instance) != 0)
		return 2;
	CHECK(arena_open(&bench.arena, (size_t)64 << 30));
	bench.problem.policy = policy_named(policy);
	network_view(&bench);
	bench_repeat(&bench, repeat);
	if (allocations != NULL)
		allocations_write(&bench, allocations);
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	printf("%s\t%s\t%.4f\t%.4f\t%.4f\t%lld\t%lld\t%ld\t%.4f\n", argv[1], policy, bench.fair_s,
	       bench.cost_s, bench.total_s, (long long)bench.placed, (long long)bench.objective,
	       usage.ru_maxrss, bench.verify_s);
	if (getenv("BENCH_COUNTS") != NULL)
		fprintf(stderr,
		        "flow runs %llu, pivots %llu, rows priced %llu, given up %llu, "
		        "blocks %u, components %u\n",
		        (unsigned long long)bench.engine.flow_runs,
		        (unsigned long long)bench.engine.pivots,
		        (unsigned long long)bench.engine.scans,
		        (unsigned long long)bench.engine.given_up, bench.engine.blocks.count,
		        bench.engine.components.count);
	return 0;
}

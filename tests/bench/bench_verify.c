/* What the verifier costs beside the solve, on books as matching has them: facts, from
 * which both derive their arcs.
 *
 *   bench_verify CLAIMANTS OFFERS [REPEAT]
 *
 * Grades come in families of five that substitute one another, prices vary by 6 %, 31
 * provinces have freights, half of the requests have a maximum, supply is 60 % of demand.
 * One TSV line, medians: claimants offers solve_s core_s verify_s verify/solve.
 * solve_s is from the problem's bytes to the solution's, core_s without decoding and
 * encoding, as far as the allocator lets it be seen: solve_s less the time to unpack the
 * problem and pack the solution once more. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "common/wire.h"
#include "services/matching/verify.h"
#include "tests/unit/round.h"

enum { PROVINCES = 31, FAMILY = 5, OFFERS_A_GRADE = 33, REPEATS = 101 };

static struct arena book, scratch;

static double now_s(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static char *name(const char *format, int64_t number)
{
	return (char *)(uintptr_t)arena_format(&book, format, (long long)number);
}

static void make_facts(Problem *p, struct dice *dice, int64_t grades)
{
	p->substitutes = ARENA_ARRAY(&book, Substitute *, grades * FAMILY);
	p->freights = ARENA_ARRAY(&book, Freight *, PROVINCES * PROVINCES);
	for (int64_t grade = 0; grade < grades; grade++)
		for (int64_t other = grade / FAMILY * FAMILY;
		     other < grades && other < (grade / FAMILY + 1) * FAMILY; other++) {
			if (other == grade || !dice_chance(dice, 40))
				continue;
			Substitute *fact = ARENA_NEW(&book, Substitute);
			tasheem__solver__v1__substitute__init(fact);
			fact->grade = name("G%05lld", grade);
			fact->substitute_grade = name("G%05lld", other);
			p->substitutes[p->n_substitutes++] = fact;
		}
	for (int64_t way = 0; way < PROVINCES * PROVINCES; way++) {
		Freight *fact = ARENA_NEW(&book, Freight);
		tasheem__solver__v1__freight__init(fact);
		fact->from_province = name("P%02lld", way / PROVINCES);
		fact->to_province = name("P%02lld", way % PROVINCES);
		fact->rial_per_kg = dice_between(dice, 1000, 20000);
		p->freights[p->n_freights++] = fact;
	}
}

static Problem *make_book(int64_t claimants, int64_t offers)
{
	struct dice dice = {77};
	int64_t grades = 1 + offers / OFFERS_A_GRADE, demand = 0;
	Problem *p = book_open(&book, POLICY(WEIGHTED), ROUNDING(OFFSET));
	p->offers = ARENA_ARRAY(&book, Offer *, offers);
	p->claimants = ARENA_ARRAY(&book, Claimant *, claimants);
	make_facts(p, &dice, grades);
	for (int64_t at = 0; at < claimants; at++) {
		int64_t lots = dice_between(&dice, 1, dice_chance(&dice, 10) ? 400 : 40);
		Claimant *claimant =
		        book_claimant_sized(&book, p, lots, dice_between(&dice, 1, 60), 1);
		claimant->buyer_id = name("B%08lld", at);
		Request *request = book_request(&book, claimant, lots);
		request->grade = name("G%05lld", dice_between(&dice, 0, grades - 1));
		request->province = name("P%02lld", dice_between(&dice, 0, PROVINCES - 1));
		request->max_landed_rial_per_kg = dice_chance(&dice, 50) ? 1 << 30 : 515000;
		demand += lots;
	}
	for (int64_t at = 0; at < offers; at++) {
		Offer *offer = ARENA_NEW(&book, Offer);
		tasheem__solver__v1__offer__init(offer);
		offer->offer_id = name("O%07lld", at);
		offer->grade = name("G%05lld", at % grades);
		offer->province = name("P%02lld", dice_between(&dice, 0, PROVINCES - 1));
		offer->buyer_classes = 1;
		offer->lots = dice_between(&dice, 1, 2 * demand * 6 / 10 / offers + 1);
		offer->price_rial_per_kg = dice_between(&dice, 470000, 530000);
		p->offers[p->n_offers++] = offer;
	}
	return p;
}

static int by_size(const void *left, const void *right)
{
	const double *one = left, *two = right;
	return (*one > *two) - (*one < *two);
}

static double median(double *values, int count)
{
	qsort(values, (size_t)count, sizeof *values, by_size);
	return values[count / 2];
}

int main(int argc, char **argv)
{
	static double solve[REPEATS], core[REPEATS], verify[REPEATS];
	int repeat = argc > 3 ? atoi(argv[3]) : 5;
	struct solver_failure failure;
	struct verify_result result;
	uint8_t digest[DIGEST_SHORT_BYTES];
	if (argc < 3 || repeat < 1 || repeat > REPEATS || !arena_open(&book, (size_t)1 << 36) ||
	    !arena_open(&scratch, (size_t)1 << 37))
		return 2;
	Problem *problem = make_book(atoll(argv[1]), atoll(argv[2]));
	struct bytes task = wire_encode(&book, &problem->base), answer;
	digest_of(digest, sizeof digest, task);
	for (int run = 0; run < repeat; run++) {
		arena_reset(&scratch);
		double start = now_s();
		CHECK(messages_solve(&scratch, task, &answer, &failure));
		solve[run] = now_s() - start;
		start = now_s();
		const Problem *read =
		        WIRE_DECODE(&scratch, Problem, tasheem__solver__v1__problem, task);
		double unpacked = now_s() - start;
		const Solution *solution =
		        WIRE_DECODE(&scratch, Solution, tasheem__solver__v1__solution, answer);
		start = now_s();
		(void)wire_encode(&scratch, &solution->base);
		core[run] = solve[run] - unpacked - (now_s() - start);
		start = now_s();
		if (!verify_solution(&scratch, read, digest, solution, &result)) {
			fprintf(stderr, "%s: %s\n", verify_rule_name(result.rule), result.what);
			return 1;
		}
		verify[run] = now_s() - start;
	}
	double solve_s = median(solve, repeat), verify_s = median(verify, repeat);
	printf("%s\t%s\t%.4f\t%.4f\t%.4f\t%.3f\n", argv[1], argv[2], solve_s, median(core, repeat),
	       verify_s, verify_s / solve_s);
	return 0;
}

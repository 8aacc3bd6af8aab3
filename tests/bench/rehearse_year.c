/* A year of a province's rounds as published bundles, in a folder: what `make bench-rehearse`
 * solves again. 52 weeks of 12 families; a round has 60 buyers with some two requests
 * each (a week of Qom has 313 requests in 12 families), a fifth of them cooperatives of several
 * members, every second request with a minimum, scarce offers of four grades from three provinces.
 */
#include <stdio.h>
#include <string.h>

#include "common/wire.h"
#include "services/ctl/file.h"
#include "services/ctl/whatif.h"
#include "tests/unit/brute.h"

enum { WEEKS = 52, FAMILIES = 12, BUYERS = 60, OFFERS = 12, GRADES = 4, LOT_KG = 5500 };

static struct arena arena;
static const char *const provinces[] = {"قم", "تهران", "بوشهر"};

static char *text(const char *format, int number)
{
	return (char *)(uintptr_t)arena_format(&arena, format, number);
}

static char *province(int64_t number)
{
	return (char *)(uintptr_t)provinces[number];
}

static void add_freights(Problem *problem)
{
	for (int at = 1; at < 3; at++) {
		Freight *way = ARENA_NEW(&arena, Freight);
		tasheem__solver__v1__freight__init(way);
		way->from_province = province(at);
		way->to_province = province(0);
		way->rial_per_kg = 4000 * at;
		problem->freights[problem->n_freights++] = way;
	}
}

static void add_buyer(struct dice *dice, Problem *problem, int number)
{
	int64_t lots = dice_between(dice, 1, 12), weight = dice_between(dice, 2, 400) * 1000;
	Claimant *claimant = book_claimant_sized(&arena, problem, lots, weight, 16);
	claimant->buyer_id = text("1402%07d", number * 977);
	claimant->priority_class = number % 10 == 0;
	for (int64_t more = dice_chance(dice, 20) ? dice_between(dice, 1, 14) : 0; more > 0;
	     more--) {
		Member *member = ARENA_NEW(&arena, Member);
		*member = *claimant->members[0];
		member->licence_id = text("L%02d", (int)claimant->n_members);
		member->demand_kg = lots * LOT_KG / 4;
		claimant->members[claimant->n_members++] = member;
	}
	for (int64_t left = lots, at = 0; left > 0; at++) {
		int64_t part = at == 2 ? left : dice_between(dice, 1, left);
		Request *request = book_request(&arena, claimant, part);
		request->grade = text("G%d", (int)dice_between(dice, 0, GRADES - 1));
		request->province = province(0);
		request->buyer_classes = 1 | (weight < 100000 ? 2 : 0);
		request->minimum_lots = dice_chance(dice, 50) ? dice_between(dice, 1, 2) : 0;
		left -= part;
	}
}

static Problem *make_round(struct dice *dice, int week, int family)
{
	Problem *problem = book_open(&arena, POLICY(WEIGHTED), ROUNDING(OFFSET));
	problem->round_id = text("w%02d", week);
	problem->family = text("F%02d", family);
	problem->round_id = (char *)(uintptr_t)arena_format(&arena, "%s-%s", problem->round_id,
	                                                    problem->family);
	problem->lot_kg = LOT_KG;
	for (size_t at = 0; at < problem->seed.len; at++)
		problem->seed.data[at] = (uint8_t)dice_next(dice);
	problem->claimants = ARENA_ARRAY(&arena, Claimant *, BUYERS);
	for (int at = 0; at < OFFERS; at++) {
		Offer *offer = book_offer(&arena, problem, dice_between(dice, 2, 40),
		                          dice_between(dice, 300000, 400000));
		offer->grade = text("G%d", at % GRADES);
		offer->province = province(at % 3);
	}
	for (int at = 0; at < BUYERS; at++)
		add_buyer(dice, problem, at);
	add_freights(problem);
	book_sort(problem);
	return problem;
}

int main(int argc, char **argv)
{
	struct dice dice = {1404};
	struct whatif_rule rule = {.reserve_percent = 10};
	struct whatif_draw draw;
	if (argc != 2 || !arena_open(&arena, (size_t)8 << 30))
		return 2;
	for (int number = 0; number < WEEKS * FAMILIES; number++) {
		arena_reset(&arena);
		Problem *problem = make_round(&dice, 1 + number / FAMILIES, 1 + number % FAMILIES);
		const char *path = arena_format(&arena, "%s/%s.bundle", argv[1], problem->round_id);
		if (!whatif_solve(&arena, problem, &rule, 0, &draw)) {
			fprintf(stderr, "%s: %s\n", path, draw.wrong);
			return 1;
		}
		if (!file_save(path, whatif_bundle(&arena, &draw), 0644))
			return 1;
	}
	return 0;
}

/* Prints the digest of what the solver says to 3,000 tiny rounds and a large one. Whatever
 * compiler and optimisation built it, it must print the same; see make same-bytes. */
#include <stdio.h>

#include "common/wire.h"
#include "tests/unit/round.h"

enum { LARGE = 3000, OFFERS = 40 };

static struct arena arena;

static Problem *large(void)
{
	struct dice dice = {5};
	Problem *problem = book_open(&arena, POLICY(WEIGHTED), ROUNDING(OFFSET));
	problem->claimants = ARENA_ARRAY(&arena, Claimant *, LARGE);
	for (int at = 0; at < OFFERS; at++) {
		Offer *offer =
		        book_offer(&arena, problem, dice_between(&dice, 50, 900), 1000 + 7 * at);
		offer->grade = (char *)(uintptr_t)arena_format(&arena, "G%d", at % 7);
	}
	for (int at = 0; at < LARGE; at++) {
		int64_t lots = dice_between(&dice, 1, 30);
		Claimant *claimant = book_claimant_sized(&arena, problem, lots, 1 + at % 19, 1);
		claimant->buyer_id = (char *)(uintptr_t)arena_format(&arena, "B%06d", at);
		book_request(&arena, claimant, lots)->grade =
		        (char *)(uintptr_t)arena_format(&arena, "G%d", at % 7);
	}
	for (int at = 0; at < 6; at++) {
		Substitute *fact = ARENA_NEW(&arena, Substitute);
		tasheem__solver__v1__substitute__init(fact);
		fact->grade = (char *)(uintptr_t)arena_format(&arena, "G%d", at);
		fact->substitute_grade = (char *)(uintptr_t)arena_format(&arena, "G%d", at + 1);
		problem->substitutes[problem->n_substitutes++] = fact;
	}
	return problem;
}

int main(void)
{
	struct dice dice = {99};
	struct digest digest;
	uint8_t out[DIGEST_BYTES];
	if (!arena_open(&arena, (size_t)1 << 32))
		return 1;
	digest_begin(&digest, sizeof out);
	for (int round = 0; round <= 3000; round++) {
		arena_reset(&arena);
		const Problem *problem = round < 3000 ? book_random(&arena, &dice) : large();
		digest_add_bytes(&digest, wire_encode(&arena, &round_solve(&arena, problem)->base));
	}
	digest_end(&digest, out);
	for (size_t at = 0; at < sizeof out; at++)
		printf("%02x", out[at]);
	putchar('\n');
	return 0;
}

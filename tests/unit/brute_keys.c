/* Keys by the definition, K of pooled members from all subsets of full ones. */
#include <sodium.h>
#include <string.h>

#include "tests/unit/brute_network.h"

struct number {
	int128 numerator, denominator;
};

void brute_draw_of(const Problem *p, const Claimant *claimant, uint8_t out[16])
{
	uint8_t text[512];
	size_t size = 0;
	memcpy(text, p->seed.data, 32);
	size += 32;
	size += strlen(strcpy((char *)text + size, p->round_id)) + 1;
	size += strlen(strcpy((char *)text + size, p->family)) + 1;
	size += strlen(strcpy((char *)text + size, claimant->buyer_id));
	crypto_generichash(out, 16, text, size, NULL, 0);
}

/* In 2^-24 kg. */
static int128 target_of(const Problem *p, const Claimant *claimant, int64_t t)
{
	uint8_t draw[16];
	int128 one = 1 << 24, beta = 0;
	brute_draw_of(p, claimant, draw);
	if (p->rounding == ROUNDING(OFFSET))
		beta = draw[0] * 65536 + draw[1] * 256 + draw[2];
	if (p->rounding == ROUNDING(CARRY))
		beta = claimant->carry_numerator;
	if (p->rounding == ROUNDING(WEBSTER))
		beta = one / 2;
	return one * claimant->held_kg + (one * t - beta) * p->lot_kg;
}

static int128 demand_of(const Claimant *claimant)
{
	int128 sum = 0;
	for (size_t at = 0; at < claimant->n_members; at++)
		sum += (int128)claimant->members[at]->demand_kg << 24;
	return sum;
}

/* The sum of minima is the least, over all subsets of full members, of their demands plus
 * K times the others' weights; so K is the largest of the bounds the subsets give. */
static struct number weighted_of(const Claimant *claimant, int128 target)
{
	struct number most = {0, 1};
	if (target > demand_of(claimant))
		return (struct number){1, 0};
	for (unsigned full = 0; full + 1 < 1u << claimant->n_members; full++) {
		int128 rest = target, weight = 0;
		for (size_t at = 0; at < claimant->n_members; at++) {
			const Member *member = claimant->members[at];
			if (full >> at & 1)
				rest -= (int128)member->demand_kg << 24;
			else
				weight += member->weight_kg;
		}
		if (rest * most.denominator > most.numerator * weight)
			most = (struct number){rest, weight};
	}
	return most;
}

static int compare(int128 a, int128 b)
{
	return a < b ? -1 : a > b;
}

static int number_compare(struct number a, struct number b)
{
	if (!a.denominator || !b.denominator)
		return compare(!a.denominator, !b.denominator);
	return compare(a.numerator * b.denominator, b.numerator * a.denominator);
}

/* K as up to two numbers, the phase or turn beside it. */
static void level_of(const Problem *p, const Claimant *claimant, int64_t t, struct number *k,
                     int64_t *before, int64_t *after)
{
	int128 target = target_of(p, claimant, t), demand = demand_of(claimant);
	*before = *after = 0;
	*k = (struct number){target, 1};
	if (p->policy == POLICY(WEIGHTED))
		*k = weighted_of(claimant, target);
	if (p->policy == POLICY(PRO_RATA))
		*k = demand ? (struct number){target, demand >> 24} : (struct number){1, 0};
	if (p->policy == POLICY(TIME)) {
		*k = (struct number){claimant->sequence, 1};
		*after = t;
	}
	if (p->policy == POLICY(EQUAL_LOSSES))
		k->numerator = target - demand;
	if (p->policy == POLICY(TALMUD) && 2 * target > demand) {
		*before = 1;
		k->numerator = target - demand;
	}
	if (p->policy == POLICY(LOTTERY))
		k->numerator = claimant->held_kg + (int128)t * p->lot_kg;
}

bool brute_before(const Problem *p, uint32_t j, int64_t t, uint32_t k, int64_t u)
{
	const Claimant *one = p->claimants[j], *two = p->claimants[k];
	struct number first, second;
	int64_t before[2], after[2];
	uint8_t draws[2][16];
	int order = compare(t <= one->reserve_lots ? -1 : one->priority_class,
	                    u <= two->reserve_lots ? -1 : two->priority_class);
	level_of(p, one, t, &first, &before[0], &after[0]);
	level_of(p, two, u, &second, &before[1], &after[1]);
	brute_draw_of(p, one, draws[0]);
	brute_draw_of(p, two, draws[1]);
	if (!order)
		order = compare(before[0], before[1]);
	if (!order)
		order = number_compare(first, second);
	if (!order)
		order = compare(after[0], after[1]);
	if (!order)
		order = memcmp(draws[0], draws[1], 16);
	if (!order)
		order = strcmp(one->buyer_id, two->buyer_id);
	if (!order)
		order = compare(t, u);
	return order < 0;
}

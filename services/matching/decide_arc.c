/* What stands between a request and an offer, and how high a claimant's level is. */
#include "services/matching/draw.h"

#include <string.h>

/* Fractions of a lot are in units of 2^-24. */
enum { OFFSET_BITS = 24 };

static bool windows_overlap(const struct request *request, const struct offer *offer)
{
	bool ends_before = request->delivery_to && offer->delivery_from &&
	                   request->delivery_to < offer->delivery_from;
	bool begins_after = request->delivery_from && offer->delivery_to &&
	                    request->delivery_from > offer->delivery_to;
	return !ends_before && !begins_after;
}

enum draw_arc draw_arc(const struct draw *draw, const struct draw_request *request,
                       const struct draw_offer *offer, int64_t *landed_rial_per_kg)
{
	const struct request *wanted = request->row;
	const struct offer *row = offer->row;
	/* Class numbers are bits: 1 all, 2 small units. */
	if (!(row->buyer_class & wanted->buyer_classes) || !windows_overlap(wanted, row))
		return ARC_NONE;
	if (!grade_name_equal(&wanted->grade, &row->grade) &&
	    !regime_substitutes(draw->state, draw->regime, &wanted->grade, &row->grade))
		return ARC_NONE;
	int64_t freight;
	if (!regime_freight(draw->state, draw->regime, offer->province, &wanted->province,
	                    &freight))
		return ARC_NONE;
	*landed_rial_per_kg = row->price_rial_per_kg + freight;
	return *landed_rial_per_kg > wanted->max_landed_rial_per_kg ? ARC_DEAR : ARC_GOOD;
}

/* Of 2^24 parts of a lot. */
static int64_t offset_of(const struct draw *draw, const struct draw_claimant *claimant)
{
	enum { ROUNDING_OFFSET = 1, ROUNDING_WEBSTER = 4 };
	if (draw->round->rounding == ROUNDING_WEBSTER)
		return 1 << (OFFSET_BITS - 1);
	if (draw->round->rounding != ROUNDING_OFFSET)
		return 0;
	return (int64_t)claimant->tie[0] << 16 | (int64_t)claimant->tie[1] << 8 |
	       (int64_t)claimant->tie[2];
}

static void reduce(int128 numerator, int128 denominator, struct draw_claimant *claimant)
{
	int128 left = numerator, right = denominator;
	while (right) {
		int128 rest = left % right;
		left = right;
		right = rest;
	}
	numerator /= left;
	denominator /= left;
	/* Beyond 63 bits the last ones go: this number is read, not decided by. */
	while (numerator > INT64_MAX || denominator > INT64_MAX) {
		numerator >>= 1;
		denominator >>= 1;
	}
	claimant->key_numerator = (int64_t)numerator;
	claimant->key_denominator = denominator ? (int64_t)denominator : 1;
}

/* inf{ K : sum over members of min(demand, K * weight) >= total / 2^24 }: members whose demand is
 * below K * weight are full; take out what is full until nothing is. A full one stays full: K
 * only rises. */
static void weighted_key(const struct draw *draw, struct draw_claimant *claimant, int128 total)
{
	const struct draw_member *members = &draw->members[claimant->first_member];
	int128 rest = total, weight = 0, last = -1;
	for (uint32_t at = 0; at < claimant->member_count; at++)
		weight += members[at].weight_kg;
	while (weight > 0 && weight != last) {
		int128 level = rest, base = weight;
		last = weight;
		rest = total;
		weight = 0;
		for (uint32_t at = 0; at < claimant->member_count; at++) {
			int128 demand = (int128)members[at].demand_kg << OFFSET_BITS;
			if (level * members[at].weight_kg > demand * base)
				rest -= demand;
			else
				weight += members[at].weight_kg;
		}
	}
	if (weight > 0)
		reduce(rest, weight << OFFSET_BITS, claimant);
}

void draw_claimant_key(const struct draw *draw, struct draw_claimant *claimant)
{
	enum { POLICY_WEIGHTED = 1, POLICY_PRO_RATA = 3 };
	if (claimant->awards == 0)
		return;
	int128 held = claimant->held_kg;
	int128 total = (held << OFFSET_BITS) +
	               (((int128)claimant->awards << OFFSET_BITS) - offset_of(draw, claimant)) *
	                       draw->lot_kg;
	if (draw->round->policy == POLICY_WEIGHTED) {
		weighted_key(draw, claimant, total);
		return;
	}
	int128 unit = 1;
	if (draw->round->policy == POLICY_PRO_RATA) {
		unit = 0;
		for (uint32_t at = 0; at < claimant->member_count; at++)
			unit += draw->members[claimant->first_member + at].demand_kg;
	}
	if (unit > 0)
		reduce(total, unit << OFFSET_BITS, claimant);
}

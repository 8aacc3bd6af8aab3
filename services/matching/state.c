/* Looking things up in the state, and its digest. */
#include "services/matching/matching.h"

#include <string.h>

#include "common/digest.h"

int64_t offer_lot_kg(const struct offer *offer)
{
	return offer->minimum_allocation_kg > offer->allocation_base_kg
	               ? offer->minimum_allocation_kg
	               : offer->allocation_base_kg;
}

bool allocation_holds(uint32_t allocation_state)
{
	switch ((enum allocation_state)allocation_state) {
	case ALLOCATION_PROVISIONAL:
	case ALLOCATION_OPEN:
	case ALLOCATION_ACCEPTED:
	case ALLOCATION_PAID:
	case ALLOCATION_DELIVERED:
	case ALLOCATION_DISTRIBUTED:
		return true;
	case ALLOCATION_DECLINED:
	case ALLOCATION_EXPIRED:
	case ALLOCATION_VOIDED:
		break;
	}
	return false;
}

void allocation_name(const struct round *round, uint32_t number, struct allocation_id *id)
{
	size_t size = strlen(round->round_id.text);
	char digits[10];
	size_t count = 0;
	do {
		digits[count++] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	CHECK(size + 1 + count < sizeof id->text);
	memset(id, 0, sizeof *id);
	memcpy(id->text, round->round_id.text, size);
	id->text[size++] = '.';
	while (count)
		id->text[size++] = digits[--count];
}

struct allocation *allocation_number(const struct matching_state *state, const struct round *round,
                                     uint32_t number)
{
	struct allocation_id id;
	allocation_name(round, number, &id);
	return allocation_find(&state->allocations, &id);
}

void round_seed(const struct matching_state *state, const struct round_id *round_id,
                uint8_t seed[DIGEST_BYTES], uint8_t commitment[DIGEST_BYTES])
{
	crypto_generichash_state hash;
	crypto_generichash_init(&hash, NULL, 0, DIGEST_BYTES);
	crypto_generichash_update(&hash, state->secret, DIGEST_BYTES);
	crypto_generichash_update(&hash, (const unsigned char *)round_id->text,
	                          strlen(round_id->text));
	crypto_generichash_final(&hash, seed, DIGEST_BYTES);
	crypto_generichash(commitment, DIGEST_BYTES, seed, DIGEST_BYTES, NULL, 0);
}

static int64_t earliest(int64_t left, int64_t right)
{
	return left < right ? left : right;
}

/* First lapse among the published allocations. */
static int64_t first_lapse(const struct matching_state *state, const struct round *round)
{
	const struct regime *regime = regime_find(&state->regimes, &round->regime_version);
	int64_t due = INT64_MAX;
	for (uint32_t number = 1; number <= round->ledger.published; number++) {
		const struct allocation *row = allocation_number(state, round, number);
		if (row && row->state == ALLOCATION_OPEN)
			due = earliest(due, row->accept_until_ms + 1);
		if (row && row->state == ALLOCATION_ACCEPTED)
			due = earliest(due, regime_lapse_ms(state, regime, row->pay_until_ms) + 1);
	}
	return due;
}

/* Whether a void has still something to release. */
static bool void_unfinished(const struct matching_state *state, const struct round *round)
{
	for (uint32_t number = 1; number <= round->ledger.emitted; number++) {
		const struct allocation *row = allocation_number(state, round, number);
		if (row && allocation_holds(row->state))
			return true;
	}
	for (uint32_t at = 0; at < state->offers.count; at++) {
		const struct offer *offer = offer_at(&state->offers, at);
		if (offer->state == OFFER_IN_ROUND &&
		    round_id_equal(&offer->round_id, &round->round_id))
			return true;
	}
	return false;
}

int64_t round_next_due(const struct matching_state *state, const struct round *round,
                       int64_t now_ms)
{
	switch ((enum round_state)round->state) {
	case ROUND_COLLECTING:
		return round->closes_ms;
	case ROUND_CLOSING:
		return round->ledger.book_known ? now_ms : INT64_MAX;
	case ROUND_SOLVING:
		return INT64_MAX;
	case ROUND_PUBLISHED:
		return round->objection_until_ms;
	case ROUND_FINAL:
		if (round->over)
			return INT64_MAX;
		return round->ledger.undecided ? first_lapse(state, round) : now_ms;
	case ROUND_VOIDED:
		return void_unfinished(state, round) ? now_ms : INT64_MAX;
	}
	return INT64_MAX;
}

static void digest_offer(struct digest *digest, const struct offer *row)
{
	digest_add_text(digest, row->offer_id.text);
	digest_add_text(digest, row->supplier_id.text);
	digest_add_text(digest, row->grade.text);
	digest_add_text(digest, row->round_id.text);
	digest_add_int(digest, row->quantity_kg);
	digest_add_int(digest, row->allocation_base_kg);
	digest_add_int(digest, row->minimum_allocation_kg);
	digest_add_int(digest, row->price_rial_per_kg);
	digest_add_int(digest, row->allocated_kg);
	digest_add_int(digest, row->buyer_class);
	digest_add_int(digest, row->settlement);
	digest_add_int(digest, row->state);
	digest_add_int(digest, row->delivery_from);
	digest_add_int(digest, row->delivery_to);
}

static void digest_round(struct digest *digest, const struct round *row)
{
	digest_add_text(digest, row->round_id.text);
	digest_add_text(digest, row->session_id.text);
	digest_add_text(digest, row->family.text);
	const int64_t numbers[] = {row->closes_ms,
	                           row->objection_until_ms,
	                           row->state,
	                           row->regime_version,
	                           row->policy,
	                           row->rounding,
	                           row->draw,
	                           row->pass,
	                           row->seed_known,
	                           row->book_known,
	                           row->bundle_known,
	                           row->over,
	                           row->offered_kg,
	                           row->asked_kg,
	                           row->placed_kg,
	                           row->claimants,
	                           row->placed_claimants,
	                           row->level_numerator,
	                           row->level_denominator,
	                           row->ledger.tick_ms,
	                           row->ledger.book_known,
	                           row->ledger.book_count,
	                           row->ledger.emitted,
	                           row->ledger.published,
	                           row->ledger.draw_first,
	                           row->ledger.sharings,
	                           row->lot_kg,
	                           row->ledger.undecided,
	                           row->ledger.paid};
	for (size_t at = 0; at < sizeof numbers / sizeof *numbers; at++)
		digest_add_int(digest, numbers[at]);
	digest_add_bytes(digest, (struct bytes){row->seed_commitment, DIGEST_BYTES});
	digest_add_bytes(digest, (struct bytes){row->seed, DIGEST_BYTES});
	digest_add_bytes(digest, (struct bytes){row->book_digest, DIGEST_BYTES});
	digest_add_bytes(digest, (struct bytes){row->bundle_digest, DIGEST_BYTES});
	digest_add_bytes(digest, (struct bytes){row->ledger.book_digest, DIGEST_BYTES});
	digest_add_text(digest, row->reason);
}

static void digest_allocation(const struct matching_state *state, struct digest *digest,
                              const struct allocation *row)
{
	digest_add_text(digest, row->allocation_id.text);
	digest_add_text(digest, row->buyer_id.text);
	digest_add_text(digest, row->request_id.text);
	digest_add_text(digest, row->offer_id.text);
	const int64_t numbers[] = {
	        row->quantity_kg,     row->price_rial_per_kg, row->freight_rial_per_kg,
	        row->accept_until_ms, row->pay_until_ms,      row->distribute_until_ms,
	        row->paid_rial,       row->delivered_kg,      row->draw,
	        row->state,           row->substitute,        row->part_count};
	for (size_t at = 0; at < sizeof numbers / sizeof *numbers; at++)
		digest_add_int(digest, numbers[at]);
	for (uint32_t at = 0; at < row->part_count; at++) {
		const struct part *part = part_at(state, row->first_part + at);
		digest_add_text(digest, part->party_id.text);
		digest_add_text(digest, part->licence_id.text);
		digest_add_int(digest, part->quantity_kg);
		digest_add_int(digest, part->received_kg);
		digest_add_int(digest, part->window_month);
		digest_add_int(digest, part->confirmed);
	}
}

static void digest_request(const struct matching_state *state, struct digest *digest,
                           const struct request *row)
{
	digest_add_text(digest, row->key.buyer_id.text);
	digest_add_text(digest, row->key.request_id.text);
	digest_add_text(digest, row->round_id.text);
	digest_add_text(digest, row->grade.text);
	digest_add_text(digest, row->province.text);
	digest_add_int(digest, row->quantity_kg);
	digest_add_int(digest, row->minimum_kg);
	digest_add_int(digest, row->max_landed_rial_per_kg);
	digest_add_int(digest, (int64_t)row->filed_sequence);
	digest_add_int(digest, row->version);
	digest_add_int(digest, row->priority_class);
	digest_add_int(digest, row->buyer_classes);
	for (uint32_t at = 0; at < row->line_count; at++) {
		const struct line *line = line_at(state, row->first_line + at);
		digest_add_text(digest, line->party_id.text);
		digest_add_text(digest, line->licence_id.text);
		digest_add_int(digest, line->reserved_kg);
		digest_add_int(digest, line->weight_kg);
	}
}

static void digest_share(struct digest *digest, const struct share *row)
{
	digest_add_text(digest, row->key.round_id.text);
	digest_add_int(digest, row->key.draw);
	digest_add_text(digest, row->key.buyer_id.text);
	digest_add_text(digest, row->key.request_id.text);
	const int64_t numbers[] = {row->asked_kg,
	                           row->placed_kg,
	                           row->value,
	                           row->limit,
	                           row->level_numerator,
	                           row->level_denominator,
	                           row->mean_landed_rial_per_kg,
	                           row->reason,
	                           row->level};
	for (size_t at = 0; at < sizeof numbers / sizeof *numbers; at++)
		digest_add_int(digest, numbers[at]);
}

static void digest_facts(const struct matching_state *state, struct digest *digest)
{
	for (uint32_t at = 0; at < state->suppliers.count; at++) {
		const struct supplier *supplier = supplier_at(&state->suppliers, at);
		digest_add_text(digest, supplier->supplier_id.text);
		digest_add_text(digest, supplier->name);
		digest_add_text(digest, supplier->province.text);
	}
	for (uint32_t at = 0; at < state->regimes.count; at++) {
		const struct regime *regime = regime_at(&state->regimes, at);
		digest_add_int(digest, regime->version);
		digest_add_int(digest, regime->effective_from);
		digest_add_int(digest, regime->rule_count);
		digest_add_int(digest, regime->grade_count);
	}
	for (uint32_t at = 0; at < state->bundles.count; at++) {
		const struct bundle_part *part = bundle_part_at(&state->bundles, at);
		digest_add_text(digest, part->key.round_id.text);
		digest_add_int(digest, part->key.draw);
		digest_add_int(digest, part->key.index);
		digest_add_bytes(digest, part->chunk);
	}
}

void matching_digest(const struct matching_state *state, uint8_t out[DIGEST_BYTES])
{
	struct digest digest;
	digest_begin(&digest, DIGEST_BYTES);
	authorise_digest(&state->authorise, &digest);
	digest_facts(state, &digest);
	for (uint32_t at = 0; at < state->offers.count; at++)
		digest_offer(&digest, offer_at(&state->offers, at));
	for (uint32_t at = 0; at < state->rounds.count; at++)
		digest_round(&digest, round_at(&state->rounds, at));
	for (uint32_t at = 0; at < state->requests.count; at++)
		digest_request(state, &digest, request_at(&state->requests, at));
	for (uint32_t at = 0; at < state->allocations.count; at++)
		digest_allocation(state, &digest, allocation_at(&state->allocations, at));
	for (uint32_t at = 0; at < state->shares.count; at++)
		digest_share(&digest, share_at(&state->shares, at));
	digest_end(&digest, out);
}

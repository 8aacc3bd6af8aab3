/* Rows as messages, for events and for the answers of reads. */
#include "services/matching/messages_noun.h"

#include <string.h>

char *noun_text(const char *text)
{
	return (char *)(uintptr_t)text;
}

ProtobufCBinaryData noun_bytes(const uint8_t *data, size_t size)
{
	return (ProtobufCBinaryData){size, (uint8_t *)(uintptr_t)data};
}

void noun_copy(char *out, size_t size, const char *text)
{
	size_t length = strlen(text);
	CHECK(length < size);
	memset(out, 0, size);
	memcpy(out, text, length);
}

Tasheem__Matching__V1__Supplier *message_of_supplier(struct arena *arena,
                                                     const struct supplier *row)
{
	Tasheem__Matching__V1__Supplier *to = ARENA_NEW(arena, Tasheem__Matching__V1__Supplier);
	tasheem__matching__v1__supplier__init(to);
	to->supplier_id = noun_text(row->supplier_id.text);
	to->name = noun_text(row->name);
	to->province = noun_text(row->province.text);
	return to;
}

Tasheem__Matching__V1__OfferChanged *message_of_offer(struct arena *arena, const struct offer *row)
{
	Tasheem__Matching__V1__OfferChanged *to =
	        ARENA_NEW(arena, Tasheem__Matching__V1__OfferChanged);
	Tasheem__Matching__V1__Offer *offer = ARENA_NEW(arena, Tasheem__Matching__V1__Offer);
	tasheem__matching__v1__offer_changed__init(to);
	tasheem__matching__v1__offer__init(offer);
	offer->offer_id = noun_text(row->offer_id.text);
	offer->supplier_id = noun_text(row->supplier_id.text);
	offer->grade = noun_text(row->grade.text);
	offer->quantity_kg = row->quantity_kg;
	offer->allocation_base_kg = row->allocation_base_kg;
	offer->minimum_allocation_kg = row->minimum_allocation_kg;
	offer->price_rial_per_kg = row->price_rial_per_kg;
	offer->buyer_class = (Tasheem__Matching__V1__BuyerClass)row->buyer_class;
	offer->settlement = (Tasheem__Matching__V1__Settlement)row->settlement;
	offer->offered_on_jalali = row->offered_on;
	offer->delivery_from_jalali = row->delivery_from;
	offer->delivery_to_jalali = row->delivery_to;
	to->offer = offer;
	to->state = (Tasheem__Matching__V1__OfferState)row->state;
	to->family = noun_text(row->family.text);
	to->round_id = noun_text(row->round_id.text);
	to->allocated_kg = row->allocated_kg;
	return to;
}

Tasheem__Matching__V1__RoundChanged *message_of_round(struct arena *arena, const struct round *row)
{
	Tasheem__Matching__V1__RoundChanged *to =
	        ARENA_NEW(arena, Tasheem__Matching__V1__RoundChanged);
	tasheem__matching__v1__round_changed__init(to);
	to->round_id = noun_text(row->round_id.text);
	to->session_id = noun_text(row->session_id.text);
	to->family = noun_text(row->family.text);
	to->closes_ms = row->closes_ms;
	to->state = (Tasheem__Matching__V1__RoundState)row->state;
	to->regime_version = row->regime_version;
	to->policy = row->policy;
	to->rounding = row->rounding;
	to->draw = row->draw;
	to->pass = row->pass;
	to->seed_commitment = noun_bytes(row->seed_commitment, DIGEST_BYTES);
	to->seed = noun_bytes(row->seed, row->seed_known ? DIGEST_BYTES : 0);
	to->book_digest = noun_bytes(row->book_digest, row->book_known ? DIGEST_BYTES : 0);
	to->bundle_digest = noun_bytes(row->bundle_digest, row->bundle_known ? DIGEST_BYTES : 0);
	to->offered_kg = row->offered_kg;
	to->asked_kg = row->asked_kg;
	to->placed_kg = row->placed_kg;
	to->claimants = row->claimants;
	to->placed_claimants = row->placed_claimants;
	to->objection_until_ms = row->objection_until_ms;
	to->reason = noun_text(row->reason);
	to->level_numerator = row->level_numerator;
	to->level_denominator = row->level_denominator;
	to->over = row->over;
	to->lot_kg = row->lot_kg;
	return to;
}

static Tasheem__Matching__V1__Part **message_of_parts(struct arena *arena, const struct part *parts,
                                                      uint32_t count)
{
	Tasheem__Matching__V1__Part **to =
	        ARENA_ARRAY(arena, Tasheem__Matching__V1__Part *, count + 1);
	for (uint32_t at = 0; at < count; at++) {
		to[at] = ARENA_NEW(arena, Tasheem__Matching__V1__Part);
		tasheem__matching__v1__part__init(to[at]);
		to[at]->party_id = noun_text(parts[at].party_id.text);
		to[at]->licence_id = noun_text(parts[at].licence_id.text);
		to[at]->quantity_kg = parts[at].quantity_kg;
		to[at]->confirmed = parts[at].confirmed;
		to[at]->received_kg = parts[at].received_kg;
		to[at]->window_month = parts[at].window_month;
	}
	return to;
}

Tasheem__Matching__V1__AllocationChanged *
message_of_allocation(struct arena *arena, const struct allocation *row, const struct part *parts)
{
	Tasheem__Matching__V1__AllocationChanged *to =
	        ARENA_NEW(arena, Tasheem__Matching__V1__AllocationChanged);
	tasheem__matching__v1__allocation_changed__init(to);
	to->allocation_id = noun_text(row->allocation_id.text);
	to->round_id = noun_text(row->round_id.text);
	to->draw = row->draw;
	to->buyer_id = noun_text(row->buyer_id.text);
	to->request_id = noun_text(row->request_id.text);
	to->offer_id = noun_text(row->offer_id.text);
	to->supplier_id = noun_text(row->supplier_id.text);
	to->grade = noun_text(row->grade.text);
	to->family = noun_text(row->family.text);
	to->quantity_kg = row->quantity_kg;
	to->price_rial_per_kg = row->price_rial_per_kg;
	to->freight_rial_per_kg = row->freight_rial_per_kg;
	to->state = (Tasheem__Matching__V1__AllocationState)row->state;
	to->accept_until_ms = row->accept_until_ms;
	to->pay_until_ms = row->pay_until_ms;
	to->paid_rial = row->paid_rial;
	to->delivered_kg = row->delivered_kg;
	to->distribute_until_ms = row->distribute_until_ms;
	to->substitute = row->substitute;
	to->n_parts = row->part_count;
	to->parts = message_of_parts(arena, parts, row->part_count);
	return to;
}

Tasheem__Matching__V1__ShareDecided *message_of_share(struct arena *arena, const struct share *row)
{
	Tasheem__Matching__V1__ShareDecided *to =
	        ARENA_NEW(arena, Tasheem__Matching__V1__ShareDecided);
	tasheem__matching__v1__share_decided__init(to);
	to->round_id = noun_text(row->key.round_id.text);
	to->draw = row->key.draw;
	to->buyer_id = noun_text(row->key.buyer_id.text);
	to->request_id = noun_text(row->key.request_id.text);
	to->asked_kg = row->asked_kg;
	to->placed_kg = row->placed_kg;
	to->reason = (Tasheem__Matching__V1__ShareReason)row->reason;
	to->value = row->value;
	to->limit = row->limit;
	to->level = row->level;
	to->level_numerator = row->level_numerator;
	to->level_denominator = row->level_denominator;
	to->mean_landed_rial_per_kg = row->mean_landed_rial_per_kg;
	return to;
}

Tasheem__Matching__V1__BundlePart *message_of_bundle(struct arena *arena,
                                                     const struct bundle_part *row)
{
	Tasheem__Matching__V1__BundlePart *to = ARENA_NEW(arena, Tasheem__Matching__V1__BundlePart);
	tasheem__matching__v1__bundle_part__init(to);
	to->round_id = noun_text(row->key.round_id.text);
	to->draw = row->key.draw;
	to->index = row->key.index;
	to->count = row->count;
	to->chunk = noun_bytes(row->chunk.data, row->chunk.size);
	return to;
}

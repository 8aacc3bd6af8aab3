/* Events to the journal and back. What comes back was written by this program and
 * hashed: anything else is our mistake, except a kind it does not know, which stops the
 * daemon with an alarm. */
#include "services/matching/messages.h"

#include <string.h>

#include "common/wire.h"
#include "services/matching/messages_noun.h"

static struct bytes encode_supplier(struct arena *arena, const struct supplier *row)
{
	Tasheem__Matching__V1__SupplierRegistered message =
	        TASHEEM__MATCHING__V1__SUPPLIER_REGISTERED__INIT;
	message.supplier = message_of_supplier(arena, row);
	return wire_encode(arena, &message.base);
}

static struct bytes encode_bundle(struct arena *arena, const struct bundle_part *row)
{
	Tasheem__Matching__V1__BundlePart *message = message_of_bundle(arena, row);
	return wire_encode(arena, &message->base);
}

static struct bytes encode_book(struct arena *arena, const struct book *book)
{
	Tasheem__Matching__V1__BookLearned message = TASHEEM__MATCHING__V1__BOOK_LEARNED__INIT;
	message.round_id = noun_text(book->round_id.text);
	message.count = book->count;
	message.digest = noun_bytes(book->digest, DIGEST_BYTES);
	return wire_encode(arena, &message.base);
}

struct wire_event matching_event_encode(struct arena *arena, const struct event *event)
{
	struct wire_event wire = {event->kind, {NULL, 0}};
	switch ((enum matching_event)event->kind) {
	case SUPPLIER_REGISTERED:
		wire.payload = encode_supplier(arena, &event->supplier);
		return wire;
	case OFFER_CHANGED:
		wire.payload = wire_encode(arena, &message_of_offer(arena, &event->offer)->base);
		return wire;
	case ROUND_CHANGED:
		wire.payload = wire_encode(arena, &message_of_round(arena, &event->round)->base);
		return wire;
	case ALLOCATION_CHANGED:
		wire.payload = wire_encode(
		        arena,
		        &message_of_allocation(arena, &event->allocation, event->parts)->base);
		return wire;
	case BUNDLE_PART:
		wire.payload = encode_bundle(arena, &event->bundle);
		return wire;
	case SHARE_DECIDED:
		wire.payload = wire_encode(arena, &message_of_share(arena, &event->share)->base);
		return wire;
	case BOOK_LEARNED:
		wire.payload = encode_book(arena, &event->book);
		return wire;
	case REQUEST_LEARNED:
	case REGIME_LEARNED:
	case PRINCIPAL_LEARNED:
	case MANDATE_LEARNED:
		/* Their payload is the source's own. */
		break;
	}
	CHECK(false);
	return wire;
}

#define MESSAGE(type, prefix)                                                                      \
	const Tasheem__Matching__V1__##type *message = WIRE_DECODE_TRUSTED(                        \
	        arena, Tasheem__Matching__V1__##type, tasheem__matching__v1__##prefix, payload);   \
	CHECK(message != NULL)

static void decode_supplier(struct arena *arena, struct bytes payload, struct supplier *row)
{
	MESSAGE(SupplierRegistered, supplier_registered);
	CHECK(message->supplier != NULL);
	CHECK(supplier_id_set(&row->supplier_id, message->supplier->supplier_id));
	noun_copy(row->name, sizeof row->name, message->supplier->name);
	noun_copy(row->province.text, sizeof row->province.text, message->supplier->province);
}

static void decode_offer(struct arena *arena, struct bytes payload, struct offer *row)
{
	MESSAGE(OfferChanged, offer_changed);
	const Tasheem__Matching__V1__Offer *offer = message->offer;
	CHECK(offer != NULL);
	CHECK(offer_id_set(&row->offer_id, offer->offer_id));
	CHECK(supplier_id_set(&row->supplier_id, offer->supplier_id));
	CHECK(grade_name_set(&row->grade, offer->grade));
	CHECK(family_name_set(&row->family, message->family));
	CHECK(round_id_set(&row->round_id, message->round_id));
	row->quantity_kg = offer->quantity_kg;
	row->allocation_base_kg = offer->allocation_base_kg;
	row->minimum_allocation_kg = offer->minimum_allocation_kg;
	row->price_rial_per_kg = offer->price_rial_per_kg;
	row->buyer_class = (uint32_t)offer->buyer_class;
	row->settlement = (uint32_t)offer->settlement;
	row->offered_on = offer->offered_on_jalali;
	row->delivery_from = offer->delivery_from_jalali;
	row->delivery_to = offer->delivery_to_jalali;
	row->state = (uint32_t)message->state;
	row->allocated_kg = message->allocated_kg;
}

static bool take_digest(uint8_t out[DIGEST_BYTES], ProtobufCBinaryData from)
{
	CHECK(from.len == 0 || from.len == DIGEST_BYTES);
	if (from.len)
		memcpy(out, from.data, DIGEST_BYTES);
	return from.len > 0;
}

static void decode_round_digests(const Tasheem__Matching__V1__RoundChanged *message,
                                 struct round *row)
{
	CHECK(take_digest(row->seed_commitment, message->seed_commitment));
	row->seed_known = take_digest(row->seed, message->seed);
	row->book_known = take_digest(row->book_digest, message->book_digest);
	row->bundle_known = take_digest(row->bundle_digest, message->bundle_digest);
}

static void decode_round(struct arena *arena, struct bytes payload, struct round *row)
{
	MESSAGE(RoundChanged, round_changed);
	CHECK(round_id_set(&row->round_id, message->round_id));
	CHECK(session_id_set(&row->session_id, message->session_id));
	CHECK(family_name_set(&row->family, message->family));
	row->closes_ms = message->closes_ms;
	row->state = (uint32_t)message->state;
	row->regime_version = message->regime_version;
	row->policy = message->policy;
	row->rounding = message->rounding;
	row->draw = message->draw;
	row->pass = message->pass;
	decode_round_digests(message, row);
	row->offered_kg = message->offered_kg;
	row->asked_kg = message->asked_kg;
	row->placed_kg = message->placed_kg;
	row->claimants = message->claimants;
	row->placed_claimants = message->placed_claimants;
	row->objection_until_ms = message->objection_until_ms;
	row->level_numerator = message->level_numerator;
	row->level_denominator = message->level_denominator;
	row->over = message->over;
	row->lot_kg = message->lot_kg;
	noun_copy(row->reason, sizeof row->reason, message->reason);
}

static void decode_parts(struct arena *arena, const Tasheem__Matching__V1__AllocationChanged *from,
                         struct event *event)
{
	event->allocation.part_count = (uint32_t)from->n_parts;
	event->parts = ARENA_ARRAY(arena, struct part, from->n_parts + 1);
	for (size_t at = 0; at < from->n_parts; at++) {
		const Tasheem__Matching__V1__Part *part = from->parts[at];
		struct part *to = &event->parts[at];
		CHECK(party_id_set(&to->party_id, part->party_id));
		CHECK(licence_id_set(&to->licence_id, part->licence_id));
		to->quantity_kg = part->quantity_kg;
		to->confirmed = part->confirmed;
		to->received_kg = part->received_kg;
		to->window_month = part->window_month;
	}
}

static void decode_allocation(struct arena *arena, struct bytes payload, struct event *event)
{
	MESSAGE(AllocationChanged, allocation_changed);
	struct allocation *row = &event->allocation;
	CHECK(allocation_id_set(&row->allocation_id, message->allocation_id));
	CHECK(round_id_set(&row->round_id, message->round_id));
	CHECK(party_id_set(&row->buyer_id, message->buyer_id));
	CHECK(request_id_set(&row->request_id, message->request_id));
	CHECK(offer_id_set(&row->offer_id, message->offer_id));
	CHECK(supplier_id_set(&row->supplier_id, message->supplier_id));
	CHECK(grade_name_set(&row->grade, message->grade));
	CHECK(family_name_set(&row->family, message->family));
	row->draw = message->draw;
	row->quantity_kg = message->quantity_kg;
	row->price_rial_per_kg = message->price_rial_per_kg;
	row->freight_rial_per_kg = message->freight_rial_per_kg;
	row->state = (uint32_t)message->state;
	row->accept_until_ms = message->accept_until_ms;
	row->pay_until_ms = message->pay_until_ms;
	row->paid_rial = message->paid_rial;
	row->delivered_kg = message->delivered_kg;
	row->distribute_until_ms = message->distribute_until_ms;
	row->substitute = message->substitute;
	decode_parts(arena, message, event);
}

static void decode_bundle(struct arena *arena, struct bytes payload, struct bundle_part *row)
{
	MESSAGE(BundlePart, bundle_part);
	CHECK(round_id_set(&row->key.round_id, message->round_id));
	row->key.draw = message->draw;
	row->key.index = message->index;
	row->count = message->count;
	row->chunk = (struct bytes){message->chunk.data, message->chunk.len};
}

static void decode_share(struct arena *arena, struct bytes payload, struct share *row)
{
	MESSAGE(ShareDecided, share_decided);
	CHECK(round_id_set(&row->key.round_id, message->round_id));
	CHECK(party_id_set(&row->key.buyer_id, message->buyer_id));
	CHECK(request_id_set(&row->key.request_id, message->request_id));
	row->key.draw = message->draw;
	row->asked_kg = message->asked_kg;
	row->placed_kg = message->placed_kg;
	row->reason = (uint32_t)message->reason;
	row->value = message->value;
	row->limit = message->limit;
	row->level = message->level;
	row->level_numerator = message->level_numerator;
	row->level_denominator = message->level_denominator;
	row->mean_landed_rial_per_kg = message->mean_landed_rial_per_kg;
}

static void decode_book(struct arena *arena, struct bytes payload, struct book *book)
{
	MESSAGE(BookLearned, book_learned);
	CHECK(round_id_set(&book->round_id, message->round_id));
	book->count = message->count;
	CHECK(take_digest(book->digest, message->digest));
}

void matching_event_decode(struct arena *arena, const struct wire_event *wire, struct event *event)
{
	memset(event, 0, sizeof *event);
	event->kind = wire->kind;
	switch ((enum matching_event)wire->kind) {
	case SUPPLIER_REGISTERED:
		decode_supplier(arena, wire->payload, &event->supplier);
		return;
	case OFFER_CHANGED:
		decode_offer(arena, wire->payload, &event->offer);
		return;
	case ROUND_CHANGED:
		decode_round(arena, wire->payload, &event->round);
		return;
	case ALLOCATION_CHANGED:
		decode_allocation(arena, wire->payload, event);
		return;
	case BUNDLE_PART:
		decode_bundle(arena, wire->payload, &event->bundle);
		return;
	case SHARE_DECIDED:
		decode_share(arena, wire->payload, &event->share);
		return;
	case BOOK_LEARNED:
		decode_book(arena, wire->payload, &event->book);
		return;
	case REQUEST_LEARNED:
	case REGIME_LEARNED:
	case PRINCIPAL_LEARNED:
	case MANDATE_LEARNED:
		matching_learned_decode(arena, wire, event);
		return;
	}
	matching_stop("matching.event.unknown", "an event of a kind this version does not know",
	              "start the version that wrote this journal");
}

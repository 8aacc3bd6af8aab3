/* Reads. Offers, suppliers, rounds and bundles are public to every principal;
 * allocations and shares are seen by the buyer, the supplier of the lots, and the
 * offices. Pages of MATCHING_PAGE rows; `total` counts what the filters let through. */
#include <string.h>

#include "common/wire.h"
#include "services/matching/messages.h"
#include "services/matching/messages_noun.h"

/* One read at work: which page, and how many rows came by. */
struct reading {
	const struct matching_state *state;
	struct arena *arena;
	const struct item *item;
	const struct principal *principal;
	int64_t now_ms;
	uint64_t first;
	uint32_t total;
};

/* Counts a row; true when it lies in the page. */
static bool in_page(struct reading *reading)
{
	uint32_t number = reading->total++;
	return number >= reading->first && number < reading->first + MATCHING_PAGE;
}

static bool matches(const char *filter, const char *text)
{
	return filter[0] == '\0' || strcmp(filter, text) == 0;
}

#define MESSAGE(type, prefix)                                                                      \
	const Tasheem__Matching__V1__##type *message =                                             \
	        WIRE_DECODE(reading->arena, Tasheem__Matching__V1__##type,                         \
	                    tasheem__matching__v1__##prefix, reading->item->payload);              \
	if (!message)                                                                              \
	return false

static bool read_offers(struct reading *reading, struct bytes *reply)
{
	MESSAGE(OfferRead, offer_read);
	Tasheem__Matching__V1__OfferReadReply to = TASHEEM__MATCHING__V1__OFFER_READ_REPLY__INIT;
	to.offers =
	        ARENA_ARRAY(reading->arena, Tasheem__Matching__V1__OfferChanged *, MATCHING_PAGE);
	reading->first = (uint64_t)message->page * MATCHING_PAGE;
	for (uint32_t at = 0; at < reading->state->offers.count; at++) {
		const struct offer *row = offer_at(&reading->state->offers, at);
		if (matches(message->offer_id, row->offer_id.text) &&
		    matches(message->family, row->family.text) &&
		    matches(message->supplier_id, row->supplier_id.text) && in_page(reading))
			to.offers[to.n_offers++] = message_of_offer(reading->arena, row);
	}
	to.total = reading->total;
	*reply = wire_encode(reading->arena, &to.base);
	return true;
}

static bool read_rounds(struct reading *reading, struct bytes *reply)
{
	MESSAGE(RoundRead, round_read);
	Tasheem__Matching__V1__RoundReadReply to = TASHEEM__MATCHING__V1__ROUND_READ_REPLY__INIT;
	to.rounds =
	        ARENA_ARRAY(reading->arena, Tasheem__Matching__V1__RoundChanged *, MATCHING_PAGE);
	reading->first = (uint64_t)message->page * MATCHING_PAGE;
	for (uint32_t at = 0; at < reading->state->rounds.count; at++) {
		const struct round *row = round_at(&reading->state->rounds, at);
		if (matches(message->round_id, row->round_id.text) &&
		    matches(message->session_id, row->session_id.text) && in_page(reading))
			to.rounds[to.n_rounds++] = message_of_round(reading->arena, row);
	}
	to.total = reading->total;
	*reply = wire_encode(reading->arena, &to.base);
	return true;
}

static bool read_suppliers(struct reading *reading, struct bytes *reply)
{
	MESSAGE(SupplierRead, supplier_read);
	Tasheem__Matching__V1__SupplierReadReply to =
	        TASHEEM__MATCHING__V1__SUPPLIER_READ_REPLY__INIT;
	to.suppliers =
	        ARENA_ARRAY(reading->arena, Tasheem__Matching__V1__Supplier *, MATCHING_PAGE);
	reading->first = (uint64_t)message->page * MATCHING_PAGE;
	for (uint32_t at = 0; at < reading->state->suppliers.count; at++) {
		const struct supplier *row = supplier_at(&reading->state->suppliers, at);
		if (matches(message->supplier_id, row->supplier_id.text) && in_page(reading))
			to.suppliers[to.n_suppliers++] = message_of_supplier(reading->arena, row);
	}
	to.total = reading->total;
	*reply = wire_encode(reading->arena, &to.base);
	return true;
}

/* Whether a draw's rows have been given meaning by a published round. */
static bool published(const struct reading *reading, const struct round_id *round_id, uint32_t draw)
{
	const struct round *round = round_find(&reading->state->rounds, round_id);
	if (!round || !round->bundle_known)
		return false;
	return draw < round->draw || (draw == round->draw && round->state != ROUND_SOLVING);
}

static bool sees(const struct reading *reading, const char *party)
{
	struct party_id party_id;
	return party_id_set(&party_id, party) &&
	       authorise_party(&reading->state->authorise, reading->principal, &party_id,
	                       reading->item->kind, reading->now_ms);
}

static void read_shares(struct reading *reading,
                        const Tasheem__Matching__V1__AllocationRead *message,
                        Tasheem__Matching__V1__AllocationReadReply *to)
{
	for (uint32_t at = 0; at < reading->state->shares.count; at++) {
		const struct share *row = share_at(&reading->state->shares, at);
		if (matches(message->round_id, row->key.round_id.text) &&
		    matches(message->buyer_id, row->key.buyer_id.text) &&
		    matches(message->request_id, row->key.request_id.text) &&
		    published(reading, &row->key.round_id, row->key.draw) &&
		    sees(reading, row->key.buyer_id.text) && in_page(reading))
			to->shares[to->n_shares++] = message_of_share(reading->arena, row);
	}
}

/* Allocations first, then shares; one count over both. */
static bool read_allocations(struct reading *reading, struct bytes *reply)
{
	MESSAGE(AllocationRead, allocation_read);
	const struct matching_state *state = reading->state;
	Tasheem__Matching__V1__AllocationReadReply to =
	        TASHEEM__MATCHING__V1__ALLOCATION_READ_REPLY__INIT;
	to.allocations = ARENA_ARRAY(reading->arena, Tasheem__Matching__V1__AllocationChanged *,
	                             MATCHING_PAGE);
	to.shares =
	        ARENA_ARRAY(reading->arena, Tasheem__Matching__V1__ShareDecided *, MATCHING_PAGE);
	reading->first = (uint64_t)message->page * MATCHING_PAGE;
	for (uint32_t at = 0; at < state->allocations.count; at++) {
		const struct allocation *row = allocation_at(&state->allocations, at);
		if (!matches(message->allocation_id, row->allocation_id.text) ||
		    !matches(message->round_id, row->round_id.text) ||
		    !matches(message->buyer_id, row->buyer_id.text) ||
		    !matches(message->request_id, row->request_id.text) ||
		    !published(reading, &row->round_id, row->draw) ||
		    !(sees(reading, row->buyer_id.text) || sees(reading, row->supplier_id.text)) ||
		    !in_page(reading))
			continue;
		const struct part *parts = row->part_count ? part_at(state, row->first_part) : NULL;
		to.allocations[to.n_allocations++] =
		        message_of_allocation(reading->arena, row, parts);
	}
	if (message->allocation_id[0] == '\0')
		read_shares(reading, message, &to);
	to.total = reading->total;
	*reply = wire_encode(reading->arena, &to.base);
	return true;
}

static bool read_bundle(struct reading *reading, struct bytes *reply)
{
	MESSAGE(BundleRead, bundle_read);
	Tasheem__Matching__V1__BundleReadReply to = TASHEEM__MATCHING__V1__BUNDLE_READ_REPLY__INIT;
	struct bundle_key key;
	memset(&key, 0, sizeof key);
	key.draw = message->draw;
	key.index = message->index;
	if (round_id_set(&key.round_id, message->round_id) &&
	    published(reading, &key.round_id, key.draw)) {
		const struct bundle_part *row = bundle_part_find(&reading->state->bundles, &key);
		if (row)
			to.part = message_of_bundle(reading->arena, row);
	}
	*reply = wire_encode(reading->arena, &to.base);
	return true;
}

bool matching_read(const struct matching_state *state, struct batch *batch, const struct item *item,
                   struct bytes *reply, struct verdict *verdict)
{
	struct reading reading = {state, batch_arena(batch), item, NULL, batch_now_ms(batch), 0, 0};
	bool good = false;
	reading.principal = authorise_by_name(&state->authorise, &item->actor.name);
	if (!reading.principal || reading.principal->revoked ||
	    !authorise_role(reading.principal->role, item->kind)) {
		verdict_add(verdict, CODE_DENIED, REASON_NOT_AUTHORISED, item->actor.name.text, 0,
		            0);
		return false;
	}
	if (item->kind == OFFER_READ)
		good = read_offers(&reading, reply);
	else if (item->kind == ROUND_READ)
		good = read_rounds(&reading, reply);
	else if (item->kind == ALLOCATION_READ)
		good = read_allocations(&reading, reply);
	else if (item->kind == BUNDLE_READ)
		good = read_bundle(&reading, reply);
	else if (item->kind == SUPPLIER_READ)
		good = read_suppliers(&reading, reply);
	else
		verdict_add(verdict, CODE_INVALID, REASON_UNKNOWN_KIND, "kind", item->kind, 0);
	if (!good)
		verdict_add(verdict, CODE_INVALID, REASON_MALFORMED, "payload", 0, 0);
	return good;
}

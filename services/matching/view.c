/* What matching's records mean for Redis. Values are absolute; keys and fields are
 * described in deploy/redis-keys.md. Requests of others, regimes and bundles are not
 * shown: a bundle is read from the daemon, a round names its digest.
 *
 * An allocation's `parts` is one field of compact JSON: [{"party_id":"…",
 * "licence_id":"…","quantity_kg":…,"confirmed":0,"received_kg":…,"window_month":…},…] */
#include "services/matching/matching.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/calendar.h"
#include "common/wire.h"
#include "tasheem/matching/v1/matching.pb-c.h"

const char *const matching_families[] = {
        "tasheem:supplier:*",     "tasheem:offer:*",           "tasheem:round:*",
        "tasheem:allocation:*",   "tasheem:share:*",           "tasheem:index:suppliers",
        "tasheem:index:offers",   "tasheem:index:offers:*",    "tasheem:index:rounds",
        "tasheem:index:rounds:*", "tasheem:index:allocations", "tasheem:index:allocations:*",
        "tasheem:index:shares",   "tasheem:index:shares:*",    NULL,
};

static const char *const buyer_classes[] = {"unspecified", "all", "small_units"};
static const char *const settlements[] = {"unspecified", "cash", "credit"};
static const char *const offer_states[] = {"unspecified", "open", "withdrawn", "in_round",
                                           "closed"};
static const char *const round_states[] = {"unspecified", "collecting", "closing", "solving",
                                           "published",   "final",      "voided"};
static const char *const allocation_states[] = {"unspecified", "provisional", "open", "accepted",
                                                "declined",    "expired",     "paid", "delivered",
                                                "distributed", "voided"};
static const char *const share_reasons[] = {"unspecified", "satisfied", "no_offer", "price",
                                            "minimum",     "cap",       "level"};
static const char *const policies[] = {
        "unspecified",    "weighted",   "equal",          "pro_rata",     "time",   "least_cost",
        "eu_coefficient", "price_time", "price_pro_rata", "equal_losses", "talmud", "lottery"};
static const char *const roundings[] = {"unspecified", "offset",  "carry",
                                        "jefferson",   "webster", "floor"};

/* A name out of a list by its number; numbers beyond it are `unspecified`. */
static const char *name_of(const char *const *names, size_t count, int number)
{
	return number > 0 && (size_t)number < count ? names[number] : names[0];
}

#define NAME_OF(names, number) name_of(names, sizeof(names) / sizeof *(names), (int)(number))

/* A day as 1404-09-02, empty for any. */
static void view_day(struct view *view, const char *field, int32_t day)
{
	char text[11] = "";
	if (day)
		calendar_day_text(day, text);
	view_text(view, field, "%s", text);
}

static void view_digest(struct view *view, const char *field, ProtobufCBinaryData digest)
{
	char text[2 * DIGEST_BYTES + 1] = "";
	for (size_t at = 0; at < digest.len && at < DIGEST_BYTES; at++)
		snprintf(text + 2 * at, sizeof text - 2 * at, "%02x", digest.data[at]);
	view_text(view, field, "%s", text);
}

static void notice(struct view *view, const char *noun, const char *id, const char *state)
{
	view_publish(
	        view,
	        arena_format(view->arena, "%" PRIu64 " %s %s %s", view->sequence, noun, id, state),
	        "tasheem:events:matching");
}

#define EVENT(type, prefix)                                                                        \
	const Tasheem__Matching__V1__##type *message =                                             \
	        WIRE_DECODE_TRUSTED(view->arena, Tasheem__Matching__V1__##type,                    \
	                            tasheem__matching__v1__##prefix, event->payload);              \
	CHECK(message)

static void view_supplier(struct view *view, const struct wire_event *event)
{
	EVENT(SupplierRegistered, supplier_registered);
	const Tasheem__Matching__V1__Supplier *from = message->supplier;
	view_hash(view, "tasheem:supplier:%s", from->supplier_id);
	view_text(view, "supplier_id", "%s", from->supplier_id);
	view_text(view, "name", "%s", from->name);
	view_text(view, "province", "%s", from->province);
	view_set_add(view, from->supplier_id, "tasheem:index:suppliers");
	notice(view, "supplier", from->supplier_id, "registered");
}

static void view_offer(struct view *view, const struct wire_event *event)
{
	EVENT(OfferChanged, offer_changed);
	const Tasheem__Matching__V1__Offer *from = message->offer;
	const char *state = NAME_OF(offer_states, message->state);
	view_hash(view, "tasheem:offer:%s", from->offer_id);
	view_text(view, "offer_id", "%s", from->offer_id);
	view_text(view, "supplier_id", "%s", from->supplier_id);
	view_text(view, "grade", "%s", from->grade);
	view_text(view, "family", "%s", message->family);
	view_text(view, "state", "%s", state);
	view_text(view, "round_id", "%s", message->round_id);
	view_int(view, "quantity_kg", from->quantity_kg);
	view_int(view, "allocated_kg", message->allocated_kg);
	view_int(view, "allocation_base_kg", from->allocation_base_kg);
	view_int(view, "minimum_allocation_kg", from->minimum_allocation_kg);
	view_int(view, "price_rial_per_kg", from->price_rial_per_kg);
	view_text(view, "buyer_class", "%s", NAME_OF(buyer_classes, from->buyer_class));
	view_text(view, "settlement", "%s", NAME_OF(settlements, from->settlement));
	view_day(view, "offered_on_jalali", from->offered_on_jalali);
	view_day(view, "delivery_from_jalali", from->delivery_from_jalali);
	view_day(view, "delivery_to_jalali", from->delivery_to_jalali);
	view_set_add(view, from->offer_id, "tasheem:index:offers");
	view_set_add(view, from->offer_id, "tasheem:index:offers:%s", message->family);
	notice(view, "offer", from->offer_id, state);
}

static void view_round_result(struct view *view, const Tasheem__Matching__V1__RoundChanged *message)
{
	view_digest(view, "seed_commitment", message->seed_commitment);
	view_digest(view, "seed", message->seed);
	view_digest(view, "book_digest", message->book_digest);
	view_digest(view, "bundle_digest", message->bundle_digest);
	view_int(view, "offered_kg", message->offered_kg);
	view_int(view, "asked_kg", message->asked_kg);
	view_int(view, "placed_kg", message->placed_kg);
	view_int(view, "claimants", message->claimants);
	view_int(view, "placed_claimants", message->placed_claimants);
	view_int(view, "objection_until_ms", message->objection_until_ms);
	view_text(view, "reason", "%s", message->reason);
	view_int(view, "level_numerator", message->level_numerator);
	view_int(view, "level_denominator", message->level_denominator);
	view_int(view, "over", message->over);
	view_int(view, "lot_kg", message->lot_kg);
}

static void view_round(struct view *view, const struct wire_event *event)
{
	EVENT(RoundChanged, round_changed);
	const char *state = NAME_OF(round_states, message->state);
	view_hash(view, "tasheem:round:%s", message->round_id);
	view_text(view, "round_id", "%s", message->round_id);
	view_text(view, "session_id", "%s", message->session_id);
	view_text(view, "family", "%s", message->family);
	view_int(view, "closes_ms", message->closes_ms);
	view_text(view, "state", "%s", state);
	view_int(view, "regime_version", message->regime_version);
	view_text(view, "policy", "%s", NAME_OF(policies, message->policy));
	view_text(view, "rounding", "%s", NAME_OF(roundings, message->rounding));
	view_int(view, "draw", message->draw);
	view_int(view, "pass", message->pass);
	view_round_result(view, message);
	view_set_add(view, message->round_id, "tasheem:index:rounds");
	view_set_add(view, message->round_id, "tasheem:index:rounds:%s", message->session_id);
	notice(view, "round", message->round_id, state);
}

static const char *parts_text(struct arena *arena,
                              const Tasheem__Matching__V1__AllocationChanged *message)
{
	enum { PART_SIZE = 200 };
	size_t room = message->n_parts * PART_SIZE + 3, used = 1;
	char *text = arena_take(arena, room);
	text[0] = '[';
	for (size_t at = 0; at < message->n_parts; at++) {
		const Tasheem__Matching__V1__Part *part = message->parts[at];
		used += (size_t)snprintf(
		        text + used, room - used,
		        "%s{\"party_id\":\"%s\",\"licence_id\":\"%s\","
		        "\"quantity_kg\":%" PRId64 ",\"confirmed\":%d,"
		        "\"received_kg\":%" PRId64 ",\"window_month\":%" PRId32 "}",
		        at ? "," : "", part->party_id, part->licence_id, part->quantity_kg,
		        part->confirmed, part->received_kg, part->window_month);
		CHECK(used + 2 <= room);
	}
	text[used] = ']';
	return text;
}

static void view_allocation(struct view *view, const struct wire_event *event)
{
	EVENT(AllocationChanged, allocation_changed);
	const char *state = NAME_OF(allocation_states, message->state);
	view_hash(view, "tasheem:allocation:%s", message->allocation_id);
	view_text(view, "allocation_id", "%s", message->allocation_id);
	view_text(view, "round_id", "%s", message->round_id);
	view_int(view, "draw", message->draw);
	view_text(view, "buyer_id", "%s", message->buyer_id);
	view_text(view, "request_id", "%s", message->request_id);
	view_text(view, "offer_id", "%s", message->offer_id);
	view_text(view, "supplier_id", "%s", message->supplier_id);
	view_text(view, "grade", "%s", message->grade);
	view_text(view, "family", "%s", message->family);
	view_int(view, "quantity_kg", message->quantity_kg);
	view_int(view, "price_rial_per_kg", message->price_rial_per_kg);
	view_int(view, "freight_rial_per_kg", message->freight_rial_per_kg);
	view_text(view, "state", "%s", state);
	view_int(view, "accept_until_ms", message->accept_until_ms);
	view_int(view, "pay_until_ms", message->pay_until_ms);
	view_int(view, "paid_rial", message->paid_rial);
	view_int(view, "delivered_kg", message->delivered_kg);
	view_int(view, "distribute_until_ms", message->distribute_until_ms);
	view_int(view, "substitute", message->substitute);
	view_text(view, "parts", "%s", parts_text(view->arena, message));
	view_set_add(view, message->allocation_id, "tasheem:index:allocations");
	view_set_add(view, message->allocation_id, "tasheem:index:allocations:%s",
	             message->round_id);
	notice(view, "allocation", message->allocation_id, state);
}

static void view_share(struct view *view, const struct wire_event *event)
{
	EVENT(ShareDecided, share_decided);
	const char *reason = NAME_OF(share_reasons, message->reason);
	const char *id = arena_format(view->arena, "%s:%" PRIu32 ":%s:%s", message->round_id,
	                              message->draw, message->buyer_id, message->request_id);
	view_hash(view, "tasheem:share:%s", id);
	view_text(view, "round_id", "%s", message->round_id);
	view_int(view, "draw", message->draw);
	view_text(view, "buyer_id", "%s", message->buyer_id);
	view_text(view, "request_id", "%s", message->request_id);
	view_int(view, "asked_kg", message->asked_kg);
	view_int(view, "placed_kg", message->placed_kg);
	view_text(view, "reason", "%s", reason);
	view_int(view, "value", message->value);
	view_int(view, "limit", message->limit);
	view_int(view, "level", message->level);
	view_int(view, "level_numerator", message->level_numerator);
	view_int(view, "level_denominator", message->level_denominator);
	view_int(view, "mean_landed_rial_per_kg", message->mean_landed_rial_per_kg);
	view_set_add(view, id, "tasheem:index:shares");
	view_set_add(view, id, "tasheem:index:shares:%s", message->round_id);
	notice(view, "share", id, reason);
}

void matching_view(struct view *view, const struct record *record)
{
	for (uint32_t at = 0; at < record->event_count; at++) {
		const struct wire_event *event = &record->events[at];
		switch (event->kind) {
		case SUPPLIER_REGISTERED:
			view_supplier(view, event);
			break;
		case OFFER_CHANGED:
			view_offer(view, event);
			break;
		case ROUND_CHANGED:
			view_round(view, event);
			break;
		case ALLOCATION_CHANGED:
			view_allocation(view, event);
			break;
		case SHARE_DECIDED:
			view_share(view, event);
			break;
		default:
			/* What others own, and bundles. */
			break;
		}
	}
}

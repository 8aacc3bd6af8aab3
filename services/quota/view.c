/* What quota's records mean for Redis. Values are absolute; keys and fields are
 * described in deploy/redis-keys.md. A request's and a ceiling's hash grow by what an
 * event tells: a cancelled request keeps its lines, an excluded one gets its reasons. */
#include "services/quota/quota.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/calendar.h"
#include "common/wire.h"
#include "tasheem/quota/v1/quota.pb-c.h"

const char *const quota_families[] = {
        "tasheem:request:*",        "tasheem:ceiling:*",      "tasheem:regime:*",
        "tasheem:book:*",           "tasheem:purchase:*",     "tasheem:index:requests",
        "tasheem:index:requests:*", "tasheem:index:ceilings", "tasheem:index:ceilings:*",
        "tasheem:index:regimes",    "tasheem:index:books",    NULL,
};

static const char *const request_states[] = {"unspecified", "open",     "cancelled",
                                             "in_book",     "excluded", "settled"};
static const char *const formulas[] = {"unspecified", "nominal", "record", "floored_record",
                                       "mean_record"};

static const char *name_of(const char *const *names, size_t count, int number)
{
	return number > 0 && (size_t)number < count ? names[number] : names[0];
}

#define NAME_OF(names, number) name_of(names, sizeof(names) / sizeof *(names), (int)(number))

static void view_day(struct view *view, const char *field, int32_t day)
{
	char text[11] = "";
	if (day)
		calendar_day_text(day, text);
	view_text(view, field, "%s", text);
}

static void view_month(struct view *view, const char *field, int32_t month)
{
	char text[8] = "";
	if (month)
		calendar_month_text(month, text);
	view_text(view, field, "%s", text);
}

static void notice(struct view *view, const char *noun, const char *id, const char *state)
{
	view_publish(
	        view,
	        arena_format(view->arena, "%" PRIu64 " %s %s %s", view->sequence, noun, id, state),
	        "tasheem:events:quota");
}

#define EVENT(type, prefix)                                                                        \
	const Tasheem__Quota__V1__##type *message =                                                \
	        WIRE_DECODE_TRUSTED(view->arena, Tasheem__Quota__V1__##type,                       \
	                            tasheem__quota__v1__##prefix, event->payload);                 \
	CHECK(message)

static void view_derivation(struct view *view, const Tasheem__Quota__V1__CeilingDerivation *from)
{
	view_int(view, "regime_version", from->regime_version);
	view_text(view, "formula", "%s", NAME_OF(formulas, from->formula));
	view_int(view, "capacity_kg_per_year", from->capacity_kg_per_year);
	view_int(view, "nominal_need_kg_per_year", from->nominal_need_kg_per_year);
	view_int(view, "recorded_kg", from->recorded_kg);
	view_int(view, "record_based_kg_per_year", from->record_based_kg_per_year);
	view_month(view, "record_first_month", from->record_first_month);
	view_month(view, "record_last_month", from->record_last_month);
	view_int(view, "floor_kg_per_year", from->floor_kg_per_year);
	view_int(view, "annual_ceiling_kg", from->annual_ceiling_kg);
	view_int(view, "window_ceiling_kg", from->window_ceiling_kg);
	if (from->multiplier)
		view_text(view, "multiplier", "%" PRId64 "/%" PRId64, from->multiplier->numerator,
		          from->multiplier->denominator);
	view_int(view, "joint_limit_kg", from->joint_limit_kg);
	view_text(view, "joint_family", "%s", from->joint_family);
}

static void view_ceiling(struct view *view, const Tasheem__Quota__V1__CeilingChanged *from)
{
	int64_t left = from->ceiling_kg - from->reserved_kg - from->used_kg;
	const char *id = arena_format(view->arena, "%s:%s:%d", from->licence_id, from->family,
	                              from->window_month);
	view_hash(view, "tasheem:ceiling:%s", id);
	view_text(view, "licence_id", "%s", from->licence_id);
	view_text(view, "family", "%s", from->family);
	view_month(view, "window_month", from->window_month);
	view_int(view, "ceiling_kg", from->ceiling_kg);
	view_int(view, "reserved_kg", from->reserved_kg);
	view_int(view, "used_kg", from->used_kg);
	view_int(view, "free_kg", left > 0 ? left : 0);
	view_int(view, "excess_kg", left < 0 ? -left : 0);
	if (!from->derivation)
		return;
	view_derivation(view, from->derivation);
	view_set_add(view, id, "tasheem:index:ceilings");
	view_set_add(view, id, "tasheem:index:ceilings:%s", from->licence_id);
	notice(view, "ceiling", id, "derived");
}

static void view_ceilings(struct view *view, Tasheem__Quota__V1__CeilingChanged **ceilings,
                          size_t count)
{
	for (size_t at = 0; at < count; at++)
		view_ceiling(view, ceilings[at]);
}

/* party:licence:wanted:reserved:held:weight of every line, separated by blanks. */
static const char *lines_text(struct view *view, const Tasheem__Quota__V1__RequestChanged *from)
{
	enum { LINE_SIZE = 16 + 16 + 4 * 21 };
	size_t count = from->request->n_lines, used = 0;
	char *text = arena_take(view->arena, count * LINE_SIZE + 1);
	for (size_t at = 0; at < count; at++) {
		const Tasheem__Quota__V1__RequestLine *line = from->request->lines[at];
		int size =
		        snprintf(text + used, count * LINE_SIZE + 1 - used,
		                 "%s%s:%s:%" PRId64 ":%" PRId64 ":%" PRId64 ":%" PRId64,
		                 at ? " " : "", line->party_id, line->licence_id, line->wanted_kg,
		                 at < from->n_reserved_kg ? from->reserved_kg[at] : 0,
		                 at < from->n_held_kg ? from->held_kg[at] : 0,
		                 at < from->n_weight_kg ? from->weight_kg[at] : 0);
		CHECK(size > 0 && used + (size_t)size <= count * LINE_SIZE);
		used += (size_t)size;
	}
	return text;
}

static int64_t sum_of(const int64_t *amounts, size_t count)
{
	int64_t sum = 0;
	for (size_t at = 0; at < count; at++)
		sum += amounts[at];
	return sum;
}

static void view_request_content(struct view *view, const Tasheem__Quota__V1__Request *from)
{
	view_text(view, "buyer_id", "%s", from->buyer_id);
	view_text(view, "request_id", "%s", from->request_id);
	view_text(view, "grade", "%s", from->grade);
	view_int(view, "quantity_kg", from->quantity_kg);
	view_int(view, "minimum_kg", from->minimum_kg);
	view_int(view, "max_price_rial_per_kg", from->max_price_rial_per_kg);
	view_day(view, "delivery_from_jalali", from->delivery_from_jalali);
	view_day(view, "delivery_to_jalali", from->delivery_to_jalali);
	view_int(view, "wished_priority_class", from->wished_priority_class);
}

static void view_request(struct view *view, const struct wire_event *event)
{
	EVENT(RequestChanged, request_changed);
	const Tasheem__Quota__V1__Request *request = message->request;
	const char *state = NAME_OF(request_states, message->state);
	const char *id = arena_format(view->arena, "%s:%s", request->buyer_id, request->request_id);
	view_hash(view, "tasheem:request:%s", id);
	view_request_content(view, request);
	view_int(view, "version", message->version);
	view_text(view, "state", "%s", state);
	view_text(view, "family", "%s", message->family);
	view_month(view, "window_month", message->window_month);
	view_int(view, "priority_class", message->priority_class);
	view_int(view, "buyer_classes", message->buyer_classes);
	view_text(view, "province", "%s", message->province);
	view_int(view, "max_landed_rial_per_kg", message->max_landed_rial_per_kg);
	view_text(view, "round_id", "%s", message->round_id);
	view_int(view, "filed_ms", message->filed_ms);
	view_int(view, "filed_sequence", (int64_t)message->filed_sequence);
	view_int(view, "reserved_kg", sum_of(message->reserved_kg, message->n_reserved_kg));
	view_int(view, "line_count", (int64_t)request->n_lines);
	view_text(view, "lines", "%s", lines_text(view, message));
	if (message->version == 1 &&
	    message->state == TASHEEM__QUOTA__V1__REQUEST_STATE__REQUEST_STATE_OPEN) {
		view_set_add(view, id, "tasheem:index:requests");
		view_set_add(view, id, "tasheem:index:requests:%s", request->buyer_id);
	}
	notice(view, "request", id, state);
	view_ceilings(view, message->ceilings, message->n_ceilings);
}

static const char *reasons_text(struct view *view, const Tasheem__Quota__V1__RequestExcluded *from)
{
	const char *text = "";
	for (size_t at = 0; at < from->n_reasons; at++) {
		const Tasheem__Quota__V1__ExcludedReason *reason = from->reasons[at];
		text = arena_format(view->arena, "%s%s%s:%s:%" PRId64 ":%" PRId64, text,
		                    at ? " " : "", reason_name((enum reason_code)reason->code),
		                    reason->subject, reason->value, reason->limit);
	}
	return text;
}

static void view_exclusion(struct view *view, const struct wire_event *event)
{
	EVENT(RequestExcluded, request_excluded);
	const char *id = arena_format(view->arena, "%s:%s", message->buyer_id, message->request_id);
	view_hash(view, "tasheem:request:%s", id);
	view_text(view, "state", "%s", "excluded");
	view_text(view, "round_id", "%s", message->round_id);
	view_int(view, "version", message->version);
	view_int(view, "reserved_kg", 0);
	view_text(view, "reasons", "%s", reasons_text(view, message));
	notice(view, "request", id, "excluded");
	view_ceilings(view, message->ceilings, message->n_ceilings);
}

static void view_book(struct view *view, const struct wire_event *event)
{
	EVENT(BookClosed, book_closed);
	char hex[2 * DIGEST_BYTES + 1] = "";
	for (size_t at = 0; at < message->digest.len && at < DIGEST_BYTES; at++)
		snprintf(hex + 2 * at, 3, "%02x", message->digest.data[at]);
	view_hash(view, "tasheem:book:%s", message->round_id);
	view_text(view, "round_id", "%s", message->round_id);
	view_text(view, "family", "%s", message->family);
	view_int(view, "count", message->count);
	view_text(view, "digest", "%s", hex);
	view_set_add(view, message->round_id, "tasheem:index:books");
	notice(view, "book", message->round_id, "closed");
}

static void view_regime(struct view *view, const struct wire_event *event)
{
	EVENT(RegimeApproved, regime_approved);
	const Tasheem__Quota__V1__Regime *regime = message->regime;
	const char *id = arena_format(view->arena, "%u", regime->version);
	view_hash(view, "tasheem:regime:%s", id);
	view_int(view, "version", regime->version);
	view_text(view, "title", "%s", regime->title);
	view_text(view, "source", "%s", regime->source);
	view_day(view, "effective_from_jalali", regime->effective_from_jalali);
	view_int(view, "families", (int64_t)regime->n_families);
	view_int(view, "products", (int64_t)regime->n_products);
	view_int(view, "grades", (int64_t)regime->n_grades);
	view_int(view, "small_unit_kg_per_year", regime->small_unit_kg_per_year);
	view_int(view, "minimum_active_members", regime->minimum_active_members);
	view_int(view, "maximum_draws", regime->maximum_draws);
	view_int(view, "approved_ms", message->approved_ms);
	view_text(view, "approved_by", "%s", message->approved_by);
	view_set_add(view, id, "tasheem:index:regimes");
	notice(view, "regime", id, "approved");
}

static void view_purchase(struct view *view, const struct wire_event *event)
{
	EVENT(PurchaseRecorded, purchase_recorded);
	const Tasheem__Quota__V1__PurchaseRecord *from = message->purchase;
	view_hash(view, "tasheem:purchase:%s:%s:%d", from->licence_id, from->family, from->month);
	view_text(view, "licence_id", "%s", from->licence_id);
	view_text(view, "family", "%s", from->family);
	view_month(view, "month", from->month);
	view_int(view, "purchased_kg", from->purchased_kg);
}

static void view_round(struct view *view, const struct wire_event *event)
{
	EVENT(RoundLearned, round_learned);
	view_ceilings(view, message->ceilings, message->n_ceilings);
}

static void view_ceiling_event(struct view *view, const struct wire_event *event)
{
	EVENT(CeilingChanged, ceiling_changed);
	view_ceiling(view, message);
}

void quota_view(struct view *view, const struct record *record)
{
	static const struct {
		uint32_t kind;
		void (*show)(struct view *view, const struct wire_event *event);
	} shown[] = {
	        {TASHEEM__QUOTA__V1__EVENT_KIND__EVENT_KIND_REGIME_APPROVED, view_regime},
	        {TASHEEM__QUOTA__V1__EVENT_KIND__EVENT_KIND_PURCHASE_RECORDED, view_purchase},
	        {TASHEEM__QUOTA__V1__EVENT_KIND__EVENT_KIND_CEILING_CHANGED, view_ceiling_event},
	        {TASHEEM__QUOTA__V1__EVENT_KIND__EVENT_KIND_REQUEST_CHANGED, view_request},
	        {TASHEEM__QUOTA__V1__EVENT_KIND__EVENT_KIND_REQUEST_EXCLUDED, view_exclusion},
	        {TASHEEM__QUOTA__V1__EVENT_KIND__EVENT_KIND_BOOK_CLOSED, view_book},
	        {TASHEEM__QUOTA__V1__EVENT_KIND__EVENT_KIND_ROUND_LEARNED, view_round},
	};
	for (uint32_t at = 0; at < record->event_count; at++)
		for (size_t row = 0; row < sizeof shown / sizeof *shown; row++)
			if (shown[row].kind == record->events[at].kind)
				shown[row].show(view, &record->events[at]);
}

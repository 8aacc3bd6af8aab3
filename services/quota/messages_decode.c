/* Commands from bytes: here invalid things stop existing. */
#include "services/quota/messages.h"

#include <string.h>

#include "common/calendar.h"
#include "common/identifiers.h"

static bool wrong(struct verdict *verdict, enum reason_code reason, const char *subject,
                  int64_t value, int64_t limit)
{
	verdict_add(verdict, CODE_INVALID, reason, subject, value, limit);
	return false;
}

static bool ranged(struct verdict *verdict, const char *subject, int64_t value, int64_t low,
                   int64_t high)
{
	if (value >= low && value <= high)
		return true;
	return wrong(verdict, REASON_OUT_OF_RANGE, subject, value, value < low ? low : high);
}

static bool buyer_set(struct party_id *id, const char *text)
{
	return party_id_set(id, text) && text[0] != '\0';
}

static bool day_right(struct verdict *verdict, const char *subject, int32_t day)
{
	if (day == 0 || calendar_day_valid(day))
		return true;
	return wrong(verdict, REASON_OUT_OF_RANGE, subject, day, 0);
}

static bool ask_key(const char *buyer, const char *request, struct ask_request *ask,
                    struct verdict *verdict)
{
	bool right = true;
	if (!buyer_set(&ask->key.buyer_id, buyer))
		right = wrong(verdict, REASON_ID_FORMAT, "buyer_id", 0, 0);
	if (!request_id_set(&ask->key.request_id, request) || !identifier_is_token(request, 31))
		right = wrong(verdict, REASON_ID_FORMAT, "request_id", 0, 0);
	return right;
}

static bool ask_lines(struct arena *arena, const Tasheem__Quota__V1__Request *request,
                      struct ask_request *ask, struct verdict *verdict)
{
	if (!ranged(verdict, "lines", (int64_t)request->n_lines, 1, QUOTA_MAX_LINES))
		return false;
	struct ask_line *lines = ARENA_ARRAY(arena, struct ask_line, request->n_lines);
	ask->lines = lines;
	ask->line_count = (uint32_t)request->n_lines;
	for (size_t at = 0; at < request->n_lines; at++) {
		const Tasheem__Quota__V1__RequestLine *line = request->lines[at];
		if (!buyer_set(&lines[at].party_id, line->party_id))
			return wrong(verdict, REASON_ID_FORMAT, "lines.party_id", (int64_t)at, 0);
		if (!licence_id_set(&lines[at].licence_id, line->licence_id) ||
		    line->licence_id[0] == '\0')
			return wrong(verdict, REASON_ID_FORMAT, "lines.licence_id", (int64_t)at, 0);
		if (!ranged(verdict, "lines.wanted_kg", line->wanted_kg, 1, QUOTA_MAX_KG))
			return false;
		lines[at].wanted_kg = line->wanted_kg;
	}
	return true;
}

static bool ask_content(struct arena *arena, const Tasheem__Quota__V1__Request *request,
                        struct ask_request *ask, struct verdict *verdict)
{
	const int64_t most_rial = (int64_t)1 << 40;
	if (!request)
		return wrong(verdict, REASON_MALFORMED, "request", 0, 0);
	bool right = ask_key(request->buyer_id, request->request_id, ask, verdict);
	if (!grade_name_set(&ask->grade, request->grade) || request->grade[0] == '\0')
		right = wrong(verdict, REASON_ID_FORMAT, "grade", 0, 0);
	right &= ranged(verdict, "quantity_kg", request->quantity_kg, 1, QUOTA_MAX_KG);
	right &= ranged(verdict, "minimum_kg", request->minimum_kg, 0,
	                request->quantity_kg > 0 ? request->quantity_kg : 0);
	right &= ranged(verdict, "max_price_rial_per_kg", request->max_price_rial_per_kg, 1,
	                most_rial);
	right &= ranged(verdict, "max_landed_rial_per_kg", request->max_landed_rial_per_kg, 0,
	                most_rial);
	right &= ranged(verdict, "wished_priority_class", request->wished_priority_class, 0, 9);
	right &= day_right(verdict, "delivery_from_jalali", request->delivery_from_jalali);
	right &= day_right(verdict, "delivery_to_jalali", request->delivery_to_jalali);
	if (request->delivery_to_jalali)
		right &= ranged(verdict, "delivery_to_jalali", request->delivery_to_jalali,
		                request->delivery_from_jalali, INT32_MAX);
	ask->quantity_kg = request->quantity_kg;
	ask->minimum_kg = request->minimum_kg;
	ask->max_price_rial_per_kg = request->max_price_rial_per_kg;
	ask->asked_landed_rial_per_kg = request->max_landed_rial_per_kg;
	ask->delivery_from_jalali = request->delivery_from_jalali;
	ask->delivery_to_jalali = request->delivery_to_jalali;
	ask->wished_class = (uint8_t)(request->wished_priority_class & 15);
	return ask_lines(arena, request, ask, verdict) && right;
}

bool quota_ask_file(struct arena *arena, struct bytes payload, struct ask_request *ask,
                    struct verdict *verdict)
{
	const Tasheem__Quota__V1__RequestFile *message = WIRE_DECODE(
	        arena, Tasheem__Quota__V1__RequestFile, tasheem__quota__v1__request_file, payload);
	if (!message)
		return wrong(verdict, REASON_MALFORMED, "payload", 0, 0);
	return ask_content(arena, message->request, ask, verdict);
}

bool quota_ask_amend(struct arena *arena, struct bytes payload, struct ask_request *ask,
                     struct verdict *verdict)
{
	const Tasheem__Quota__V1__RequestAmend *message =
	        WIRE_DECODE(arena, Tasheem__Quota__V1__RequestAmend,
	                    tasheem__quota__v1__request_amend, payload);
	if (!message)
		return wrong(verdict, REASON_MALFORMED, "payload", 0, 0);
	ask->expected_version = message->expected_version;
	return ask_content(arena, message->request, ask, verdict);
}

bool quota_ask_cancel(struct arena *arena, struct bytes payload, struct ask_request *ask,
                      struct verdict *verdict)
{
	const Tasheem__Quota__V1__RequestCancel *message =
	        WIRE_DECODE(arena, Tasheem__Quota__V1__RequestCancel,
	                    tasheem__quota__v1__request_cancel, payload);
	if (!message)
		return wrong(verdict, REASON_MALFORMED, "payload", 0, 0);
	ask->expected_version = message->expected_version;
	ask->line_count = 0;
	return ask_key(message->buyer_id, message->request_id, ask, verdict);
}

bool quota_ask_purchase(struct arena *arena, struct bytes payload, struct ask_purchase *ask,
                        struct verdict *verdict)
{
	const Tasheem__Quota__V1__PurchaseRecord *message =
	        WIRE_DECODE(arena, Tasheem__Quota__V1__PurchaseRecord,
	                    tasheem__quota__v1__purchase_record, payload);
	if (!message)
		return wrong(verdict, REASON_MALFORMED, "payload", 0, 0);
	bool right = true;
	if (!licence_id_set(&ask->licence_id, message->licence_id) ||
	    message->licence_id[0] == '\0')
		right = wrong(verdict, REASON_ID_FORMAT, "licence_id", 0, 0);
	if (!quota_family_set(&ask->family, message->family))
		right = wrong(verdict, REASON_ID_FORMAT, "family", 0, 0);
	if (!calendar_month_valid(message->month))
		right = wrong(verdict, REASON_OUT_OF_RANGE, "month", message->month, 0);
	right &= ranged(verdict, "purchased_kg", message->purchased_kg, 0, QUOTA_MAX_KG);
	ask->month = message->month;
	ask->purchased_kg = message->purchased_kg;
	return right;
}

bool quota_ask_regime(struct arena *arena, struct bytes payload, struct draft_regime *draft,
                      struct verdict *verdict)
{
	const Tasheem__Quota__V1__RegimeApprove *message =
	        WIRE_DECODE(arena, Tasheem__Quota__V1__RegimeApprove,
	                    tasheem__quota__v1__regime_approve, payload);
	if (!message || !message->regime)
		return wrong(verdict, REASON_MALFORMED, "payload", 0, 0);
	return quota_regime_draft(arena, message->regime, draft, verdict);
}

/* Payloads of commands to structs whose every field is in its range. Format errors stop
 * here (invalid); rules are decide's. */
#include "services/matching/messages.h"

#include <string.h>

#include "common/calendar.h"
#include "common/identifiers.h"
#include "common/wire.h"
#include "tasheem/matching/v1/matching.pb-c.h"

enum { TOKEN_SIZE = 31, MAX_PARTS = 256 };

static void invalid(struct verdict *verdict, enum reason_code reason, const char *field,
                    int64_t value, int64_t limit)
{
	verdict_add(verdict, CODE_INVALID, reason, field, value, limit);
}

static void take_text(const char *text, char *out, size_t size, const char *field,
                      struct verdict *verdict)
{
	char folded[2 * MATCHING_REASON_SIZE] = "";
	size_t given = strlen(text);
	if (!identifier_normalise_name(text, folded, sizeof folded) || folded[0] == '\0' ||
	    strlen(folded) >= size) {
		invalid(verdict, REASON_OUT_OF_RANGE, field, (int64_t)given, (int64_t)size - 1);
		return;
	}
	memset(out, 0, size);
	memcpy(out, folded, strlen(folded));
}

static void take_range(int64_t value, int64_t low, int64_t high, const char *field,
                       struct verdict *verdict)
{
	if (value < low || value > high)
		invalid(verdict, REASON_OUT_OF_RANGE, field, value, value < low ? low : high);
}

/* 0 stands for any day. */
static void take_day(int32_t day, bool required, const char *field, struct verdict *verdict)
{
	if ((day || required) && !calendar_day_valid(day))
		invalid(verdict, REASON_OUT_OF_RANGE, field, day, 0);
}

/* [A-Z0-9], 1 to 15 characters. */
static bool is_code(const char *text)
{
	for (const char *at = text; *at; at++)
		if (!((*at >= 'A' && *at <= 'Z') || (*at >= '0' && *at <= '9')))
			return false;
	return *text != '\0' && strlen(text) <= 15;
}

static bool is_token(const char *text)
{
	return identifier_is_token(text, TOKEN_SIZE);
}

static bool is_short(const char *text)
{
	return *text != '\0';
}

/* TAKE_ID(round_id, &command->round_id, is_token, verdict) from message->round_id. */
#define TAKE_ID(field, id, to, good, verdict)                                                      \
	do {                                                                                       \
		if (!good(message->field) || !id##_set((to), message->field))                      \
			invalid((verdict), REASON_ID_FORMAT, #field,                               \
			        (int64_t)strlen(message->field), 0);                               \
	} while (0)

#define TAKE(type, prefix)                                                                         \
	const Tasheem__Matching__V1__##type *message = WIRE_DECODE(                                \
	        arena, Tasheem__Matching__V1__##type, tasheem__matching__v1__##prefix, payload);   \
	if (!message) {                                                                            \
		invalid(verdict, REASON_MALFORMED, #prefix, 0, 0);                                 \
		return;                                                                            \
	}

static void take_supplier(struct arena *arena, struct bytes payload, struct command *command,
                          struct verdict *verdict)
{
	TAKE(SupplierRegister, supplier_register)
	if (!message->supplier) {
		invalid(verdict, REASON_MALFORMED, "supplier", 0, 0);
		return;
	}
	struct supplier *to = &command->supplier;
	const char *id = message->supplier->supplier_id;
	if (!is_code(id) || !supplier_id_set(&to->supplier_id, id))
		invalid(verdict, REASON_ID_FORMAT, "supplier_id", (int64_t)strlen(id), 0);
	take_text(message->supplier->name, to->name, sizeof to->name, "name", verdict);
	take_text(message->supplier->province, to->province.text, sizeof to->province.text,
	          "province", verdict);
}

static void take_offer_terms(const Tasheem__Matching__V1__Offer *message, struct offer *to,
                             struct verdict *verdict)
{
	take_range(message->quantity_kg, 1, MATCHING_MAX_KG, "quantity_kg", verdict);
	take_range(message->allocation_base_kg, 1, (int64_t)1 << 30, "allocation_base_kg", verdict);
	take_range(message->minimum_allocation_kg, 0, (int64_t)1 << 30, "minimum_allocation_kg",
	           verdict);
	take_range(message->price_rial_per_kg, 1, MATCHING_MAX_PRICE, "price_rial_per_kg", verdict);
	take_range(message->buyer_class, CLASS_ALL, CLASS_SMALL_UNITS, "buyer_class", verdict);
	take_range(message->settlement, SETTLEMENT_CASH, SETTLEMENT_CREDIT, "settlement", verdict);
	take_day(message->offered_on_jalali, true, "offered_on_jalali", verdict);
	take_day(message->delivery_from_jalali, false, "delivery_from_jalali", verdict);
	take_day(message->delivery_to_jalali, false, "delivery_to_jalali", verdict);
	if (message->delivery_to_jalali &&
	    message->delivery_to_jalali < message->delivery_from_jalali)
		invalid(verdict, REASON_OUT_OF_RANGE, "delivery_to_jalali",
		        message->delivery_to_jalali, message->delivery_from_jalali);
	to->quantity_kg = message->quantity_kg;
	to->allocation_base_kg = message->allocation_base_kg;
	to->minimum_allocation_kg = message->minimum_allocation_kg;
	to->price_rial_per_kg = message->price_rial_per_kg;
	to->buyer_class = (uint32_t)message->buyer_class;
	to->settlement = (uint32_t)message->settlement;
	to->offered_on = message->offered_on_jalali;
	to->delivery_from = message->delivery_from_jalali;
	to->delivery_to = message->delivery_to_jalali;
}

static void take_offer(struct arena *arena, struct bytes payload, struct command *command,
                       struct verdict *verdict)
{
	TAKE(OfferPublish, offer_publish)
	if (!message->offer) {
		invalid(verdict, REASON_MALFORMED, "offer", 0, 0);
		return;
	}
	const Tasheem__Matching__V1__Offer *from = message->offer;
	struct offer *to = &command->offer;
	if (!is_token(from->offer_id) || !offer_id_set(&to->offer_id, from->offer_id))
		invalid(verdict, REASON_ID_FORMAT, "offer_id", (int64_t)strlen(from->offer_id), 0);
	if (!is_code(from->supplier_id) || !supplier_id_set(&to->supplier_id, from->supplier_id))
		invalid(verdict, REASON_ID_FORMAT, "supplier_id",
		        (int64_t)strlen(from->supplier_id), 0);
	if (!identifier_is_token(from->grade, sizeof to->grade.text - 1) ||
	    !grade_name_set(&to->grade, from->grade))
		invalid(verdict, REASON_ID_FORMAT, "grade", (int64_t)strlen(from->grade), 0);
	take_offer_terms(from, to, verdict);
}

static void take_withdraw(struct arena *arena, struct bytes payload, struct command *command,
                          struct verdict *verdict)
{
	TAKE(OfferWithdraw, offer_withdraw)
	TAKE_ID(offer_id, offer_id, &command->offer.offer_id, is_token, verdict);
	if (message->reason[0])
		take_text(message->reason, command->reason, sizeof command->reason, "reason",
		          verdict);
}

static void take_plan(struct arena *arena, struct bytes payload, struct command *command,
                      struct verdict *verdict)
{
	TAKE(RoundPlan, round_plan)
	TAKE_ID(round_id, round_id, &command->plan.round_id, is_token, verdict);
	TAKE_ID(session_id, session_id, &command->plan.session_id, is_token, verdict);
	TAKE_ID(family, family_name, &command->plan.family, is_token, verdict);
	take_range(message->closes_ms, 1, INT64_MAX / 4, "closes_ms", verdict);
	command->plan.closes_ms = message->closes_ms;
}

static void take_close(struct arena *arena, struct bytes payload, struct command *command,
                       struct verdict *verdict)
{
	TAKE(RoundClose, round_close)
	TAKE_ID(round_id, round_id, &command->round_id, is_token, verdict);
}

static void take_void(struct arena *arena, struct bytes payload, struct command *command,
                      struct verdict *verdict)
{
	TAKE(RoundVoid, round_void)
	TAKE_ID(round_id, round_id, &command->round_id, is_token, verdict);
	take_text(message->reason, command->reason, sizeof command->reason, "reason", verdict);
}

static void take_answer(struct arena *arena, struct bytes payload, struct command *command,
                        struct verdict *verdict)
{
	TAKE(AllocationAnswer, allocation_answer)
	TAKE_ID(allocation_id, allocation_id, &command->allocation_id, is_short, verdict);
}

static void take_paid(struct arena *arena, struct bytes payload, struct command *command,
                      struct verdict *verdict)
{
	TAKE(AllocationPaid, allocation_paid)
	TAKE_ID(allocation_id, allocation_id, &command->paid.allocation_id, is_short, verdict);
	take_range(message->paid_rial, 1, MATCHING_MAX_RIAL, "paid_rial", verdict);
	take_range(message->value_ms, 1, INT64_MAX / 4, "value_ms", verdict);
	command->paid.paid_rial = message->paid_rial;
	command->paid.value_ms = message->value_ms;
}

static void take_delivered(struct arena *arena, struct bytes payload, struct command *command,
                           struct verdict *verdict)
{
	TAKE(AllocationDelivered, allocation_delivered)
	TAKE_ID(allocation_id, allocation_id, &command->allocation_id, is_short, verdict);
	take_range(message->delivered_kg, 1, MATCHING_MAX_KG, "delivered_kg", verdict);
	command->delivered_kg = message->delivered_kg;
}

static void take_confirm(struct arena *arena, struct bytes payload, struct command *command,
                         struct verdict *verdict)
{
	TAKE(DistributionConfirm, distribution_confirm)
	struct distribution_confirm *to = &command->confirm;
	TAKE_ID(allocation_id, allocation_id, &to->allocation_id, is_short, verdict);
	TAKE_ID(party_id, party_id, &to->party_id, is_short, verdict);
	TAKE_ID(licence_id, licence_id, &to->licence_id, is_short, verdict);
	take_range(message->received_kg, 0, MATCHING_MAX_KG, "received_kg", verdict);
	to->received_kg = message->received_kg;
	command->party_id = to->party_id;
}

static void take_solution(struct arena *arena, struct bytes payload, struct command *command,
                          struct verdict *verdict)
{
	TAKE(SolutionPart, solution_part)
	struct solution_part *to = &command->solution;
	take_range((int64_t)message->task_id.len, DIGEST_SHORT_BYTES, DIGEST_SHORT_BYTES, "task_id",
	           verdict);
	take_range(message->count, 1, MAX_PARTS, "count", verdict);
	take_range(message->index, 0, (int64_t)message->count - 1, "index", verdict);
	if (verdict->code != CODE_ACCEPTED)
		return;
	memcpy(to->task_id, message->task_id.data, DIGEST_SHORT_BYTES);
	to->index = message->index;
	to->count = message->count;
	to->chunk = (struct bytes){message->chunk.data, message->chunk.len};
}

bool matching_command_decode(struct arena *arena, uint32_t kind, struct bytes payload,
                             struct command *command, struct verdict *verdict)
{
	static void (*const takers[])(struct arena *, struct bytes, struct command *,
	                              struct verdict *) = {
	        [SUPPLIER_REGISTER - SUPPLIER_REGISTER] = take_supplier,
	        [OFFER_PUBLISH - SUPPLIER_REGISTER] = take_offer,
	        [OFFER_WITHDRAW - SUPPLIER_REGISTER] = take_withdraw,
	        [ROUND_PLAN - SUPPLIER_REGISTER] = take_plan,
	        [ROUND_CLOSE - SUPPLIER_REGISTER] = take_close,
	        [ROUND_VOID - SUPPLIER_REGISTER] = take_void,
	        [ALLOCATION_ACCEPT - SUPPLIER_REGISTER] = take_answer,
	        [ALLOCATION_DECLINE - SUPPLIER_REGISTER] = take_answer,
	        [PAY_ALLOCATION - SUPPLIER_REGISTER] = take_paid,
	        [DELIVER_ALLOCATION - SUPPLIER_REGISTER] = take_delivered,
	        [DISTRIBUTION_CONFIRM - SUPPLIER_REGISTER] = take_confirm,
	        [SOLUTION_PART - SUPPLIER_REGISTER] = take_solution,
	};
	memset(command, 0, sizeof *command);
	command->kind = kind;
	verdict->code = CODE_ACCEPTED;
	size_t number = kind - SUPPLIER_REGISTER;
	if (kind < SUPPLIER_REGISTER || number >= sizeof takers / sizeof *takers || !takers[number])
		invalid(verdict, REASON_UNKNOWN_KIND, "kind", kind, 0);
	else
		takers[number](arena, payload, command, verdict);
	return verdict->code == CODE_ACCEPTED;
}

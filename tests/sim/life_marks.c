/* What records and answers show of a life; see marks.h. */
#include <string.h>

#include "common/wire.h"
#include "tasheem/matching/v1/matching.pb-c.h"
#include "tasheem/quota/v1/quota.pb-c.h"
#include "tests/sim/life.h"
#include "tests/sim/marks.h"

#define ALLOCATION(state) TASHEEM__MATCHING__V1__ALLOCATION_STATE__ALLOCATION_STATE_##state
#define ROUND(state) TASHEEM__MATCHING__V1__ROUND_STATE__ROUND_STATE_##state
#define REQUEST(state) TASHEEM__QUOTA__V1__REQUEST_STATE__REQUEST_STATE_##state

static void mark_allocation(struct life *life, struct bytes payload)
{
	const Tasheem__Matching__V1__AllocationChanged *told =
	        WIRE_DECODE_TRUSTED(&life->seeing, Tasheem__Matching__V1__AllocationChanged,
	                            tasheem__matching__v1__allocation_changed, payload);
	CHECK(told);
	SOMETIMES(second_draw, told->draw > 1);
	SOMETIMES(allocation_open, told->state == ALLOCATION(OPEN));
	SOMETIMES(allocation_accepted, told->state == ALLOCATION(ACCEPTED));
	SOMETIMES(allocation_declined, told->state == ALLOCATION(DECLINED));
	SOMETIMES(allocation_expired, told->state == ALLOCATION(EXPIRED));
	SOMETIMES(allocation_paid, told->state == ALLOCATION(PAID));
	SOMETIMES(allocation_delivered, told->state == ALLOCATION(DELIVERED));
	SOMETIMES(allocation_distributed, told->state == ALLOCATION(DISTRIBUTED));
	SOMETIMES(allocation_voided, told->state == ALLOCATION(VOIDED));
	SOMETIMES(allocation_of_several_members, told->n_parts > 1);
	int64_t parts_kg = 0;
	for (size_t i = 0; i < told->n_parts; i++)
		parts_kg += told->parts[i]->quantity_kg;
	bool delivered =
	        told->state == ALLOCATION(DELIVERED) || told->state == ALLOCATION(DISTRIBUTED);
	ALWAYS(told->n_parts == 0 ||
	               parts_kg == (delivered ? told->delivered_kg : told->quantity_kg),
	       "the parts of an allocation are not its kilograms");
	ALWAYS(told->state != ALLOCATION(PAID) ||
	               told->paid_rial == told->quantity_kg * told->price_rial_per_kg,
	       "another amount is paid than is due");
}

static void mark_round(struct life *life, struct bytes payload)
{
	const Tasheem__Matching__V1__RoundChanged *told =
	        WIRE_DECODE_TRUSTED(&life->seeing, Tasheem__Matching__V1__RoundChanged,
	                            tasheem__matching__v1__round_changed, payload);
	CHECK(told);
	SOMETIMES(round_published, told->state == ROUND(PUBLISHED));
	SOMETIMES(round_final, told->state == ROUND(FINAL));
	SOMETIMES(round_voided, told->state == ROUND(VOIDED));
	SOMETIMES(round_over, told->over);
	life->solving = told->state == ROUND(SOLVING);
	ALWAYS(told->seed.len == 0 || told->book_digest.len > 0,
	       "a seed is shown before the book stands still");
	ALWAYS(told->placed_kg <= told->asked_kg || told->asked_kg == 0,
	       "a round places more than was asked");
}

static void mark_request(struct life *life, struct bytes payload)
{
	const Tasheem__Quota__V1__RequestChanged *told =
	        WIRE_DECODE_TRUSTED(&life->seeing, Tasheem__Quota__V1__RequestChanged,
	                            tasheem__quota__v1__request_changed, payload);
	CHECK(told);
	SOMETIMES(request_amended, told->state == REQUEST(OPEN) && told->version > 1);
	SOMETIMES(request_cancelled, told->state == REQUEST(CANCELLED));
	SOMETIMES(request_in_book, told->state == REQUEST(IN_BOOK));
}

static void mark_book(struct life *life, struct bytes payload)
{
	const Tasheem__Quota__V1__BookClosed *told =
	        WIRE_DECODE_TRUSTED(&life->seeing, Tasheem__Quota__V1__BookClosed,
	                            tasheem__quota__v1__book_closed, payload);
	CHECK(told);
	SOMETIMES(book_empty, told->count == 0);
	SOMETIMES(book_of_several, told->count > 1);
}

static void mark_offer(struct life *life, struct bytes payload)
{
	const Tasheem__Matching__V1__OfferChanged *told =
	        WIRE_DECODE_TRUSTED(&life->seeing, Tasheem__Matching__V1__OfferChanged,
	                            tasheem__matching__v1__offer_changed, payload);
	CHECK(told);
	SOMETIMES(offer_withdrawn,
	          told->state == TASHEEM__MATCHING__V1__OFFER_STATE__OFFER_STATE_WITHDRAWN);
}

static void mark_cursor(struct life *life, const char *stream, const struct record *record)
{
	int node = world_node_of(stream);
	int source = world_node_of(record->cursor.stream.text);
	if (node < 0 || source < 0)
		return;
	uint64_t *cursor = &life->cursors[node][source];
	ALWAYS(record->cursor.sequence >= *cursor, "a cursor goes back");
	*cursor = record->cursor.sequence;
}

void life_mark(struct life *life, const char *stream, const struct record *record)
{
	mark_cursor(life, stream, record);
	for (uint32_t i = 0; i < record->event_count; i++) {
		const struct wire_event *event = &record->events[i];
		arena_reset(&life->seeing);
		if (event->kind == 1303)
			mark_allocation(life, event->payload);
		else if (event->kind == 1302)
			mark_round(life, event->payload);
		else if (event->kind == 1301)
			mark_offer(life, event->payload);
		else if (event->kind == 1203)
			mark_request(life, event->payload);
		else if (event->kind == 1205)
			mark_book(life, event->payload);
		else
			SOMETIMES(request_excluded, event->kind == 1204);
	}
}

void life_mark_answers(struct life *life)
{
	for (uint32_t i = 0; i < life->attempts.count; i++) {
		const struct attempt *attempt = &life->attempts.list[i];
		arena_reset(&life->seeing);
		const Tasheem__Common__V1__Answer *answer = client_answer(&life->seeing, attempt);
		if (!answer)
			continue;
		SOMETIMES(answer_accepted,
		          answer->code == TASHEEM__COMMON__V1__CODE__CODE_ACCEPTED);
		SOMETIMES(answer_refused, answer->code == TASHEEM__COMMON__V1__CODE__CODE_REFUSED);
		SOMETIMES(answer_conflict,
		          answer->code == TASHEEM__COMMON__V1__CODE__CODE_CONFLICT);
		SOMETIMES(answer_told_again, attempt->answers > 1 && answer->sequence);
		SOMETIMES(two_reasons_at_once, answer->n_reasons > 1);
		for (size_t at = 0; at < answer->n_reasons; at++) {
			int code = (int)answer->reasons[at]->code;
			SOMETIMES(reason_late, code == REASON_LATE);
			SOMETIMES(reason_ceiling_exceeded, code == REASON_CEILING_EXCEEDED);
			SOMETIMES(reason_members_below_7, code == REASON_MEMBERS_BELOW_7);
			SOMETIMES(reason_version_mismatch, code == REASON_VERSION_MISMATCH);
			SOMETIMES(reason_wrong_state, code == REASON_WRONG_STATE);
		}
	}
}

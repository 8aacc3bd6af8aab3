/* Events from bytes: our own journal's, and membership's that it keeps as they came.
 * Names become row numbers again; an event names only what events before it made. */
#include "services/quota/messages.h"

#include <string.h>

#include "common/calendar.h"

struct replay {
	const struct quota_state *state;
	struct arena *arena;
	struct bytes payload;
	struct quota_event *event;
};

static uint32_t licence_number(const struct quota_state *state, const char *text)
{
	struct licence_id id;
	CHECK(licence_id_set(&id, text));
	const struct quota_licence *licence = table_find(&state->licences, &id);
	CHECK(licence);
	return table_number(&state->licences, licence);
}

static uint32_t party_number(const struct quota_state *state, const char *text)
{
	struct party_id id;
	CHECK(party_id_set(&id, text));
	const struct quota_party *party = table_find(&state->parties, &id);
	CHECK(party);
	return table_number(&state->parties, party);
}

static uint32_t family_number(const struct quota_state *state, const char *text)
{
	struct family_name name;
	CHECK(family_name_set(&name, text));
	const struct quota_family *family = table_find(&state->families, &name);
	CHECK(family);
	return table_number(&state->families, family);
}

static uint32_t province_number(const struct quota_state *state, const char *text)
{
	struct quota_place place;
	CHECK(quota_place_set(&place, text));
	const struct quota_place *province = table_find(&state->provinces, &place);
	CHECK(province);
	return table_number(&state->provinces, province);
}

static const struct quota_derivation *
derivation_read(const struct replay *replay, const Tasheem__Quota__V1__CeilingDerivation *from)
{
	struct quota_derivation *to = ARENA_NEW(replay->arena, struct quota_derivation);
	to->regime_version = from->regime_version;
	to->formula = (uint8_t)from->formula;
	to->capacity_kg_per_year = from->capacity_kg_per_year;
	to->nominal_need_kg_per_year = from->nominal_need_kg_per_year;
	to->recorded_kg = from->recorded_kg;
	to->record_based_kg_per_year = from->record_based_kg_per_year;
	to->record_first_month = from->record_first_month;
	to->record_last_month = from->record_last_month;
	to->floor_kg_per_year = from->floor_kg_per_year;
	to->annual_ceiling_kg = from->annual_ceiling_kg;
	to->window_ceiling_kg = from->window_ceiling_kg;
	to->ceiling_kg = from->ceiling_kg;
	to->joint_limit_kg = from->joint_limit_kg;
	CHECK(from->multiplier);
	to->multiplier =
	        (struct quota_ratio){from->multiplier->numerator, from->multiplier->denominator};
	if (from->joint_family[0])
		to->joint_family = family_number(replay->state, from->joint_family) + 1;
	return to;
}

static struct change_ceiling ceiling_read(const struct replay *replay,
                                          const Tasheem__Quota__V1__CeilingChanged *from)
{
	return (struct change_ceiling){
	        .key = {licence_number(replay->state, from->licence_id),
	                family_number(replay->state, from->family), from->window_month},
	        .ceiling_kg = from->ceiling_kg,
	        .reserved_kg = from->reserved_kg,
	        .used_kg = from->used_kg,
	        .derivation = from->derivation ? derivation_read(replay, from->derivation) : NULL,
	};
}

static const struct change_ceiling *
ceilings_read(const struct replay *replay, Tasheem__Quota__V1__CeilingChanged **from, size_t count)
{
	struct change_ceiling *to = ARENA_ARRAY(replay->arena, struct change_ceiling, count);
	for (size_t at = 0; at < count; at++)
		to[at] = ceiling_read(replay, from[at]);
	return to;
}

#define DECODE(replay, type, prefix)                                                               \
	__extension__({                                                                            \
		const type *decoded_ =                                                             \
		        WIRE_DECODE_TRUSTED((replay)->arena, type, prefix, (replay)->payload);     \
		CHECK(decoded_);                                                                   \
		decoded_;                                                                          \
	})

static const struct change_line *lines_read(const struct replay *replay,
                                            const Tasheem__Quota__V1__RequestChanged *from)
{
	size_t count = from->request->n_lines;
	struct change_line *lines = ARENA_ARRAY(replay->arena, struct change_line, count);
	CHECK(from->n_reserved_kg == count && from->n_weight_kg == count);
	CHECK(from->n_held_kg == 0 || from->n_held_kg == count);
	for (size_t at = 0; at < count; at++) {
		const Tasheem__Quota__V1__RequestLine *line = from->request->lines[at];
		lines[at] = (struct change_line){
		        .party = party_number(replay->state, line->party_id),
		        .licence = licence_number(replay->state, line->licence_id),
		        .wanted_kg = line->wanted_kg,
		        .reserved_kg = from->reserved_kg[at],
		        .weight_kg = from->weight_kg[at],
		        .held_kg = from->n_held_kg ? from->held_kg[at] : 0,
		};
	}
	return lines;
}

static void request_read(const struct replay *replay)
{
	const Tasheem__Quota__V1__RequestChanged *from = DECODE(
	        replay, Tasheem__Quota__V1__RequestChanged, tasheem__quota__v1__request_changed);
	const Tasheem__Quota__V1__Request *request = from->request;
	struct change_request *to = &replay->event->request;
	CHECK(request);
	*to = (struct change_request){
	        .family = family_number(replay->state, from->family),
	        .quantity_kg = request->quantity_kg,
	        .minimum_kg = request->minimum_kg,
	        .max_price_rial_per_kg = request->max_price_rial_per_kg,
	        .asked_landed_rial_per_kg = request->max_landed_rial_per_kg,
	        .max_landed_rial_per_kg = from->max_landed_rial_per_kg,
	        .filed_ms = from->filed_ms,
	        .filed_sequence = from->filed_sequence,
	        .delivery_from_jalali = request->delivery_from_jalali,
	        .delivery_to_jalali = request->delivery_to_jalali,
	        .window_month = from->window_month,
	        .version = from->version,
	        .state = (uint8_t)from->state,
	        .wished_class = (uint8_t)request->wished_priority_class,
	        .priority_class = (uint8_t)from->priority_class,
	        .buyer_classes = (uint8_t)from->buyer_classes,
	        .buyer = party_number(replay->state, request->buyer_id),
	        .province = province_number(replay->state, from->province),
	        .line_count = (uint32_t)request->n_lines,
	        .lines = lines_read(replay, from),
	        .ceiling_count = (uint32_t)from->n_ceilings,
	        .ceilings = ceilings_read(replay, from->ceilings, from->n_ceilings),
	};
	CHECK(party_id_set(&to->key.buyer_id, request->buyer_id));
	CHECK(request_id_set(&to->key.request_id, request->request_id));
	CHECK(grade_name_set(&to->grade, request->grade));
	CHECK(round_id_set(&to->round_id, from->round_id));
}

static void exclusion_read(const struct replay *replay)
{
	const Tasheem__Quota__V1__RequestExcluded *from = DECODE(
	        replay, Tasheem__Quota__V1__RequestExcluded, tasheem__quota__v1__request_excluded);
	struct change_exclusion *to = &replay->event->exclusion;
	struct reason *reasons = ARENA_ARRAY(replay->arena, struct reason, from->n_reasons);
	for (size_t at = 0; at < from->n_reasons; at++) {
		reasons[at].code = (enum reason_code)from->reasons[at]->code;
		size_t size = strlen(from->reasons[at]->subject);
		CHECK(size < sizeof reasons[at].subject);
		memcpy(reasons[at].subject, from->reasons[at]->subject, size);
		reasons[at].value = from->reasons[at]->value;
		reasons[at].limit = from->reasons[at]->limit;
	}
	*to = (struct change_exclusion){
	        .version = from->version,
	        .reason_count = (uint32_t)from->n_reasons,
	        .reasons = reasons,
	        .ceiling_count = (uint32_t)from->n_ceilings,
	        .ceilings = ceilings_read(replay, from->ceilings, from->n_ceilings),
	};
	CHECK(party_id_set(&to->key.buyer_id, from->buyer_id));
	CHECK(request_id_set(&to->key.request_id, from->request_id));
	CHECK(round_id_set(&to->round_id, from->round_id));
}

static void book_read(const struct replay *replay)
{
	const Tasheem__Quota__V1__BookClosed *from =
	        DECODE(replay, Tasheem__Quota__V1__BookClosed, tasheem__quota__v1__book_closed);
	struct change_book *to = &replay->event->book;
	CHECK(round_id_set(&to->round_id, from->round_id) && from->digest.len == DIGEST_BYTES);
	to->family = family_number(replay->state, from->family);
	to->count = from->count;
	memcpy(to->digest, from->digest.data, DIGEST_BYTES);
}

static const struct change_allocation *
allocation_read(const struct replay *replay, const Tasheem__Quota__V1__AllocationLearned *from)
{
	struct change_allocation *to = ARENA_NEW(replay->arena, struct change_allocation);
	struct change_part *parts = ARENA_ARRAY(replay->arena, struct change_part, from->n_lines);
	for (size_t at = 0; at < from->n_lines; at++)
		parts[at] = (struct change_part){
		        from->lines[at]->line, from->lines[at]->quantity_kg,
		        from->lines[at]->reserved_kg, from->lines[at]->held_kg};
	CHECK(allocation_id_set(&to->allocation_id, from->allocation_id));
	CHECK(party_id_set(&to->request.buyer_id, from->buyer_id));
	CHECK(request_id_set(&to->request.request_id, from->request_id));
	to->state = (uint8_t)from->state;
	to->part_count = (uint32_t)from->n_lines;
	to->parts = parts;
	return to;
}

static void round_read(const struct replay *replay)
{
	const Tasheem__Quota__V1__RoundLearned *from =
	        DECODE(replay, Tasheem__Quota__V1__RoundLearned, tasheem__quota__v1__round_learned);
	struct change_round *to = &replay->event->round;
	*to = (struct change_round){
	        .state = (uint8_t)from->state,
	        .regime_version = from->regime_version,
	        .over = from->over,
	        .allocation = from->allocation ? allocation_read(replay, from->allocation) : NULL,
	        .ceiling_count = (uint32_t)from->n_ceilings,
	        .ceilings = ceilings_read(replay, from->ceilings, from->n_ceilings),
	};
	CHECK(round_id_set(&to->round_id, from->round_id));
	CHECK(family_name_set(&to->family, from->family));
}

static void purchase_read(const struct replay *replay)
{
	const Tasheem__Quota__V1__PurchaseRecorded *from =
	        DECODE(replay, Tasheem__Quota__V1__PurchaseRecorded,
	               tasheem__quota__v1__purchase_recorded);
	struct change_purchase *to = &replay->event->purchase;
	CHECK(from->purchase && family_name_set(&to->family, from->purchase->family));
	to->licence = licence_number(replay->state, from->purchase->licence_id);
	to->month = from->purchase->month;
	to->purchased_kg = from->purchase->purchased_kg;
}

static void regime_read(const struct replay *replay)
{
	const Tasheem__Quota__V1__RegimeApproved *from = DECODE(
	        replay, Tasheem__Quota__V1__RegimeApproved, tasheem__quota__v1__regime_approved);
	struct draft_regime *draft = ARENA_NEW(replay->arena, struct draft_regime);
	struct verdict verdict = {.code = CODE_ACCEPTED};
	CHECK(from->regime && quota_regime_draft(replay->arena, from->regime, draft, &verdict));
	CHECK(principal_name_set(&draft->approved_by, from->approved_by));
	draft->approved_ms = from->approved_ms;
	replay->event->regime = draft;
}

const struct quota_event *quota_event_decode(const struct quota_state *state, struct arena *arena,
                                             const struct wire_event *wire)
{
	struct quota_event *event = ARENA_NEW(arena, struct quota_event);
	struct replay replay = {state, arena, wire->payload, event};
	event->kind = (enum quota_event_kind)wire->kind;
	switch (event->kind) {
	case QUOTA_REGIME_APPROVED:
		regime_read(&replay);
		return event;
	case QUOTA_PURCHASE_RECORDED:
		purchase_read(&replay);
		return event;
	case QUOTA_CEILING_CHANGED:
		event->ceiling =
		        ceiling_read(&replay, DECODE(&replay, Tasheem__Quota__V1__CeilingChanged,
		                                     tasheem__quota__v1__ceiling_changed));
		return event;
	case QUOTA_REQUEST_CHANGED:
		request_read(&replay);
		return event;
	case QUOTA_REQUEST_EXCLUDED:
		exclusion_read(&replay);
		return event;
	case QUOTA_BOOK_CLOSED:
		book_read(&replay);
		return event;
	case QUOTA_ROUND_LEARNED:
		round_read(&replay);
		return event;
	case QUOTA_PARTY_LEARNED:
	case QUOTA_COOPERATIVE_LEARNED:
	case QUOTA_MEMBERSHIP_LEARNED:
	case QUOTA_LICENCE_LEARNED:
	case QUOTA_PRINCIPAL_LEARNED:
	case QUOTA_MANDATE_LEARNED:
		break;
	}
	const struct quota_event *learned =
	        quota_registry_decode(arena, event->kind, wire->payload);
	CHECK(learned);
	return learned;
}

/* Events to bytes. Messages borrow the texts of the events and of the state; all of
 * it lives until the commit. */
#include "services/quota/messages.h"

#define MESSAGE(arena, type, init)                                                                 \
	__extension__({                                                                            \
		type *made_ = arena_take((arena), sizeof(type));                                   \
		*made_ = (type)init;                                                               \
		made_;                                                                             \
	})

static char *text_of(const char *text)
{
	return (char *)(uintptr_t)text;
}

static Tasheem__Quota__V1__Ratio *ratio_message(struct arena *arena,
                                                const struct quota_ratio *ratio)
{
	Tasheem__Quota__V1__Ratio *message =
	        MESSAGE(arena, Tasheem__Quota__V1__Ratio, TASHEEM__QUOTA__V1__RATIO__INIT);
	message->numerator = ratio->numerator;
	message->denominator = ratio->denominator;
	return message;
}

static Tasheem__Quota__V1__CeilingDerivation *
derivation_message(const struct quota_state *state, struct arena *arena,
                   const struct quota_derivation *from)
{
	Tasheem__Quota__V1__CeilingDerivation *to =
	        MESSAGE(arena, Tasheem__Quota__V1__CeilingDerivation,
	                TASHEEM__QUOTA__V1__CEILING_DERIVATION__INIT);
	to->regime_version = from->regime_version;
	to->formula = (Tasheem__Quota__V1__CeilingFormula)from->formula;
	to->capacity_kg_per_year = from->capacity_kg_per_year;
	to->nominal_need_kg_per_year = from->nominal_need_kg_per_year;
	to->recorded_kg = from->recorded_kg;
	to->record_based_kg_per_year = from->record_based_kg_per_year;
	to->record_first_month = from->record_first_month;
	to->record_last_month = from->record_last_month;
	to->floor_kg_per_year = from->floor_kg_per_year;
	to->annual_ceiling_kg = from->annual_ceiling_kg;
	to->window_ceiling_kg = from->window_ceiling_kg;
	to->multiplier = ratio_message(arena, &from->multiplier);
	to->ceiling_kg = from->ceiling_kg;
	to->joint_limit_kg = from->joint_limit_kg;
	if (from->joint_family)
		to->joint_family =
		        text_of(quota_family_at(state, from->joint_family - 1)->family.text);
	return to;
}

static void ceiling_fill(const struct quota_state *state, struct arena *arena,
                         const struct change_ceiling *from, Tasheem__Quota__V1__CeilingChanged *to)
{
	*to = (Tasheem__Quota__V1__CeilingChanged)TASHEEM__QUOTA__V1__CEILING_CHANGED__INIT;
	to->licence_id = text_of(quota_licence_at(state, from->key.licence)->licence_id.text);
	to->family = text_of(quota_family_at(state, from->key.family)->family.text);
	to->window_month = from->key.window_month;
	to->ceiling_kg = from->ceiling_kg;
	to->reserved_kg = from->reserved_kg;
	to->used_kg = from->used_kg;
	if (from->derivation)
		to->derivation = derivation_message(state, arena, from->derivation);
}

Tasheem__Quota__V1__CeilingChanged *quota_ceiling_message(const struct quota_state *state,
                                                          struct arena *arena,
                                                          const struct change_ceiling *change)
{
	Tasheem__Quota__V1__CeilingChanged *message =
	        ARENA_NEW(arena, Tasheem__Quota__V1__CeilingChanged);
	ceiling_fill(state, arena, change, message);
	return message;
}

static Tasheem__Quota__V1__CeilingChanged **ceilings_message(const struct quota_state *state,
                                                             struct arena *arena,
                                                             const struct change_ceiling *changes,
                                                             uint32_t count)
{
	Tasheem__Quota__V1__CeilingChanged *messages =
	        ARENA_ARRAY(arena, Tasheem__Quota__V1__CeilingChanged, count);
	Tasheem__Quota__V1__CeilingChanged **pointers =
	        ARENA_ARRAY(arena, Tasheem__Quota__V1__CeilingChanged *, count);
	for (uint32_t at = 0; at < count; at++) {
		ceiling_fill(state, arena, &changes[at], &messages[at]);
		pointers[at] = &messages[at];
	}
	return pointers;
}

static void request_lines(const struct quota_state *state, struct arena *arena,
                          const struct change_request *from, Tasheem__Quota__V1__RequestChanged *to)
{
	uint32_t count = from->line_count;
	Tasheem__Quota__V1__RequestLine *lines =
	        ARENA_ARRAY(arena, Tasheem__Quota__V1__RequestLine, count);
	Tasheem__Quota__V1__RequestLine **pointers =
	        ARENA_ARRAY(arena, Tasheem__Quota__V1__RequestLine *, count);
	int64_t *amounts = ARENA_ARRAY(arena, int64_t, (size_t)count * 3);
	bool held = false;
	for (uint32_t at = 0; at < count; at++) {
		const struct change_line *line = &from->lines[at];
		lines[at] = (Tasheem__Quota__V1__RequestLine)TASHEEM__QUOTA__V1__REQUEST_LINE__INIT;
		lines[at].party_id = text_of(quota_party_at(state, line->party)->party_id.text);
		lines[at].licence_id =
		        text_of(quota_licence_at(state, line->licence)->licence_id.text);
		lines[at].wanted_kg = line->wanted_kg;
		pointers[at] = &lines[at];
		amounts[at] = line->reserved_kg;
		amounts[count + at] = line->weight_kg;
		amounts[2 * count + at] = line->held_kg;
		held |= line->held_kg != 0;
	}
	to->request->n_lines = count;
	to->request->lines = pointers;
	to->n_reserved_kg = to->n_weight_kg = count;
	to->reserved_kg = amounts;
	to->weight_kg = amounts + count;
	to->n_held_kg = held ? count : 0;
	to->held_kg = amounts + 2 * count;
}

static Tasheem__Quota__V1__Request *request_content(struct arena *arena,
                                                    const struct change_request *from)
{
	Tasheem__Quota__V1__Request *to =
	        MESSAGE(arena, Tasheem__Quota__V1__Request, TASHEEM__QUOTA__V1__REQUEST__INIT);
	to->buyer_id = text_of(from->key.buyer_id.text);
	to->request_id = text_of(from->key.request_id.text);
	to->grade = text_of(from->grade.text);
	to->quantity_kg = from->quantity_kg;
	to->minimum_kg = from->minimum_kg;
	to->max_price_rial_per_kg = from->max_price_rial_per_kg;
	to->max_landed_rial_per_kg = from->asked_landed_rial_per_kg;
	to->delivery_from_jalali = from->delivery_from_jalali;
	to->delivery_to_jalali = from->delivery_to_jalali;
	to->wished_priority_class = from->wished_class;
	return to;
}

Tasheem__Quota__V1__RequestChanged *quota_request_message(const struct quota_state *state,
                                                          struct arena *arena,
                                                          const struct change_request *from)
{
	Tasheem__Quota__V1__RequestChanged *to = MESSAGE(arena, Tasheem__Quota__V1__RequestChanged,
	                                                 TASHEEM__QUOTA__V1__REQUEST_CHANGED__INIT);
	to->request = request_content(arena, from);
	to->version = from->version;
	to->state = (Tasheem__Quota__V1__RequestState)from->state;
	to->family = text_of(quota_family_at(state, from->family)->family.text);
	to->window_month = from->window_month;
	to->priority_class = from->priority_class;
	to->buyer_classes = from->buyer_classes;
	to->province = text_of(quota_province_at(state, from->province));
	to->max_landed_rial_per_kg = from->max_landed_rial_per_kg;
	to->round_id = text_of(from->round_id.text);
	to->filed_ms = from->filed_ms;
	to->filed_sequence = from->filed_sequence;
	request_lines(state, arena, from, to);
	to->n_ceilings = from->ceiling_count;
	to->ceilings = ceilings_message(state, arena, from->ceilings, from->ceiling_count);
	return to;
}

Tasheem__Quota__V1__ExcludedReason **
quota_reasons_message(struct arena *arena, const struct reason *reasons, uint32_t count)
{
	Tasheem__Quota__V1__ExcludedReason **pointers =
	        ARENA_ARRAY(arena, Tasheem__Quota__V1__ExcludedReason *, count);
	for (uint32_t at = 0; at < count; at++) {
		pointers[at] = MESSAGE(arena, Tasheem__Quota__V1__ExcludedReason,
		                       TASHEEM__QUOTA__V1__EXCLUDED_REASON__INIT);
		pointers[at]->code = (uint32_t)reasons[at].code;
		pointers[at]->subject = text_of(reasons[at].subject);
		pointers[at]->value = reasons[at].value;
		pointers[at]->limit = reasons[at].limit;
	}
	return pointers;
}

static struct bytes exclusion_encode(const struct quota_state *state, struct arena *arena,
                                     const struct change_exclusion *from)
{
	Tasheem__Quota__V1__RequestExcluded to = TASHEEM__QUOTA__V1__REQUEST_EXCLUDED__INIT;
	to.buyer_id = text_of(from->key.buyer_id.text);
	to.request_id = text_of(from->key.request_id.text);
	to.round_id = text_of(from->round_id.text);
	to.version = from->version;
	to.n_reasons = from->reason_count;
	to.reasons = quota_reasons_message(arena, from->reasons, from->reason_count);
	to.n_ceilings = from->ceiling_count;
	to.ceilings = ceilings_message(state, arena, from->ceilings, from->ceiling_count);
	return wire_encode(arena, &to.base);
}

static struct bytes book_encode(const struct quota_state *state, struct arena *arena,
                                const struct change_book *from)
{
	Tasheem__Quota__V1__BookClosed to = TASHEEM__QUOTA__V1__BOOK_CLOSED__INIT;
	to.round_id = text_of(from->round_id.text);
	to.family = text_of(quota_family_at(state, from->family)->family.text);
	to.count = from->count;
	to.digest.data = (uint8_t *)(uintptr_t)from->digest;
	to.digest.len = DIGEST_BYTES;
	return wire_encode(arena, &to.base);
}

static Tasheem__Quota__V1__AllocationLearned *
allocation_message(struct arena *arena, const struct change_allocation *from)
{
	Tasheem__Quota__V1__AllocationLearned *to =
	        MESSAGE(arena, Tasheem__Quota__V1__AllocationLearned,
	                TASHEEM__QUOTA__V1__ALLOCATION_LEARNED__INIT);
	to->allocation_id = text_of(from->allocation_id.text);
	to->buyer_id = text_of(from->request.buyer_id.text);
	to->request_id = text_of(from->request.request_id.text);
	to->state = from->state;
	to->n_lines = from->part_count;
	to->lines = ARENA_ARRAY(arena, Tasheem__Quota__V1__LineLearned *, from->part_count);
	for (uint32_t at = 0; at < from->part_count; at++) {
		Tasheem__Quota__V1__LineLearned *line =
		        MESSAGE(arena, Tasheem__Quota__V1__LineLearned,
		                TASHEEM__QUOTA__V1__LINE_LEARNED__INIT);
		line->line = from->parts[at].line;
		line->quantity_kg = from->parts[at].quantity_kg;
		line->reserved_kg = from->parts[at].reserved_kg;
		line->held_kg = from->parts[at].held_kg;
		to->lines[at] = line;
	}
	return to;
}

static struct bytes round_encode(const struct quota_state *state, struct arena *arena,
                                 const struct change_round *from)
{
	Tasheem__Quota__V1__RoundLearned to = TASHEEM__QUOTA__V1__ROUND_LEARNED__INIT;
	to.round_id = text_of(from->round_id.text);
	to.family = text_of(from->family.text);
	to.state = from->state;
	to.regime_version = from->regime_version;
	to.over = from->over;
	if (from->allocation)
		to.allocation = allocation_message(arena, from->allocation);
	to.n_ceilings = from->ceiling_count;
	to.ceilings = ceilings_message(state, arena, from->ceilings, from->ceiling_count);
	return wire_encode(arena, &to.base);
}

static struct bytes purchase_encode(const struct quota_state *state, struct arena *arena,
                                    const struct change_purchase *from)
{
	Tasheem__Quota__V1__PurchaseRecorded to = TASHEEM__QUOTA__V1__PURCHASE_RECORDED__INIT;
	Tasheem__Quota__V1__PurchaseRecord purchase = TASHEEM__QUOTA__V1__PURCHASE_RECORD__INIT;
	purchase.licence_id = text_of(quota_licence_at(state, from->licence)->licence_id.text);
	purchase.family = text_of(from->family.text);
	purchase.month = from->month;
	purchase.purchased_kg = from->purchased_kg;
	to.purchase = &purchase;
	return wire_encode(arena, &to.base);
}

static struct bytes regime_encode(struct arena *arena, const struct draft_regime *from)
{
	Tasheem__Quota__V1__RegimeApproved to = TASHEEM__QUOTA__V1__REGIME_APPROVED__INIT;
	to.regime = (Tasheem__Quota__V1__Regime *)(uintptr_t)WIRE_DECODE_TRUSTED(
	        arena, Tasheem__Quota__V1__Regime, tasheem__quota__v1__regime, from->text);
	CHECK(to.regime);
	to.approved_ms = from->approved_ms;
	to.approved_by = text_of(from->approved_by.text);
	return wire_encode(arena, &to.base);
}

struct wire_event quota_event_encode(const struct quota_state *state, struct arena *arena,
                                     const struct quota_event *event)
{
	struct wire_event wire = {.kind = event->kind};
	switch (event->kind) {
	case QUOTA_REGIME_APPROVED:
		wire.payload = regime_encode(arena, event->regime);
		return wire;
	case QUOTA_PURCHASE_RECORDED:
		wire.payload = purchase_encode(state, arena, &event->purchase);
		return wire;
	case QUOTA_CEILING_CHANGED:
		wire.payload = wire_encode(
		        arena, &quota_ceiling_message(state, arena, &event->ceiling)->base);
		return wire;
	case QUOTA_REQUEST_CHANGED:
		wire.payload = wire_encode(
		        arena, &quota_request_message(state, arena, &event->request)->base);
		return wire;
	case QUOTA_REQUEST_EXCLUDED:
		wire.payload = exclusion_encode(state, arena, &event->exclusion);
		return wire;
	case QUOTA_BOOK_CLOSED:
		wire.payload = book_encode(state, arena, &event->book);
		return wire;
	case QUOTA_ROUND_LEARNED:
		wire.payload = round_encode(state, arena, &event->round);
		return wire;
	case QUOTA_PARTY_LEARNED:
	case QUOTA_COOPERATIVE_LEARNED:
	case QUOTA_MEMBERSHIP_LEARNED:
	case QUOTA_LICENCE_LEARNED:
	case QUOTA_PRINCIPAL_LEARNED:
	case QUOTA_MANDATE_LEARNED:
		break;
	}
	/* What is learned of membership is journaled as it came. */
	CHECK(false);
	return wire;
}

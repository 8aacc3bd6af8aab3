/* What quota and membership tell. Of interest are regimes, requests in closed books, the
 * word that a book is closed, principals and mandates; payloads are kept as they came,
 * but for the book, which gets a small message of our own. */
#include "services/matching/messages.h"

#include <string.h>

#include "common/wire.h"
#include "services/matching/messages_noun.h"
#include "tasheem/membership/v1/membership.pb-c.h"
#include "tasheem/quota/v1/quota.pb-c.h"

#define QUOTA(name) TASHEEM__QUOTA__V1__EVENT_KIND__EVENT_KIND_##name
#define MEMBERSHIP(name) TASHEEM__MEMBERSHIP__V1__EVENT_KIND__EVENT_KIND_##name

#define MESSAGE(package, type, prefix)                                                             \
	const Tasheem__##package##__V1__##type *message = WIRE_DECODE_TRUSTED(                     \
	        arena, Tasheem__##package##__V1__##type, tasheem__##prefix, payload);              \
	CHECK(message != NULL)

/* A book that fits a message of this stream; the digest is checked when it is frozen. */
static struct bytes learn_book(struct arena *arena, struct bytes payload)
{
	MESSAGE(Quota, BookClosed, quota__v1__book_closed);
	Tasheem__Matching__V1__BookLearned to = TASHEEM__MATCHING__V1__BOOK_LEARNED__INIT;
	CHECK(message->digest.len == DIGEST_BYTES);
	to.round_id = message->round_id;
	to.count = message->count;
	to.digest = message->digest;
	return wire_encode(arena, &to.base);
}

static bool in_book(struct arena *arena, struct bytes payload)
{
	MESSAGE(Quota, RequestChanged, quota__v1__request_changed);
	return message->state == TASHEEM__QUOTA__V1__REQUEST_STATE__REQUEST_STATE_IN_BOOK &&
	       message->round_id[0] != '\0';
}

static bool learn_quota(struct arena *arena, const struct wire_event *source,
                        struct wire_event *learned)
{
	*learned = (struct wire_event){0, source->payload};
	switch ((Tasheem__Quota__V1__EventKind)source->kind) {
	case QUOTA(REGIME_APPROVED):
		learned->kind = REGIME_LEARNED;
		return true;
	case QUOTA(REQUEST_CHANGED):
		learned->kind = REQUEST_LEARNED;
		return in_book(arena, source->payload);
	case QUOTA(BOOK_CLOSED):
		learned->kind = BOOK_LEARNED;
		learned->payload = learn_book(arena, source->payload);
		return true;
	case QUOTA(PURCHASE_RECORDED):
	case QUOTA(CEILING_CHANGED):
	case QUOTA(REQUEST_EXCLUDED):
	case QUOTA(PARTY_LEARNED):
	case QUOTA(COOPERATIVE_LEARNED):
	case QUOTA(MEMBERSHIP_LEARNED):
	case QUOTA(LICENCE_LEARNED):
	case QUOTA(PRINCIPAL_LEARNED):
	case QUOTA(MANDATE_LEARNED):
	case QUOTA(ROUND_LEARNED):
		return false;
	case QUOTA(UNSPECIFIED):
	case _TASHEEM__QUOTA__V1__EVENT_KIND_IS_INT_SIZE:
		break;
	}
	matching_stop("matching.follow.unknown", "quota wrote an event this version does not know",
	              "update matching");
}

static bool learn_membership(const struct wire_event *source, struct wire_event *learned)
{
	*learned = (struct wire_event){0, source->payload};
	switch ((Tasheem__Membership__V1__EventKind)source->kind) {
	case MEMBERSHIP(PRINCIPAL_CHANGED):
		learned->kind = PRINCIPAL_LEARNED;
		return true;
	case MEMBERSHIP(MANDATE_CHANGED):
		learned->kind = MANDATE_LEARNED;
		return true;
	case MEMBERSHIP(PARTY_REGISTERED):
	case MEMBERSHIP(UNION_REGISTERED):
	case MEMBERSHIP(COOPERATIVE_REGISTERED):
	case MEMBERSHIP(MEMBERSHIP_CHANGED):
	case MEMBERSHIP(LICENCE_CHANGED):
		return false;
	case MEMBERSHIP(UNSPECIFIED):
	case _TASHEEM__MEMBERSHIP__V1__EVENT_KIND_IS_INT_SIZE:
		break;
	}
	matching_stop("matching.follow.unknown",
	              "membership wrote an event this version does not know", "update matching");
}

bool matching_learn(struct arena *arena, const struct stream_name *stream,
                    const struct wire_event *source, struct wire_event *learned)
{
	if (strcmp(stream->text, "quota") == 0)
		return learn_quota(arena, source, learned);
	CHECK(strcmp(stream->text, "membership") == 0);
	return learn_membership(source, learned);
}

static void decode_lines(struct arena *arena, const Tasheem__Quota__V1__RequestChanged *message,
                         struct event *event)
{
	const Tasheem__Quota__V1__Request *request = message->request;
	size_t count = request->n_lines;
	CHECK(count <= MATCHING_MAX_LINES && message->n_reserved_kg == count &&
	      message->n_weight_kg == count);
	event->request.line_count = (uint32_t)count;
	event->lines = ARENA_ARRAY(arena, struct line, count + 1);
	for (size_t at = 0; at < count; at++) {
		struct line *line = &event->lines[at];
		CHECK(party_id_set(&line->party_id, request->lines[at]->party_id));
		CHECK(licence_id_set(&line->licence_id, request->lines[at]->licence_id));
		line->reserved_kg = message->reserved_kg[at];
		line->weight_kg = message->weight_kg[at];
	}
}

static void decode_request(struct arena *arena, struct bytes payload, struct event *event)
{
	MESSAGE(Quota, RequestChanged, quota__v1__request_changed);
	const Tasheem__Quota__V1__Request *request = message->request;
	struct request *row = &event->request;
	CHECK(request != NULL);
	CHECK(party_id_set(&row->key.buyer_id, request->buyer_id));
	CHECK(request_id_set(&row->key.request_id, request->request_id));
	CHECK(round_id_set(&row->round_id, message->round_id));
	CHECK(grade_name_set(&row->grade, request->grade));
	noun_copy(row->province.text, sizeof row->province.text, message->province);
	row->quantity_kg = request->quantity_kg;
	row->minimum_kg = request->minimum_kg;
	row->max_landed_rial_per_kg = message->max_landed_rial_per_kg;
	row->filed_sequence = message->filed_sequence;
	row->version = message->version;
	row->priority_class = (uint32_t)message->priority_class;
	row->buyer_classes = message->buyer_classes;
	row->delivery_from = request->delivery_from_jalali;
	row->delivery_to = request->delivery_to_jalali;
	row->window_month = message->window_month;
	decode_lines(arena, message, event);
}

static void decode_rules(struct arena *arena, const Tasheem__Quota__V1__Regime *from,
                         struct regime_lists *to)
{
	to->regime.rule_count = (uint32_t)from->n_families;
	to->rules = ARENA_ARRAY(arena, struct rule, from->n_families + 1);
	for (size_t at = 0; at < from->n_families; at++) {
		const Tasheem__Quota__V1__FamilyRule *rule = from->families[at];
		CHECK(family_name_set(&to->rules[at].family, rule->family));
		to->rules[at].cooperative_cap_kg = rule->cooperative_cap_kg;
		to->rules[at].policy = rule->policy;
		to->rules[at].rounding = rule->rounding;
		to->rules[at].reserve_percent = rule->small_unit_reserve_percent;
		to->rules[at].cost_first = rule->cost_first;
	}
	to->regime.grade_count = (uint32_t)from->n_grades;
	to->grades = ARENA_ARRAY(arena, struct grade, from->n_grades + 1);
	for (size_t at = 0; at < from->n_grades; at++) {
		CHECK(grade_name_set(&to->grades[at].grade, from->grades[at]->grade));
		CHECK(family_name_set(&to->grades[at].family, from->grades[at]->family));
		to->grades[at].base_kg = from->grades[at]->allocation_base_kg;
	}
}

static void decode_ways(struct arena *arena, const Tasheem__Quota__V1__Regime *from,
                        struct regime_lists *to)
{
	to->regime.substitute_count = (uint32_t)from->n_substitutes;
	to->substitutes = ARENA_ARRAY(arena, struct substitute, from->n_substitutes + 1);
	for (size_t at = 0; at < from->n_substitutes; at++) {
		const Tasheem__Quota__V1__Substitute *row = from->substitutes[at];
		CHECK(grade_name_set(&to->substitutes[at].grade, row->grade));
		CHECK(grade_name_set(&to->substitutes[at].substitute, row->substitute_grade));
	}
	to->regime.freight_count = (uint32_t)from->n_freights;
	to->freights = ARENA_ARRAY(arena, struct freight, from->n_freights + 1);
	for (size_t at = 0; at < from->n_freights; at++) {
		const Tasheem__Quota__V1__Freight *row = from->freights[at];
		struct freight *freight = &to->freights[at];
		noun_copy(freight->from.text, sizeof freight->from.text, row->from_province);
		noun_copy(freight->to.text, sizeof freight->to.text, row->to_province);
		freight->rial_per_kg = row->rial_per_kg;
	}
	to->regime.holiday_count = (uint32_t)from->n_holidays_jalali;
	to->holidays = ARENA_ARRAY(arena, int32_t, from->n_holidays_jalali + 1);
	for (size_t at = 0; at < from->n_holidays_jalali; at++)
		to->holidays[at] = from->holidays_jalali[at];
}

static void decode_regime(struct arena *arena, struct bytes payload, struct regime_lists *to)
{
	MESSAGE(Quota, RegimeApproved, quota__v1__regime_approved);
	const Tasheem__Quota__V1__Regime *from = message->regime;
	CHECK(from != NULL);
	to->regime.version = from->version;
	to->regime.effective_from = from->effective_from_jalali;
	to->regime.objection_days = from->objection_working_days;
	to->regime.acceptance_days = from->acceptance_working_days;
	to->regime.payment_days = from->payment_working_days;
	to->regime.payment_hour = from->payment_hour;
	to->regime.distribution_days = from->distribution_days;
	to->regime.maximum_draws = from->maximum_draws;
	to->regime.tolerance_percent = from->delivery_tolerance_percent;
	decode_rules(arena, from, to);
	decode_ways(arena, from, to);
}

static void decode_principal(struct arena *arena, struct bytes payload, struct principal *to)
{
	MESSAGE(Membership, PrincipalChanged, membership__v1__principal_changed);
	const Tasheem__Membership__V1__Principal *from = message->principal;
	CHECK(from != NULL);
	CHECK(principal_name_set(&to->name, from->name));
	noun_copy(to->key.text, sizeof to->key.text, from->public_key);
	CHECK(party_id_set(&to->party_id, from->party_id));
	to->role = (enum role)from->role;
	to->revoked = from->revoked;
}

static void decode_mandate(struct arena *arena, struct bytes payload, struct mandate *to)
{
	MESSAGE(Membership, MandateChanged, membership__v1__mandate_changed);
	const Tasheem__Membership__V1__Mandate *from = message->mandate;
	CHECK(from != NULL && from->n_kinds <= MANDATE_MAX_KINDS);
	CHECK(party_id_set(&to->key.party_id, from->party_id));
	CHECK(principal_name_set(&to->key.principal, from->principal));
	to->kind_count = (uint32_t)from->n_kinds;
	for (size_t at = 0; at < from->n_kinds; at++)
		to->kinds[at] = from->kinds[at];
	to->until_ms = from->until_ms;
	to->revoked = from->revoked;
}

void matching_learned_decode(struct arena *arena, const struct wire_event *wire,
                             struct event *event)
{
	switch (wire->kind) {
	case REQUEST_LEARNED:
		decode_request(arena, wire->payload, event);
		return;
	case REGIME_LEARNED:
		decode_regime(arena, wire->payload, &event->regime);
		return;
	case PRINCIPAL_LEARNED:
		decode_principal(arena, wire->payload, &event->principal);
		return;
	case MANDATE_LEARNED:
		decode_mandate(arena, wire->payload, &event->mandate);
		return;
	default:
		CHECK(false);
	}
}

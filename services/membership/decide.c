/* The rules of parties, unions and cooperatives, and of the import that runs
 * many commands as one. */
#include "services/membership/decide.h"

#include <string.h>

#include "common/identifiers.h"

static bool accepted(const struct verdict *verdict)
{
	return verdict->code == CODE_ACCEPTED;
}

static void conflict(struct verdict *verdict, const char *id)
{
	verdict_add(verdict, CODE_CONFLICT, REASON_ID_DUPLICATE, id, 0, 0);
}

static enum reason_code check_party_id(const struct party *party)
{
	switch (party->kind) {
	case PARTY_PERSON:
		return identifier_check_person(party->id.text);
	case PARTY_LEGAL:
		return identifier_check_legal(party->id.text);
	case PARTY_FOREIGNER:
		return identifier_check_foreigner(party->id.text);
	}
	return REASON_ID_FORMAT;
}

static bool party_same(const struct party *left, const struct party *right)
{
	return left->kind == right->kind && memcmp(left->name, right->name, NAME_SIZE) == 0 &&
	       memcmp(left->nationality, right->nationality, sizeof left->nationality) == 0 &&
	       memcmp(left->county, right->county, PLACE_SIZE) == 0;
}

static bool decide_party(const struct staged *staged, const struct party *wanted,
                         struct verdict *verdict, struct event *event)
{
	const struct party *known = staged_party(staged, &wanted->id);
	if (known && party_same(known, wanted))
		return false;
	if (known) {
		conflict(verdict, wanted->id.text);
		return false;
	}
	enum reason_code reason = check_party_id(wanted);
	if (reason != REASON_NONE)
		verdict_refuse(verdict, reason, wanted->id.text, 0, 0);
	bool iranian = memcmp(wanted->nationality, "IRN", 4) == 0;
	/* A national code is an Iranian's; the foreigner's code is not. */
	if ((wanted->kind == PARTY_PERSON && !iranian) ||
	    (wanted->kind == PARTY_FOREIGNER && iranian))
		verdict_refuse(verdict, REASON_OUT_OF_RANGE, "nationality", 0, 0);
	staged_room(staged, &staged->state->parties, verdict);
	event->kind = PARTY_REGISTERED;
	event->party = *wanted;
	return accepted(verdict);
}

static bool union_same(const struct syndicate *left, const struct syndicate *right)
{
	return left->level == right->level && memcmp(left->name, right->name, NAME_SIZE) == 0 &&
	       memcmp(left->place, right->place, PLACE_SIZE) == 0 &&
	       union_id_equal(&left->parent_id, &right->parent_id);
}

/* A parent exists before its children and is of a higher level, so the tree has no cycles. */
static void check_parent(const struct staged *staged, const struct syndicate *wanted,
                         struct verdict *verdict)
{
	if (union_id_empty(&wanted->parent_id))
		return;
	const struct syndicate *parent = staged_union(staged, &wanted->parent_id);
	if (!parent)
		verdict_refuse(verdict, REASON_NOT_FOUND, wanted->parent_id.text, 0, 0);
	else if (parent->level <= wanted->level)
		verdict_refuse(verdict, REASON_OUT_OF_RANGE, wanted->parent_id.text, parent->level,
		               wanted->level + 1);
}

static bool decide_union(const struct staged *staged, const struct syndicate *wanted,
                         struct verdict *verdict, struct event *event)
{
	const struct syndicate *known = staged_union(staged, &wanted->id);
	if (known && union_same(known, wanted))
		return false;
	if (known) {
		conflict(verdict, wanted->id.text);
		return false;
	}
	check_parent(staged, wanted, verdict);
	bool national = wanted->level == UNION_NATIONAL;
	if (national != (wanted->place[0] == '\0'))
		verdict_refuse(verdict, REASON_OUT_OF_RANGE, "place", 0, 0);
	staged_room(staged, &staged->state->unions, verdict);
	event->kind = UNION_REGISTERED;
	event->syndicate = *wanted;
	return accepted(verdict);
}

static bool cooperative_same(const struct cooperative *left, const struct cooperative *right)
{
	return left->kind == right->kind && memcmp(left->name, right->name, NAME_SIZE) == 0 &&
	       memcmp(left->county, right->county, PLACE_SIZE) == 0 &&
	       union_id_equal(&left->union_id, &right->union_id) &&
	       left->registered_on == right->registered_on &&
	       left->foreign_members_allowed == right->foreign_members_allowed;
}

static bool decide_cooperative(const struct staged *staged, const struct cooperative *wanted,
                               struct verdict *verdict, struct event *event)
{
	const struct cooperative *known = staged_cooperative(staged, &wanted->id);
	if (known && cooperative_same(known, wanted))
		return false;
	if (known) {
		conflict(verdict, wanted->id.text);
		return false;
	}
	enum reason_code reason = identifier_check_legal(wanted->id.text);
	if (reason != REASON_NONE)
		verdict_refuse(verdict, reason, wanted->id.text, 0, 0);
	if (!union_id_empty(&wanted->union_id) && !staged_union(staged, &wanted->union_id))
		verdict_refuse(verdict, REASON_NOT_FOUND, wanted->union_id.text, 0, 0);
	staged_room(staged, &staged->state->cooperatives, verdict);
	event->kind = COOPERATIVE_REGISTERED;
	event->cooperative = *wanted;
	event->cooperative.active_members = 0;
	return accepted(verdict);
}

static bool decide_one(const struct staged *staged, const struct command *command,
                       struct verdict *verdict, struct event *event)
{
	switch (command->kind) {
	case PARTY_REGISTER:
		return decide_party(staged, &command->party, verdict, event);
	case UNION_REGISTER:
		return decide_union(staged, &command->syndicate, verdict, event);
	case COOPERATIVE_REGISTER:
		return decide_cooperative(staged, &command->cooperative, verdict, event);
	case MEMBERSHIP_JOIN:
		return decide_join(staged, &command->membership, verdict, event);
	case MEMBERSHIP_SUSPEND:
	case MEMBERSHIP_RESUME:
	case MEMBERSHIP_END:
		return decide_change(staged, command, verdict, event);
	case LICENCE_REGISTER:
		return decide_licence(staged, &command->licence, verdict, event);
	case LICENCE_REVOKE:
		return decide_licence_revoke(staged, &command->licence_revoke, verdict, event);
	case PRINCIPAL_REGISTER:
		return decide_principal(staged, &command->principal, verdict, event);
	case PRINCIPAL_REVOKE:
		return decide_principal_revoke(staged, &command->principal_revoke, verdict, event);
	case MANDATE_GRANT:
		return decide_mandate(staged, &command->mandate, verdict, event);
	case MANDATE_REVOKE:
		return decide_mandate_revoke(staged, &command->mandate.key, verdict, event);
	case REGISTRY_IMPORT:
		break;
	}
	CHECK(false);
	return false;
}

/* Writes `row N: subject`. */
static void row_subject(char out[96], uint32_t row, const char *subject)
{
	char digits[10];
	size_t count = 0;
	for (uint32_t rest = row; rest > 0 || count == 0; rest /= 10)
		digits[count++] = (char)('0' + rest % 10);
	size_t at = 4;
	memcpy(out, "row ", 4);
	while (count > 0)
		out[at++] = digits[--count];
	out[at++] = ':';
	out[at++] = ' ';
	size_t size = strlen(subject);
	memcpy(out + at, subject, size);
	out[at + size] = '\0';
}

static void merge_row(struct verdict *whole, uint32_t row, const struct verdict *verdict)
{
	for (uint32_t i = 0; i < verdict->reason_count; i++) {
		const struct reason *reason = &verdict->reasons[i];
		char subject[96];
		row_subject(subject, row, reason->subject);
		verdict_add(whole, verdict->code, reason->code, subject, reason->value,
		            reason->limit);
	}
}

void membership_decide(const struct membership_state *state, struct arena *arena,
                       const struct command *command, const struct decide_context *context,
                       struct outcome *outcome)
{
	bool import = command->kind == REGISTRY_IMPORT;
	uint32_t rows = import ? command->import.row_count : 1;
	struct staged staged = {state, context, ARENA_ARRAY(arena, struct event, rows), 0};
	memset(outcome, 0, sizeof *outcome);
	outcome->verdict.code = CODE_ACCEPTED;
	for (uint32_t i = 0; i < rows; i++) {
		const struct command *row = import ? &command->import.rows[i] : command;
		struct verdict verdict;
		memset(&verdict, 0, sizeof verdict);
		verdict.code = CODE_ACCEPTED;
		if (decide_one(&staged, row, &verdict, &staged.events[staged.count]))
			staged.count++;
		if (import)
			merge_row(&outcome->verdict, i + 1, &verdict);
		else
			outcome->verdict = verdict;
	}
	/* All rows or none. */
	if (!accepted(&outcome->verdict))
		return;
	outcome->event_count = staged.count;
	outcome->events = staged.events;
}

/* The rules of belonging: who may join, and what a membership may become. */
#include "services/membership/decide.h"

#include <string.h>

static bool is_foreign(const struct party *party)
{
	return party->kind == PARTY_FOREIGNER || memcmp(party->nationality, "IRN", 4) != 0;
}

/* DOMAIN 5: the general rule is Iranian nationality; what is not yet permitted is recorded
 * and waits. */
static enum membership_status status_of(const struct membership *membership,
                                        const struct party *party,
                                        const struct cooperative *cooperative)
{
	static const char waiting[] = "pending_permit";
	if (memcmp(membership->legal_basis, waiting, sizeof waiting) == 0)
		return MEMBERSHIP_PENDING;
	if (is_foreign(party) && !cooperative->foreign_members_allowed)
		return MEMBERSHIP_PENDING;
	return MEMBERSHIP_ACTIVE;
}

/* Moves the count by what the change of state means. */
static void fill_event(const struct staged *staged, const struct membership *before,
                       const struct membership *after, struct event *event)
{
	bool was = before && before->state == MEMBERSHIP_ACTIVE;
	bool is = after->state == MEMBERSHIP_ACTIVE;
	event->kind = MEMBERSHIP_CHANGED;
	event->membership = *after;
	event->active_members = staged_active_members(staged, &after->key.cooperative_id) +
	                        (is ? 1 : 0) - (was ? 1 : 0);
}

static bool terms_same(const struct membership *left, const struct membership *right)
{
	return left->shares == right->shares && left->joined_on == right->joined_on &&
	       memcmp(left->legal_basis, right->legal_basis, BASIS_SIZE) == 0;
}

static void check_new_member(const struct staged *staged, const struct membership *wanted,
                             const struct party *party, struct verdict *verdict)
{
	const struct cooperative *cooperative =
	        staged_cooperative(staged, &wanted->key.cooperative_id);
	if (!party)
		verdict_refuse(verdict, REASON_NOT_FOUND, wanted->key.party_id.text, 0, 0);
	if (!cooperative)
		verdict_refuse(verdict, REASON_NOT_FOUND, wanted->key.cooperative_id.text, 0, 0);
	if (party && is_foreign(party) && wanted->legal_basis[0] == '\0')
		verdict_refuse(verdict, REASON_FOREIGN_NO_LEGAL_BASIS, party->id.text, 0, 0);
	if (!party || !cooperative)
		return;
	/* One similar cooperative per party. */
	const struct party_id *seat = staged_seat(staged, &party->id, cooperative->kind);
	if (seat && !party_id_equal(seat, &cooperative->id))
		verdict_refuse(verdict, REASON_SIMILAR_COOP, seat->text, 0, 0);
}

bool decide_join(const struct staged *staged, const struct membership *wanted,
                 struct verdict *verdict, struct event *event)
{
	const struct membership *known = staged_membership(staged, &wanted->key);
	if (known && terms_same(known, wanted))
		return false;
	if (known && known->state != MEMBERSHIP_PENDING && known->state != MEMBERSHIP_ENDED) {
		verdict_add(verdict, CODE_CONFLICT, REASON_ID_DUPLICATE, wanted->key.party_id.text,
		            0, 0);
		return false;
	}
	const struct party *party = staged_party(staged, &wanted->key.party_id);
	check_new_member(staged, wanted, party, verdict);
	staged_room(staged, &staged->state->memberships, verdict);
	staged_room(staged, &staged->state->seats, verdict);
	if (verdict->code != CODE_ACCEPTED)
		return false;
	struct membership after = *wanted;
	after.state =
	        status_of(wanted, party, staged_cooperative(staged, &wanted->key.cooperative_id));
	fill_event(staged, known, &after, event);
	return true;
}

static void wrong_state(struct verdict *verdict, const struct membership *membership,
                        enum membership_status needed)
{
	verdict_refuse(verdict, REASON_WRONG_STATE, membership->key.party_id.text,
	               membership->state, needed);
}

static void check_suspend(const struct membership *known, struct verdict *verdict)
{
	if (known->state != MEMBERSHIP_ACTIVE && known->state != MEMBERSHIP_SUSPENDED)
		wrong_state(verdict, known, MEMBERSHIP_ACTIVE);
}

/* What it resumes to: pending again when a condition is still missing. */
static enum membership_status resumed(const struct staged *staged, const struct membership *known,
                                      struct verdict *verdict)
{
	if (known->state == MEMBERSHIP_ENDED)
		wrong_state(verdict, known, MEMBERSHIP_SUSPENDED);
	const struct party *party = staged_party(staged, &known->key.party_id);
	enum membership_status status =
	        status_of(known, party, staged_cooperative(staged, &known->key.cooperative_id));
	if (known->state == MEMBERSHIP_PENDING && status == MEMBERSHIP_PENDING)
		verdict_refuse(verdict, REASON_FOREIGN_NO_LEGAL_BASIS, party->id.text, 0, 0);
	return status;
}

bool decide_change(const struct staged *staged, const struct command *command,
                   struct verdict *verdict, struct event *event)
{
	const struct membership_change *wanted = &command->change;
	const struct membership *known = staged_membership(staged, &wanted->key);
	if (!known) {
		verdict_refuse(verdict, REASON_NOT_MEMBER, wanted->key.party_id.text, 0, 0);
		return false;
	}
	struct membership after = *known;
	if (command->kind == MEMBERSHIP_SUSPEND) {
		check_suspend(known, verdict);
		after.state = MEMBERSHIP_SUSPENDED;
	} else if (command->kind == MEMBERSHIP_RESUME) {
		after.state = resumed(staged, known, verdict);
	} else {
		after.state = MEMBERSHIP_ENDED;
	}
	if (verdict->code != CODE_ACCEPTED || after.state == known->state)
		return false;
	fill_event(staged, known, &after, event);
	memcpy(event->membership_reason, wanted->reason, REASON_SIZE);
	return true;
}

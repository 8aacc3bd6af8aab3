/* The rules of keys and mandates: one live principal per key, names for ever,
 * and nobody mandates what is not his own. */
#include "services/membership/decide.h"

#include <string.h>

static bool principal_same(const struct principal *left, const struct principal *right)
{
	return memcmp(&left->key, &right->key, sizeof left->key) == 0 &&
	       left->role == right->role && party_id_equal(&left->party_id, &right->party_id);
}

static bool is_buyer(const struct staged *staged, const struct party_id *id)
{
	return staged_party(staged, id) || staged_cooperative(staged, id);
}

static void check_new_principal(const struct staged *staged, const struct principal *wanted,
                                struct verdict *verdict)
{
	const struct authorise *authorise = &staged->state->authorise;
	const struct principal *holder = authorise_by_key(authorise, wanted->key.text);
	if (holder)
		verdict_refuse(verdict, REASON_ID_DUPLICATE, holder->name.text, 0, 0);
	/* Suppliers are matching's; buyers are known here. */
	if (wanted->role == ROLE_PUBLISHER && !party_id_empty(&wanted->party_id) &&
	    !is_buyer(staged, &wanted->party_id))
		verdict_refuse(verdict, REASON_NOT_FOUND, wanted->party_id.text, 0, 0);
	/* The clock signs what falls due; no key may carry its name. */
	if (memcmp(wanted->name.text, "clock", sizeof "clock") == 0)
		verdict_refuse(verdict, REASON_ID_DUPLICATE, wanted->name.text, 0, 0);
	if (!authorise_room(authorise))
		verdict_add(verdict, CODE_OVERLOADED, REASON_TABLE_FULL, "principals",
		            authorise->principals.count, authorise->principals.capacity);
}

bool decide_principal(const struct staged *staged, const struct principal *wanted,
                      struct verdict *verdict, struct event *event)
{
	const struct principal *known = authorise_by_name(&staged->state->authorise, &wanted->name);
	if (known && !principal_same(known, wanted)) {
		verdict_add(verdict, CODE_CONFLICT, REASON_ID_DUPLICATE, wanted->name.text, 0, 0);
		return false;
	}
	/* A revoked key does not come back by being registered again. */
	if (known && known->revoked)
		verdict_refuse(verdict, REASON_WRONG_STATE, wanted->name.text, 1, 0);
	if (known)
		return false;
	check_new_principal(staged, wanted, verdict);
	if (verdict->code != CODE_ACCEPTED)
		return false;
	event->kind = PRINCIPAL_CHANGED;
	event->principal = *wanted;
	event->principal.revoked = false;
	event->principal.fixed = false;
	return true;
}

bool decide_principal_revoke(const struct staged *staged, const struct principal_name *name,
                             struct verdict *verdict, struct event *event)
{
	const struct principal *known = authorise_by_name(&staged->state->authorise, name);
	if (!known)
		verdict_refuse(verdict, REASON_NOT_FOUND, name->text, 0, 0);
	/* Fixed principals end where they begin: in the file. */
	else if (known->fixed)
		verdict_refuse(verdict, REASON_WRONG_STATE, name->text, 0, 0);
	if (verdict->code != CODE_ACCEPTED || known->revoked)
		return false;
	event->kind = PRINCIPAL_CHANGED;
	event->principal = *known;
	event->principal.revoked = true;
	return true;
}

static bool mandate_same(const struct mandate *left, const struct mandate *right)
{
	return left->until_ms == right->until_ms && left->kind_count == right->kind_count &&
	       left->revoked == right->revoked &&
	       memcmp(left->kinds, right->kinds, sizeof left->kinds) == 0;
}

/* The party's own principal or an operator: a mandate does not pass itself on. */
static bool may_mandate(const struct staged *staged, const struct party_id *party_id,
                        struct verdict *verdict)
{
	const struct actor *actor = &staged->context->actor;
	if (actor->role == ROLE_OPERATOR || party_id_equal(&actor->party_id, party_id))
		return true;
	verdict_add(verdict, CODE_DENIED, REASON_NOT_AUTHORISED, party_id->text, 0, 0);
	return false;
}

/* A buyer registered here, or a supplier one of whose keys is. */
static bool can_be_mandator(const struct staged *staged, const struct party_id *id)
{
	if (is_buyer(staged, id))
		return true;
	const struct table *principals = &staged->state->authorise.principals;
	for (uint32_t i = 0; i < principals->count; i++) {
		const struct principal *principal = table_at(principals, i);
		if (principal->role == ROLE_SUPPLIER && party_id_equal(&principal->party_id, id))
			return true;
	}
	return false;
}

static void check_agent(const struct staged *staged, const struct mandate *wanted,
                        struct verdict *verdict)
{
	const struct principal *agent =
	        authorise_by_name(&staged->state->authorise, &wanted->key.principal);
	if (!agent) {
		verdict_refuse(verdict, REASON_NOT_FOUND, wanted->key.principal.text, 0, 0);
		return;
	}
	if (agent->revoked)
		verdict_refuse(verdict, REASON_WRONG_STATE, agent->name.text, 1, 0);
	for (uint32_t i = 0; i < wanted->kind_count; i++)
		if (!authorise_role(agent->role, wanted->kinds[i]))
			verdict_refuse(verdict, REASON_OUT_OF_RANGE, "kinds", wanted->kinds[i], 0);
}

bool decide_mandate(const struct staged *staged, const struct mandate *wanted,
                    struct verdict *verdict, struct event *event)
{
	if (!may_mandate(staged, &wanted->key.party_id, verdict))
		return false;
	const struct mandate *known = authorise_mandate(&staged->state->authorise, &wanted->key);
	if (known && mandate_same(known, wanted))
		return false;
	if (!can_be_mandator(staged, &wanted->key.party_id))
		verdict_refuse(verdict, REASON_NOT_FOUND, wanted->key.party_id.text, 0, 0);
	check_agent(staged, wanted, verdict);
	if (wanted->until_ms != 0 && wanted->until_ms <= staged->context->now_ms)
		verdict_refuse(verdict, REASON_OUT_OF_RANGE, "until_ms", wanted->until_ms,
		               staged->context->now_ms);
	if (!authorise_room(&staged->state->authorise))
		verdict_add(verdict, CODE_OVERLOADED, REASON_TABLE_FULL, "mandates",
		            staged->state->authorise.mandates.count,
		            staged->state->authorise.mandates.capacity);
	if (verdict->code != CODE_ACCEPTED)
		return false;
	event->kind = MANDATE_CHANGED;
	event->mandate = *wanted;
	event->mandate.revoked = false;
	return true;
}

bool decide_mandate_revoke(const struct staged *staged, const struct mandate_key *key,
                           struct verdict *verdict, struct event *event)
{
	if (!may_mandate(staged, &key->party_id, verdict))
		return false;
	const struct mandate *known = authorise_mandate(&staged->state->authorise, key);
	if (!known) {
		verdict_refuse(verdict, REASON_NOT_FOUND, key->principal.text, 0, 0);
		return false;
	}
	if (known->revoked)
		return false;
	event->kind = MANDATE_CHANGED;
	event->mandate = *known;
	event->mandate.revoked = true;
	return true;
}

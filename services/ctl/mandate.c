/* mandate grant | revoke | list, registry list, membership suspend | resume | end. */
#include <stdlib.h>
#include <string.h>

#include "services/ctl/call.h"
#include "services/ctl/message.h"
#include "services/ctl/show.h"
#include "tasheem/membership/v1/membership.pb-c.h"

#define KIND(name) TASHEEM__MEMBERSHIP__V1__COMMAND_KIND__COMMAND_KIND_##name

int mandate_grant(struct ctl *ctl)
{
	Tasheem__Membership__V1__Mandate mandate = TASHEEM__MEMBERSHIP__V1__MANDATE__INIT;
	Tasheem__Membership__V1__MandateGrant command =
	        TASHEEM__MEMBERSHIP__V1__MANDATE_GRANT__INIT;
	uint32_t kinds[16];
	mandate.party_id = call_text(ctl_word(ctl, 0));
	mandate.principal = call_text(ctl_word(ctl, 1));
	mandate.until_ms = ctl_instant(ctl, OPTION_UNTIL, 0);
	mandate.kinds = kinds;
	mandate.n_kinds = ctl->kind_count;
	for (size_t at = 0; at < ctl->kind_count; at++) {
		kinds[at] = (uint32_t)strtoul(ctl_fold(ctl, ctl->kinds[at]), NULL, 10);
		if (kinds[at] < 100 || kinds[at] > 999)
			ctl_misuse(ctl, TEXT_BAD_OPTION, "--kind");
	}
	command.mandate = &mandate;
	return call_command(ctl_session(ctl), SERVICE_MEMBERSHIP, KIND(MANDATE_GRANT),
	                    &command.base, mandate.principal);
}

int mandate_revoke(struct ctl *ctl)
{
	Tasheem__Membership__V1__MandateRevoke command =
	        TASHEEM__MEMBERSHIP__V1__MANDATE_REVOKE__INIT;
	command.party_id = call_text(ctl_word(ctl, 0));
	command.principal = call_text(ctl_word(ctl, 1));
	return call_command(ctl_session(ctl), SERVICE_MEMBERSHIP, KIND(MANDATE_REVOKE),
	                    &command.base, command.principal);
}

static json_t *registry_read(struct ctl *ctl, int noun, const char *id)
{
	Tasheem__Membership__V1__RegistryRead read = TASHEEM__MEMBERSHIP__V1__REGISTRY_READ__INIT;
	read.noun = (Tasheem__Membership__V1__Noun)noun;
	read.id = call_text(id);
	return call_pages(ctl_session(ctl), SERVICE_MEMBERSHIP, KIND(REGISTRY_READ), &read.base,
	                  &tasheem__membership__v1__registry_read_reply__descriptor);
}

static const struct {
	const char *noun;
	const char *member;
	int number;
	const char *fields;
} listings[] = {
        {"parties", "parties", 1, "party_id kind name nationality county"},
        {"unions", "unions", 2, "union_id name level place parent_union_id"},
        {"cooperatives", "cooperatives", 3,
         "cooperative_id name kind county union_id registered_on_jalali"},
        {"memberships", "memberships", 4,
         "cooperative_id party_id shares joined_on_jalali legal_basis state"},
        {"licences", "licences", 5,
         "licence_id party_id kind county lines valid_from_jalali valid_to_jalali state"},
        {"principals", "principals", 6, "name role party_id public_key revoked"},
        {"mandates", "mandates", 7, "party_id principal kinds until_ms revoked"},
};

static int list_noun(struct ctl *ctl, const char *noun, const char *id)
{
	for (size_t at = 0; at < sizeof listings / sizeof *listings; at++) {
		if (strcmp(listings[at].noun, noun) != 0)
			continue;
		json_t *reply = registry_read(ctl, listings[at].number, id);
		if (!reply)
			return ctl->status;
		show_list(ctl, json_object_get(reply, listings[at].member), listings[at].fields);
		json_decref(reply);
		return CTL_OK;
	}
	ctl_misuse(ctl, TEXT_BAD_WORD, noun);
}

int mandate_list(struct ctl *ctl)
{
	return list_noun(ctl, "mandates", ctl_word(ctl, 0));
}

/* registry list NOUN [ID]: any noun of the registry. */
int registry_list(struct ctl *ctl)
{
	return list_noun(ctl, ctl_word(ctl, 0), ctl_word(ctl, 1));
}

int member_change(struct ctl *ctl)
{
	Tasheem__Membership__V1__MembershipChange command =
	        TASHEEM__MEMBERSHIP__V1__MEMBERSHIP_CHANGE__INIT;
	const char *verb = ctl->verb;
	uint32_t kind = !strcmp(verb, "suspend")  ? KIND(MEMBERSHIP_SUSPEND)
	                : !strcmp(verb, "resume") ? KIND(MEMBERSHIP_RESUME)
	                                          : KIND(MEMBERSHIP_END);
	command.cooperative_id = call_text(ctl_word(ctl, 0));
	command.party_id = call_text(ctl_word(ctl, 1));
	command.reason = call_text(ctl_option(ctl, OPTION_REASON));
	return call_command(ctl_session(ctl), SERVICE_MEMBERSHIP, kind, &command.base,
	                    command.party_id);
}

/* key new | show | revoke. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <zmq.h>

#include "common/identifiers.h"
#include "services/ctl/file.h"
#include "services/ctl/message.h"
#include "services/ctl/show.h"
#include "services/ctl/principal.h"

#define KIND(name) TASHEEM__MEMBERSHIP__V1__COMMAND_KIND__COMMAND_KIND_##name

int principal_register(struct session *session, const struct principal_wish *wish)
{
	Tasheem__Membership__V1__Principal principal = TASHEEM__MEMBERSHIP__V1__PRINCIPAL__INIT;
	Tasheem__Membership__V1__PrincipalRegister command =
	        TASHEEM__MEMBERSHIP__V1__PRINCIPAL_REGISTER__INIT;
	principal.name = call_text(wish->name);
	principal.public_key = call_text(wish->public_key);
	principal.role = (Tasheem__Membership__V1__Role)wish->role;
	principal.party_id = call_text(wish->party);
	command.principal = &principal;
	const Tasheem__Common__V1__Answer *answer =
	        call_one(session, SERVICE_MEMBERSHIP, KIND(PRINCIPAL_REGISTER), &command.base);
	if (!answer)
		return session->ctl->status;
	call_explain(session->ctl, wish->name, answer);
	return (int)call_status(answer);
}

/* DIR, if it is not there, DIR/NAME.secret, mode 0600, and DIR/NAME.public; existing keys are not
 * overwritten. */
static int write_keys(struct ctl *ctl, const char *name, const struct key_pair *key)
{
	const char *folder = ctl->option[OPTION_DIR] ? ctl->option[OPTION_DIR] : ".";
	const char *secret = arena_format(&ctl->arena, "%s/%s.secret", folder, name);
	const char *public_path = arena_format(&ctl->arena, "%s/%s.public", folder, name);
	const char *text = arena_format(&ctl->arena, "%s\n", key->secret_key);
	const char *public_text = arena_format(&ctl->arena, "%s\n", key->public_key);
	struct stat status;
	if (mkdir(folder, 0700) != 0 && errno != EEXIST) {
		TALK(ctl, TEXT_CANNOT_WRITE, show_id(ctl, secret));
		return CTL_USAGE;
	}
	if (stat(secret, &status) == 0) {
		TALK(ctl, TEXT_KEY_EXISTS, show_id(ctl, secret));
		return CTL_CONFLICT;
	}
	bool good =
	        file_save(secret, (struct bytes){(const uint8_t *)text, strlen(text)}, 0600) &&
	        file_save(public_path,
	                  (struct bytes){(const uint8_t *)public_text, strlen(public_text)}, 0644);
	if (!good) {
		TALK(ctl, TEXT_CANNOT_WRITE, show_id(ctl, secret));
		return CTL_INTERNAL;
	}
	TALK(ctl, TEXT_KEY_WRITTEN, show_id(ctl, secret));
	return CTL_OK;
}

/* With --json and without --dir nothing is written: the caller keeps the secret. */
int key_new(struct ctl *ctl)
{
	struct key_pair key;
	const char *name = ctl_word(ctl, 0);
	const char *role = ctl_option(ctl, OPTION_ROLE);
	const char *party = ctl_option(ctl, OPTION_PARTY);
	int number = 0;
	if (!identifier_is_token(name, 31))
		ctl_misuse(ctl, TEXT_BAD_WORD, name);
	if (role && !message_enum_parse(&tasheem__membership__v1__role__descriptor, role, &number))
		ctl_misuse(ctl, TEXT_BAD_OPTION, "--role");
	if (ctl->option[OPTION_REGISTER])
		ctl_need(ctl, OPTION_ROLE);
	call_key_make(&key);
	int status = ctl->json && !ctl->option[OPTION_DIR] ? CTL_OK : write_keys(ctl, name, &key);
	if (status != CTL_OK)
		return status;
	struct principal_wish wish = {name, key.public_key, number, party};
	if (ctl->option[OPTION_REGISTER])
		status = principal_register(ctl_session(ctl), &wish);
	if (ctl->json) {
		json_t *json =
		        json_pack("{s:s, s:s, s:s, s:s, s:s}", "name", name, "role",
		                  role ? role : "", "party", party ? party : "", "public_key",
		                  key.public_key, "secret_key", key.secret_key);
		show_json(json);
		json_decref(json);
	} else {
		printf("%s %s %s%s%s\n", name, role ? role : "publisher", key.public_key,
		       party ? " " : "", party ? party : "");
	}
	return status;
}

/* key show: our own public key. key show NAME: the principals of that name. */
int key_show(struct ctl *ctl)
{
	const char *name = ctl_word(ctl, 0);
	Tasheem__Membership__V1__RegistryRead read = TASHEEM__MEMBERSHIP__V1__REGISTRY_READ__INIT;
	struct session *session = ctl_session(ctl);
	if (!name && ctl->option[OPTION_AS]) {
		printf("%s\n", session->key.public_key);
		return CTL_OK;
	}
	read.noun = TASHEEM__MEMBERSHIP__V1__NOUN__NOUN_PRINCIPAL;
	read.id = call_text(name);
	json_t *reply = call_pages(session, SERVICE_MEMBERSHIP, KIND(REGISTRY_READ), &read.base,
	                           &tasheem__membership__v1__registry_read_reply__descriptor);
	if (!reply)
		return ctl->status;
	json_t *list = json_object_get(reply, "principals");
	show_list(ctl, list, "name role party_id public_key revoked");
	bool found = json_array_size(list) > 0;
	json_decref(reply);
	return found ? CTL_OK : CTL_REFUSED;
}

/* Returns when quota and matching have followed past it, otherwise names who has not. */
int key_revoke(struct ctl *ctl)
{
	Tasheem__Membership__V1__PrincipalRevoke command =
	        TASHEEM__MEMBERSHIP__V1__PRINCIPAL_REVOKE__INIT;
	char who[64];
	command.name = call_text(ctl_word(ctl, 0));
	const Tasheem__Common__V1__Answer *answer = call_one(ctl_session(ctl), SERVICE_MEMBERSHIP,
	                                                     KIND(PRINCIPAL_REVOKE), &command.base);
	if (!answer)
		return ctl->status;
	call_explain(ctl, command.name, answer);
	if (answer->code != TASHEEM__COMMON__V1__CODE__CODE_ACCEPTED)
		return (int)call_status(answer);
	bool settled = call_settle(ctl_session(ctl), SERVICE_MEMBERSHIP, ctl->patience_ms, who,
	                           sizeof who);
	if (ctl->json) {
		json_t *json = json_pack("{s:s, s:I, s:s}", "revoked", command.name, "sequence",
		                         (json_int_t)answer->sequence, "not_followed_by", who);
		show_json(json);
		json_decref(json);
	} else if (settled) {
		TELL(ctl, TEXT_REVOKED, show_id(ctl, command.name));
	}
	if (!settled)
		TALK(ctl, TEXT_REVOKED_NOT_BY, show_id(ctl, command.name), who);
	return settled ? CTL_OK : CTL_UNAVAILABLE;
}

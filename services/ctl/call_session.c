/* Keys, connections, single calls and what answers mean; see call.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zmq.h>

#include "common/config.h"
#include "common/verdict.h"
#include "common/wire.h"
#include "services/ctl/call.h"
#include "services/ctl/message.h"
#include "services/ctl/show.h"

int64_t call_clock_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool call_key_load(const char *path, struct key_pair *key, char *error, size_t error_size)
{
	if (!config_secret(path, key->secret_key, sizeof key->secret_key, error, error_size))
		return false;
	if (strlen(key->secret_key) == CALL_KEY_SIZE - 1 &&
	    zmq_curve_public(key->public_key, key->secret_key) == 0)
		return true;
	snprintf(error, error_size, "%s does not hold a CURVE secret key (40 characters of Z85)",
	         path);
	return false;
}

void call_key_make(struct key_pair *key)
{
	CHECK(zmq_curve_keypair(key->public_key, key->secret_key) == 0);
}

struct session *call_session_open(struct ctl *ctl, const struct key_pair *key)
{
	struct session *session = ARENA_NEW(&ctl->arena, struct session);
	session->ctl = ctl;
	session->key = *key;
	return session;
}

void call_session_close(struct session *session)
{
	for (int at = 0; at < SERVICE_COUNT; at++)
		if (session->clients[at])
			client_close(session->clients[at]);
	memset(session, 0, sizeof *session);
}

/* The key of a fixed principal in a file of lines `name role key [party]`. */
static bool server_key(const char *path, const char *name, char out[CALL_KEY_SIZE])
{
	FILE *file = fopen(path, "r");
	if (!file)
		return false;
	char line[512];
	bool found = false;
	while (!found && fgets(line, sizeof line, file)) {
		char given[64], role[32], key[64];
		found = sscanf(line, "%63s %31s %63s", given, role, key) == 3 &&
		        !strcmp(given, name) && strlen(key) == CALL_KEY_SIZE - 1;
		if (found)
			memcpy(out, key, CALL_KEY_SIZE);
	}
	fclose(file);
	return found;
}

struct client *call_client(struct session *session, enum ctl_service service)
{
	struct ctl *ctl = session->ctl;
	const char *name = ctl_service_names[service];
	const char *endpoint = ctl->option[OPTION_MEMBERSHIP + (int)service];
	const char *principals = ctl->option[OPTION_PRINCIPALS];
	char key[CALL_KEY_SIZE];
	char error[256];
	if (session->clients[service])
		return session->clients[service];
	ctl->status = CTL_UNREACHABLE;
	if (!endpoint || !*endpoint) {
		TALK(ctl, TEXT_NO_ENDPOINT, name);
		return NULL;
	}
	bool secret = strncmp(endpoint, "ipc:", 4) != 0;
	if (secret && (!principals || !server_key(principals, name, key))) {
		TALK(ctl, TEXT_NO_SERVER_KEY, name, principals ? principals : "");
		return NULL;
	}
	struct client_options options = {.endpoint = endpoint,
	                                 .server_key = secret ? key : NULL,
	                                 .public_key = session->key.public_key,
	                                 .secret_key = session->key.secret_key};
	session->clients[service] = client_open(&options, error, sizeof error);
	if (!session->clients[service])
		TALK(ctl, TEXT_PLAIN, error);
	else
		ctl->status = CTL_OK;
	return session->clients[service];
}

const Tasheem__Common__V1__Answer *call_one(struct session *session, enum ctl_service service,
                                            uint32_t kind, const ProtobufCMessage *payload)
{
	struct ask ask = {.kind = kind};
	if (payload)
		ask.payload = wire_encode(&session->ctl->arena, payload);
	return call_many(session, service, &ask, 1) ? ask.answer : NULL;
}

enum ctl_exit call_status(const Tasheem__Common__V1__Answer *answer)
{
	switch (answer->code) {
	case TASHEEM__COMMON__V1__CODE__CODE_ACCEPTED:
		return CTL_OK;
	case TASHEEM__COMMON__V1__CODE__CODE_REFUSED:
	case TASHEEM__COMMON__V1__CODE__CODE_INVALID:
		return CTL_REFUSED;
	case TASHEEM__COMMON__V1__CODE__CODE_DENIED:
		return CTL_DENIED;
	case TASHEEM__COMMON__V1__CODE__CODE_CONFLICT:
		return CTL_CONFLICT;
	case TASHEEM__COMMON__V1__CODE__CODE_OVERLOADED:
	case TASHEEM__COMMON__V1__CODE__CODE_UNAVAILABLE:
		return CTL_UNAVAILABLE;
	case TASHEEM__COMMON__V1__CODE__CODE_UNSPECIFIED:
	case _TASHEEM__COMMON__V1__CODE_IS_INT_SIZE:
		break;
	}
	return CTL_INTERNAL;
}

void call_explain(struct ctl *ctl, const char *subject, const Tasheem__Common__V1__Answer *answer)
{
	if (answer->code == TASHEEM__COMMON__V1__CODE__CODE_ACCEPTED)
		return;
	const char *code = code_name((enum code)answer->code);
	if (!answer->n_reasons)
		TALK(ctl, TEXT_ANSWER, show_id(ctl, subject), show_word(ctl, code));
	for (size_t at = 0; at < answer->n_reasons; at++) {
		const Tasheem__Common__V1__Reason *reason = answer->reasons[at];
		enum reason_code number = (enum reason_code)reason->code;
		const char *const values[] = {show_id(ctl, reason->subject),
		                              show_number(ctl, reason->value),
		                              show_number(ctl, reason->limit), NULL};
		char text[512];
		catalogue_fill(catalogue_reason(ctl->language, number), values, text, sizeof text);
		TALK(ctl, TEXT_ANSWER_REASON, show_id(ctl, subject), show_word(ctl, code),
		     show_id(ctl, reason_name(number)), text);
		const char *remedy = catalogue_remedy(ctl->language, number);
		if (*remedy)
			TALK(ctl, TEXT_REMEDY, remedy);
	}
}

const ProtobufCMessage *call_read(struct session *session, enum ctl_service service, uint32_t kind,
                                  const ProtobufCMessage *payload,
                                  const ProtobufCMessageDescriptor *reply)
{
	struct ctl *ctl = session->ctl;
	const Tasheem__Common__V1__Answer *answer = call_one(session, service, kind, payload);
	if (!answer)
		return NULL;
	if (answer->code != TASHEEM__COMMON__V1__CODE__CODE_ACCEPTED) {
		ctl->status = (int)call_status(answer);
		call_explain(ctl, ctl_service_names[service], answer);
		return NULL;
	}
	struct bytes body = {answer->body.data, answer->body.len};
	const ProtobufCMessage *message = wire_decode(&ctl->arena, reply, body);
	if (!message) {
		ctl->status = CTL_INTERNAL;
		TALK(ctl, TEXT_BAD_REPLY, ctl_service_names[service]);
	}
	return message;
}

static void join_pages(json_t *whole, json_t *page)
{
	const char *name;
	json_t *value;
	json_object_foreach(page, name, value)
	{
		json_t *list = json_object_get(whole, name);
		if (json_is_array(value) && json_is_array(list))
			json_array_extend(list, value);
		else
			json_object_set(whole, name, value);
	}
}

static size_t longest_list(const json_t *object)
{
	size_t longest = 0;
	const char *name;
	json_t *value;
	json_object_foreach((json_t *)object, name, value)
	{
		size_t size = json_is_array(value) ? json_array_size(value) : 0;
		longest = size > longest ? size : longest;
	}
	return longest;
}

json_t *call_pages(struct session *session, enum ctl_service service, uint32_t kind,
                   ProtobufCMessage *payload, const ProtobufCMessageDescriptor *reply)
{
	enum { PAGE_ROWS = 200, MAX_PAGES = 20000 };
	const ProtobufCFieldDescriptor *field =
	        protobuf_c_message_descriptor_get_field_by_name(payload->descriptor, "page");
	json_t *whole = json_object();
	for (uint32_t page = 0; page < MAX_PAGES; page++) {
		if (field)
			memcpy((uint8_t *)payload + field->offset, &page, sizeof page);
		const ProtobufCMessage *message = call_read(session, service, kind, payload, reply);
		if (!message) {
			json_decref(whole);
			return NULL;
		}
		json_t *part = message_to_json(message);
		size_t rows = longest_list(part);
		join_pages(whole, part);
		json_decref(part);
		if (!field || rows < PAGE_ROWS)
			break;
	}
	return whole;
}

static json_t *answer_json(const Tasheem__Common__V1__Answer *answer)
{
	json_t *json = message_to_json(&answer->base);
	json_object_del(json, "body");
	json_object_del(json, "id");
	return json;
}

int call_command(struct session *session, enum ctl_service service, uint32_t kind,
                 const ProtobufCMessage *payload, const char *correlation_id)
{
	struct ctl *ctl = session->ctl;
	struct ask ask = {.kind = kind,
	                  .payload = wire_encode(&ctl->arena, payload),
	                  .correlation_id = correlation_id};
	if (!call_many(session, service, &ask, 1))
		return ctl->status;
	json_t *json = answer_json(ask.answer);
	if (ctl->json) {
		show_json(json);
	} else {
		call_explain(ctl, correlation_id, ask.answer);
		bool accepted = ask.answer->code == TASHEEM__COMMON__V1__CODE__CODE_ACCEPTED;
		if (accepted && !ask.answer->sequence)
			TELL(ctl, TEXT_ACCEPTED_SAME, show_id(ctl, correlation_id));
		else if (accepted)
			TELL(ctl, TEXT_ACCEPTED, show_id(ctl, correlation_id),
			     show_id(ctl, ask.answer->stream),
			     show_number(ctl, (int64_t)ask.answer->sequence));
		if (ask.answer->n_balances)
			show_table(ctl, json_object_get(json, "balances"),
			           "licence_id family window_month ceiling_kg reserved_kg used_kg "
			           "free_kg");
	}
	json_decref(json);
	char who[64];
	if (!call_settle(session, service, 2000, who, sizeof who))
		TALK(ctl, TEXT_NOT_FOLLOWED, who);
	return (int)call_status(ask.answer);
}

/* Has `follower` come to what we wrote at `service`? */
static bool has_followed(const Tasheem__Common__V1__Health *health, const char *stream,
                         uint64_t sequence)
{
	for (size_t at = 0; at < health->n_sources; at++)
		if (!strcmp(health->sources[at]->name, stream))
			return health->sources[at]->sequence >= sequence;
	return true;
}

static bool follower_settled(struct session *session, enum ctl_service follower,
                             enum ctl_service service)
{
	struct ctl *ctl = session->ctl;
	/* The envelope requires ctl->seen: a health that comes at all has followed. */
	const ProtobufCMessage *message =
	        call_read(session, follower, TASHEEM__COMMON__V1__KIND__KIND_HEALTH, NULL,
	                  &tasheem__common__v1__health__descriptor);
	return message && has_followed((const Tasheem__Common__V1__Health *)message,
	                               ctl_service_names[service], ctl->seen[service]);
}

bool call_settle(struct session *session, enum ctl_service service, int64_t timeout_ms, char *who,
                 size_t who_size)
{
	struct ctl *ctl = session->ctl;
	int64_t patience_ms = ctl->patience_ms;
	int status = ctl->status;
	bool quiet = ctl->quiet;
	size_t used = 0;
	ctl->quiet = true;
	who[0] = '\0';
	for (int at = SERVICE_QUOTA; at < SERVICE_COUNT; at++) {
		const char *endpoint = ctl->option[OPTION_MEMBERSHIP + at];
		if (at == (int)service || !ctl->seen[service] || !endpoint || !*endpoint)
			continue;
		int64_t end_ms = call_clock_ms() + timeout_ms;
		ctl->patience_ms = timeout_ms;
		bool settled = follower_settled(session, (enum ctl_service)at, service);
		while (!settled && call_clock_ms() < end_ms)
			settled = follower_settled(session, (enum ctl_service)at, service);
		if (!settled && used < who_size)
			used += (size_t)snprintf(who + used, who_size - used, "%s%s",
			                         used ? ", " : "", ctl_service_names[at]);
	}
	ctl->patience_ms = patience_ms;
	ctl->quiet = quiet;
	ctl->status = status;
	return used == 0;
}

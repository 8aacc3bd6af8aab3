/* health [SERVICE]: 0 only when every daemon asked is ready. With --wait it asks until they
 * are, at most so many seconds. */
#include <stdio.h>
#include <string.h>

#include "services/ctl/message.h"
#include "services/ctl/show.h"
#include "services/ctl/call.h"

static json_t *health_of(struct ctl *ctl, enum ctl_service service)
{
	const ProtobufCMessage *message =
	        call_read(ctl_session(ctl), service, TASHEEM__COMMON__V1__KIND__KIND_HEALTH, NULL,
	                  &tasheem__common__v1__health__descriptor);
	return message ? message_to_json(message) : NULL;
}

static void tell_lags(struct ctl *ctl, const json_t *health, const char *member, enum text text)
{
	const json_t *list = json_object_get(health, member);
	for (size_t at = 0; at < json_array_size(list); at++) {
		const json_t *lag = json_array_get(list, at);
		int64_t behind = json_number(lag, "head_sequence") - json_number(lag, "sequence");
		TELL(ctl, text, show_id(ctl, json_text(lag, "name")),
		     show_number(ctl, json_number(lag, "sequence")),
		     show_number(ctl, behind > 0 ? behind : 0),
		     show_word(ctl, json_is_true(json_object_get(lag, "connected")) ? "connected"
		                                                                    : "away"));
	}
}

static void tell_health(struct ctl *ctl, const json_t *health)
{
	bool ready = json_is_true(json_object_get(health, "ready"));
	TELL(ctl, TEXT_HEALTH, show_id(ctl, json_text(health, "service")),
	     show_word(ctl, ready ? "ready" : "not_ready"),
	     show_id(ctl, json_text(health, "not_ready_because")),
	     show_number(ctl, json_number(health, "head_sequence")),
	     show_id(ctl, json_text(health, "version")), show_word(ctl, json_text(health, "clock")),
	     show_instant(ctl, json_number(health, "time_ms")));
	TELL(ctl, TEXT_HEALTH_REDIS,
	     show_word(ctl,
	               json_is_true(json_object_get(health, "redis_up")) ? "connected" : "away"),
	     show_number(ctl, json_number(health, "projected_sequence")),
	     show_number(ctl, json_number(health, "disk_free_bytes") >> 20));
	tell_lags(ctl, health, "sources", TEXT_HEALTH_SOURCE);
	tell_lags(ctl, health, "followers", TEXT_HEALTH_FOLLOWER);
}

/* Whether the daemon is ready; the last health in *health, NULL when it does not answer. */
static bool await_ready(struct ctl *ctl, enum ctl_service service, int64_t end_ms, json_t **health)
{
	int64_t patience_ms = ctl->patience_ms;
	bool ready = false;
	*health = NULL;
	do {
		int64_t left_ms = end_ms - call_clock_ms();
		json_decref(*health);
		ctl->quiet = left_ms > 0;
		ctl->patience_ms = end_ms ? (left_ms > 500 ? left_ms : 500) : patience_ms;
		*health = health_of(ctl, service);
		ready = *health && json_is_true(json_object_get(*health, "ready"));
		/* An answer that says "not yet" comes at once: wait a little by listening. */
		struct bytes frame;
		struct client *client = ready ? NULL : call_client(ctl_session(ctl), service);
		if (client && client_receive(client, 50, &frame))
			continue;
	} while (!ready && call_clock_ms() < end_ms);
	ctl->patience_ms = patience_ms;
	ctl->quiet = false;
	return ready;
}

int health_run(struct ctl *ctl)
{
	const char *wanted = ctl_word(ctl, 0);
	int64_t wait_s = ctl_number(ctl, OPTION_WAIT, 0);
	int64_t end_ms = wait_s ? call_clock_ms() + 1000 * wait_s : 0;
	json_t *list = json_array();
	size_t asked = 0;
	size_t ready = 0;
	if (!ctl->option[OPTION_TIMEOUT])
		ctl->patience_ms = 3000;
	for (int at = 0; at < SERVICE_COUNT; at++) {
		const char *endpoint = ctl->option[OPTION_MEMBERSHIP + at];
		json_t *health;
		if (wanted ? strcmp(wanted, ctl_service_names[at]) != 0 : !endpoint || !*endpoint)
			continue;
		asked++;
		ready += await_ready(ctl, (enum ctl_service)at, end_ms, &health);
		if (health && !ctl->json)
			tell_health(ctl, health);
		if (health)
			json_array_append_new(list, health);
	}
	if (!asked)
		ctl_misuse(ctl, TEXT_NO_SERVICE, wanted ? wanted : "");
	if (ctl->json)
		show_json(list);
	size_t answered = json_array_size(list);
	json_decref(list);
	if (ready == asked)
		return CTL_OK;
	return answered == asked ? CTL_UNAVAILABLE : CTL_UNREACHABLE;
}

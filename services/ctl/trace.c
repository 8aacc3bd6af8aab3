/* trace ID: everything in all journals that names an id. watch: what happens, as it
 * happens. */
/* For memmem. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/wire.h"
#include "services/ctl/show.h"
#include "services/ctl/stream.h"

static bool bytes_hold(struct bytes bytes, const char *id)
{
	return bytes.data && memmem(bytes.data, bytes.size, id, strlen(id)) != NULL;
}

/* A whole value of the JSON equals the id: "R1" is not in "R12". */
static bool json_holds(const json_t *json, const char *id)
{
	const char *name;
	json_t *value;
	if (json_is_string(json))
		return !strcmp(json_string_value(json), id);
	if (json_is_array(json)) {
		for (size_t at = 0; at < json_array_size(json); at++)
			if (json_holds(json_array_get(json, at), id))
				return true;
		return false;
	}
	json_object_foreach((json_t *)json, name, value)
	{
		if (json_holds(value, id))
			return true;
	}
	return false;
}

/* "R00012" or "14026085760/R00012". */
static bool correlation_is(const char *correlation, const char *id)
{
	const char *slash = correlation ? strchr(correlation, '/') : NULL;
	return correlation && (!strcmp(correlation, id) || (slash && !strcmp(slash + 1, id)));
}

/* Of a record that names the id only the events that do; NULL when it does not. */
static json_t *record_about(struct ctl *ctl, const char *name, const struct record *record,
                            const char *id)
{
	bool near = correlation_is(record->correlation_id, id) || bytes_hold(record->answer, id);
	for (uint32_t at = 0; at < record->event_count && !near; at++)
		near = bytes_hold(record->events[at].payload, id);
	if (!near)
		return NULL;
	json_t *json = stream_record_json(ctl, name, record);
	bool correlated = correlation_is(record->correlation_id, id) ||
	                  json_holds(json_object_get(json, "answer"), id);
	json_t *kept = json_array();
	const json_t *all = json_object_get(json, "events");
	for (size_t at = 0; at < json_array_size(all); at++)
		if (json_holds(json_array_get(all, at), id))
			json_array_append(kept, json_array_get(all, at));
	bool about = correlated || json_array_size(kept);
	json_object_set_new(json, "events", kept);
	if (about)
		return json;
	json_decref(json);
	return NULL;
}

static bool trace_stream(struct ctl *ctl, enum ctl_service service, const char *id, json_t *found)
{
	struct stream *stream = ARENA_NEW(&ctl->arena, struct stream);
	const struct record *record;
	if (!stream_open(ctl_session(ctl), service, 0, stream))
		return false;
	while ((record = stream_next(stream))) {
		json_t *json = record_about(ctl, ctl_service_names[service], record, id);
		if (json)
			json_array_append_new(found, json);
	}
	stream_close(stream);
	return !stream->failed;
}

static int by_time(const void *left, const void *right)
{
	const json_t *const *first = left;
	const json_t *const *second = right;
	int64_t first_ms = json_number(*first, "time_ms");
	int64_t second_ms = json_number(*second, "time_ms");
	return (first_ms > second_ms) - (first_ms < second_ms);
}

static void sort_by_time(struct ctl *ctl, json_t *list)
{
	size_t count = json_array_size(list);
	json_t **rows = ARENA_ARRAY(&ctl->arena, json_t *, count + 1);
	for (size_t at = 0; at < count; at++)
		rows[at] = json_incref(json_array_get(list, at));
	/* Streams come one after the other: stable for equal instants by stream and sequence. */
	for (size_t at = 1; at < count; at++) {
		json_t *row = rows[at];
		size_t to = at;
		for (; to && by_time(&rows[to - 1], &row) > 0; to--)
			rows[to] = rows[to - 1];
		rows[to] = row;
	}
	json_array_clear(list);
	for (size_t at = 0; at < count; at++)
		json_array_append_new(list, rows[at]);
}

int trace_run(struct ctl *ctl)
{
	const char *id = ctl_word(ctl, 0);
	json_t *found = json_array();
	bool good = true;
	for (int at = 0; at < SERVICE_COUNT; at++)
		good = trace_stream(ctl, (enum ctl_service)at, id, found) && good;
	sort_by_time(ctl, found);
	size_t count = json_array_size(found);
	if (ctl->json)
		show_json(found);
	for (size_t at = 0; at < count && !ctl->json; at++)
		stream_tell(ctl, json_array_get(found, at));
	if (!count)
		TALK(ctl, TEXT_NOT_FOUND, show_id(ctl, id));
	json_decref(found);
	if (!good)
		return ctl->status ? ctl->status : CTL_INTERNAL;
	return count ? CTL_OK : CTL_REFUSED;
}

/* watch: one connection per daemon, each asked once; records come until the count is full
 * or the user interrupts. */
static bool watch_ask(struct ctl *ctl, enum ctl_service service, uint64_t after)
{
	struct client *client = call_client(ctl_session(ctl), service);
	Tasheem__Common__V1__Watch watch = TASHEEM__COMMON__V1__WATCH__INIT;
	Tasheem__Common__V1__Envelope envelope = TASHEEM__COMMON__V1__ENVELOPE__INIT;
	Tasheem__Common__V1__Item item = TASHEEM__COMMON__V1__ITEM__INIT;
	Tasheem__Common__V1__Item *items[] = {&item};
	if (!client)
		return false;
	struct message_id id = client_message_id(client);
	watch.after_sequence = after;
	struct bytes payload = wire_encode(&ctl->arena, &watch.base);
	item.id = (ProtobufCBinaryData){sizeof id.bytes, id.bytes};
	item.kind = TASHEEM__COMMON__V1__KIND__KIND_WATCH;
	item.payload.len = payload.size;
	memcpy(&item.payload.data, &payload.data, sizeof payload.data);
	envelope.items = items;
	envelope.n_items = 1;
	return client_send(client, wire_encode(&ctl->arena, &envelope.base));
}

static size_t watch_show(struct ctl *ctl, const Tasheem__Common__V1__Watched *watched)
{
	for (size_t at = 0; at < watched->n_records; at++) {
		Tasheem__Common__V1__RowBody body = TASHEEM__COMMON__V1__ROW_BODY__INIT;
		body.records = &watched->records[at];
		body.n_records = 1;
		struct row row = {.first_sequence = watched->records[at]->sequence,
		                  .count = 1,
		                  .body = wire_encode(&ctl->arena, &body.base)};
		const struct record *record = row_decode(&ctl->arena, &row);
		json_t *json = record ? stream_record_json(ctl, watched->stream, record) : NULL;
		if (json && ctl->json)
			show_json(json);
		else if (json)
			stream_tell(ctl, json);
		json_decref(json);
	}
	/* Whoever reads us has had enough. */
	if (fflush(stdout) != 0)
		exit(errno == EPIPE ? CTL_OK : CTL_INTERNAL);
	return watched->n_records;
}

/* One daemon that is watched. */
struct watching {
	bool asked;
	enum ctl_service service;
	/* All up to here has been shown. */
	uint64_t through;
	/* Turns since it was last heard of. */
	uint32_t silent;
};

/* What one daemon has to say within the wait; the number of records, or -1 for a refusal. A
 * daemon that started anew knows of no watch: after a silence it is asked again. */
static int64_t watch_take(struct ctl *ctl, struct watching *watching, int64_t wait_ms)
{
	enum { SILENT_TURNS = 30 };
	struct bytes frame;
	enum ctl_service service = watching->service;
	struct client *client = call_client(ctl_session(ctl), service);
	if (!client)
		return 0;
	if (!client_receive(client, wait_ms, &frame)) {
		if (++watching->silent % SILENT_TURNS == 0)
			watch_ask(ctl, service, watching->through);
		return 0;
	}
	watching->silent = 0;
	const Tasheem__Common__V1__Reply *reply = WIRE_DECODE_TRUSTED(
	        &ctl->arena, Tasheem__Common__V1__Reply, tasheem__common__v1__reply, frame);
	if (!reply)
		return 0;
	for (size_t at = 0; at < reply->n_answers; at++) {
		ctl->status = (int)call_status(reply->answers[at]);
		call_explain(ctl, ctl_service_names[service], reply->answers[at]);
		if (ctl->status != CTL_OK)
			return -1;
	}
	if (!reply->watched)
		return 0;
	watching->through = reply->watched->through_sequence;
	return (int64_t)watch_show(ctl, reply->watched);
}

int watch_run(struct ctl *ctl)
{
	enum { TURN_MS = 50 };
	int64_t left = ctl_number(ctl, OPTION_COUNT, INT64_MAX);
	uint64_t after = (uint64_t)ctl_number(ctl, OPTION_AFTER, 0);
	struct watching watching[SERVICE_COUNT] = {0};
	size_t daemons = 0;
	for (int at = 0; at < SERVICE_COUNT; at++) {
		const char *endpoint = ctl->option[OPTION_MEMBERSHIP + at];
		watching[at].service = (enum ctl_service)at;
		watching[at].through = after;
		watching[at].asked =
		        endpoint && *endpoint && watch_ask(ctl, (enum ctl_service)at, after);
		daemons += watching[at].asked;
	}
	if (!daemons)
		return ctl->status ? ctl->status : CTL_UNREACHABLE;
	while (left > 0) {
		for (int at = 0; at < SERVICE_COUNT && left > 0; at++) {
			int64_t shown =
			        watching[at].asked ? watch_take(ctl, &watching[at], TURN_MS) : 0;
			if (shown < 0)
				return ctl->status;
			left -= shown;
		}
		/* Nothing shown is needed again: a watch may last for days. */
		if (ctl->arena.used > (size_t)1 << 28 && ctl->session) {
			struct session kept = *ctl->session;
			arena_reset(&ctl->arena);
			ctl->session = ARENA_NEW(&ctl->arena, struct session);
			*ctl->session = kept;
		}
	}
	return CTL_OK;
}

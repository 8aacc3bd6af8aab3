/* Envelopes out, answers in; see call.h. An index by message id finds the item an answer
 * belongs to; an item is waiting (to be sent at its due time), sent, or done. */
#include "services/ctl/call.h"

#include <stdio.h>
#include <string.h>

#include "common/verdict.h"
#include "common/wire.h"
#include "services/ctl/show.h"

enum {
	ENVELOPE_MAX_ITEMS = 1000,
	ENVELOPE_MAX_BYTES = 900000,
	/* Envelopes under way at once. */
	WINDOW_ITEMS = 4000,
	WINDOW_ENVELOPES = 400,
	/* Without an answer for so long, the same id is sent again. */
	RESEND_MS = 3000,
	STALE_WAIT_MS = 20,
};

enum track_state { TRACK_WAITING, TRACK_SENT, TRACK_DONE };

struct track {
	enum track_state state;
	/* When to send, or when it was sent. */
	int64_t at_ms;
	/* Next of the same bucket, -1 at the end. */
	int32_t next;
};

struct run {
	struct session *session;
	enum ctl_service service;
	struct client *client;
	struct ask *asks;
	struct track *tracks;
	int32_t *buckets;
	uint32_t mask;
	size_t count;
	size_t done;
	size_t sent;
	size_t envelopes;
};

static uint32_t id_bucket(const struct run *run, const struct message_id *id)
{
	uint32_t hash;
	memcpy(&hash, id->bytes + 12, sizeof hash);
	return hash & run->mask;
}

static void run_index(struct run *run, size_t at)
{
	uint32_t bucket = id_bucket(run, &run->asks[at].id);
	run->tracks[at].next = run->buckets[bucket];
	run->buckets[bucket] = (int32_t)at;
}

/* The item gets a fresh id: out of the old chain, into the new one. */
static void run_rename(struct run *run, size_t at)
{
	int32_t *link = &run->buckets[id_bucket(run, &run->asks[at].id)];
	while (*link >= 0 && *link != (int32_t)at)
		link = &run->tracks[*link].next;
	if (*link >= 0)
		*link = run->tracks[at].next;
	run->asks[at].id = client_message_id(run->client);
	run_index(run, at);
}

static void run_prepare(struct run *run)
{
	struct arena *arena = &run->session->ctl->arena;
	uint32_t size = 16;
	while (size < 2 * run->count)
		size *= 2;
	run->mask = size - 1;
	run->tracks = ARENA_ARRAY(arena, struct track, run->count);
	run->buckets = ARENA_ARRAY(arena, int32_t, size);
	memset(run->buckets, 0xff, size * sizeof *run->buckets);
	for (size_t at = 0; at < run->count; at++) {
		run->asks[at].answer = NULL;
		run->asks[at].id = client_message_id(run->client);
		run_index(run, at);
	}
}

/* Which streams this daemon follows and we have written to. */
static size_t requirements(const struct run *run, Tasheem__Common__V1__Requirement *out,
                           Tasheem__Common__V1__Requirement **list)
{
	size_t count = 0;
	if (run->service == SERVICE_MEMBERSHIP)
		return 0;
	for (int stream = 0; stream < SERVICE_COUNT; stream++) {
		uint64_t sequence = run->session->ctl->seen[stream];
		if (stream == (int)run->service || !sequence)
			continue;
		tasheem__common__v1__requirement__init(&out[count]);
		memcpy(&out[count].stream, &ctl_service_names[stream], sizeof(char *));
		out[count].sequence = sequence;
		list[count] = &out[count];
		count++;
	}
	return count;
}

static bool ask_fits(const struct run *run, size_t at, size_t first, size_t bytes)
{
	const struct ask *ask = &run->asks[at];
	const struct ask *head = &run->asks[first];
	const char *left = head->correlation_id ? head->correlation_id : "";
	const char *right = ask->correlation_id ? ask->correlation_id : "";
	return !strcmp(left, right) && bytes + ask->payload.size + 64 <= ENVELOPE_MAX_BYTES;
}

static bool send_envelope(struct run *run, const size_t *chosen, size_t count)
{
	struct arena *arena = &run->session->ctl->arena;
	Tasheem__Common__V1__Envelope envelope = TASHEEM__COMMON__V1__ENVELOPE__INIT;
	Tasheem__Common__V1__Item *items = ARENA_ARRAY(arena, Tasheem__Common__V1__Item, count);
	Tasheem__Common__V1__Item **list = ARENA_ARRAY(arena, Tasheem__Common__V1__Item *, count);
	Tasheem__Common__V1__Requirement needs[SERVICE_COUNT];
	Tasheem__Common__V1__Requirement *need_list[SERVICE_COUNT];
	for (size_t at = 0; at < count; at++) {
		struct ask *ask = &run->asks[chosen[at]];
		tasheem__common__v1__item__init(&items[at]);
		items[at].id = (ProtobufCBinaryData){sizeof ask->id.bytes, ask->id.bytes};
		items[at].kind = ask->kind;
		items[at].payload.len = ask->payload.size;
		memcpy(&items[at].payload.data, &ask->payload.data, sizeof(uint8_t *));
		list[at] = &items[at];
	}
	envelope.items = list;
	envelope.n_items = count;
	envelope.requirements = need_list;
	envelope.n_requirements = requirements(run, needs, need_list);
	const char *correlation_id = run->asks[chosen[0]].correlation_id;
	if (correlation_id)
		memcpy(&envelope.correlation_id, &correlation_id, sizeof(char *));
	return client_send(run->client, wire_encode(arena, &envelope.base));
}

/* Sends one envelope of what is due; false when nothing is, or the outbox is full. */
static bool send_due(struct run *run, int64_t now_ms)
{
	size_t *chosen = ARENA_ARRAY(&run->session->ctl->arena, size_t, ENVELOPE_MAX_ITEMS);
	size_t count = 0;
	size_t bytes = 0;
	if (run->sent >= WINDOW_ITEMS || run->envelopes >= WINDOW_ENVELOPES)
		return false;
	for (size_t at = 0; at < run->count && count < ENVELOPE_MAX_ITEMS; at++) {
		if (run->tracks[at].state != TRACK_WAITING || run->tracks[at].at_ms > now_ms)
			continue;
		if (count && !ask_fits(run, at, chosen[0], bytes))
			break;
		chosen[count++] = at;
		bytes += run->asks[at].payload.size + 64;
	}
	if (!count || !send_envelope(run, chosen, count))
		return false;
	for (size_t at = 0; at < count; at++) {
		run->tracks[chosen[at]].state = TRACK_SENT;
		run->tracks[chosen[at]].at_ms = now_ms;
	}
	run->sent += count;
	run->envelopes++;
	return true;
}

static void note_seen(struct ctl *ctl, const Tasheem__Common__V1__Answer *answer)
{
	for (int stream = 0; stream < SERVICE_COUNT; stream++)
		if (!strcmp(answer->stream, ctl_service_names[stream]) &&
		    answer->sequence > ctl->seen[stream])
			ctl->seen[stream] = answer->sequence;
}

static bool answer_has(const Tasheem__Common__V1__Answer *answer, enum reason_code code)
{
	for (size_t at = 0; at < answer->n_reasons; at++)
		if ((int)answer->reasons[at]->code == (int)code)
			return true;
	return false;
}

static void take_answer(struct run *run, size_t at, const Tasheem__Common__V1__Answer *answer,
                        int64_t now_ms)
{
	struct track *track = &run->tracks[at];
	bool later = answer->code == TASHEEM__COMMON__V1__CODE__CODE_OVERLOADED ||
	             answer->code == TASHEEM__COMMON__V1__CODE__CODE_UNAVAILABLE;
	/* A simulated clock that just jumped: the daemon has not looked at it yet. */
	bool stale = answer->code == TASHEEM__COMMON__V1__CODE__CODE_INVALID &&
	             answer_has(answer, REASON_STALE_ID);
	if (track->state == TRACK_SENT)
		run->sent--;
	run->asks[at].answer = answer;
	track->state = TRACK_WAITING;
	if (later) {
		track->at_ms = now_ms + (answer->retry_after_ms ? answer->retry_after_ms : 10);
	} else if (stale) {
		track->at_ms = now_ms + STALE_WAIT_MS;
		run_rename(run, at);
	} else {
		track->state = TRACK_DONE;
		run->done++;
		note_seen(run->session->ctl, answer);
	}
}

static void take_frame(struct run *run, struct bytes frame, int64_t now_ms)
{
	struct arena *arena = &run->session->ctl->arena;
	const Tasheem__Common__V1__Reply *reply = WIRE_DECODE_TRUSTED(
	        arena, Tasheem__Common__V1__Reply, tasheem__common__v1__reply, frame);
	if (!reply)
		return;
	for (size_t number = 0; number < reply->n_answers; number++) {
		const Tasheem__Common__V1__Answer *answer = reply->answers[number];
		struct message_id id;
		if (answer->id.len != sizeof id.bytes)
			continue;
		memcpy(id.bytes, answer->id.data, sizeof id.bytes);
		int32_t at = run->buckets[id_bucket(run, &id)];
		while (at >= 0 && memcmp(run->asks[at].id.bytes, id.bytes, sizeof id.bytes) != 0)
			at = run->tracks[at].next;
		if (at >= 0 && run->tracks[at].state != TRACK_DONE)
			take_answer(run, (size_t)at, answer, now_ms);
	}
	/* Answers of many envelopes may come in one frame; each holds an item at least. */
	run->envelopes = run->envelopes < run->sent ? run->envelopes : run->sent;
}

/* Items that nobody answered go back to waiting; the next thing to do is at the result. */
static int64_t run_next_ms(struct run *run, int64_t now_ms)
{
	int64_t next_ms = now_ms + RESEND_MS;
	for (size_t at = 0; at < run->count; at++) {
		struct track *track = &run->tracks[at];
		if (track->state == TRACK_SENT && track->at_ms + RESEND_MS <= now_ms) {
			track->state = TRACK_WAITING;
			track->at_ms = now_ms;
			run->sent--;
		}
		int64_t due_ms =
		        track->state == TRACK_SENT ? track->at_ms + RESEND_MS : track->at_ms;
		if (track->state != TRACK_DONE && due_ms < next_ms)
			next_ms = due_ms;
	}
	run->envelopes = run->envelopes < run->sent ? run->envelopes : run->sent;
	return next_ms;
}

static bool run_fail(struct run *run)
{
	struct ctl *ctl = run->session->ctl;
	const Tasheem__Common__V1__Answer *last = NULL;
	for (size_t at = 0; at < run->count; at++)
		if (run->tracks[at].state != TRACK_DONE && run->asks[at].answer)
			last = run->asks[at].answer;
	ctl->status = last ? CTL_UNAVAILABLE : CTL_UNREACHABLE;
	if (last)
		call_explain(ctl, ctl_service_names[run->service], last);
	else
		TALK(ctl, TEXT_NO_ANSWER, ctl_service_names[run->service],
		     ctl->option[OPTION_MEMBERSHIP + (int)run->service]);
	return false;
}

bool call_many(struct session *session, enum ctl_service service, struct ask *asks, size_t count)
{
	struct run run = {.session = session, .service = service, .asks = asks, .count = count};
	run.client = call_client(session, service);
	if (!run.client)
		return false;
	run_prepare(&run);
	int64_t end_ms = call_clock_ms() + session->ctl->patience_ms;
	while (run.done < count) {
		int64_t now_ms = call_clock_ms();
		if (now_ms >= end_ms)
			return run_fail(&run);
		int64_t next_ms = run_next_ms(&run, now_ms);
		while (send_due(&run, now_ms))
			;
		next_ms = next_ms <= now_ms ? now_ms + 5 : next_ms;
		next_ms = next_ms < end_ms ? next_ms : end_ms;
		struct bytes frame;
		bool got = client_receive(run.client, next_ms - now_ms, &frame);
		while (got) {
			take_frame(&run, frame, call_clock_ms());
			got = run.done < count && client_receive(run.client, 0, &frame);
		}
	}
	return true;
}

/* Staging, and the one order of a commit: row durable → answers → tasks →
 * followers and watchers → log lines. Nothing else in the tree may send. */
#include "batch.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon_internal.h"
#include "log.h"
#include "wire.h"

enum { EXIT_JOURNAL = 74, FIRST_RECORDS = 256, ROW_BYTES = 384 << 10 };

void batch_begin(struct batch *batch, struct daemon *daemon)
{
	arena_reset(&batch->arena);
	struct arena arena = batch->arena;
	*batch = (struct batch){.daemon = daemon, .arena = arena};
	daemon->last_row.count = 0;
	int64_t now_ms = clock_now_ms(&daemon->clock);
	batch->now_ms = now_ms > daemon->last_time_ms ? now_ms : daemon->last_time_ms;
	batch->first_sequence = daemon->head_sequence + 1;
	batch->record_room = FIRST_RECORDS;
	batch->records = ARENA_ARRAY(&batch->arena, struct record, FIRST_RECORDS);
}

struct arena *batch_arena(struct batch *batch)
{
	return &batch->arena;
}

int64_t batch_now_ms(const struct batch *batch)
{
	return batch->now_ms;
}

uint64_t batch_next_sequence(const struct batch *batch)
{
	return batch->first_sequence + batch->record_count;
}

static struct bytes answer_encode(struct batch *batch, const struct item *item,
                                  const struct verdict *verdict, uint64_t sequence,
                                  struct bytes body)
{
	Tasheem__Common__V1__Answer answer = TASHEEM__COMMON__V1__ANSWER__INIT;
	struct arena *arena = &batch->arena;
	answer.id = (ProtobufCBinaryData){MESSAGE_ID_BYTES, (uint8_t *)(uintptr_t)item->id.bytes};
	answer.code = (Tasheem__Common__V1__Code)verdict->code;
	if (sequence)
		answer.stream = (char *)(uintptr_t)batch->daemon->service->name;
	answer.sequence = sequence;
	answer.version = verdict->version;
	answer.retry_after_ms = verdict->retry_after_ms;
	answer.body = (ProtobufCBinaryData){body.size, (uint8_t *)(uintptr_t)body.data};
	answer.n_reasons = verdict->reason_count;
	answer.reasons = ARENA_ARRAY(arena, Tasheem__Common__V1__Reason *, verdict->reason_count);
	for (uint32_t at = 0; at < verdict->reason_count; at++) {
		Tasheem__Common__V1__Reason *reason = ARENA_NEW(arena, Tasheem__Common__V1__Reason);
		tasheem__common__v1__reason__init(reason);
		reason->code = (Tasheem__Common__V1__ReasonCode)verdict->reasons[at].code;
		reason->subject = (char *)(uintptr_t)verdict->reasons[at].subject;
		reason->value = verdict->reasons[at].value;
		reason->limit = verdict->reasons[at].limit;
		answer.reasons[at] = reason;
	}
	answer.n_balances = verdict->balance_count;
	answer.balances =
	        ARENA_ARRAY(arena, Tasheem__Common__V1__Balance *, verdict->balance_count);
	for (uint32_t at = 0; at < verdict->balance_count; at++) {
		const struct balance *from = &verdict->balances[at];
		Tasheem__Common__V1__Balance *to = ARENA_NEW(arena, Tasheem__Common__V1__Balance);
		tasheem__common__v1__balance__init(to);
		to->licence_id = (char *)(uintptr_t)from->licence_id.text;
		to->family = (char *)(uintptr_t)from->family.text;
		to->window_month = from->window_month;
		to->ceiling_kg = from->ceiling_kg;
		to->reserved_kg = from->reserved_kg;
		to->used_kg = from->used_kg;
		to->free_kg = from->free_kg;
		answer.balances[at] = to;
	}
	return wire_encode(arena, &answer.base);
}

void batch_repeat(struct batch *batch, const struct item *item, struct bytes answer)
{
	struct staged_answer *staged = ARENA_NEW(&batch->arena, struct staged_answer);
	staged->peer = item->peer;
	staged->bytes = answer;
	if (batch->last_answer)
		batch->last_answer->next = staged;
	else
		batch->first_answer = staged;
	batch->last_answer = staged;
}

static void count_code(struct counters *count, enum code code)
{
	switch (code) {
	case CODE_ACCEPTED:
		count->accepted++;
		break;
	case CODE_REFUSED:
		count->refused++;
		break;
	case CODE_INVALID:
		count->invalid++;
		break;
	case CODE_DENIED:
		count->denied++;
		break;
	case CODE_CONFLICT:
		count->conflict++;
		break;
	case CODE_OVERLOADED:
		count->overloaded++;
		break;
	case CODE_UNAVAILABLE:
		count->unavailable++;
		break;
	}
}

/* A record of this batch, zeroed; the array doubles in the arena. */
static struct record *record_stage(struct batch *batch)
{
	if (batch->record_count == batch->record_room) {
		struct record *larger =
		        ARENA_ARRAY(&batch->arena, struct record, 2 * batch->record_room);
		memcpy(larger, batch->records, sizeof *larger * batch->record_count);
		batch->records = larger;
		batch->record_room *= 2;
	}
	struct record *record = &batch->records[batch->record_count];
	*record = (struct record){.correlation_id = "", .traceparent = ""};
	record->sequence = batch_next_sequence(batch);
	record->time_ms = batch->now_ms;
	batch->record_count++;
	return record;
}

const struct record *batch_record(struct batch *batch, const struct item *item,
                                  const struct verdict *verdict, const struct wire_event *events,
                                  uint32_t count)
{
	struct record *record = record_stage(batch);
	record->principal = item->actor.name;
	record->has_message_id = true;
	record->message_id = item->id;
	memcpy(record->body_hash, item->body_hash, DIGEST_SHORT_BYTES);
	record->kind = item->kind;
	record->correlation_id = item->correlation_id;
	record->traceparent = item->traceparent;
	record->events = events;
	record->event_count = count;
	record->answer = answer_encode(batch, item, verdict, record->sequence, (struct bytes){0});
	batch_repeat(batch, item, record->answer);
	count_code(&batch->daemon->count, verdict->code);
	dedup_add(&batch->daemon->dedup, record);
	return record;
}

void batch_answer(struct batch *batch, const struct item *item, const struct verdict *verdict)
{
	batch_repeat(batch, item, answer_encode(batch, item, verdict, 0, (struct bytes){0}));
	count_code(&batch->daemon->count, verdict->code);
	if (verdict->code == CODE_DENIED)
		log_warn("command.denied",
		         "principal=%s kind=%s corr=%s effect=\"nothing recorded\" "
		         "action=\"check role and mandate\"",
		         item->actor.name.text, story_kind_name(&batch->arena, item->kind),
		         log_quote(item->correlation_id));
	else if (verdict->code != CODE_ACCEPTED && verdict->reason_count)
		log_info("command.not_recorded",
		         "code=%s reason=%s subject=%s principal=%s kind=%s corr=%s",
		         code_name(verdict->code), reason_name(verdict->reasons[0].code),
		         log_quote(verdict->reasons[0].subject), item->actor.name.text,
		         story_kind_name(&batch->arena, item->kind),
		         log_quote(item->correlation_id));
}

void batch_refuse_item(struct batch *batch, const struct item *item, enum code code,
                       enum reason_code reason, const char *subject)
{
	struct verdict *verdict = ARENA_NEW(&batch->arena, struct verdict);
	verdict->code = CODE_ACCEPTED;
	verdict_add(verdict, code, reason, subject, 0, 0);
	if (code == CODE_UNAVAILABLE || code == CODE_OVERLOADED)
		verdict->retry_after_ms = reason == REASON_NOT_FOLLOWED_YET ? 10 : 100;
	batch_answer(batch, item, verdict);
}

void batch_reply(struct batch *batch, const struct item *item, struct bytes body)
{
	struct verdict *verdict = ARENA_NEW(&batch->arena, struct verdict);
	verdict->code = CODE_ACCEPTED;
	batch_repeat(batch, item, answer_encode(batch, item, verdict, 0, body));
}

const struct record *batch_follow(struct batch *batch, const struct item *item,
                                  const struct wire_event *events, uint32_t count)
{
	struct record *record = record_stage(batch);
	CHECK(principal_name_set(&record->principal, item->stream.text));
	record->correlation_id = item->record->correlation_id;
	record->traceparent = item->record->traceparent;
	record->cursor.stream = item->stream;
	record->cursor.sequence = item->record->sequence;
	memcpy(record->cursor.hash, item->row_hash, DIGEST_BYTES);
	record->events = events;
	record->event_count = count;
	source_advance(batch->daemon, &record->cursor);
	return record;
}

const struct record *batch_clock(struct batch *batch, const struct wire_event *events,
                                 uint32_t count)
{
	struct record *record = record_stage(batch);
	CHECK(principal_name_set(&record->principal, "clock"));
	record->events = events;
	record->event_count = count;
	return record;
}

bool batch_task(struct batch *batch, const struct peer *peer,
                const uint8_t task_id[DIGEST_SHORT_BYTES], struct bytes problem)
{
	enum { CHUNK = 512 << 10 };
	uint32_t count = (uint32_t)((problem.size + CHUNK - 1) / CHUNK);
	for (uint32_t at = 0; at < count; at++) {
		Tasheem__Common__V1__TaskPart part = TASHEEM__COMMON__V1__TASK_PART__INIT;
		Tasheem__Common__V1__Reply reply = TASHEEM__COMMON__V1__REPLY__INIT;
		size_t left = problem.size - (size_t)at * CHUNK;
		part.task_id =
		        (ProtobufCBinaryData){DIGEST_SHORT_BYTES, (uint8_t *)(uintptr_t)task_id};
		part.index = at;
		part.count = count;
		part.chunk = (ProtobufCBinaryData){left < CHUNK ? left : CHUNK,
		                                   (uint8_t *)(uintptr_t)problem.data +
		                                           (size_t)at * CHUNK};
		reply.task = &part;
		struct staged_task *staged = ARENA_NEW(&batch->arena, struct staged_task);
		staged->peer = *peer;
		staged->frame = wire_encode(&batch->arena, &reply.base);
		if (batch->last_task)
			batch->last_task->next = staged;
		else
			batch->first_task = staged;
		batch->last_task = staged;
	}
	return true;
}

static _Noreturn void journal_failed(const struct daemon *daemon)
{
	log_error("journal.failed",
	          "what=%s effect=\"nobody was told; the daemon stops\" "
	          "action=\"check disk and file system, then restart: the journal holds all "
	          "that was acknowledged\"",
	          log_quote(journal_error(daemon->journal)));
	log_close();
	/* Not even exit handlers: the state in memory is ahead of the journal. */
	_Exit(EXIT_JOURNAL);
}

/* How many records from `first` on make the next row: as many as stay below ROW_BYTES. */
static uint32_t row_count(const struct batch *batch, uint32_t first)
{
	enum { RECORD_OVERHEAD = 192, EVENT_OVERHEAD = 8 };
	size_t size = 0;
	uint32_t at = first;
	for (; at < batch->record_count && (at == first || size < ROW_BYTES); at++) {
		const struct record *record = &batch->records[at];
		size += RECORD_OVERHEAD + record->answer.size;
		for (uint32_t event = 0; event < record->event_count; event++)
			size += EVENT_OVERHEAD + record->events[event].payload.size;
	}
	return at - first;
}

/* Usually one row. A batch that would make a larger one than a message may carry becomes
 * several, durable together. */
static void append_rows(struct batch *batch)
{
	struct daemon *daemon = batch->daemon;
	bool several = row_count(batch, 0) < batch->record_count;
	if (several && !journal_begin(daemon->journal))
		journal_failed(daemon);
	for (uint32_t first = 0; first < batch->record_count;) {
		uint32_t count = row_count(batch, first);
		struct row row = {
		        .first_sequence = batch->first_sequence + first,
		        .count = count,
		        .time_ms = batch->now_ms,
		        .body = row_encode(&batch->arena, batch->records + first, count),
		};
		if (!journal_append(daemon->journal, &row))
			journal_failed(daemon);
		daemon->last_row = row;
		daemon->count.commits++;
		first += count;
	}
	if (several && !journal_commit(daemon->journal))
		journal_failed(daemon);
	if (batch->record_count)
		daemon->last_time_ms = batch->now_ms;
	daemon->head_sequence += batch->record_count;
}

/* Answers of one peer, up to the size of a frame. */
struct coalesced {
	struct peer peer;
	struct staged_answer *first, *last;
	struct coalesced *next;
};

static uint32_t peer_hash(const struct peer *peer)
{
	uint64_t word;
	memcpy(&word, peer->routing_id, sizeof word);
	word = (word + peer->socket) * 0x9e3779b97f4a7c15ull;
	return (uint32_t)(word >> 32);
}

static void send_answers(struct daemon *daemon, struct batch *batch, struct coalesced *group)
{
	struct staged_answer *at = group->first;
	while (at) {
		Tasheem__Common__V1__SerialisedAnswers reply =
		        TASHEEM__COMMON__V1__SERIALISED_ANSWERS__INIT;
		size_t size = 0, count = 0;
		for (struct staged_answer *one = at; one && (!count || size < REPLY_MAX_BYTES);
		     one = one->next, count++)
			size += one->bytes.size + 8;
		reply.answers = ARENA_ARRAY(&batch->arena, ProtobufCBinaryData, count);
		reply.n_answers = count;
		for (size_t one = 0; one < count; one++, at = at->next)
			reply.answers[one] = (ProtobufCBinaryData){
			        at->bytes.size, (uint8_t *)(uintptr_t)at->bytes.data};
		struct bytes frame = wire_encode(&batch->arena, &reply.base);
		/* The client repeats the id: its answer is in the journal. */
		if (bus_send(daemon->bus, &group->peer, frame) != BUS_SENT)
			daemon->count.dropped += count;
	}
}

static void coalesce(struct batch *batch)
{
	enum { BUCKETS = 256 };
	struct coalesced *buckets[BUCKETS] = {0};
	struct staged_answer *next;
	for (struct staged_answer *answer = batch->first_answer; answer; answer = next) {
		next = answer->next;
		answer->next = NULL;
		struct coalesced **at = &buckets[peer_hash(&answer->peer) % BUCKETS];
		while (*at && memcmp(&(*at)->peer, &answer->peer, sizeof answer->peer) != 0)
			at = &(*at)->next;
		if (!*at) {
			*at = ARENA_NEW(&batch->arena, struct coalesced);
			(*at)->peer = answer->peer;
		}
		if ((*at)->last)
			(*at)->last->next = answer;
		else
			(*at)->first = answer;
		(*at)->last = answer;
	}
	for (int bucket = 0; bucket < BUCKETS; bucket++)
		for (struct coalesced *group = buckets[bucket]; group; group = group->next)
			send_answers(batch->daemon, batch, group);
}

void batch_commit(struct batch *batch)
{
	struct daemon *daemon = batch->daemon;
	append_rows(batch);
	/* Nothing leaves above this line. */
	coalesce(batch);
	for (struct staged_task *task = batch->first_task; task; task = task->next)
		if (bus_send(daemon->bus, &task->peer, task->frame) != BUS_SENT)
			daemon->count.dropped++;
	for (uint32_t at = 0; at < batch->record_count; at++)
		story_tell(daemon, &batch->records[at]);
	if (batch->record_count && daemon->projector)
		projector_notify(daemon->projector, daemon->head_sequence);
}

/* Showing: the cursor in Redis, one transaction after the other, and the rebuild.
 *
 *   WATCH cursor · HMGET cursor           must be ours, else nothing is written
 *   MULTI · writes … · HSET cursor · EXEC  all or nothing, and nothing if it changed
 *
 * An error inside EXEC (a key of another type) does not undo the rest: then the cursor is
 * deleted, and the next start of the projection rebuilds. */
#include "common/projector_private.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/check.h"
#include "common/log.h"

enum { HEX_SIZE = 2 * DIGEST_BYTES + 1, SCAN_COUNT = 1000 };

/* What Redis's cursor says. */
struct shown_cursor {
	bool exists;
	uint64_t sequence;
	char hash[HEX_SIZE];
};

int64_t projector_clock_ms(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* Takes one reply and frees it; the first fault is kept. */
static void reply_drop(struct projector *self, enum redis_fault *fault)
{
	redisReply *reply = redis_reply(self->redis);
	enum redis_fault now = redis_fault_of(self->redis, reply);
	if (*fault == REDIS_NONE)
		*fault = now;
	freeReplyObject(reply);
}

static enum redis_fault call(struct projector *self, size_t count, const char *const *arguments)
{
	enum redis_fault fault = REDIS_NONE;
	redis_append(self->redis, count, arguments, NULL);
	reply_drop(self, &fault);
	return fault;
}

/* ---- the cursor ---- */

static void cursor_take(struct shown_cursor *cursor, const redisReply *reply)
{
	*cursor = (struct shown_cursor){0};
	if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 2 ||
	    reply->element[0]->type != REDIS_REPLY_STRING ||
	    reply->element[1]->type != REDIS_REPLY_STRING)
		return;
	char *end;
	cursor->sequence = strtoull(reply->element[0]->str, &end, 10);
	if (*end != '\0' || end == reply->element[0]->str)
		return;
	cursor->exists = true;
	snprintf(cursor->hash, sizeof cursor->hash, "%s", reply->element[1]->str);
}

/* Reads the cursor, and with `watch` makes the next EXEC depend on it. */
static enum redis_fault cursor_read(struct projector *self, bool watch, struct shown_cursor *cursor)
{
	const char *watching[] = {"WATCH", self->cursor_key};
	const char *reading[] = {"HMGET", self->cursor_key, "sequence", "hash"};
	enum redis_fault fault = REDIS_NONE;
	if (watch)
		redis_append(self->redis, 2, watching, NULL);
	redis_append(self->redis, 4, reading, NULL);
	if (watch)
		reply_drop(self, &fault);
	redisReply *reply = redis_reply(self->redis);
	enum redis_fault now = redis_fault_of(self->redis, reply);
	if (fault == REDIS_NONE)
		fault = now;
	*cursor = (struct shown_cursor){0};
	if (fault == REDIS_NONE)
		cursor_take(cursor, reply);
	/* Somebody made the cursor something else: no cursor. */
	if (fault == REDIS_WRONG_TYPE)
		fault = REDIS_NONE;
	freeReplyObject(reply);
	return fault;
}

static void hash_text(uint64_t sequence, const uint8_t hash[DIGEST_BYTES], char out[HEX_SIZE])
{
	out[0] = '\0';
	if (sequence > 0)
		sodium_bin2hex(out, HEX_SIZE, hash, DIGEST_BYTES);
}

static bool cursor_is_ours(const struct projector *self, const struct shown_cursor *cursor)
{
	char hash[HEX_SIZE];
	hash_text(self->sequence, self->hash, hash);
	return cursor->exists && cursor->sequence == self->sequence &&
	       strcmp(cursor->hash, hash) == 0;
}

enum step projector_probe(struct projector *self, enum redis_fault *fault)
{
	struct shown_cursor cursor;
	*fault = cursor_read(self, false, &cursor);
	if (*fault != REDIS_NONE)
		return STEP_FAULT;
	return cursor_is_ours(self, &cursor) ? STEP_DONE : STEP_LOST;
}

/* ---- rebuild ---- */

static enum redis_fault unlink_keys(struct projector *self, const redisReply *keys)
{
	enum redis_fault fault = REDIS_NONE;
	if (keys->elements == 0)
		return REDIS_NONE;
	const char **arguments = calloc(keys->elements + 1, sizeof *arguments);
	size_t *sizes = calloc(keys->elements + 1, sizeof *sizes);
	CHECK(arguments != NULL && sizes != NULL);
	arguments[0] = "UNLINK";
	sizes[0] = strlen(arguments[0]);
	for (size_t i = 0; i < keys->elements; i++) {
		arguments[i + 1] = keys->element[i]->str;
		sizes[i + 1] = (size_t)keys->element[i]->len;
	}
	redis_append(self->redis, keys->elements + 1, arguments, sizes);
	reply_drop(self, &fault);
	free(arguments);
	free(sizes);
	return fault;
}

static enum redis_fault family_delete(struct projector *self, const char *pattern)
{
	char place[32] = "0", count[16];
	snprintf(count, sizeof count, "%d", SCAN_COUNT);
	do {
		const char *scan[] = {"SCAN", place, "MATCH", pattern, "COUNT", count};
		redisReply *reply = redis_call(self->redis, 6, scan);
		enum redis_fault fault = redis_fault_of(self->redis, reply);
		if (fault == REDIS_NONE &&
		    (reply->type != REDIS_REPLY_ARRAY || reply->elements != 2))
			fault = REDIS_REFUSED;
		if (fault == REDIS_NONE) {
			snprintf(place, sizeof place, "%s", reply->element[0]->str);
			fault = unlink_keys(self, reply->element[1]);
		}
		freeReplyObject(reply);
		/* A big Redis takes many turns: stopping need not wait for them. */
		if (fault == REDIS_NONE && self->stop)
			fault = REDIS_LOST;
		if (fault != REDIS_NONE)
			return fault;
	} while (strcmp(place, "0") != 0);
	return REDIS_NONE;
}

/* The cursor goes first and comes back last: a rebuild that was cut short is missing its
 * cursor and begins again. */
static enum redis_fault rebuild_begin(struct projector *self, const char *because)
{
	const char *drop[] = {"DEL", self->cursor_key};
	const char *begin[] = {"HSET", self->cursor_key, "sequence", "0", "hash", ""};
	uint64_t head = journal_head(self->journal);
	log_info("projector.rebuild.begun", "stream=%s because=%s head=%" PRIu64,
	         self->options.stream, log_quote(because), head);
	enum redis_fault fault = call(self, 2, drop);
	for (size_t i = 0; fault == REDIS_NONE && self->options.families[i] != NULL; i++)
		fault = family_delete(self, self->options.families[i]);
	if (fault == REDIS_NONE)
		fault = call(self, 6, begin);
	self->sequence = 0;
	self->silent_through = head;
	self->rebuild_began_ms = projector_clock_ms();
	self->rebuild_through = head;
	return fault;
}

static void rebuild_end(struct projector *self)
{
	if (self->rebuild_began_ms == 0 || self->sequence < self->rebuild_through)
		return;
	log_info("projector.rebuild.done", "stream=%s sequence=%" PRIu64 " took_ms=%" PRId64,
	         self->options.stream, self->sequence,
	         projector_clock_ms() - self->rebuild_began_ms);
	self->rebuild_began_ms = 0;
}

/* ---- where to begin ---- */

static enum step broken(struct projector *self, const char *cause)
{
	log_error("projector.journal.unreadable",
	          "what=\"a row of the journal cannot be shown\" stream=%s cause=%s "
	          "effect=\"Redis stays as it is; the daemon goes on\" "
	          "action=\"tasheem journal verify\"",
	          self->options.stream, log_quote(cause));
	return STEP_BROKEN;
}

/* The next row, decoded. */
static enum step row_load(struct projector *self)
{
	bool failed;
	arena_reset(&self->row_arena);
	self->records = NULL;
	self->record_at = 0;
	if (!journal_next(self->journal, &self->row, &failed))
		return failed ? broken(self, journal_error(self->journal)) : STEP_IDLE;
	self->records = row_decode(&self->row_arena, &self->row);
	if (self->records == NULL)
		return broken(self, "the row holds no records this version understands");
	return STEP_DONE;
}

/* Reading goes on after `sequence`, whose row must have the cursor's hash; STEP_LOST when it
 * has another, or is not there. */
static enum step position_at(struct projector *self, const struct shown_cursor *cursor)
{
	char hash[HEX_SIZE];
	self->records = NULL;
	self->pending = NULL;
	if (!journal_refresh(self->journal) || !journal_seek(self->journal, cursor->sequence))
		return broken(self, journal_error(self->journal));
	self->sequence = cursor->sequence;
	if (cursor->sequence == 0)
		return STEP_DONE;
	if (cursor->sequence > journal_head(self->journal))
		return STEP_LOST;
	enum step step = row_load(self);
	if (step != STEP_DONE)
		return step;
	hash_text(cursor->sequence, self->row.hash, hash);
	if (strcmp(hash, cursor->hash) != 0)
		return STEP_LOST;
	memcpy(self->hash, self->row.hash, DIGEST_BYTES);
	self->record_at = (uint32_t)(cursor->sequence - self->row.first_sequence + 1);
	return STEP_DONE;
}

enum step projector_position(struct projector *self, enum redis_fault *fault)
{
	struct shown_cursor cursor;
	*fault = cursor_read(self, false, &cursor);
	if (*fault != REDIS_NONE)
		return STEP_FAULT;
	enum step step = cursor.exists ? position_at(self, &cursor) : STEP_LOST;
	if (step != STEP_LOST)
		return step;
	if (!journal_refresh(self->journal))
		return broken(self, journal_error(self->journal));
	const char *because = !cursor.exists ? "Redis has no cursor of this stream"
	                      : cursor.sequence > journal_head(self->journal)
	                              ? "the cursor is ahead of the journal"
	                              : "the cursor has another hash than the journal";
	*fault = rebuild_begin(self, because);
	cursor = (struct shown_cursor){.exists = true};
	return *fault == REDIS_NONE ? position_at(self, &cursor) : STEP_FAULT;
}

/* ---- transactions ---- */

/* The writes of the next record become pending. */
static enum step record_load(struct projector *self)
{
	while (self->records == NULL || self->record_at == self->row.count) {
		enum step step = row_load(self);
		if (step != STEP_DONE)
			return step;
	}
	const struct record *record = &self->records[self->record_at];
	arena_reset(&self->view_arena);
	view_begin(&self->view, &self->view_arena, record->sequence);
	self->options.view(&self->view, record);
	self->pending = self->view.first;
	return STEP_DONE;
}

static size_t write_bytes(const struct view_write *write)
{
	size_t size = strlen(write->key) + 32;
	if (write->value != NULL)
		size += strlen(write->value) + 16;
	for (const struct view_field *field = write->fields; field != NULL; field = field->next)
		size += strlen(field->name) + strlen(field->value) + 32;
	return size;
}

static void write_append(struct projector *self, const struct view_write *write)
{
	static const char *const verbs[] = {
	        [VIEW_HASH] = "HSET",       [VIEW_DELETE] = "UNLINK",   [VIEW_SET_ADD] = "SADD",
	        [VIEW_SET_REMOVE] = "SREM", [VIEW_PUBLISH] = "PUBLISH",
	};
	size_t fields = 0, count = 2;
	for (const struct view_field *field = write->fields; field != NULL; field = field->next)
		fields++;
	const char **arguments = ARENA_ARRAY(&self->view_arena, const char *, 3 + 2 * fields);
	arguments[0] = verbs[write->type];
	arguments[1] = write->key;
	if (write->value != NULL)
		arguments[count++] = write->value;
	for (const struct view_field *field = write->fields; field != NULL; field = field->next) {
		arguments[count++] = field->name;
		arguments[count++] = field->value;
	}
	redis_append(self->redis, count, arguments, NULL);
}

/* The size of what a record still has to write. */
static void pending_size(const struct projector *self, uint32_t *writes, size_t *bytes)
{
	*writes = 0;
	*bytes = 0;
	for (const struct view_write *at = self->pending; at != NULL; at = at->next) {
		*writes += 1;
		*bytes += write_bytes(at);
	}
}

/* What a transaction holds. */
struct load {
	uint32_t writes;
	size_t bytes;
	/* The last record that is whole in it, and the hash of its row. */
	uint64_t sequence;
	uint8_t hash[DIGEST_BYTES];
};

/* Appends the pending record as far as it fits; true when it is whole. A record that does
 * not fit beside others waits for the next transaction; one that fits in none is split. */
static bool load_record(struct projector *self, struct load *load)
{
	uint32_t writes;
	size_t bytes;
	pending_size(self, &writes, &bytes);
	if (load->writes > 0 &&
	    (load->writes + writes > TRANSACTION_WRITES || load->bytes + bytes > TRANSACTION_BYTES))
		return false;
	for (; self->pending != NULL; self->pending = self->pending->next) {
		const struct view_write *write = self->pending;
		if (write->type == VIEW_PUBLISH && self->view.sequence <= self->silent_through)
			continue;
		if (load->writes > 0 && (load->writes >= TRANSACTION_WRITES ||
		                         load->bytes + write_bytes(write) > TRANSACTION_BYTES))
			return false;
		write_append(self, write);
		load->writes++;
		load->bytes += write_bytes(write);
	}
	load->sequence = self->view.sequence;
	memcpy(load->hash, self->row.hash, DIGEST_BYTES);
	self->record_at++;
	return true;
}

/* Fills a transaction; STEP_IDLE when the journal ended first. */
static enum step load_fill(struct projector *self, struct load *load)
{
	/* Records without writes count too: 10,000 of them are enough for one cursor. */
	for (int records = 0; records < 10 * TRANSACTION_WRITES; records++) {
		if (!load_record(self, load))
			return STEP_DONE;
		enum step step = record_load(self);
		if (step != STEP_DONE)
			return step;
	}
	return STEP_DONE;
}

static void cursor_append(struct projector *self, const struct load *load)
{
	char sequence[24], hash[HEX_SIZE];
	snprintf(sequence, sizeof sequence, "%" PRIu64, load->sequence);
	hash_text(load->sequence, load->hash, hash);
	const char *cursor[] = {"HSET", self->cursor_key, "sequence", sequence, "hash", hash};
	redis_append(self->redis, 6, cursor, NULL);
}

/* Takes the replies of a transaction with `commands` between MULTI and EXEC. */
static enum step transaction_end(struct projector *self, uint32_t commands, enum redis_fault *fault)
{
	const char *exec[] = {"EXEC"};
	redis_append(self->redis, 1, exec, NULL);
	for (uint32_t i = 0; i < commands + 1; i++)
		reply_drop(self, fault);
	redisReply *reply = redis_reply(self->redis);
	enum redis_fault now = redis_fault_of(self->redis, reply);
	enum step step = STEP_DONE;
	if (*fault == REDIS_NONE)
		*fault = now;
	if (*fault != REDIS_NONE)
		step = STEP_FAULT;
	else if (reply->type == REDIS_REPLY_NIL)
		step = STEP_LOST;
	for (size_t i = 0; step == STEP_DONE && i < reply->elements; i++) {
		*fault = redis_fault_of(self->redis, reply->element[i]);
		if (*fault != REDIS_NONE)
			step = STEP_TORN;
	}
	freeReplyObject(reply);
	return step;
}

enum step projector_show(struct projector *self, enum redis_fault *fault)
{
	*fault = REDIS_NONE;
	bool resumed = self->pending != NULL;
	enum step next = resumed ? STEP_DONE : record_load(self);
	if (next != STEP_DONE)
		return next;
	struct shown_cursor cursor;
	*fault = cursor_read(self, true, &cursor);
	if (*fault != REDIS_NONE)
		return STEP_FAULT;
	if (!cursor_is_ours(self, &cursor)) {
		const char *unwatch[] = {"UNWATCH"};
		*fault = call(self, 1, unwatch);
		return *fault == REDIS_NONE ? STEP_LOST : STEP_FAULT;
	}
	const char *multi[] = {"MULTI"};
	struct load load = {.sequence = self->sequence};
	memcpy(load.hash, self->hash, DIGEST_BYTES);
	redis_append(self->redis, 1, multi, NULL);
	next = load_fill(self, &load);
	cursor_append(self, &load);
	enum step step = transaction_end(self, load.writes + 1, fault);
	if (step != STEP_DONE)
		return step;
	self->sequence = load.sequence;
	memcpy(self->hash, load.hash, DIGEST_BYTES);
	rebuild_end(self);
	return next;
}

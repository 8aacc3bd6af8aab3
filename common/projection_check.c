/* Comparing Redis with a journal.
 *
 * What should be there is one JSON object: a hash is an object of strings, a set an array
 * turned into an object of nulls. Redis is read by SCAN over the daemon's families, each
 * key once. If the cursor moved meanwhile the comparison is made again. */
#include "common/projection_check.h"

#include <inttypes.h>
#include <jansson.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/journal.h"
#include "common/redis.h"

enum { TRIES = 5, PAUSE_MS = 20, TIMEOUT_MS = 5000 };

struct comparison {
	const struct projector_options *options;
	struct redis *redis;
	struct journal *journal;
	struct arena row_arena, view_arena;
	struct projection_report *report;
	json_t *expected;
	/* Keys seen in Redis: SCAN may return one twice, families may overlap. */
	json_t *seen;
	char *error;
	size_t error_size;
};

static bool fail(struct comparison *self, const char *what, const char *cause)
{
	snprintf(self->error, self->error_size, "%s: %s", what, cause);
	return false;
}

/* ---- what should be there ---- */

static void expect_write(struct comparison *self, const struct view_write *write)
{
	json_t *noun = json_object_get(self->expected, write->key);
	if (write->type == VIEW_PUBLISH)
		return;
	if (write->type == VIEW_DELETE) {
		json_object_del(self->expected, write->key);
		return;
	}
	if (noun == NULL) {
		noun = json_object();
		json_object_set_new(self->expected, write->key, noun);
	}
	if (write->type == VIEW_SET_ADD)
		json_object_set_new(noun, write->value, json_null());
	else if (write->type == VIEW_SET_REMOVE)
		json_object_del(noun, write->value);
	for (const struct view_field *field = write->fields; field != NULL; field = field->next)
		json_object_set_new(noun, field->name, json_string_nocheck(field->value));
	/* Redis has no empty sets. */
	if (json_object_size(noun) == 0)
		json_object_del(self->expected, write->key);
}

static bool expect_row(struct comparison *self, const struct row *row, uint64_t through)
{
	arena_reset(&self->row_arena);
	const struct record *records = row_decode(&self->row_arena, row);
	if (records == NULL)
		return fail(self, self->options->journal_path,
		            "a row holds no records this version understands");
	for (uint32_t i = 0; i < row->count && records[i].sequence <= through; i++) {
		struct view view;
		arena_reset(&self->view_arena);
		view_begin(&view, &self->view_arena, records[i].sequence);
		self->options->view(&view, &records[i]);
		for (const struct view_write *at = view.first; at != NULL; at = at->next)
			expect_write(self, at);
	}
	return true;
}

static bool expect_through(struct comparison *self, uint64_t through)
{
	struct row row;
	bool failed = false;
	json_object_clear(self->expected);
	if (!journal_seek(self->journal, 1))
		return fail(self, "reading", journal_error(self->journal));
	while (journal_next(self->journal, &row, &failed) && row.first_sequence <= through)
		if (!expect_row(self, &row, through))
			return false;
	return failed ? fail(self, "reading", journal_error(self->journal)) : true;
}

/* ---- what is there ---- */

static redisReply *ask(struct comparison *self, size_t count, const char *const *arguments)
{
	redisReply *reply = redis_call(self->redis, count, arguments);
	enum redis_fault fault = redis_fault_of(self->redis, reply);
	if (fault == REDIS_NONE)
		return reply;
	fail(self, redis_fault_what(fault), redis_error(self->redis));
	freeReplyObject(reply);
	return NULL;
}

static bool cursor_read(struct comparison *self, uint64_t *sequence)
{
	char key[64];
	snprintf(key, sizeof key, "tasheem:cursor:%s", self->options->stream);
	const char *get[] = {"HGET", key, "sequence"};
	redisReply *reply = ask(self, 3, get);
	if (reply == NULL)
		return false;
	bool exists = reply->type == REDIS_REPLY_STRING;
	if (exists)
		*sequence = strtoull(reply->str, NULL, 10);
	freeReplyObject(reply);
	return exists ? true : fail(self, key, "Redis has no cursor of this stream");
}

static void differ(struct comparison *self, uint64_t *counter, const char *key, const char *how)
{
	struct projection_report *report = self->report;
	*counter += 1;
	if (report->first_key[0] != '\0')
		return;
	snprintf(report->first_key, sizeof report->first_key, "%s", key);
	snprintf(report->first_difference, sizeof report->first_difference, "%s", how);
}

static bool noun_is_set(const json_t *noun)
{
	/* jansson's iterators want it writable and do not write. */
	json_t *object = (json_t *)(uintptr_t)noun;
	return json_is_null(json_object_iter_value(json_object_iter(object)));
}

/* Field by field, hashes (name, value) in steps of two, sets in steps of one. */
static void compare_noun(struct comparison *self, const char *key, const json_t *noun,
                         const redisReply *reply)
{
	size_t step = noun_is_set(noun) ? 1 : 2;
	char how[320];
	for (size_t i = 0; i + step <= reply->elements; i += step) {
		const char *name = reply->element[i]->str;
		const json_t *value = json_object_get(noun, name);
		const char *expected = step == 2 ? json_string_value(value) : "";
		const char *found = step == 2 ? reply->element[i + 1]->str : "";
		if (value != NULL && expected != NULL && strcmp(expected, found) == 0)
			continue;
		snprintf(how, sizeof how, "%s is %.100s, should be %.100s", name,
		         step == 2 ? found : "a member",
		         value == NULL      ? "absent"
		         : expected != NULL ? expected
		                            : "a member");
		differ(self, &self->report->different, key, how);
		return;
	}
	if (reply->elements / step == json_object_size(noun))
		return;
	snprintf(how, sizeof how, "it has %zu fields or members, should have %zu",
	         reply->elements / step, json_object_size(noun));
	differ(self, &self->report->different, key, how);
}

/* Whether the key is to be compared: known, and not seen before. */
static const json_t *key_expected(struct comparison *self, const char *key)
{
	if (json_object_get(self->seen, key) != NULL)
		return NULL;
	json_object_set_new(self->seen, key, json_null());
	const json_t *noun = json_object_get(self->expected, key);
	if (noun == NULL)
		differ(self, &self->report->extra, key, "the journal knows no such key");
	return noun;
}

static bool compare_reply(struct comparison *self, const char *key, const json_t *noun)
{
	redisReply *reply = redis_reply(self->redis);
	enum redis_fault fault = redis_fault_of(self->redis, reply);
	if (fault == REDIS_NONE)
		compare_noun(self, key, noun, reply);
	else if (fault == REDIS_WRONG_TYPE)
		differ(self, &self->report->different, key, "it holds another type");
	else
		fail(self, redis_fault_what(fault), redis_error(self->redis));
	freeReplyObject(reply);
	return fault == REDIS_NONE || fault == REDIS_WRONG_TYPE;
}

/* One page of keys, in one pipeline. */
static bool compare_keys(struct comparison *self, const redisReply *keys)
{
	const json_t **nouns = calloc(keys->elements + 1, sizeof *nouns);
	bool good = true;
	CHECK(nouns != NULL);
	for (size_t i = 0; i < keys->elements; i++) {
		const char *key = keys->element[i]->str;
		nouns[i] = key_expected(self, key);
		if (nouns[i] == NULL)
			continue;
		const char *get[] = {noun_is_set(nouns[i]) ? "SMEMBERS" : "HGETALL", key};
		redis_append(self->redis, 2, get, NULL);
	}
	for (size_t i = 0; good && i < keys->elements; i++)
		if (nouns[i] != NULL)
			good = compare_reply(self, keys->element[i]->str, nouns[i]);
	free(nouns);
	return good;
}

static bool compare_family(struct comparison *self, const char *pattern)
{
	char place[32] = "0";
	bool good = true;
	do {
		const char *scan[] = {"SCAN", place, "MATCH", pattern, "COUNT", "1000"};
		redisReply *reply = ask(self, 6, scan);
		if (reply == NULL)
			return false;
		snprintf(place, sizeof place, "%s", reply->element[0]->str);
		good = compare_keys(self, reply->element[1]);
		freeReplyObject(reply);
	} while (good && strcmp(place, "0") != 0);
	return good;
}

static void count_missing(struct comparison *self)
{
	const char *key;
	json_t *noun;
	json_object_foreach(self->expected, key, noun)
	{
		if (json_object_get(self->seen, key) == NULL)
			differ(self, &self->report->missing, key, "Redis has no such key");
	}
	self->report->keys = json_object_size(self->expected);
}

/* ---- the comparison ---- */

static bool compare_once(struct comparison *self, uint64_t sequence)
{
	*self->report = (struct projection_report){
	        .sequence = sequence,
	        .head = journal_head(self->journal),
	};
	json_object_clear(self->seen);
	if (!expect_through(self, sequence))
		return false;
	for (size_t i = 0; self->options->families[i] != NULL; i++)
		if (!compare_family(self, self->options->families[i]))
			return false;
	count_missing(self);
	return true;
}

static bool compare_settled(struct comparison *self, int32_t wait_ms)
{
	uint64_t before, after;
	if (!cursor_read(self, &before))
		return false;
	for (int32_t waited = 0; waited < wait_ms && before < journal_head(self->journal);
	     waited += PAUSE_MS) {
		poll(NULL, 0, PAUSE_MS);
		if (!cursor_read(self, &before) || !journal_refresh(self->journal))
			return false;
	}
	for (int i = 0; i < TRIES; i++) {
		if (!journal_refresh(self->journal) || !compare_once(self, before) ||
		    !cursor_read(self, &after))
			return false;
		if (before == after)
			return true;
		before = after;
	}
	return fail(self, self->options->stream, "Redis changes faster than it can be compared");
}

bool projection_check(const struct projector_options *options, int32_t wait_ms,
                      struct projection_report *report, char *error, size_t error_size)
{
	struct redis_options redis = {
	        .address = options->redis,
	        .user = options->redis_user,
	        .password = options->redis_password,
	        .connect_timeout_ms = TIMEOUT_MS,
	        .command_timeout_ms = TIMEOUT_MS,
	};
	struct comparison self = {
	        .options = options,
	        .report = report,
	        .expected = json_object(),
	        .seen = json_object(),
	        .error = error,
	        .error_size = error_size,
	};
	enum redis_fault fault;
	bool good = false;
	CHECK(arena_open(&self.row_arena, (size_t)1 << 28));
	CHECK(arena_open(&self.view_arena, (size_t)1 << 28));
	self.journal = journal_open(options->journal_path, options->stream, JOURNAL_READ, error,
	                            error_size);
	if (self.journal != NULL) {
		self.redis = redis_open(&redis, &fault, error, error_size);
		good = self.redis != NULL && compare_settled(&self, wait_ms);
	}
	redis_close(self.redis);
	journal_close(self.journal);
	json_decref(self.expected);
	json_decref(self.seen);
	arena_close(&self.row_arena);
	arena_close(&self.view_arena);
	return good;
}

bool projection_equal(const struct projection_report *report)
{
	return report->missing == 0 && report->different == 0 && report->extra == 0 &&
	       report->sequence == report->head;
}

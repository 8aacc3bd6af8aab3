/* Answers against what a line expects. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/wire.h"
#include "services/ctl/message.h"
#include "tests/sim/payload.h"
#include "tests/sim/scenario.h"

bool scenario_fail(struct scenario *scenario, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(scenario->failure, sizeof scenario->failure, format, arguments);
	va_end(arguments);
	return false;
}

/* What an answer says, for a failure's sentence. */
static const char *told(struct arena *arena, const Tasheem__Common__V1__Answer *answer)
{
	const char *text = arena_format(arena, "%s", code_name((enum code)answer->code));
	for (size_t i = 0; i < answer->n_reasons; i++) {
		const Tasheem__Common__V1__Reason *reason = answer->reasons[i];
		text = arena_format(arena, "%s %s(%s,%" PRId64 ",%" PRId64 ")", text,
		                    reason_name((enum reason_code)reason->code), reason->subject,
		                    reason->value, reason->limit);
	}
	if (answer->version)
		text = arena_format(arena, "%s version=%" PRIu64, text, (uint64_t)answer->version);
	for (size_t i = 0; i < answer->n_balances; i++)
		text = arena_format(arena, "%s free=%" PRId64, text, answer->balances[i]->free_kg);
	return text;
}

/* CODE, CODE(subject) or CODE(subject,value,limit). */
static bool reason_fits(const Tasheem__Common__V1__Reason *reason, const char *word)
{
	char copy[256];
	snprintf(copy, sizeof copy, "%s", word);
	char *open = strchr(copy, '(');
	if (open)
		*open = '\0';
	if (strcmp(copy, reason_name((enum reason_code)reason->code)) != 0)
		return false;
	if (!open)
		return true;
	char *close = strrchr(open + 1, ')');
	if (close)
		*close = '\0';
	char *limit = strrchr(open + 1, ',');
	if (!limit)
		return strcmp(open + 1, reason->subject) == 0;
	*limit++ = '\0';
	char *value = strrchr(open + 1, ',');
	if (!value)
		return false;
	*value++ = '\0';
	return strcmp(open + 1, reason->subject) == 0 && atoll(value) == reason->value &&
	       atoll(limit) == reason->limit;
}

static bool has_reason(const Tasheem__Common__V1__Answer *answer, const char *word)
{
	for (size_t i = 0; i < answer->n_reasons; i++)
		if (reason_fits(answer->reasons[i], word))
			return true;
	return false;
}

static bool has_free(const Tasheem__Common__V1__Answer *answer, int64_t free_kg)
{
	for (size_t i = 0; i < answer->n_balances; i++)
		if (answer->balances[i]->free_kg == free_kg)
			return true;
	return false;
}

/* One word about the answer; counts those that name a reason. */
static bool word_fits(const Tasheem__Common__V1__Answer *answer, const char *word, size_t *reasons)
{
	if (strncmp(word, "version=", 8) == 0)
		return (uint64_t)answer->version == (uint64_t)atoll(word + 8);
	if (strncmp(word, "free=", 5) == 0)
		return has_free(answer, atoll(word + 5));
	if (strcmp(word, "…") == 0) {
		*reasons = answer->n_reasons;
		return true;
	}
	(*reasons)++;
	return has_reason(answer, word);
}

static bool expect_command(struct scenario *scenario, const Tasheem__Common__V1__Answer *answer,
                           char **words, int count)
{
	size_t reasons = 0;
	bool good = strcmp(words[0], "any") == 0 ||
	            strcmp(words[0], code_name((enum code)answer->code)) == 0;
	for (int i = 1; good && i < count; i++)
		good = word_fits(answer, words[i], &reasons);
	if (good && strcmp(words[0], "any") != 0 && reasons < answer->n_reasons)
		good = false;
	return good || scenario_fail(scenario, "answered: %s", told(&scenario->arena, answer));
}

static bool expect_reply(struct scenario *scenario, const struct payload_kind *kind,
                         const Tasheem__Common__V1__Answer *answer, char **words, int count)
{
	struct bytes body = {answer->body.data, answer->body.len};
	const ProtobufCMessage *reply = wire_decode(&scenario->arena, kind->reply, body);
	if (!reply)
		return scenario_fail(scenario, "the reply does not decode");
	json_t *json = message_to_json(reply);
	bool good = true;
	for (int i = 0; good && i < count; i++) {
		char *equals = strchr(words[i], '=');
		if (!equals) {
			good = scenario_fail(scenario, "`%s` is no path=text", words[i]);
			break;
		}
		*equals = '\0';
		bool none = strcmp(words[i], "none") == 0;
		const char *path = none ? equals + 1 : words[i];
		const char *found = payload_lookup(&scenario->arena, json, path);
		if (none ? found != NULL : !found || strcmp(found, equals + 1) != 0)
			good = scenario_fail(scenario, "%s is %s", path, found ? found : "absent");
		*equals = '=';
	}
	if (!good && getenv("SIM_LOG"))
		json_dumpf(json, stderr, JSON_INDENT(1));
	json_decref(json);
	return good;
}

bool scenario_expect(struct scenario *scenario, const struct attempt *attempt, char **words,
                     int count)
{
	const Tasheem__Common__V1__Answer *answer = client_answer(&scenario->arena, attempt);
	if (count == 1 && strcmp(words[0], "silence") == 0)
		return !answer ||
		       scenario_fail(scenario, "answered: %s", told(&scenario->arena, answer));
	if (!answer)
		return scenario_fail(scenario, "no answer");
	const struct payload_kind *kind = payload_kind_at(attempt->kind);
	if (kind && kind->reply && answer->code == TASHEEM__COMMON__V1__CODE__CODE_ACCEPTED)
		return expect_reply(scenario, kind, answer, words, count);
	return expect_command(scenario, answer, words, count);
}

bool scenario_replay_equal(struct scenario *scenario)
{
	for (int i = 0; i < NODE_COUNT; i++) {
		uint8_t living[DIGEST_BYTES];
		uint8_t replayed[DIGEST_BYTES];
		if (!scenario->world->nodes[i].daemon)
			continue;
		world_digest(scenario->world, i, living);
		world_replay_digest(scenario->world, i, replayed);
		if (memcmp(living, replayed, DIGEST_BYTES) != 0)
			return scenario_fail(scenario, "%s: replay differs from the living state",
			                     scenario->world->nodes[i].core->service.name);
	}
	return true;
}

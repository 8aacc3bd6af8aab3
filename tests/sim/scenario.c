/* Lines of a scenario, carried out; see scenario.h for the language. */
#include "tests/sim/scenario.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/payload.h"

enum {
	HOUR_MS = 3600000,
	DAY_MS = 86400000,
	STALE_MS = 8 * DAY_MS,
	EARLY_MS = 6 * 60000,
	MAX_WORK = 2000,
	MAX_ITEMS = 1000,
	REST_MS = 10
};

static const char *const node_names[NODE_COUNT] = {"membership", "quota", "matching"};

/* How a frame is damaged. */
enum damage { DAMAGE_NONE, DAMAGE_TRUNCATED, DAMAGE_PADDED, DAMAGE_UNKNOWN, DAMAGE_FLIPPED };

struct sending {
	struct letter letter;
	const struct payload_kind *kind;
	const char *label;
	int64_t id_offset_ms;
	enum damage damage;
};

/* Work that daemons do in the background, a few milliseconds apart. */
static bool finish_work(struct scenario *scenario)
{
	struct world *world = scenario->world;
	for (int i = 0; i < MAX_WORK; i++) {
		if (!world_settle(world))
			break;
		if (world_next_ms(world) > world->now_ms + REST_MS)
			return true;
		world->now_ms += 1;
	}
	return scenario_fail(scenario, "the daemons do not come to rest");
}

bool scenario_settle(struct scenario *scenario)
{
	if (!finish_work(scenario))
		return false;
	if (scenario->world->nodes[NODE_MATCHING].daemon) {
		solver_peer_ready(scenario->solver);
		if (!finish_work(scenario))
			return false;
	}
	const char *complaint =
	        scenario->complaint ? scenario->complaint(scenario->complainer) : NULL;
	return !complaint || scenario_fail(scenario, "%s", complaint);
}

/* After a crash its followers ask again within a second. */
static bool recover(struct scenario *scenario)
{
	return (world_pass(scenario->world, SCENARIO_RECOVER_MS) ||
	        scenario_fail(scenario, "the daemons do not come to rest")) &&
	       scenario_settle(scenario);
}

static struct label *label_of(struct scenario *scenario, const char *name)
{
	for (uint32_t i = 0; i < scenario->label_count; i++)
		if (strcmp(scenario->labels[i].name, name) == 0)
			return &scenario->labels[i];
	return NULL;
}

static int sender(struct scenario *scenario, const char *name)
{
	int address = world_client(scenario->world, name);
	struct client *client = world_client_at(scenario->world, address);
	if (!client->receive) {
		client->receive = client_receive_answers;
		client->context = &scenario->attempts;
	}
	return address;
}

/* Words about the envelope: late, requires:STREAM:SEQUENCE, copies:N, kind:N. */
static bool take_envelope(struct letter *letter, const char *word)
{
	if (strcmp(word, "late") == 0) {
		letter->deadline_ms = 1;
		return true;
	}
	if (strncmp(word, "copies:", 7) == 0) {
		letter->copies = (uint32_t)atoi(word + 7);
		return true;
	}
	if (strncmp(word, "kind:", 5) == 0) {
		letter->kind = (uint32_t)atoi(word + 5);
		return true;
	}
	const char *colon = strncmp(word, "requires:", 9) == 0 ? strchr(word + 9, ':') : NULL;
	int stream = colon ? (int)(colon - word) - 9 : 0;
	for (int i = 0; colon && i < NODE_COUNT; i++)
		if ((int)strlen(node_names[i]) == stream &&
		    strncmp(node_names[i], word + 9, (size_t)stream) == 0) {
			letter->required_stream = node_names[i];
			letter->required_sequence = strtoull(colon + 1, NULL, 10);
			return true;
		}
	return false;
}

static bool take_how(struct sending *sending, const char *word)
{
	static const char *const damages[] = {"", "truncated", "padded", "unknown", "flipped"};
	if (strncmp(word, "id:", 3) == 0) {
		sending->label = word + 3;
		return true;
	}
	if (strcmp(word, "stale") == 0 || strcmp(word, "early") == 0) {
		sending->id_offset_ms = word[0] == 's' ? -(int64_t)STALE_MS : EARLY_MS;
		return true;
	}
	if (take_envelope(&sending->letter, word))
		return true;
	for (int i = DAMAGE_TRUNCATED; i <= DAMAGE_FLIPPED; i++)
		if (strcmp(word, damages[i]) == 0) {
			sending->damage = (enum damage)i;
			return true;
		}
	return false;
}

static bool build_payload(struct scenario *scenario, struct sending *sending, char **words,
                          int count)
{
	char error[256];
	json_t *object = json_object();
	bool good = true;
	for (int i = 0; good && i < count; i++)
		if (!payload_word(object, words[i], scenario->world->now_ms))
			good = scenario_fail(scenario, "`%s` is no field=value", words[i]);
	if (good && !payload_build(&scenario->arena, sending->kind, object,
	                           &sending->letter.payload, error))
		good = scenario_fail(scenario, "%s", error);
	json_decref(object);
	if (good && sending->damage == DAMAGE_UNKNOWN) {
		/* Field 15, a varint: nobody's. */
		uint8_t *longer = arena_take(&scenario->arena, sending->letter.payload.size + 2);
		memcpy(longer, sending->letter.payload.data, sending->letter.payload.size);
		longer[sending->letter.payload.size] = 0x78;
		longer[sending->letter.payload.size + 1] = 1;
		sending->letter.payload = (struct bytes){longer, sending->letter.payload.size + 2};
	}
	return good;
}

static void choose_id(struct scenario *scenario, struct sending *sending)
{
	struct world *world = scenario->world;
	const struct label *known = sending->label ? label_of(scenario, sending->label) : NULL;
	sending->letter.id = known ? scenario->attempts.list[known->attempt].id
	                           : client_id(world, world->now_ms + sending->id_offset_ms);
}

/* Frames that no client of ours would send. */
static void send_damaged(struct scenario *scenario, const struct attempt *attempt,
                         enum damage damage)
{
	size_t size = attempt->frame_size;
	uint8_t *frame = arena_take(&scenario->arena, size + 2);
	memcpy(frame, attempt->frame, size);
	if (damage == DAMAGE_TRUNCATED)
		size /= 2;
	if (damage == DAMAGE_PADDED) {
		frame[size++] = 0x78;
		frame[size++] = 1;
	}
	if (damage != DAMAGE_FLIPPED) {
		world_send(scenario->world, attempt->from, attempt->to, false,
		           (struct bytes){frame, size});
		return;
	}
	for (size_t bit = 0; bit < 8 * size; bit++) {
		frame[bit / 8] ^= (uint8_t)(1U << (bit % 8));
		world_send(scenario->world, attempt->from, attempt->to, false,
		           (struct bytes){frame, size});
		frame[bit / 8] ^= (uint8_t)(1U << (bit % 8));
	}
}

static uint32_t send_it(struct scenario *scenario, struct sending *sending)
{
	struct world *world = scenario->world;
	bool damaged = sending->damage != DAMAGE_NONE && sending->damage != DAMAGE_UNKNOWN;
	struct weather weather = world->weather;
	sending->letter.to = (int)(sending->kind->kind / 100) - 1;
	if (sending->letter.kind == 0)
		sending->letter.kind = sending->kind->kind;
	/* The whole frame stays at home when a damaged one goes out. */
	if (damaged)
		world->weather.loss = 1000;
	uint32_t number = client_attempt(world, &scenario->attempts, &sending->letter);
	world->weather = weather;
	if (damaged)
		send_damaged(scenario, &scenario->attempts.list[number], sending->damage);
	return number;
}

static void remember(struct scenario *scenario, const char *name, uint32_t attempt)
{
	struct label *label = label_of(scenario, name);
	if (!label) {
		CHECK(scenario->label_count < MAX_LABELS);
		label = &scenario->labels[scenario->label_count++];
		snprintf(label->name, sizeof label->name, "%s", name);
	}
	label->attempt = attempt;
}

/* The arrow's place; -1 without one. */
static int arrow_of(char **words, int count)
{
	for (int i = 0; i < count; i++)
		if (strcmp(words[i], "->") == 0)
			return i;
	return -1;
}

/* A crash may have swallowed frame or answer: as a client does, the id is sent again. */
static bool until_answered(struct scenario *scenario, uint32_t number)
{
	for (int tries = 0; tries < 3; tries++) {
		if (!scenario_settle(scenario))
			return false;
		const struct attempt *attempt = &scenario->attempts.list[number];
		if (attempt->answer || attempt->kind == 0)
			return true;
		uint32_t crashes = scenario->world->nodes[attempt->to].crashes;
		if (crashes == 0)
			return true;
		if (!recover(scenario))
			return false;
		client_repeat(scenario->world, attempt);
	}
	return true;
}

static bool line_send(struct scenario *scenario, char **words, int count)
{
	int arrow = arrow_of(words, count);
	struct sending sending;
	memset(&sending, 0, sizeof sending);
	words[0][strlen(words[0]) - 1] = '\0';
	sending.letter.from = sender(scenario, words[0]);
	int at = 1;
	while (at < arrow && take_how(&sending, words[at]))
		at++;
	sending.kind = at < arrow ? payload_kind(words[at]) : NULL;
	if (!sending.kind || arrow + 1 >= count)
		return scenario_fail(scenario, "a line is `WHO: KIND field=value … -> EXPECTED`");
	if (!build_payload(scenario, &sending, words + at + 1, arrow - at - 1))
		return false;
	choose_id(scenario, &sending);
	struct attempt *stray = &scenario->attempts.stray;
	free(stray->answer);
	memset(stray, 0, sizeof *stray);
	uint32_t number = send_it(scenario, &sending);
	bool whole = (sending.damage == DAMAGE_NONE || sending.damage == DAMAGE_UNKNOWN) &&
	             sending.letter.copies < MAX_ITEMS;
	if (!(whole ? until_answered(scenario, number) : scenario_settle(scenario)))
		return false;
	if (sending.label)
		remember(scenario, sending.label, number);
	return scenario_expect(scenario, whole ? &scenario->attempts.list[number] : stray,
	                       words + arrow + 1, count - arrow - 1);
}

static bool line_again(struct scenario *scenario, char **words, int count)
{
	const struct label *label = count >= 4 ? label_of(scenario, words[1]) : NULL;
	if (!label || strcmp(words[2], "->") != 0)
		return scenario_fail(scenario, "a line is `again LABEL -> EXPECTED`");
	struct attempt *attempt = &scenario->attempts.list[label->attempt];
	uint8_t *before = attempt->answer;
	size_t before_size = attempt->answer_size;
	attempt->answer = NULL;
	client_repeat(scenario->world, attempt);
	bool good = until_answered(scenario, label->attempt);
	attempt = &scenario->attempts.list[label->attempt];
	if (good && strcmp(words[3], "same") == 0) {
		good = attempt->answer && attempt->answer_size == before_size &&
		       memcmp(attempt->answer, before, before_size) == 0;
		if (!good)
			scenario_fail(scenario, "another answer than the first time");
	} else if (good) {
		good = scenario_expect(scenario, attempt, words + 3, count - 3);
	}
	free(before);
	return good;
}

static bool line_clock(struct scenario *scenario, char **words, int count)
{
	static const char *const units[] = {"second", "minute", "hour", "day"};
	static const int64_t unit_ms[] = {1000, 60000, HOUR_MS, DAY_MS};
	int64_t amount = count == 3 ? atoll(words[1]) : 0;
	for (int i = 0; amount > 0 && i < 4; i++)
		if (strncmp(words[2], units[i], strlen(units[i])) == 0) {
			/* In steps, so that a solver answers between two deadlines. */
			int64_t step_ms = unit_ms[i] > HOUR_MS ? HOUR_MS : unit_ms[i];
			for (int64_t left = amount * unit_ms[i]; left > 0; left -= step_ms)
				if (!world_pass(scenario->world, step_ms) ||
				    !scenario_settle(scenario))
					return scenario->failure[0] == '\0'
					               ? scenario_fail(scenario, "no rest")
					               : false;
			return true;
		}
	return scenario_fail(scenario, "a line is `clock +3 days`");
}

static bool line_crash(struct scenario *scenario, char **words, int count)
{
	int node = count >= 2 ? world_node_of(words[1]) : -1;
	if (node < 0 || !scenario->world->nodes[node].daemon)
		return scenario_fail(scenario, "a line is `crash NODE [before commit]`");
	if (count == 4) {
		scenario->world->nodes[node].plan =
		        strcmp(words[2], "before") == 0 ? CRASH_BEFORE_APPEND : CRASH_AFTER_APPEND;
		return true;
	}
	world_crash(scenario->world, node);
	return recover(scenario);
}

/* stop NODE, start NODE, lose NODE ROWS: its newest rows, as from an older backup. */
static bool line_process(struct scenario *scenario, char **words, int count)
{
	int node = count >= 2 ? world_node_of(words[1]) : -1;
	struct world *world = scenario->world;
	if (node < 0)
		return scenario_fail(scenario,
		                     "a line is `stop NODE`, `start NODE` or `lose NODE ROWS`");
	if (words[0][0] == 'l')
		world_lose(world, node, count == 3 ? (uint32_t)atoi(words[2]) : 1);
	else if (strcmp(words[0], "stop") == 0)
		world_stop(world, node);
	else
		world_start(world, node);
	return recover(scenario);
}

/* watch WHO NODE; watched WHO -> events=N, since the last such line. */
static bool line_watch(struct scenario *scenario, char **words, int count)
{
	enum { KIND_WATCH = 2 };
	int node = count == 3 ? world_node_of(words[2]) : -1;
	if (node >= 0) {
		struct letter letter = {.from = sender(scenario, words[1]),
		                        .to = node,
		                        .id = client_id(scenario->world, scenario->world->now_ms),
		                        .kind = KIND_WATCH};
		client_attempt(scenario->world, &scenario->attempts, &letter);
		return scenario_settle(scenario);
	}
	if (count != 4 || strncmp(words[3], "events=", 7) != 0)
		return scenario_fail(scenario,
		                     "a line is `watch WHO NODE` or `watched WHO -> events=N`");
	struct client *client =
	        world_client_at(scenario->world, world_client(scenario->world, words[1]));
	uint64_t watched = client->watched;
	client->watched = 0;
	return watched == strtoull(words[3] + 7, NULL, 10) ||
	       scenario_fail(scenario, "%" PRIu64 " events were shown", watched);
}

static bool line_principal(struct scenario *scenario, char **words, int count)
{
	if (count != 3 && count != 4)
		return scenario_fail(scenario, "a line is `principal NAME ROLE [PARTY]`");
	struct arena *arena = &scenario->arena;
	const char *const made[] = {
	        "operator:",
	        "principal_register",
	        arena_format(arena, "principal.name=%s", words[1]),
	        arena_format(arena, "principal.public_key=key:%s", words[1]),
	        arena_format(arena, "principal.role=%s", words[2]),
	        arena_format(arena, "principal.party_id=%s", count == 4 ? words[3] : ""),
	        "->",
	        "accepted",
	};
	char *copies[8];
	for (int i = 0; i < 8; i++)
		copies[i] = (char *)(uintptr_t)arena_format(arena, "%s", made[i]);
	return line_send(scenario, copies, 8);
}

bool scenario_line(struct scenario *scenario, char **words, int count)
{
	size_t size = strlen(words[0]);
	if (words[0][size - 1] == ':')
		return line_send(scenario, words, count);
	if (strcmp(words[0], "principal") == 0)
		return line_principal(scenario, words, count);
	if (strcmp(words[0], "again") == 0)
		return line_again(scenario, words, count);
	if (strcmp(words[0], "clock") == 0)
		return line_clock(scenario, words, count);
	if (strcmp(words[0], "crash") == 0)
		return line_crash(scenario, words, count);
	if (strncmp(words[0], "watch", 5) == 0)
		return line_watch(scenario, words, count);
	if (strcmp(words[0], "stop") == 0 || strcmp(words[0], "start") == 0 ||
	    strcmp(words[0], "lose") == 0)
		return line_process(scenario, words, count);
	if (strcmp(words[0], "calm") == 0) {
		scenario->crashing = false;
		return true;
	}
	if (strcmp(words[0], "replay") == 0)
		return scenario_replay_equal(scenario);
	return scenario_fail(scenario, "`%s` is no word of the language", words[0]);
}

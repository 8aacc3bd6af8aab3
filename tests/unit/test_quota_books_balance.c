/* Any order of commands keeps the books: after each, what every ceiling reserves and has used is
 * what requests, purchases and allocations add up to; and replay is equal.
 * links: services/quota/apply.c services/quota/apply_regime.c services/quota/apply_request.c
 * services/quota/decide_check.c services/quota/decide_file.c services/quota/decide_line.c
 * services/quota/decide_purchase.c services/quota/decide_regime.c services/quota/decide_round.c
 * services/quota/decide_work.c services/quota/digest.c services/quota/messages.c
 * services/quota/messages_decode.c services/quota/messages_encode.c
 * services/quota/messages_follow.c services/quota/messages_read.c
 * services/quota/messages_regime.c services/quota/messages_replay.c services/quota/open.c
 * services/quota/regime_ceiling.c services/quota/regime_epoch.c services/quota/state.c
 * libcommon libproto */
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/quota_world.h"

enum { UNITS = 9, STEPS = 1500 };
static const char supply[] = "10335214790";

struct life {
	struct world world;
	uint64_t seed;
	uint32_t requests, rounds, allocations;
	char round_of[3][16];
	int round_state[3];
	bool round_over[3];
};

static uint32_t roll(struct life *life, uint32_t sides)
{
	life->seed = life->seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(life->seed >> 33) % sides;
}

static const char *named(struct life *life, const char *prefix, uint32_t number)
{
	return arena_format(&life->world.arena, "%s%u", prefix, number);
}

static const char *unit_of(struct life *life, uint32_t number)
{
	return arena_format(&life->world.arena, "%011u", 7 + number);
}

static void licence(struct life *life, uint32_t number)
{
	struct world_licence made = {.licence_id = named(life, "L", number),
				     .party_id = unit_of(life, number),
				     .products = {film, pipe},
				     .capacity_kg = 100000 + 90000 * (int64_t)roll(life, 9),
				     .state = roll(life, 12) ? 1 : 2};
	world_licence(&life->world, &made);
}

static void life_open(struct life *life, uint64_t seed)
{
	struct world_regime regime;
	memset(life, 0, sizeof *life);
	world_open(&life->world);
	life->seed = seed;
	world_regime_make(&regime);
	regime.multiplier.numerator = 2;
	world_cooperative(&life->world, supply, 1);
	for (uint32_t at = 0; at < UNITS; at++) {
		world_party(&life->world, unit_of(life, at), 2);
		licence(life, at);
		world_member(&life->world, supply, unit_of(life, at), 2, (int32_t)at + 1);
	}
	assert_int_equal(world_approve(&life->world, &regime.regime), CODE_ACCEPTED);
}

static struct world_ask *ask(struct life *life, const char *buyer, const char *id)
{
	static const char *const grades[] = {"2420H", "0209AA", "5502BM", "EX5"};
	uint32_t grade = roll(life, 4);
	int64_t lot = grade < 3 ? 5500 : 5000, lots = 1 + roll(life, 4);
	struct world_ask *made = world_ask(&life->world, buyer, id, grades[grade], lots * lot);
	if (strcmp(buyer, supply) != 0) {
		uint32_t number = (uint32_t)strtoul(buyer, NULL, 10) - 7;
		world_ask_line(made, buyer, named(life, "L", number), lots * lot);
		return made;
	}
	uint32_t count = 1 + roll(life, 4), first = roll(life, UNITS);
	int64_t left = lots * lot - roll(life, (uint32_t)lot - 1);
	for (uint32_t at = 0; at < count; at++) {
		uint32_t number = (first + at) % UNITS;
		int64_t kg = at + 1 == count ? left : left / 2;
		if (kg > 0)
			world_ask_line(made, unit_of(life, number), named(life, "L", number), kg);
		left -= kg;
	}
	return made;
}

static void some_request(struct life *life)
{
	struct world *world = &life->world;
	const char *buyer = roll(life, 3) ? unit_of(life, roll(life, UNITS)) : supply;
	if (roll(life, 3)) {
		world_file(world, ask(life, buyer, named(life, "R", life->requests++)));
		return;
	}
	if (world->live.requests.count == 0)
		return;
	const struct quota_request *known =
		quota_request_at(&world->live, roll(life, world->live.requests.count));
	uint32_t version = known->version + (roll(life, 8) == 0);
	if (roll(life, 2))
		world_cancel(world, known->key.buyer_id.text, known->key.request_id.text, version);
	else
		world_amend(world, ask(life, known->key.buyer_id.text, known->key.request_id.text),
			    version);
}

static void some_round(struct life *life)
{
	uint32_t family = roll(life, 3);
	if (life->round_state[family] == 0) {
		snprintf(life->round_of[family], 16, "RD%u", life->rounds++);
		life->round_state[family] = QUOTA_ROUND_COLLECTING;
		life->round_over[family] = false;
	} else if (roll(life, 15) == 0) {
		life->round_state[family] = QUOTA_ROUND_VOIDED;
	} else if (life->round_state[family] < QUOTA_ROUND_FINAL) {
		life->round_state[family]++;
	} else {
		life->round_over[family] = true;
	}
	world_round(&life->world, life->round_of[family], world_families[family],
		    life->round_state[family], life->round_over[family]);
	if (life->round_state[family] == QUOTA_ROUND_VOIDED || life->round_over[family])
		life->round_state[family] = 0;
	if (roll(life, 4))
		world_work(&life->world);
}

/* An allocation for a part of what a request in a book still waits for. */
static void some_allocation(struct life *life)
{
	struct world *world = &life->world;
	struct quota_state *state = &world->live;
	struct quota_moment moment = world_moment(world);
	struct seen_allocation seen = {0};
	struct ask_line parts[QUOTA_MAX_LINES] = {0};
	seen.parts = parts;
	if (state->allocations.count && roll(life, 2)) {
		const struct quota_allocation *known =
			table_at(&state->allocations, roll(life, state->allocations.count));
		const struct quota_request *request = quota_request_at(state, known->request);
		if (known->state > QUOTA_ALLOCATION_ACCEPTED)
			return;
		seen.allocation_id = known->allocation_id;
		seen.request = request->key;
		seen.round_id = quota_round_at(state, request->round - 1)->round_id;
		static const uint8_t after[] = {QUOTA_ALLOCATION_PAID, QUOTA_ALLOCATION_EXPIRED,
						QUOTA_ALLOCATION_DECLINED, QUOTA_ALLOCATION_OPEN};
		seen.state = after[roll(life, 4)];
		for (uint32_t at = 0; at < known->part_count; at++) {
			const struct quota_part *part =
				quota_range_at(&state->parts, known->first_part + at);
			const struct quota_line *line =
				&quota_lines_of(state, request)[part->line];
			parts[at].licence_id = quota_licence_at(state, line->licence)->licence_id;
			parts[at].wanted_kg = part->quantity_kg;
			seen.part_count++;
		}
	} else {
		if (state->requests.count == 0)
			return;
		const struct quota_request *request =
			quota_request_at(state, roll(life, state->requests.count));
		if (request->state != QUOTA_IN_BOOK)
			return;
		seen.round_id = quota_round_at(state, request->round - 1)->round_id;
		assert_true(allocation_id_set(&seen.allocation_id,
					      named(life, "AL", life->allocations++)));
		seen.request = request->key;
		seen.state = QUOTA_ALLOCATION_PROVISIONAL;
		for (uint32_t at = 0; at < request->line_count; at++) {
			const struct quota_line *line = &quota_lines_of(state, request)[at];
			int64_t waiting = line->reserved_kg - line->held_kg;
			if (waiting == 0)
				continue;
			parts[seen.part_count].licence_id =
				quota_licence_at(state, line->licence)->licence_id;
			parts[seen.part_count++].wanted_kg = 1 + roll(life, (uint32_t)waiting);
		}
		if (seen.part_count == 0)
			return;
	}
	quota_decide_allocation(state, &seen, &moment, &world->outcome);
	assert_int_equal(world_commit(world), CODE_ACCEPTED);
}

static void step(struct life *life)
{
	struct world *world = &life->world;
	uint32_t what = roll(life, 100);
	uint32_t number = roll(life, UNITS);
	if (what < 55)
		some_request(life);
	else if (what < 65)
		some_round(life);
	else if (what < 85)
		some_allocation(life);
	else if (what < 90)
		world_purchase(world, named(life, "L", number), world_families[roll(life, 3)],
			       calendar_month_add(140403, (int32_t)roll(life, 10)),
			       roll(life, 20000));
	else if (what < 94)
		licence(life, number);
	else if (what < 97)
		world_member(world, supply, unit_of(life, number), roll(life, 4) ? 2 : 3,
			     5 + (int32_t)roll(life, 5));
	else if (what < 99)
		world_derive(world);
	else
		world->now_ms += (int64_t)(1 + roll(life, 16)) * 86400000;
}

static void lives(void **state)
{
	(void)state;
	static struct life life;
	for (uint64_t seed = 1; seed <= 12; seed++) {
		life_open(&life, seed);
		for (uint32_t at = 0; at < STEPS; at++) {
			step(&life);
			world_check(&life.world);
			arena_reset(&life.world.arena);
		}
		print_message("seed %u: %u requests, %u rounds, %u allocations, %u ceilings\n",
			      (unsigned)seed, life.world.live.requests.count,
			      life.world.live.rounds.count, life.world.live.allocations.count,
			      life.world.live.ceilings.count);
		assert_true(life.world.live.allocations.count > 5);
		world_close(&life.world);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(lives)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* A small province for tests of quota. Every event goes to two states: as decided to
 * the one, encoded and decoded to the other; their digests must be equal at the end. */
#ifndef TESTS_UNIT_QUOTA_WORLD_H
#define TESTS_UNIT_QUOTA_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "common/calendar.h"
#include "services/quota/messages.h"

struct world {
	struct quota_state live, replay;
	struct arena arena;
	int64_t now_ms;
	uint64_t sequence;
	struct quota_outcome outcome;
};

/* 1404-09-02, ten in the morning in Tehran. */
static inline int64_t world_day(int32_t day)
{
	return calendar_day_start_ms(day) + 10 * 3600 * 1000;
}

static inline void world_open(struct world *world)
{
	memset(world, 0, sizeof *world);
	assert_true(quota_open(&world->live, 4096));
	assert_true(quota_open(&world->replay, 8192));
	assert_true(arena_open(&world->arena, (size_t)1 << 28));
	world->now_ms = world_day(14040902);
}

static inline struct quota_moment world_moment(struct world *world)
{
	quota_epoch_refresh(&world->live, world->now_ms);
	return (struct quota_moment){&world->arena, world->now_ms, world->sequence + 1};
}

static inline void world_close(struct world *world)
{
	uint8_t live[DIGEST_BYTES], replay[DIGEST_BYTES];
	quota_digest(&world->live, live);
	quota_digest(&world->replay, replay);
	assert_memory_equal(live, replay, DIGEST_BYTES);
	quota_close(&world->live);
	quota_close(&world->replay);
	arena_close(&world->arena);
}

static inline void world_replay(struct world *world, const struct wire_event *wires, uint32_t count)
{
	struct record record = {.sequence = world->sequence,
				.time_ms = world->now_ms,
				.event_count = count,
				.events = wires};
	quota_apply_record(&world->replay, &record);
}

/* Journals and applies what was decided; the code. */
static inline enum code world_commit(struct world *world)
{
	struct quota_outcome *outcome = &world->outcome;
	struct wire_event *wires = ARENA_ARRAY(&world->arena, struct wire_event, outcome->count);
	world->sequence++;
	for (uint32_t at = 0; at < outcome->count; at++)
		wires[at] = quota_event_encode(&world->live, &world->arena, &outcome->events[at]);
	for (uint32_t at = 0; at < outcome->count; at++)
		quota_apply(&world->live, &outcome->events[at], world->sequence, world->now_ms);
	world_replay(world, wires, outcome->count);
	return outcome->verdict.code;
}

static inline void world_learn(struct world *world, uint32_t kind, const ProtobufCMessage *message)
{
	struct wire_event wire = {kind, wire_encode(&world->arena, message)};
	struct record record = {.sequence = ++world->sequence,
				.time_ms = world->now_ms,
				.event_count = 1,
				.events = &wire};
	quota_apply_record(&world->live, &record);
	quota_apply_record(&world->replay, &record);
}

static inline char *world_text(const char *text)
{
	return (char *)(uintptr_t)text;
}

static inline void world_party(struct world *world, const char *id, int kind)
{
	Tasheem__Membership__V1__Party party = TASHEEM__MEMBERSHIP__V1__PARTY__INIT;
	Tasheem__Membership__V1__PartyRegistered event =
		TASHEEM__MEMBERSHIP__V1__PARTY_REGISTERED__INIT;
	party.party_id = world_text(id);
	party.kind = (Tasheem__Membership__V1__PartyKind)kind;
	party.county = world_text("کهک");
	event.party = &party;
	world_learn(world, QUOTA_PARTY_LEARNED, &event.base);
}

static inline void world_cooperative(struct world *world, const char *id, int kind)
{
	Tasheem__Membership__V1__Cooperative cooperative =
		TASHEEM__MEMBERSHIP__V1__COOPERATIVE__INIT;
	Tasheem__Membership__V1__CooperativeRegistered event =
		TASHEEM__MEMBERSHIP__V1__COOPERATIVE_REGISTERED__INIT;
	cooperative.cooperative_id = world_text(id);
	cooperative.kind = (Tasheem__Membership__V1__CooperativeKind)kind;
	cooperative.county = world_text("قم");
	event.cooperative = &cooperative;
	world_learn(world, QUOTA_COOPERATIVE_LEARNED, &event.base);
}

static inline void world_member(struct world *world, const char *cooperative, const char *party,
				int state, int32_t active)
{
	Tasheem__Membership__V1__Membership membership = TASHEEM__MEMBERSHIP__V1__MEMBERSHIP__INIT;
	Tasheem__Membership__V1__MembershipChanged event =
		TASHEEM__MEMBERSHIP__V1__MEMBERSHIP_CHANGED__INIT;
	membership.cooperative_id = world_text(cooperative);
	membership.party_id = world_text(party);
	membership.state = (Tasheem__Membership__V1__MembershipState)state;
	membership.legal_basis = world_text("statute");
	event.membership = &membership;
	event.active_members = active;
	world_learn(world, QUOTA_MEMBERSHIP_LEARNED, &event.base);
}

struct world_licence {
	const char *licence_id, *party_id;
	int kind;
	const char *products[4];
	int64_t rate_kg_per_h, capacity_kg;
	int32_t valid_to;
	int state;
};

static inline void world_licence(struct world *world, const struct world_licence *seen)
{
	Tasheem__Membership__V1__Licence licence = TASHEEM__MEMBERSHIP__V1__LICENCE__INIT;
	Tasheem__Membership__V1__LicenceChanged event =
		TASHEEM__MEMBERSHIP__V1__LICENCE_CHANGED__INIT;
	Tasheem__Membership__V1__LicenceLine lines[4], *pointers[4];
	licence.licence_id = world_text(seen->licence_id);
	licence.party_id = world_text(seen->party_id);
	licence.kind = (Tasheem__Membership__V1__LicenceKind)(seen->kind ? seen->kind : 2);
	licence.valid_from_jalali = 13980101;
	licence.valid_to_jalali = seen->valid_to ? seen->valid_to : 14081229;
	licence.state = (Tasheem__Membership__V1__LicenceState)(seen->state ? seen->state : 1);
	licence.lines = pointers;
	for (int at = 0; at < 4 && seen->products[at]; at++) {
		lines[at] = (Tasheem__Membership__V1__LicenceLine)
			TASHEEM__MEMBERSHIP__V1__LICENCE_LINE__INIT;
		lines[at].product_code = world_text(seen->products[at]);
		lines[at].machine_rate_kg_per_h = seen->rate_kg_per_h;
		lines[at].nominal_capacity_kg_per_year = seen->capacity_kg;
		pointers[at] = &lines[at];
		licence.n_lines++;
	}
	event.licence = &licence;
	world_learn(world, QUOTA_LICENCE_LEARNED, &event.base);
}

/* The regime of the tests: film from LDPE or LLDPE, pipe from HDPE; lots of 5,500 and 5,000. */
struct world_regime {
	Tasheem__Quota__V1__Regime regime;
	Tasheem__Quota__V1__FamilyRule rules[3], *rule_pointers[3];
	Tasheem__Quota__V1__Product products[3], *product_pointers[3];
	Tasheem__Quota__V1__Grade grades[4], *grade_pointers[4];
	Tasheem__Quota__V1__Ratio coefficient, multiplier;
	Tasheem__Quota__V1__CountyProvince county, *county_pointers[1];
};

static const char *const world_families[] = {"LDPE", "LLDPE", "HDPE"};
static const char film[] = "2520110010", pipe[] = "2520120020";

static inline void world_rules(struct world_regime *made)
{
	for (int at = 0; at < 3; at++) {
		Tasheem__Quota__V1__FamilyRule *rule = &made->rules[at];
		*rule = (Tasheem__Quota__V1__FamilyRule)TASHEEM__QUOTA__V1__FAMILY_RULE__INIT;
		rule->family = world_text(world_families[at]);
		rule->formula = 3;
		rule->capacity_basis = 1;
		rule->record_months = 12;
		rule->floor_percent = 30;
		rule->window_months = 3;
		rule->window_anchor_month = 140409;
		rule->cooperative_multiplier = &made->multiplier;
		rule->freight_cap_rial_per_kg = 12000;
		rule->policy = rule->rounding = 1;
		made->rule_pointers[at] = rule;
		Tasheem__Quota__V1__Product *product = &made->products[at];
		*product = (Tasheem__Quota__V1__Product)TASHEEM__QUOTA__V1__PRODUCT__INIT;
		product->product_code = world_text(at < 2 ? film : pipe);
		product->family = world_text(world_families[at]);
		product->consumption_coefficient = &made->coefficient;
		made->product_pointers[at] = product;
	}
}

static inline void world_regime_make(struct world_regime *made)
{
	static const char *const grades[] = {"2420H", "0209AA", "5502BM", "EX5"};
	static const char *const families[] = {"LDPE", "LLDPE", "HDPE", "HDPE"};
	made->regime = (Tasheem__Quota__V1__Regime)TASHEEM__QUOTA__V1__REGIME__INIT;
	made->coefficient = (Tasheem__Quota__V1__Ratio)TASHEEM__QUOTA__V1__RATIO__INIT;
	made->multiplier = made->coefficient;
	made->coefficient.numerator = 103;
	made->coefficient.denominator = 100;
	made->multiplier.numerator = made->multiplier.denominator = 1;
	world_rules(made);
	for (int at = 0; at < 4; at++) {
		Tasheem__Quota__V1__Grade *grade = &made->grades[at];
		*grade = (Tasheem__Quota__V1__Grade)TASHEEM__QUOTA__V1__GRADE__INIT;
		grade->grade = world_text(grades[at]);
		grade->family = world_text(families[at]);
		grade->allocation_base_kg = at < 3 ? 5500 : 5000;
		made->grade_pointers[at] = grade;
	}
	made->county = (Tasheem__Quota__V1__CountyProvince)
		TASHEEM__QUOTA__V1__COUNTY_PROVINCE__INIT;
	made->county.county = world_text("کهک");
	made->county.province = world_text("قم");
	made->county_pointers[0] = &made->county;
	made->regime.version = 1;
	made->regime.title = world_text("آزمون");
	made->regime.effective_from_jalali = 14040901;
	made->regime.n_families = made->regime.n_products = 3;
	made->regime.families = made->rule_pointers;
	made->regime.products = made->product_pointers;
	made->regime.n_grades = 4;
	made->regime.grades = made->grade_pointers;
	made->regime.n_counties = 1;
	made->regime.counties = made->county_pointers;
	made->regime.default_province = world_text("مرکزی");
	made->regime.small_unit_kg_per_year = 120000;
	made->regime.minimum_active_members = 7;
	made->regime.maximum_draws = 3;
}

static inline enum code world_approve(struct world *world, const Tasheem__Quota__V1__Regime *regime)
{
	struct quota_moment moment = world_moment(world);
	struct draft_regime *draft = ARENA_NEW(&world->arena, struct draft_regime);
	world->outcome = (struct quota_outcome){.verdict.code = CODE_ACCEPTED};
	if (!quota_regime_draft(&world->arena, regime, draft, &world->outcome.verdict))
		return world->outcome.verdict.code;
	draft->approved_ms = world->now_ms;
	quota_decide_regime(&world->live, draft, &moment, &world->outcome);
	return world_commit(world);
}

static inline enum code world_purchase(struct world *world, const char *licence, const char *family,
				       int32_t month, int64_t kg)
{
	struct quota_moment moment = world_moment(world);
	struct ask_purchase ask = {.month = month, .purchased_kg = kg};
	assert_true(licence_id_set(&ask.licence_id, licence));
	assert_true(family_name_set(&ask.family, family));
	quota_decide_purchase(&world->live, &ask, &moment, &world->outcome);
	return world_commit(world);
}

/* The ceilings the clock would derive. */
static inline void world_derive(struct world *world)
{
	uint32_t licences[512];
	struct quota_moment moment = world_moment(world);
	struct quota_sweep sweep = {licences, world->live.licences.count, 0};
	for (uint32_t at = 0; at < sweep.count; at++)
		licences[at] = at;
	quota_decide_ceilings(&world->live, &moment, &sweep, &world->outcome);
	assert_int_equal(sweep.done, sweep.count);
	world_commit(world);
}

static inline const struct quota_ceiling *world_ceiling(const struct world *world,
							const char *licence, const char *family,
							int32_t window)
{
	struct licence_id licence_id;
	struct family_name family_name;
	assert_true(licence_id_set(&licence_id, licence) && family_name_set(&family_name, family));
	const struct quota_licence *row = table_find(&world->live.licences, &licence_id);
	const struct quota_family *of = table_find(&world->live.families, &family_name);
	if (!row || !of)
		return NULL;
	struct quota_window_key key = {table_number(&world->live.licences, row),
				       table_number(&world->live.families, of), window};
	return quota_ceiling_find(&world->live, &key);
}

struct world_line {
	const char *party, *licence;
	int64_t kg;
};

struct world_ask {
	struct ask_request ask;
	struct ask_line lines[QUOTA_MAX_LINES];
};

static inline struct world_ask *world_ask(struct world *world, const char *buyer,
					  const char *request, const char *grade, int64_t kg)
{
	struct world_ask *made = ARENA_NEW(&world->arena, struct world_ask);
	assert_true(party_id_set(&made->ask.key.buyer_id, buyer));
	assert_true(request_id_set(&made->ask.key.request_id, request));
	assert_true(grade_name_set(&made->ask.grade, grade));
	made->ask.quantity_kg = kg;
	made->ask.max_price_rial_per_kg = 400000;
	made->ask.lines = made->lines;
	return made;
}

static inline void world_ask_line(struct world_ask *ask, const char *party, const char *licence,
				  int64_t kg)
{
	struct ask_line *line = &ask->lines[ask->ask.line_count++];
	assert_true(party_id_set(&line->party_id, party));
	assert_true(licence_id_set(&line->licence_id, licence));
	line->wanted_kg = kg;
}

static inline enum code world_file(struct world *world, const struct world_ask *ask)
{
	struct quota_moment moment = world_moment(world);
	quota_decide_file(&world->live, &ask->ask, &moment, &world->outcome);
	return world_commit(world);
}

static inline enum code world_amend(struct world *world, struct world_ask *ask, uint32_t version)
{
	struct quota_moment moment = world_moment(world);
	ask->ask.expected_version = version;
	quota_decide_amend(&world->live, &ask->ask, &moment, &world->outcome);
	return world_commit(world);
}

static inline enum code world_cancel(struct world *world, const char *buyer, const char *request,
				     uint32_t version)
{
	struct quota_moment moment = world_moment(world);
	struct world_ask *ask = world_ask(world, buyer, request, "", 0);
	ask->ask.expected_version = version;
	quota_decide_cancel(&world->live, &ask->ask, &moment, &world->outcome);
	return world_commit(world);
}

/* A direct request of one line. */
static inline enum code world_direct(struct world *world, const char *party, const char *licence,
				     const char *request, int64_t kg)
{
	struct world_ask *ask = world_ask(world, party, request, "2420H", kg);
	world_ask_line(ask, party, licence, kg);
	return world_file(world, ask);
}

static inline bool world_reason(const struct world *world, enum reason_code code)
{
	for (uint32_t at = 0; at < world->outcome.verdict.reason_count; at++)
		if (world->outcome.verdict.reasons[at].code == code)
			return true;
	return false;
}

static inline const struct quota_request *world_request(const struct world *world,
							const char *buyer, const char *request)
{
	struct quota_request_key key;
	assert_true(party_id_set(&key.buyer_id, buyer));
	assert_true(request_id_set(&key.request_id, request));
	return table_find(&world->live.requests, &key);
}

static inline void world_round(struct world *world, const char *round, const char *family, int state,
			       bool over)
{
	struct quota_moment moment = world_moment(world);
	struct change_round seen = {.state = (uint8_t)state, .regime_version = 1, .over = over};
	assert_true(round_id_set(&seen.round_id, round));
	assert_true(family_name_set(&seen.family, family));
	quota_decide_round(&world->live, &seen, &moment, &world->outcome);
	world_commit(world);
}

/* All the clock's work; how many records it took. */
static inline uint32_t world_work(struct world *world)
{
	uint32_t records = 0;
	while (world->live.first_work) {
		struct quota_moment moment = world_moment(world);
		quota_decide_work(&world->live, &moment, &world->outcome);
		assert_true(world->outcome.count > 0);
		assert_true(world->outcome.count <= QUOTA_MAX_EVENTS);
		world_commit(world);
		records++;
		assert_true(records < 10000);
	}
	return records;
}

/* reserved, used, joint and counts are what the requests, purchases and parts add up to. */
static inline void world_check(const struct world *world)
{
	const struct quota_state *state = &world->live;
	static int64_t reserved[8192], committed[8192], used[8192];
	static uint32_t live[8192];
	memset(reserved, 0, sizeof reserved);
	memset(committed, 0, sizeof committed);
	memset(used, 0, sizeof used);
	memset(live, 0, sizeof live);
	assert_true(state->ceilings.count < 8192);
	for (uint32_t at = 0; at < state->requests.count; at++) {
		const struct quota_request *request = quota_request_at(state, at);
		const struct quota_line *lines = quota_lines_of(state, request);
		int64_t sum = 0;
		for (uint32_t line = 0; line < request->line_count; line++) {
			sum += lines[line].reserved_kg;
			reserved[lines[line].ceiling] += lines[line].reserved_kg;
			live[lines[line].ceiling] += request->state == QUOTA_OPEN ||
						     request->state == QUOTA_IN_BOOK ||
						     request->state == QUOTA_SETTLED;
			assert_true(lines[line].held_kg >= 0);
			assert_true(lines[line].held_kg <= lines[line].reserved_kg);
		}
		if (request->state == QUOTA_OPEN)
			assert_int_equal(sum, request->quantity_kg);
		if (request->state == QUOTA_CANCELLED || request->state == QUOTA_EXCLUDED)
			assert_int_equal(sum, 0);
	}
	for (uint32_t at = 0; at < state->allocations.count; at++) {
		const struct quota_allocation *allocation = table_at(&state->allocations, at);
		const struct quota_line *lines =
			quota_lines_of(state, quota_request_at(state, allocation->request));
		for (uint32_t part = 0; part < allocation->part_count; part++) {
			const struct quota_part *row =
				quota_range_at(&state->parts, allocation->first_part + part);
			if (allocation->state >= QUOTA_ALLOCATION_PAID &&
			    allocation->state <= QUOTA_ALLOCATION_DISTRIBUTED)
				used[lines[row->line].ceiling] += row->quantity_kg;
		}
	}
	for (uint32_t at = 0; at < state->ceilings.count; at++) {
		const struct quota_ceiling *ceiling = quota_ceiling_at(state, at);
		for (int32_t month = 0; month < 3; month++) {
			struct quota_purchase_key key = {
				ceiling->key.licence, ceiling->key.family,
				calendar_month_add(ceiling->key.window_month, month)};
			const struct quota_purchase *purchase = table_find(&state->purchases, &key);
			used[at] += purchase ? purchase->purchased_kg : 0;
		}
		assert_int_equal(ceiling->reserved_kg, reserved[at]);
		assert_int_equal(ceiling->used_kg, used[at]);
		assert_int_equal(ceiling->direct_requests + ceiling->cooperative_requests, live[at]);
		if (ceiling->joint)
			committed[ceiling->joint - 1] += ceiling->reserved_kg + ceiling->used_kg;
	}
	for (uint32_t at = 0; at < state->joints.count; at++) {
		const struct quota_joint *joint = table_at(&state->joints, at);
		assert_int_equal(joint->committed_kg, committed[at]);
	}
}

#endif

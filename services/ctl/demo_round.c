/* The demo's middle: rounds are closed and solved, buyers answer and pay or do not, what
 * came free is drawn again, goods are delivered and divided. */
#include <string.h>

#include "common/wire.h"
#include "services/ctl/allocation.h"
#include "services/ctl/demo.h"
#include "services/ctl/round.h"
#include "services/ctl/show.h"

#define KIND(name) TASHEEM__MATCHING__V1__COMMAND_KIND__COMMAND_KIND_##name

/* Of 100 allocations of the first draw: declined, left unanswered, accepted and not paid. */
enum {
	CHANCE_DECLINE = 5,
	CHANCE_SILENT = 4,
	CHANCE_UNPAID = 6,
	MINUTE_MS = 60000,
	DAY_MS = 86400000
};

static bool state_is(const json_t *object, const char *state)
{
	return !strcmp(json_text(object, "state"), state);
}

json_t *demo_read_rounds(struct demo *demo)
{
	return round_read(demo->operator, NULL, DEMO_SESSION);
}

json_t *demo_read_allocations(struct demo *demo)
{
	json_t *whole = json_pack("{s:[], s:[]}", "allocations", "shares");
	for (size_t at = 0; at < json_array_size(demo->families); at++) {
		struct allocation_filter filter = {
		        .round = arena_format(
		                &demo->ctl->arena, DEMO_SESSION "-%s",
		                json_string_value(json_array_get(demo->families, at)))};
		json_t *reply = allocation_read(demo->operator, & filter);
		if (!reply) {
			json_decref(whole);
			return NULL;
		}
		json_array_extend(json_object_get(whole, "allocations"),
		                  json_object_get(reply, "allocations"));
		json_array_extend(json_object_get(whole, "shares"),
		                  json_object_get(reply, "shares"));
		json_decref(reply);
	}
	return whole;
}

static size_t count_rounds(const json_t *rounds, const char *state)
{
	size_t count = 0;
	for (size_t at = 0; at < json_array_size(rounds); at++)
		count += state_is(json_array_get(rounds, at), state);
	return count;
}

/* Every published result is checked here, by its bytes. */
static bool verify_draws(struct demo *demo, const json_t *round)
{
	struct ctl *ctl = demo->ctl;
	const char *id = json_text(round, "round_id");
	json_int_t done = json_integer_value(json_object_get(demo->verified, id));
	for (json_int_t draw = done + 1; draw <= json_number(round, "draw"); draw++) {
		struct bytes bundle;
		if (!round_bundle(demo->operator, id, (uint32_t)draw, &bundle))
			return false;
		if (!round_verify_bytes(ctl, bundle, id))
			demo->all_verified = false;
		demo->bundles++;
		json_object_set_new(demo->verified, id, json_integer(draw));
	}
	if (!json_object_get(demo->published, json_text(round, "family")))
		json_object_set_new(demo->published, json_text(round, "family"),
		                    json_deep_copy(round));
	return true;
}

/* Waits until no round is being closed or solved; NULL when that takes too long. */
static json_t *wait_until_solved(struct demo *demo)
{
	int64_t end_ms = call_clock_ms() + DEMO_WAIT_MS;
	for (;;) {
		json_t *rounds = demo_read_rounds(demo);
		size_t busy = count_rounds(rounds, "collecting") + count_rounds(rounds, "closing") +
		              count_rounds(rounds, "solving");
		if (rounds && !busy)
			return rounds;
		json_decref(rounds);
		if (!rounds || call_clock_ms() > end_ms) {
			TALK(demo->ctl, TEXT_DEMO_STUCK, "solver");
			return NULL;
		}
		demo_pause(demo);
	}
}

static bool close_rounds(struct demo *demo)
{
	struct ctl *ctl = demo->ctl;
	size_t count = json_array_size(demo->families);
	struct ask *asks = ARENA_ARRAY(&ctl->arena, struct ask, count);
	for (size_t at = 0; at < count; at++) {
		Tasheem__Matching__V1__RoundClose close = TASHEEM__MATCHING__V1__ROUND_CLOSE__INIT;
		close.round_id = call_text(
		        arena_format(&ctl->arena, DEMO_SESSION "-%s",
		                     json_string_value(json_array_get(demo->families, at))));
		asks[at].kind = KIND(ROUND_CLOSE);
		asks[at].correlation_id = close.round_id;
		asks[at].payload = wire_encode(&ctl->arena, &close.base);
	}
	bool good = call_many(demo->operator, SERVICE_MATCHING, asks, count);
	for (size_t at = 0; at < count && good; at++) {
		call_explain(ctl, asks[at].correlation_id, asks[at].answer);
		ctl->status = (int)call_status(asks[at].answer);
		good = ctl->status == CTL_OK;
	}
	return good;
}

static int64_t latest(const json_t *list, const char *state, const char *field)
{
	int64_t most = 0;
	for (size_t at = 0; at < json_array_size(list); at++) {
		const json_t *one = json_array_get(list, at);
		if (state_is(one, state) && json_number(one, field) > most)
			most = json_number(one, field);
	}
	return most;
}

/* Lets the objection period pass; true when all rounds are final. */
static bool pass_objections(struct demo *demo, const json_t *rounds)
{
	int64_t until_ms = latest(rounds, "published", "objection_until_ms");
	int64_t end_ms = call_clock_ms() + DEMO_WAIT_MS;
	if (!until_ms)
		return true;
	if (!demo_clock_to(demo, until_ms + MINUTE_MS))
		return false;
	for (;;) {
		json_t *now = demo_read_rounds(demo);
		size_t left = count_rounds(now, "published");
		json_decref(now);
		if (now && !left)
			break;
		if (!now || call_clock_ms() > end_ms) {
			TALK(demo->ctl, TEXT_DEMO_STUCK, "final");
			return false;
		}
		demo_pause(demo);
	}
	DEMO_STEP(demo, TEXT_DEMO_FINAL, "");
	return true;
}

/* What the buyer does with an open allocation; 0 for nothing at all. */
static uint32_t answer_to(struct demo *demo, const json_t *allocation)
{
	const char *id = json_text(allocation, "allocation_id");
	unsigned chance = demo_chance(id, "answer");
	if (json_number(allocation, "draw") > 1)
		return KIND(ALLOCATION_ACCEPT);
	if (chance < CHANCE_DECLINE)
		return KIND(ALLOCATION_DECLINE);
	if (chance >= CHANCE_DECLINE + CHANCE_SILENT)
		return KIND(ALLOCATION_ACCEPT);
	json_object_set_new(demo->ignored, id, json_true());
	return 0;
}

static bool ask_all(struct demo *demo, struct session *session, struct ask *asks, size_t count)
{
	struct ctl *ctl = demo->ctl;
	if (count && !call_many(session, SERVICE_MATCHING, asks, count))
		return false;
	for (size_t at = 0; at < count; at++) {
		call_explain(ctl, asks[at].correlation_id, asks[at].answer);
		ctl->status = (int)call_status(asks[at].answer);
		if (ctl->status != CTL_OK)
			return false;
	}
	return true;
}

static bool answer_open(struct demo *demo, const json_t *list, size_t *changed)
{
	struct ctl *ctl = demo->ctl;
	struct ask *asks = ARENA_ARRAY(&ctl->arena, struct ask, json_array_size(list) + 1);
	size_t count = 0;
	size_t declined = 0;
	for (size_t at = 0; at < json_array_size(list); at++) {
		const json_t *one = json_array_get(list, at);
		const char *id = json_text(one, "allocation_id");
		if (!state_is(one, "open") || json_object_get(demo->ignored, id))
			continue;
		Tasheem__Matching__V1__AllocationAnswer answer =
		        TASHEEM__MATCHING__V1__ALLOCATION_ANSWER__INIT;
		uint32_t kind = answer_to(demo, one);
		if (!kind)
			continue;
		answer.allocation_id = call_text(id);
		asks[count].kind = kind;
		asks[count].correlation_id = id;
		asks[count++].payload = wire_encode(&ctl->arena, &answer.base);
		declined += kind == KIND(ALLOCATION_DECLINE);
	}
	*changed += count;
	if (count)
		DEMO_STEP(demo, TEXT_DEMO_ANSWERED, show_number(ctl, (int64_t)(count - declined)),
		          show_number(ctl, (int64_t)declined));
	return ask_all(demo, demo->broker, asks, count);
}

static bool pay_accepted(struct demo *demo, const json_t *list, size_t *changed)
{
	struct ctl *ctl = demo->ctl;
	struct ask *asks = ARENA_ARRAY(&ctl->arena, struct ask, json_array_size(list) + 1);
	size_t count = 0;
	size_t unpaid = 0;
	for (size_t at = 0; at < json_array_size(list); at++) {
		const json_t *one = json_array_get(list, at);
		const char *id = json_text(one, "allocation_id");
		if (!state_is(one, "accepted") || json_object_get(demo->ignored, id))
			continue;
		if (json_number(one, "draw") == 1 && demo_chance(id, "pay") < CHANCE_UNPAID) {
			json_object_set_new(demo->ignored, id, json_true());
			unpaid++;
			continue;
		}
		Tasheem__Matching__V1__AllocationPaid paid =
		        TASHEEM__MATCHING__V1__ALLOCATION_PAID__INIT;
		paid.allocation_id = call_text(id);
		paid.paid_rial =
		        json_number(one, "quantity_kg") * json_number(one, "price_rial_per_kg");
		/* The value date is a minute old: nothing is paid in the future. */
		paid.value_ms = ctl_now_ms(ctl) - MINUTE_MS;
		asks[count].kind = KIND(ALLOCATION_PAID);
		asks[count].correlation_id = id;
		asks[count++].payload = wire_encode(&ctl->arena, &paid.base);
	}
	*changed += count + unpaid;
	if (count || unpaid)
		DEMO_STEP(demo, TEXT_DEMO_PAID, show_number(ctl, (int64_t)count),
		          show_number(ctl, (int64_t)unpaid));
	return ask_all(demo, demo->clearing, asks, count);
}

static size_t undecided(const json_t *list)
{
	size_t count = 0;
	for (size_t at = 0; at < json_array_size(list); at++) {
		const json_t *one = json_array_get(list, at);
		count += state_is(one, "open") || state_is(one, "accepted") ||
		         state_is(one, "provisional");
	}
	return count;
}

/* Nothing left to say: time passes until what was left alone has expired. */
static bool let_expire(struct demo *demo, const json_t *list)
{
	int64_t accept_ms = latest(list, "open", "accept_until_ms");
	int64_t pay_ms = latest(list, "accepted", "pay_until_ms");
	int64_t until_ms = accept_ms > pay_ms ? accept_ms : pay_ms;
	size_t before = undecided(list);
	for (int day = 0; day < 10; day++) {
		int64_t end_ms = call_clock_ms() + 400;
		if (!demo_clock_to(demo, until_ms + MINUTE_MS + day * (int64_t)DAY_MS))
			return false;
		do {
			json_t *reply = demo_read_allocations(demo);
			size_t left = undecided(json_object_get(reply, "allocations"));
			json_decref(reply);
			if (!reply)
				return false;
			if (left < before)
				return true;
			demo_pause(demo);
		} while (call_clock_ms() < end_ms);
	}
	TALK(demo->ctl, TEXT_DEMO_STUCK, "expiry");
	return false;
}

static bool all_over(const json_t *rounds)
{
	for (size_t at = 0; at < json_array_size(rounds); at++) {
		const json_t *one = json_array_get(rounds, at);
		if (!json_is_true(json_object_get(one, "over")) && !state_is(one, "voided"))
			return false;
	}
	return json_array_size(rounds) > 0;
}

static bool tell_new(struct demo *demo)
{
	json_t *reply = demo_read_allocations(demo);
	int64_t count = (int64_t)json_array_size(json_object_get(reply, "allocations"));
	if (reply && count > demo->allocations) {
		enum text text = demo->allocations ? TEXT_DEMO_DRAWN : TEXT_DEMO_PUBLISHED;
		DEMO_STEP(demo, text, show_number(demo->ctl, count - demo->allocations));
		demo->allocations = count;
	}
	json_decref(reply);
	return reply != NULL;
}

/* One look at everything: verifies, answers, pays, lets time pass. `done` when nothing is
 * left to happen. */
static bool turn(struct demo *demo, bool *done)
{
	size_t changed = 0;
	json_t *rounds = wait_until_solved(demo);
	bool good = rounds != NULL;
	for (size_t at = 0; at < json_array_size(rounds) && good; at++)
		good = verify_draws(demo, json_array_get(rounds, at));
	bool over = all_over(rounds);
	good = good && tell_new(demo) && pass_objections(demo, rounds);
	json_decref(rounds);
	json_t *reply = good ? demo_read_allocations(demo) : NULL;
	const json_t *list = json_object_get(reply, "allocations");
	good = reply && answer_open(demo, list, &changed) && pay_accepted(demo, list, &changed);
	*done = good && over && !changed && !undecided(list);
	if (good && !changed && undecided(list))
		good = let_expire(demo, list);
	json_decref(reply);
	return good;
}

bool demo_rounds(struct demo *demo)
{
	int64_t end_ms = call_clock_ms() + 2 * DEMO_WAIT_MS;
	bool done = false;
	if (!close_rounds(demo))
		return false;
	while (!done) {
		if (!turn(demo, &done))
			return false;
		if (call_clock_ms() > end_ms) {
			TALK(demo->ctl, TEXT_DEMO_STUCK, DEMO_SESSION);
			return false;
		}
		demo_pause(demo);
	}
	return true;
}

static struct session *supplier_of(struct demo *demo, const json_t *allocation)
{
	for (size_t at = 0; at < demo->supplier_count; at++)
		if (!strcmp(demo->supplier_ids[at], json_text(allocation, "supplier_id")))
			return demo->suppliers[at];
	return NULL;
}

static bool deliver_paid(struct demo *demo, const json_t *list, size_t *delivered)
{
	struct ctl *ctl = demo->ctl;
	for (size_t one = 0; one < demo->supplier_count; one++) {
		struct ask *asks = ARENA_ARRAY(&ctl->arena, struct ask, json_array_size(list) + 1);
		size_t count = 0;
		for (size_t at = 0; at < json_array_size(list); at++) {
			const json_t *allocation = json_array_get(list, at);
			if (!state_is(allocation, "paid") ||
			    supplier_of(demo, allocation) != demo->suppliers[one])
				continue;
			Tasheem__Matching__V1__AllocationDelivered said =
			        TASHEEM__MATCHING__V1__ALLOCATION_DELIVERED__INIT;
			said.allocation_id = call_text(json_text(allocation, "allocation_id"));
			said.delivered_kg = json_number(allocation, "quantity_kg");
			asks[count].kind = KIND(ALLOCATION_DELIVERED);
			asks[count].correlation_id = said.allocation_id;
			asks[count++].payload = wire_encode(&ctl->arena, &said.base);
		}
		*delivered += count;
		if (!ask_all(demo, demo->suppliers[one], asks, count))
			return false;
	}
	return true;
}

static bool confirm_parts(struct demo *demo, const json_t *allocation, json_t *members)
{
	struct ctl *ctl = demo->ctl;
	const json_t *parts = json_object_get(allocation, "parts");
	struct ask *asks = ARENA_ARRAY(&ctl->arena, struct ask, json_array_size(parts) + 1);
	size_t count = 0;
	for (size_t at = 0; at < json_array_size(parts); at++) {
		const json_t *part = json_array_get(parts, at);
		Tasheem__Matching__V1__DistributionConfirm said =
		        TASHEEM__MATCHING__V1__DISTRIBUTION_CONFIRM__INIT;
		if (!json_number(part, "quantity_kg"))
			continue;
		said.allocation_id = call_text(json_text(allocation, "allocation_id"));
		said.party_id = call_text(json_text(part, "party_id"));
		said.licence_id = call_text(json_text(part, "licence_id"));
		said.received_kg = json_number(part, "quantity_kg");
		json_object_set_new(members, said.party_id, json_true());
		asks[count].kind = KIND(DISTRIBUTION_CONFIRM);
		asks[count].correlation_id = said.allocation_id;
		asks[count++].payload = wire_encode(&ctl->arena, &said.base);
	}
	return ask_all(demo, demo->broker, asks, count);
}

bool demo_deliver(struct demo *demo)
{
	struct ctl *ctl = demo->ctl;
	size_t delivered = 0;
	json_t *members = json_object();
	json_t *reply = demo_read_allocations(demo);
	bool good = reply && deliver_paid(demo, json_object_get(reply, "allocations"), &delivered);
	json_decref(reply);
	reply = good ? demo_read_allocations(demo) : NULL;
	const json_t *list = json_object_get(reply, "allocations");
	for (size_t at = 0; at < json_array_size(list) && good; at++) {
		const json_t *one = json_array_get(list, at);
		if (state_is(one, "delivered") &&
		    !strcmp(json_text(one, "buyer_id"), DEMO_COOPERATIVE))
			good = confirm_parts(demo, one, members);
	}
	demo->members = (int64_t)json_object_size(members);
	if (good)
		DEMO_STEP(demo, TEXT_DEMO_DELIVERED, show_number(ctl, (int64_t)delivered),
		          show_id(ctl, DEMO_COOPERATIVE), show_number(ctl, demo->members));
	json_decref(members);
	json_decref(reply);
	return good;
}

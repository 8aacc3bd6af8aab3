/* Random doings over the province of tests/scenarios/worlds: mostly sensible,
 * sometimes late, repeated, wrong or greedy. */
#include "tests/sim/life.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/wire.h"
#include "tasheem/matching/v1/matching.pb-c.h"
#include "tests/sim/payload.h"

enum { LOT_KG = 5500, UNITS = 9, REQUEST_IDS = 60 };

static const char cooperative[] = "10335214790";
static const char *const units[UNITS] = {"14026085760", "14002537895", "14082357847",
                                         "14039818877", "14006755407", "14014525255",
                                         "14059827379", "14087204861", "14013456049"};

static uint32_t dice(struct life *life, uint32_t limit)
{
	return world_random(&life->world, limit);
}

static int sender(struct life *life, const char *name)
{
	int address = world_client(&life->world, name);
	struct client *client = world_client_at(&life->world, address);
	if (!client->receive) {
		client->receive = client_receive_answers;
		client->context = &life->attempts;
	}
	return address;
}

/* Takes the object. */
static void say(struct life *life, const char *who, const char *what, json_t *object)
{
	const struct payload_kind *kind = payload_kind(what);
	struct bytes payload;
	char error[256];
	arena_reset(&life->arena);
	CHECK(kind && object);
	if (!payload_build(&life->arena, kind, object, &payload, error)) {
		fprintf(stderr, "%s\n", error);
		CHECK(false);
	}
	json_decref(object);
	struct letter letter = {.from = sender(life, who),
	                        .to = (int)kind->kind / 100 - 1,
	                        .id = client_id(&life->world, life->world.now_ms),
	                        .kind = kind->kind,
	                        .payload = payload};
	client_attempt(&life->world, &life->attempts, &letter);
	life->commands++;
}

static json_t *number(int64_t value)
{
	return json_integer(value);
}

static json_t *line_of(struct life *life, uint32_t unit, int64_t wanted_kg)
{
	(void)life;
	char licence[16];
	snprintf(licence, sizeof licence, "L%" PRIu32, unit + 1);
	return json_pack("{s:s,s:s,s:I}", "party_id", units[unit], "licence_id", licence,
	                 "wanted_kg", (json_int_t)wanted_kg);
}

static json_t *pooled_lines(struct life *life, int64_t quantity_kg)
{
	json_t *lines = json_array();
	uint32_t count = 1 + dice(life, 7);
	for (uint32_t i = 0; i < count; i++)
		json_array_append_new(lines, line_of(life, i, quantity_kg / count));
	return lines;
}

static json_t *request_of(struct life *life, const char *buyer, uint32_t unit, uint32_t id)
{
	static const char *const grades[] = {"5502BM", "5502BM", "BL3", "2420H", "0209AA", "S65"};
	char name[16];
	int64_t quantity_kg = (int64_t)LOT_KG * (1 + dice(life, unit == UNITS ? 2 : 4));
	if (dice(life, 20) == 0)
		quantity_kg += 1 + dice(life, 100);
	snprintf(name, sizeof name, "R%" PRIu32, id);
	json_t *lines = json_array();
	if (unit < UNITS)
		json_array_append_new(lines, line_of(life, unit, quantity_kg));
	json_t *request = json_pack(
	        "{s:s,s:s,s:s,s:I,s:I,s:I,s:o}", "buyer_id", buyer, "request_id", name, "grade",
	        grades[dice(life, unit == 8 ? 6 : 3)], "quantity_kg", (json_int_t)quantity_kg,
	        "minimum_kg", (json_int_t)(dice(life, 4) ? 0 : LOT_KG), "max_price_rial_per_kg",
	        (json_int_t)(370000 + dice(life, 60000)), "lines",
	        unit < UNITS ? lines : pooled_lines(life, quantity_kg));
	if (unit == UNITS)
		json_decref(lines);
	return request;
}

static void act_request(struct life *life)
{
	static const struct {
		const char *name, *buyer;
		uint32_t unit;
	} buyers[] = {{"coop", cooperative, UNITS},
	              {"buyer8", "14087204861", 7},
	              {"buyer9", "14013456049", 8}};
	uint32_t who = dice(life, 3);
	uint32_t id = dice(life, 4) && life->requests ? dice(life, life->requests) : life->requests;
	if (id == life->requests)
		life->requests++;
	switch (dice(life, 8)) {
	case 0:
		say(life, buyers[who].name, "request_cancel",
		    json_pack("{s:s,s:o,s:i}", "buyer_id", buyers[who].buyer, "request_id",
		              json_sprintf("R%u", id), "expected_version", 1 + (int)dice(life, 3)));
		return;
	case 1:
		say(life, buyers[who].name, "request_amend",
		    json_pack("{s:o,s:i}", "request",
		              request_of(life, buyers[who].buyer, buyers[who].unit, id),
		              "expected_version", 1 + (int)dice(life, 3)));
		return;
	default:
		say(life, buyers[who].name, "request_file",
		    json_pack("{s:o}", "request",
		              request_of(life, buyers[who].buyer, buyers[who].unit,
		                         life->requests++)));
		return;
	}
}

/* Members come and go; a unit may lose its licence for good. */
static void act_member(struct life *life)
{
	static const char *const verbs[] = {"membership_suspend", "membership_resume",
	                                    "membership_resume", "membership_end"};
	const char *unit = units[dice(life, 7)];
	uint32_t roll = dice(life, 10);
	if (roll < 3) {
		json_t *joined = json_sprintf("1404-0%u-01", 1 + dice(life, 8));
		say(life, "operator", "membership_join",
		    json_pack("{s:{s:s,s:s,s:i,s:o,s:s}}", "membership", "cooperative_id",
		              cooperative, "party_id", unit, "shares", 250, "joined_on_jalali",
		              joined, "legal_basis", "statute"));
		return;
	}
	if (roll == 3 && dice(life, 8) == 0) {
		say(life, "operator", "licence_revoke",
		    json_pack("{s:o,s:s}", "licence_id", json_sprintf("L%u", 1 + dice(life, UNITS)),
		              "reason", "sim"));
		return;
	}
	say(life, "operator", verbs[dice(life, 4)],
	    json_pack("{s:s,s:s,s:s}", "cooperative_id", cooperative, "party_id", unit, "reason",
	              "sim"));
}

static void act_offer(struct life *life)
{
	static const char *const grades[] = {"5502BM", "BL3", "2420H"};
	if (life->offers == 0)
		say(life, "operator", "supplier_register",
		    json_pack("{s:{s:s,s:s,s:s}}", "supplier", "supplier_id", "S1", "name", "جم",
		              "province", "بوشهر"));
	if (life->offers && dice(life, 12) == 0) {
		say(life, "jam", "offer_withdraw",
		    json_pack("{s:o,s:s}", "offer_id",
		              json_sprintf("O%u", dice(life, life->offers)), "reason", "sim"));
		return;
	}
	json_t *offer = json_pack("{s:o,s:s,s:s,s:I,s:i,s:i,s:i,s:s,s:s,s:s}", "offer_id",
	                          json_sprintf("O%u", life->offers++), "supplier_id", "S1", "grade",
	                          grades[dice(life, 2)], "quantity_kg",
	                          (json_int_t)(LOT_KG * (1 + dice(life, 5))), "allocation_base_kg",
	                          LOT_KG, "minimum_allocation_kg", LOT_KG, "price_rial_per_kg",
	                          (int)(370000 + dice(life, 20000)), "buyer_class",
	                          dice(life, 5) ? "all" : "small_units", "settlement", "cash",
	                          "offered_on_jalali", "1404-09-03");
	say(life, "jam", "offer_publish", json_pack("{s:o}", "offer", offer));
}

static void act_round(struct life *life)
{
	switch (dice(life, 12)) {
	case 0:
		say(life, "operator", "round_void",
		    json_pack("{s:o,s:s}", "round_id",
		              json_sprintf("N%u", dice(life, life->rounds + 1)), "reason", "sim"));
		return;
	case 1:
	case 2:
		say(life, "operator", "round_close",
		    json_pack("{s:o}", "round_id",
		              json_sprintf("N%u", dice(life, life->rounds + 1))));
		return;
	default:
		say(life, "operator", "round_plan",
		    json_pack("{s:o,s:s,s:s,s:o}", "round_id", json_sprintf("N%u", life->rounds++),
		              "session_id", "sim", "family", dice(life, 4) ? "HDPE" : "LDPE",
		              "closes_ms",
		              number(life->world.now_ms + 60000 * (int64_t)(1 + dice(life, 600)))));
		return;
	}
}

static const char *principal_of(const char *buyer)
{
	if (strcmp(buyer, cooperative) == 0)
		return "coop";
	return strcmp(buyer, units[7]) == 0 ? "buyer8" : "buyer9";
}

static void act_confirm(struct life *life, const struct seen *seen)
{
	if (seen->part_count == 0)
		return;
	uint32_t part = dice(life, seen->part_count);
	bool first = strcmp(seen->parts[part].party, units[0]) == 0;
	say(life, first ? "unit1" : principal_of(seen->buyer), "distribution_confirm",
	    json_pack("{s:s,s:s,s:s,s:I}", "allocation_id", seen->allocation, "party_id",
	              seen->parts[part].party, "licence_id", seen->parts[part].licence,
	              "received_kg", (json_int_t)seen->parts[part].quantity_kg));
}

/* What somebody would do about it now; sometimes anything. */
static uint32_t next_deed(struct life *life, const struct seen *seen)
{
	enum { DECLINE, ACCEPT, PAY, DELIVER, CONFIRM, DEEDS };
	if (dice(life, 8) == 0)
		return dice(life, DEEDS);
	if (seen->state == TASHEEM__MATCHING__V1__ALLOCATION_STATE__ALLOCATION_STATE_OPEN)
		return dice(life, 3) ? ACCEPT : DECLINE;
	if (seen->state == TASHEEM__MATCHING__V1__ALLOCATION_STATE__ALLOCATION_STATE_ACCEPTED)
		return PAY;
	if (seen->state == TASHEEM__MATCHING__V1__ALLOCATION_STATE__ALLOCATION_STATE_PAID)
		return DELIVER;
	return CONFIRM;
}

static void act_allocation(struct life *life)
{
	if (life->seen_count == 0)
		return;
	const struct seen *seen = &life->seen[dice(life, life->seen_count)];
	switch (next_deed(life, seen)) {
	case 0:
		say(life, principal_of(seen->buyer), "allocation_decline",
		    json_pack("{s:s}", "allocation_id", seen->allocation));
		return;
	case 1:
		say(life, principal_of(seen->buyer), "allocation_accept",
		    json_pack("{s:s}", "allocation_id", seen->allocation));
		return;
	case 2:
		say(life, "clearing", "allocation_paid",
		    json_pack("{s:s,s:I,s:o}", "allocation_id", seen->allocation, "paid_rial",
		              (json_int_t)(seen->quantity_kg * seen->price_rial_per_kg), "value_ms",
		              number(life->world.now_ms)));
		return;
	case 3:
		say(life, "jam", "allocation_delivered",
		    json_pack("{s:s,s:I}", "allocation_id", seen->allocation, "delivered_kg",
		              (json_int_t)(seen->quantity_kg - dice(life, 100))));
		return;
	default:
		act_confirm(life, seen);
		return;
	}
}

static void act_purchase(struct life *life)
{
	say(life, "operator", "purchase_record",
	    json_pack("{s:o,s:s,s:s,s:i}", "licence_id", json_sprintf("L%u", 1 + dice(life, UNITS)),
	              "family", "HDPE", "month", "1404-07", "purchased_kg", (int)dice(life, 3000)));
}

static void act_repeat(struct life *life)
{
	if (life->attempts.count)
		client_repeat(&life->world, &life->attempts.list[dice(life, life->attempts.count)]);
}

/* Somebody with a key of his own, or with none, sends what others sent, damaged. */
static void act_hostile(struct life *life)
{
	struct world *world = &life->world;
	if (life->attempts.count == 0)
		return;
	const struct attempt *attempt = &life->attempts.list[dice(life, life->attempts.count)];
	uint8_t *frame = malloc(attempt->frame_size + 1);
	CHECK(frame);
	memcpy(frame, attempt->frame, attempt->frame_size);
	size_t size = attempt->frame_size;
	for (uint32_t i = dice(life, 4); i > 0; i--)
		frame[dice(life, (uint32_t)size)] ^= (uint8_t)(1U << dice(life, 8));
	if (dice(life, 5) == 0)
		size = dice(life, (uint32_t)size + 1);
	world_send(world, world_client(world, dice(life, 4) ? "mallory" : "stranger"), attempt->to,
	           false, (struct bytes){frame, size});
	free(frame);
}

void life_act(struct life *life)
{
	uint32_t roll = dice(life, 100);
	if (roll < 30)
		act_request(life);
	else if (roll < 36)
		act_offer(life);
	else if (roll < 39)
		act_round(life);
	else if (roll < 84 && life->idle_buyers)
		act_request(life);
	else if (roll < 84)
		act_allocation(life);
	else if (roll < 88)
		act_member(life);
	else if (roll < 89)
		act_purchase(life);
	else if (roll < 94)
		act_hostile(life);
	else
		act_repeat(life);
}

static void remember(struct life *life, const Tasheem__Matching__V1__AllocationChanged *told)
{
	uint32_t at = 0;
	while (at < life->seen_count && strcmp(life->seen[at].allocation, told->allocation_id))
		at++;
	if (at == MAX_OPEN)
		return;
	if (at == life->seen_count)
		life->seen_count++;
	struct seen *seen = &life->seen[at];
	memset(seen, 0, sizeof *seen);
	snprintf(seen->allocation, sizeof seen->allocation, "%s", told->allocation_id);
	snprintf(seen->buyer, sizeof seen->buyer, "%s", told->buyer_id);
	snprintf(seen->supplier, sizeof seen->supplier, "%s", told->supplier_id);
	seen->state = (int)told->state;
	seen->quantity_kg = told->quantity_kg;
	seen->price_rial_per_kg = told->price_rial_per_kg;
	for (size_t i = 0; i < told->n_parts && i < 8; i++) {
		snprintf(seen->parts[i].party, sizeof seen->parts[i].party, "%s",
		         told->parts[i]->party_id);
		snprintf(seen->parts[i].licence, sizeof seen->parts[i].licence, "%s",
		         told->parts[i]->licence_id);
		seen->parts[i].quantity_kg = told->parts[i]->quantity_kg;
		seen->part_count++;
	}
}

void life_observe(void *context, const char *stream, const struct record *record)
{
	struct life *life = context;
	books_observe(life->books, stream, record);
	life_mark(life, stream, record);
	if (strcmp(stream, "matching") != 0)
		return;
	for (uint32_t i = 0; i < record->event_count; i++) {
		if (record->events[i].kind != 1303)
			continue;
		arena_reset(&life->seeing);
		const Tasheem__Matching__V1__AllocationChanged *told = WIRE_DECODE_TRUSTED(
		        &life->seeing, Tasheem__Matching__V1__AllocationChanged,
		        tasheem__matching__v1__allocation_changed, record->events[i].payload);
		CHECK(told);
		remember(life, told);
	}
}

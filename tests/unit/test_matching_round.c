/* links: services/matching/?*.c services/solver/?*.c libcommon libproto */
/* Whole lives of rounds: random books, the real solver, people who accept, decline, pay,
 * forget; crashes anywhere. What an honest round keeps is checked after every turn. */
#include "tests/unit/matching_market.h"

enum { BUYERS = 8, MOST_REQUESTS = 24, MOST_OFFERS = 8, DAYS = 60 };
static const int64_t DAY_MS = (int64_t)24 * 3600 * 1000;

struct life {
	struct world world;
	struct market_request requests[MOST_REQUESTS];
	char buyers[MOST_REQUESTS][16], names[MOST_REQUESTS][16], offers[MOST_OFFERS][16];
	uint32_t request_count;
};

static void random_request(struct life *life, uint32_t number)
{
	static const char *const grades[] = {"A", "B", "C"};
	struct world *world = &life->world;
	struct market_request *to = &life->requests[number];
	memset(to, 0, sizeof *to);
	/* By buyer and number, as a book is. */
	snprintf(life->buyers[number], sizeof life->buyers[number], "B%02u",
	         number * BUYERS / life->request_count);
	snprintf(life->names[number], sizeof life->names[number], "Q%02u", number);
	to->buyer = life->buyers[number];
	to->id = life->names[number];
	to->round = "R";
	to->grade = grades[world_random(world, 3)];
	int64_t lots = 1 + world_random(world, 6);
	to->quantity_kg = lots * 5000;
	to->minimum_kg =
	        world_random(world, 2) ? 0 : 5000 * (1 + world_random(world, (uint32_t)lots));
	to->max_landed = world_random(world, 4) ? 500000 : 412000;
	/* All requests of a buyer are of one kind. */
	to->buyer_classes = life->buyers[number][2] % 2 ? 3 : 1;
	to->priority_class = life->buyers[number][2] % 3 ? 9 : 2;
	if (life->buyers[number][2] % 4 != 0)
		return;
	to->line_count = 1 + world_random(world, MARKET_LINES);
	int64_t rest = to->quantity_kg;
	for (uint32_t at = 0; at < to->line_count; at++) {
		to->reserved_kg[at] =
		        at + 1 == to->line_count ? rest : world_random(world, (uint32_t)rest + 1);
		to->weight_kg[at] = 1 + world_random(world, 50000);
		rest -= to->reserved_kg[at];
	}
}

static void random_market(struct life *life, uint32_t seed)
{
	static const char *const grades[] = {"A", "B", "C"};
	static const uint32_t policies[] = {1, 1, 2, 3, 4};
	struct world *world = &life->world;
	world_open(world, seed * 2654435761u + 1);
	uint32_t policy = policies[world_random(world, 5)];
	market_regime(world, policy, world_random(world, 2) ? 20 : 0);
	market_supplier(world, "S1", "Bushehr");
	market_supplier(world, "S2", "Qom");
	uint32_t offers = world_random(world, MOST_OFFERS + 1);
	for (uint32_t at = 0; at < offers; at++) {
		snprintf(life->offers[at], sizeof life->offers[at], "O%u", at);
		struct market_offer offer = {.id = life->offers[at],
		                             .grade = grades[world_random(world, 3)],
		                             .quantity_kg = 5000 * (2 + world_random(world, 8)),
		                             .minimum_kg = world_random(world, 4) ? 5000 : 10000,
		                             .price = 400000 + world_random(world, 30) * 1000,
		                             .buyer_class = 1 + (world_random(world, 4) == 0),
		                             .second = world_random(world, 2)};
		assert_int_equal(market_publish(world, &offer), CODE_ACCEPTED);
	}
	life->request_count = world_random(world, MOST_REQUESTS + 1);
	for (uint32_t at = 0; at < life->request_count; at++)
		random_request(life, at);
}

/* Sums of an offer and of a request over what holds. */
static int64_t sum_held(const struct life *life, const char *offer, const char *buyer,
                        const char *request)
{
	int64_t sum = 0;
	const struct matching_state *state = &life->world.state;
	for (uint32_t at = 0; at < state->allocations.count; at++) {
		const struct allocation *row = allocation_at(&state->allocations, at);
		bool mine = offer ? strcmp(row->offer_id.text, offer) == 0
		                  : strcmp(row->buyer_id.text, buyer) == 0 &&
		                            strcmp(row->request_id.text, request) == 0;
		if (mine && allocation_holds(row->state))
			sum += row->quantity_kg;
	}
	return sum;
}

static void check_offers(const struct life *life, bool exact)
{
	const struct matching_state *state = &life->world.state;
	for (uint32_t at = 0; at < state->offers.count; at++) {
		const struct offer *row = offer_at(&state->offers, at);
		int64_t sum = sum_held(life, row->offer_id.text, NULL, NULL);
		assert_true(sum <= row->quantity_kg);
		if (exact)
			assert_int_equal(sum, row->allocated_kg);
	}
}

static const struct market_request *request_of(const struct life *life,
                                               const struct allocation *row)
{
	for (uint32_t at = 0; at < life->request_count; at++)
		if (strcmp(life->requests[at].buyer, row->buyer_id.text) == 0 &&
		    strcmp(life->requests[at].id, row->request_id.text) == 0)
			return &life->requests[at];
	fail();
	return NULL;
}

/* Parts sum to the allocation; no line ever has more than it reserves. */
static void check_allocations(const struct life *life)
{
	const struct matching_state *state = &life->world.state;
	int64_t lines[MOST_REQUESTS][MARKET_LINES] = {{0}};
	for (uint32_t at = 0; at < state->allocations.count; at++) {
		const struct allocation *row = allocation_at(&state->allocations, at);
		const struct market_request *request = request_of(life, row);
		int64_t sum = 0;
		for (uint32_t i = 0; i < row->part_count; i++) {
			const struct part *part = part_at(state, row->first_part + i);
			assert_true(part->quantity_kg > 0);
			sum += part->quantity_kg;
			if (!allocation_holds(row->state))
				continue;
			size_t line =
			        (size_t)(part->licence_id.text[strlen(part->licence_id.text) - 1] -
			                 '0');
			lines[request - life->requests][line] += part->quantity_kg;
		}
		assert_int_equal(sum, row->quantity_kg);
		assert_int_equal(row->quantity_kg % 5000, 0);
		assert_true(row->price_rial_per_kg + row->freight_rial_per_kg <=
		            request->max_landed);
	}
	for (uint32_t at = 0; at < life->request_count; at++) {
		const struct market_request *request = &life->requests[at];
		assert_true(sum_held(life, NULL, request->buyer, request->id) <=
		            request->quantity_kg);
		for (uint32_t i = 0; i < request->line_count; i++)
			assert_true(lines[at][i] <= request->reserved_kg[i]);
	}
}

/* After the first sharing: every request has one reason, and all or enough or nothing. */
static void check_shares(const struct life *life)
{
	const struct round *round = market_round(&life->world, "R");
	for (uint32_t at = 0; at < life->request_count; at++) {
		const struct market_request *request = &life->requests[at];
		int64_t placed = sum_held(life, NULL, request->buyer, request->id), told = 0;
		for (uint32_t draw = 1; draw <= round->draw; draw++) {
			struct share_key key;
			memset(&key, 0, sizeof key);
			key.round_id = round->round_id;
			key.draw = draw;
			assert_true(party_id_set(&key.buyer_id, request->buyer));
			assert_true(request_id_set(&key.request_id, request->id));
			const struct share *share = share_find(&life->world.state.shares, &key);
			assert_true(share || draw > 1);
			if (!share)
				continue;
			assert_in_range(share->reason, SHARE_SATISFIED, SHARE_LEVEL);
			assert_true((share->placed_kg == share->asked_kg) ==
			            (share->reason == SHARE_SATISFIED));
			told += share->placed_kg;
		}
		assert_int_equal(told, placed);
		assert_true(placed == 0 || placed >= request->minimum_kg);
	}
}

static void check_bundles(struct life *life)
{
	const struct round *round = market_round(&life->world, "R");
	for (uint32_t draw = 1; draw <= round->draw; draw++) {
		struct verify_result result;
		struct bytes bundle = market_bundle(&life->world, "R", draw);
		if (!verify_bundle(&life->world.batch.arena, bundle, &result))
			fail_msg("draw %u pass %u: %s", draw, result.pass, result.what);
		if (draw != round->draw)
			continue;
		uint8_t digest[DIGEST_BYTES];
		digest_of(digest, sizeof digest, bundle);
		assert_memory_equal(digest, round->bundle_digest, DIGEST_BYTES);
	}
	arena_reset(&life->world.batch.arena);
}

/* Closes, freezes, solves and publishes, dying and coming back now and then. */
static void share_out(struct life *life)
{
	struct world *world = &life->world;
	uint32_t turns = 0;
	assert_int_equal(market_plan(world, "R", world->batch.now_ms + 1), CODE_ACCEPTED);
	assert_int_equal(market_close(world, "R"), CODE_ACCEPTED);
	for (uint32_t at = 0; at < life->request_count; at++)
		market_ask(world, &life->requests[at]);
	market_book(world, "R", life->requests, life->request_count);
	do {
		assert_true(turns++ < 200);
		world_send(world, "solver", SOLVER_READY, NULL);
		if (world_turn(world, 1 + world_random(world, 12)))
			break;
		if (turns < 20 && world_random(world, 3) == 0)
			world_crash(world);
	} while (true);
	assert_int_equal(market_round(world, "R")->state, ROUND_PUBLISHED);
}

static void pay_or_forget(struct life *life, const struct allocation *row)
{
	struct world *world = &life->world;
	if (world_random(world, 4) == 0 || row->state != ALLOCATION_ACCEPTED)
		return;
	assert_int_equal(market_pay(world, row->allocation_id.text,
	                            row->quantity_kg * row->price_rial_per_kg,
	                            world->batch.now_ms < row->pay_until_ms ? world->batch.now_ms
	                                                                    : row->pay_until_ms),
	                 CODE_ACCEPTED);
}

/* A day of people. */
static void live_a_day(struct life *life)
{
	struct world *world = &life->world;
	uint32_t count = world->state.allocations.count;
	for (uint32_t at = 0; at < count; at++) {
		const struct allocation *row = allocation_at(&world->state.allocations, at);
		uint32_t chance = world_random(world, 10);
		if (row->state == ALLOCATION_OPEN && chance < 5)
			assert_int_equal(
			        market_answer(world, row->allocation_id.text,
			                      chance == 0 ? ALLOCATION_DECLINE : ALLOCATION_ACCEPT),
			        CODE_ACCEPTED);
		else
			pay_or_forget(life, row);
	}
	world_clock(world, world->batch.now_ms + DAY_MS);
	if (world_random(world, 8) == 0)
		world_crash(world);
}

static void live(struct life *life, uint32_t seed)
{
	struct world *world = &life->world;
	random_market(life, seed);
	share_out(life);
	check_offers(life, true);
	check_allocations(life);
	check_shares(life);
	check_bundles(life);
	for (uint32_t day = 0; day < DAYS && !market_round(world, "R")->over; day++) {
		live_a_day(life);
		check_offers(life, true);
		check_allocations(life);
	}
	const struct round *round = market_round(world, "R");
	assert_true(round->over);
	assert_in_range(round->ledger.sharings, 1, 3);
	check_bundles(life);
	assert_int_equal(round->ledger.undecided, 0);
	world_close(world);
}

static void random_lives_keep_every_promise(void **unused)
{
	(void)unused;
	struct life *life = calloc(1, sizeof *life);
	for (uint32_t seed = 1; seed <= 400; seed++) {
		memset(life, 0, sizeof *life);
		live(life, seed);
	}
	free(life);
}

/* Who declines is out, what he leaves goes to who waits, and the earlier contracts stand. */
static void what_is_declined_is_drawn_again(void **unused)
{
	(void)unused;
	struct life *life = calloc(1, sizeof *life);
	struct world *world = &life->world;
	static const struct market_request requests[] = {
	        {.buyer = "B01", .id = "Q1", .grade = "A", .round = "R", .quantity_kg = 10000},
	        {.buyer = "B02", .id = "Q1", .grade = "A", .round = "R", .quantity_kg = 10000},
	        {.buyer = "B03", .id = "Q1", .grade = "A", .round = "R", .quantity_kg = 10000},
	};
	struct market_offer offer = {"O1", "A", 15000, 5000, 410000, CLASS_ALL, false};
	world_open(world, 3);
	market_regime(world, 1, 0);
	market_supplier(world, "S1", "Qom");
	assert_int_equal(market_publish(world, &offer), CODE_ACCEPTED);
	memcpy(life->requests, requests, sizeof requests);
	life->request_count = 3;
	share_out(life);
	world_clock(world, market_round(world, "R")->objection_until_ms);
	/* One lot each. */
	assert_int_equal(sum_held(life, NULL, "B01", "Q1"), 5000);
	assert_int_equal(sum_held(life, NULL, "B02", "Q1"), 5000);
	assert_int_equal(market_answer(world, "R.1", ALLOCATION_DECLINE), CODE_ACCEPTED);
	assert_int_equal(market_answer(world, "R.2", ALLOCATION_ACCEPT), CODE_ACCEPTED);
	assert_int_equal(market_answer(world, "R.3", ALLOCATION_ACCEPT), CODE_ACCEPTED);
	/* One cut-off: nothing is drawn while two are undecided. */
	world_settle(world);
	assert_int_equal(market_round(world, "R")->draw, 1);
	int64_t rial = 5000 * (int64_t)410000;
	assert_int_equal(market_pay(world, "R.2", rial, world->batch.now_ms), CODE_ACCEPTED);
	assert_int_equal(market_pay(world, "R.3", rial, world->batch.now_ms), CODE_ACCEPTED);
	world_settle(world);
	const struct round *round = market_round(world, "R");
	assert_int_equal(round->draw, 2);
	assert_int_equal(round->state, ROUND_FINAL);
	/* Open at once, to one of the two who waited; nothing for the decliner. */
	const struct allocation *again = market_allocation(world, "R.4");
	assert_non_null(again);
	assert_int_equal(again->state, ALLOCATION_OPEN);
	assert_string_not_equal(again->buyer_id.text, "B01");
	assert_int_equal(market_allocation(world, "R.2")->state, ALLOCATION_PAID);
	check_offers(life, true);
	check_bundles(life);
	assert_int_equal(market_answer(world, "R.4", ALLOCATION_DECLINE), CODE_ACCEPTED);
	world_settle(world);
	assert_int_equal(market_round(world, "R")->draw, 3);
	assert_int_equal(market_answer(world, "R.5", ALLOCATION_DECLINE), CODE_ACCEPTED);
	/* Three sharings are the regime's most. */
	world_settle(world);
	assert_true(market_round(world, "R")->over);
	world_close(world);
	free(life);
}

/* Twenty tonnes in lots of ten, then ten in lots of five. */
static void larger_lots_go_first(void **unused)
{
	(void)unused;
	struct life *life = calloc(1, sizeof *life);
	struct world *world = &life->world;
	static const struct market_request requests[] = {
	        {.buyer = "B01", .id = "Q1", .grade = "A", .round = "R", .quantity_kg = 15000},
	        {.buyer = "B02", .id = "Q1", .grade = "A", .round = "R", .quantity_kg = 5000},
	};
	struct market_offer large = {"O1", "A", 20000, 10000, 410000, CLASS_ALL, false};
	struct market_offer small = {"O2", "A", 10000, 5000, 410000, CLASS_ALL, false};
	world_open(world, 5);
	market_regime(world, 1, 0);
	market_supplier(world, "S1", "Qom");
	assert_int_equal(market_publish(world, &large), CODE_ACCEPTED);
	assert_int_equal(market_publish(world, &small), CODE_ACCEPTED);
	memcpy(life->requests, requests, sizeof requests);
	life->request_count = 2;
	share_out(life);
	const struct round *round = market_round(world, "R");
	assert_int_equal(round->draw, 2);
	assert_int_equal(round->ledger.sharings, 1);
	assert_int_equal(sum_held(life, "O1", NULL, NULL), 10000);
	assert_int_equal(sum_held(life, "O2", NULL, NULL), 10000);
	assert_int_equal(round->placed_kg, 20000);
	check_shares(life);
	check_bundles(life);
	world_close(world);
	free(life);
}

/* Members stand at one level; each confirms his part; what is short is short for all. */
static void cooperatives_distribute_and_members_confirm(void **unused)
{
	(void)unused;
	struct life *life = calloc(1, sizeof *life);
	struct world *world = &life->world;
	static const struct market_request requests[] = {
	        {.buyer = "B04",
	         .id = "Q1",
	         .grade = "A",
	         .round = "R",
	         .quantity_kg = 15000,
	         .line_count = 3,
	         .reserved_kg = {7000, 7000, 1000},
	         .weight_kg = {10000, 30000, 40000}},
	};
	struct market_offer offer = {"O1", "A", 10000, 5000, 410000, CLASS_ALL, false};
	world_open(world, 9);
	market_regime(world, 1, 0);
	market_supplier(world, "S1", "Qom");
	assert_int_equal(market_publish(world, &offer), CODE_ACCEPTED);
	memcpy(life->requests, requests, sizeof requests);
	life->request_count = 1;
	share_out(life);
	world_clock(world, market_round(world, "R")->objection_until_ms);
	assert_int_equal(market_answer(world, "R.1", ALLOCATION_ACCEPT), CODE_ACCEPTED);
	const struct allocation *row = market_allocation(world, "R.1");
	assert_int_equal(row->part_count, 3);
	/* K = 9000/40000: 2,250 and 6,750; the third is full with 1,000. */
	static const int64_t shares[] = {2250, 6750, 1000};
	for (uint32_t at = 0; at < 3; at++)
		assert_int_equal(part_at(&world->state, row->first_part + at)->quantity_kg,
		                 shares[at]);
	assert_int_equal(market_pay(world, "R.1", 10000 * (int64_t)410000, world->batch.now_ms),
	                 CODE_ACCEPTED);
	struct part first = *part_at(&world->state, row->first_part);
	assert_int_equal(market_confirm(world, "R.1", &first, 2250), CODE_REFUSED);
	assert_int_equal(market_deliver(world, "R.1", 9990), CODE_ACCEPTED);
	assert_int_equal(row->distribute_until_ms, world->batch.now_ms + 15 * DAY_MS);
	int64_t sum = 0;
	for (uint32_t at = 0; at < 3; at++)
		sum += part_at(&world->state, row->first_part + at)->quantity_kg;
	assert_int_equal(sum, 9990);
	for (uint32_t at = 0; at < 3; at++) {
		struct part part = *part_at(&world->state, row->first_part + at);
		assert_int_equal(row->state, ALLOCATION_DELIVERED);
		assert_int_equal(market_confirm(world, "R.1", &part, part.quantity_kg + 1),
		                 CODE_REFUSED);
		assert_true(world_reason(world, REASON_SUM_MISMATCH));
		assert_int_equal(market_confirm(world, "R.1", &part, part.quantity_kg),
		                 CODE_ACCEPTED);
		assert_int_equal(market_confirm(world, "R.1", &part, part.quantity_kg),
		                 CODE_ACCEPTED);
	}
	assert_int_equal(row->state, ALLOCATION_DISTRIBUTED);
	world_close(world);
	free(life);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(what_is_declined_is_drawn_again),
	        cmocka_unit_test(larger_lots_go_first),
	        cmocka_unit_test(cooperatives_distribute_and_members_confirm),
	        cmocka_unit_test(random_lives_keep_every_promise),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

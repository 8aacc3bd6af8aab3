/* Rounds: books close, allocations move what they hold, rounds settle.
 * links: services/quota/apply.c services/quota/apply_regime.c services/quota/apply_request.c
 * services/quota/decide_check.c services/quota/decide_file.c services/quota/decide_line.c
 * services/quota/decide_purchase.c services/quota/decide_regime.c services/quota/decide_round.c
 * services/quota/decide_work.c services/quota/digest.c services/quota/messages.c
 * services/quota/messages_decode.c services/quota/messages_encode.c
 * services/quota/messages_follow.c services/quota/messages_read.c
 * services/quota/messages_regime.c services/quota/messages_replay.c services/quota/open.c
 * services/quota/regime_ceiling.c services/quota/regime_epoch.c services/quota/state.c
 * libcommon libproto */
#include "tests/unit/quota_world.h"

static const char unit[] = "14026085760", other[] = "14002537895", supply[] = "10335214790";

static void province(struct world *world)
{
	struct world_regime regime;
	world_open(world);
	world_regime_make(&regime);
	world_party(world, unit, 2);
	world_party(world, other, 2);
	world_cooperative(world, supply, 1);
	world_member(world, supply, unit, 2, 6);
	world_member(world, supply, other, 2, 7);
	struct world_licence first = {
		.licence_id = "A1", .party_id = unit, .products = {film}, .capacity_kg = 800000};
	struct world_licence third = {
		.licence_id = "A3", .party_id = other, .products = {film}, .capacity_kg = 800000};
	world_licence(world, &first);
	world_licence(world, &third);
	assert_int_equal(world_approve(world, &regime.regime), CODE_ACCEPTED);
}

static void pooled(struct world *world, const char *request)
{
	struct world_ask *ask = world_ask(world, supply, request, "2420H", 22000);
	world_ask_line(ask, unit, "A1", 11000);
	world_ask_line(ask, other, "A3", 10000);
	assert_int_equal(world_file(world, ask), CODE_ACCEPTED);
}

struct part {
	const char *licence;
	int64_t kg;
};

static enum code allocation(struct world *world, const char *id, const char *buyer,
			    const char *request, int state, const struct part *parts)
{
	struct quota_moment moment = world_moment(world);
	struct seen_allocation seen = {.state = (uint8_t)state};
	struct ask_line lines[4] = {0};
	assert_true(round_id_set(&seen.round_id, "RD1"));
	assert_true(allocation_id_set(&seen.allocation_id, id));
	assert_true(party_id_set(&seen.request.buyer_id, buyer));
	assert_true(request_id_set(&seen.request.request_id, request));
	for (; parts[seen.part_count].licence; seen.part_count++) {
		assert_true(licence_id_set(&lines[seen.part_count].licence_id,
					   parts[seen.part_count].licence));
		lines[seen.part_count].wanted_kg = parts[seen.part_count].kg;
		seen.quantity_kg += parts[seen.part_count].kg;
	}
	seen.parts = lines;
	quota_decide_allocation(&world->live, &seen, &moment, &world->outcome);
	enum code code = world_commit(world);
	world_check(world);
	return code;
}

static int64_t reserved(const struct world *world, const char *licence)
{
	return world_ceiling(world, licence, "LDPE", 140409)->reserved_kg;
}

static int64_t used(const struct world *world, const char *licence)
{
	return world_ceiling(world, licence, "LDPE", 140409)->used_kg;
}

static void book_closes_in_order(void **state)
{
	(void)state;
	static struct world world;
	province(&world);
	world_direct(&world, unit, "A1", "R2", 5500);
	world_direct(&world, unit, "A1", "R1", 5500);
	struct world_ask *ask = world_ask(&world, unit, "R3", "0209AA", 5500);
	world_ask_line(ask, unit, "A1", 5500);
	assert_int_equal(world_file(&world, ask), CODE_ACCEPTED);
	world_round(&world, "RD1", "LDPE", QUOTA_ROUND_COLLECTING, false);
	assert_int_equal(world.live.first_work, 0);
	world_round(&world, "RD1", "LDPE", QUOTA_ROUND_CLOSING, false);
	/* From here on the family is late; the other is not. */
	assert_int_equal(world_direct(&world, unit, "A1", "R4", 5500), CODE_REFUSED);
	assert_true(world_reason(&world, REASON_LATE));
	assert_int_equal(world_cancel(&world, unit, "R1", 1), CODE_REFUSED);
	assert_true(world_reason(&world, REASON_LATE));
	assert_int_equal(world_cancel(&world, unit, "R3", 1), CODE_ACCEPTED);
	assert_int_equal(world_work(&world), 2);
	/* The last record is the book with the digest in ascending order. */
	assert_int_equal(world.outcome.events[0].kind, QUOTA_BOOK_CLOSED);
	assert_int_equal(world.outcome.events[0].book.count, 2);
	struct digest digest;
	uint8_t expected[DIGEST_BYTES];
	digest_begin(&digest, DIGEST_BYTES);
	for (int at = 1; at <= 2; at++) {
		digest_add_text(&digest, unit);
		digest_add_text(&digest, at == 1 ? "R1" : "R2");
		digest_add_int(&digest, 1);
	}
	digest_end(&digest, expected);
	assert_memory_equal(world.outcome.events[0].book.digest, expected, DIGEST_BYTES);
	assert_int_equal(world_request(&world, unit, "R1")->state, QUOTA_IN_BOOK);
	assert_int_equal(world_cancel(&world, unit, "R1", 1), CODE_REFUSED);
	assert_true(world_reason(&world, REASON_LATE));
	/* Filing again is for the next round. */
	assert_int_equal(world_direct(&world, unit, "A1", "R4", 5500), CODE_ACCEPTED);
	assert_int_equal(world_request(&world, unit, "R4")->state, QUOTA_OPEN);
	world_check(&world);
	world_close(&world);
}

static void what_is_not_in_order_is_left_out(void **state)
{
	(void)state;
	static struct world world;
	province(&world);
	pooled(&world, "P1");
	pooled(&world, "P2");
	assert_int_equal(reserved(&world, "A1") + reserved(&world, "A3"), 2 * 22000);
	world_member(&world, supply, other, 3, 6);
	world_round(&world, "RD1", "LDPE", QUOTA_ROUND_CLOSING, false);
	world_work(&world);
	const struct quota_request *request = world_request(&world, supply, "P2");
	assert_int_equal(request->state, QUOTA_EXCLUDED);
	assert_int_equal(reserved(&world, "A1"), 0);
	assert_int_equal(world.outcome.events[0].book.count, 0);
	uint32_t number = table_number(&world.live.requests, request);
	const struct quota_exclusion *exclusion = table_find(&world.live.exclusions, &number);
	const struct reason *reasons =
		quota_range_at(&world.live.reasons, exclusion->first_reason);
	assert_int_equal(exclusion->reason_count, 2);
	assert_int_equal(reasons[0].code, REASON_MEMBERS_BELOW_7);
	assert_int_equal(reasons[0].value, 6);
	assert_int_equal(reasons[1].code, REASON_MEMBER_SUSPENDED);
	/* The lines may stand as direct requests meanwhile. */
	assert_int_equal(world_direct(&world, unit, "A1", "R2", 5500), CODE_ACCEPTED);
	world_check(&world);
	world_close(&world);
}

static void a_window_that_has_passed_is_not_carried_on(void **state)
{
	(void)state;
	static struct world world;
	province(&world);
	world_direct(&world, unit, "A1", "R1", 5500);
	world.now_ms = world_day(14041202);
	world_round(&world, "RD1", "LDPE", QUOTA_ROUND_CLOSING, false);
	world_work(&world);
	assert_int_equal(world_request(&world, unit, "R1")->state, QUOTA_EXCLUDED);
	world_close(&world);
}

static void closed(struct world *world)
{
	province(world);
	pooled(world, "P1");
	world_round(world, "RD1", "LDPE", QUOTA_ROUND_COLLECTING, false);
	world_round(world, "RD1", "LDPE", QUOTA_ROUND_CLOSING, false);
	world_work(world);
	world_round(world, "RD1", "LDPE", QUOTA_ROUND_SOLVING, false);
	/* 22,000 for lines of 11,000 and 10,000: 500 above each, halves of 1,000 by what is free. */
	assert_int_equal(reserved(world, "A1") + reserved(world, "A3"), 22000);
}

static void paid_is_used_and_the_rest_released_when_over(void **state)
{
	(void)state;
	static struct world world;
	closed(&world);
	int64_t first = reserved(&world, "A1"), third = reserved(&world, "A3");
	const struct part one[] = {{"A1", 3000}, {"A3", 2500}, {NULL, 0}};
	const struct part two[] = {{"A1", 5500}, {NULL, 0}};
	allocation(&world, "RD1.1", supply, "P1", QUOTA_ALLOCATION_PROVISIONAL, one);
	allocation(&world, "RD1.2", supply, "P1", QUOTA_ALLOCATION_PROVISIONAL, two);
	assert_int_equal(reserved(&world, "A1"), first);
	allocation(&world, "RD1.1", supply, "P1", QUOTA_ALLOCATION_OPEN, one);
	assert_int_equal(world.outcome.count, 0);
	allocation(&world, "RD1.1", supply, "P1", QUOTA_ALLOCATION_ACCEPTED, one);
	allocation(&world, "RD1.1", supply, "P1", QUOTA_ALLOCATION_PAID, one);
	assert_int_equal(reserved(&world, "A1"), first - 3000);
	assert_int_equal(used(&world, "A1"), 3000);
	assert_int_equal(used(&world, "A3"), 2500);
	/* Expired: it waits for the next draw, where it is placed again. */
	allocation(&world, "RD1.2", supply, "P1", QUOTA_ALLOCATION_EXPIRED, two);
	assert_int_equal(reserved(&world, "A1"), first - 3000);
	allocation(&world, "RD1.3", supply, "P1", QUOTA_ALLOCATION_OPEN, two);
	world_round(&world, "RD1", "LDPE", QUOTA_ROUND_FINAL, true);
	assert_int_equal(world_work(&world), 1);
	/* What lives in an unpaid allocation stays reserved, the waiting is released. */
	assert_int_equal(reserved(&world, "A1"), 5500);
	assert_int_equal(reserved(&world, "A3"), 0);
	assert_int_equal(world_request(&world, supply, "P1")->state, QUOTA_SETTLED);
	world_check(&world);
	allocation(&world, "RD1.3", supply, "P1", QUOTA_ALLOCATION_DECLINED, two);
	assert_int_equal(reserved(&world, "A1"), 0);
	assert_int_equal(used(&world, "A1"), 3000);
	/* Delivered and distributed change nothing, nor does the same event again. */
	allocation(&world, "RD1.1", supply, "P1", QUOTA_ALLOCATION_DELIVERED, one);
	allocation(&world, "RD1.3", supply, "P1", QUOTA_ALLOCATION_DECLINED, two);
	assert_int_equal(world.outcome.count, 0);
	assert_true(third > 2500);
	world_close(&world);
}

static void a_void_releases_everything(void **state)
{
	(void)state;
	static struct world world;
	closed(&world);
	const struct part one[] = {{"A1", 3000}, {"A3", 2500}, {NULL, 0}};
	allocation(&world, "RD1.1", supply, "P1", QUOTA_ALLOCATION_PROVISIONAL, one);
	world_round(&world, "RD1", "LDPE", QUOTA_ROUND_VOIDED, false);
	world_work(&world);
	assert_int_equal(reserved(&world, "A1"), 0);
	assert_int_equal(reserved(&world, "A3"), 0);
	allocation(&world, "RD1.1", supply, "P1", QUOTA_ALLOCATION_VOIDED, one);
	assert_int_equal(reserved(&world, "A1"), 0);
	assert_int_equal(used(&world, "A1"), 0);
	assert_int_equal(world.live.first_work, 0);
	world_close(&world);
}

static void a_void_before_the_book_reopens_the_family(void **state)
{
	(void)state;
	static struct world world;
	province(&world);
	world_direct(&world, unit, "A1", "R1", 5500);
	world_round(&world, "RD1", "LDPE", QUOTA_ROUND_CLOSING, false);
	world_round(&world, "RD1", "LDPE", QUOTA_ROUND_VOIDED, false);
	assert_int_equal(world.live.first_work, 0);
	assert_int_equal(world_request(&world, unit, "R1")->state, QUOTA_OPEN);
	assert_int_equal(world_cancel(&world, unit, "R1", 1), CODE_ACCEPTED);
	world_check(&world);
	world_close(&world);
}

static void an_interrupted_publication_is_overwritten(void **state)
{
	(void)state;
	static struct world world;
	province(&world);
	pooled(&world, "P1");
	pooled(&world, "P2");
	world_round(&world, "RD1", "LDPE", QUOTA_ROUND_CLOSING, false);
	world_work(&world);
	const struct part one[] = {{"A1", 3000}, {"A3", 2500}, {NULL, 0}};
	const struct part two[] = {{"A3", 5500}, {NULL, 0}};
	allocation(&world, "RD1.1", supply, "P1", QUOTA_ALLOCATION_PROVISIONAL, one);
	/* The same lots for other lines of the request. */
	allocation(&world, "RD1.1", supply, "P1", QUOTA_ALLOCATION_PROVISIONAL, two);
	const struct quota_request *first = world_request(&world, supply, "P1");
	assert_int_equal(quota_lines_of(&world.live, first)[0].held_kg, 0);
	assert_int_equal(quota_lines_of(&world.live, first)[1].held_kg, 5500);
	/* The same number for another request: first voided, then held anew. */
	struct seen_allocation seen = {.state = QUOTA_ALLOCATION_PROVISIONAL}, old;
	assert_true(allocation_id_set(&seen.allocation_id, "RD1.1"));
	assert_true(round_id_set(&seen.round_id, "RD1"));
	seen.request = world_request(&world, supply, "P2")->key;
	assert_true(quota_allocation_moved(&world.live, &seen, &world.arena, &old));
	struct quota_moment moment = world_moment(&world);
	quota_decide_allocation(&world.live, &old, &moment, &world.outcome);
	assert_int_equal(world_commit(&world), CODE_ACCEPTED);
	allocation(&world, "RD1.1", supply, "P2", QUOTA_ALLOCATION_PROVISIONAL, one);
	assert_int_equal(quota_lines_of(&world.live, first)[1].held_kg, 0);
	const struct quota_request *second = world_request(&world, supply, "P2");
	assert_int_equal(quota_lines_of(&world.live, second)[0].held_kg, 3000);
	assert_false(quota_allocation_moved(&world.live, &seen, &world.arena, &old));
	world_close(&world);
}

static void strangers_are_no_allocations(void **state)
{
	(void)state;
	static struct world world;
	closed(&world);
	const struct part one[] = {{"A9", 3000}, {NULL, 0}};
	assert_int_equal(
		allocation(&world, "RD1.1", supply, "P1", QUOTA_ALLOCATION_PROVISIONAL, one),
		CODE_REFUSED);
	assert_int_equal(
		allocation(&world, "RD1.1", supply, "P9", QUOTA_ALLOCATION_PROVISIONAL, one),
		CODE_REFUSED);
	world_close(&world);
}

static void a_large_book_comes_in_parts(void **state)
{
	(void)state;
	static struct world world;
	province(&world);
	for (int at = 0; at < 900; at++) {
		char id[16];
		const char *party = arena_format(&world.arena, "%011d", 100 + at);
		snprintf(id, sizeof id, "M%d", at);
		world_party(&world, party, 2);
		struct world_licence licence = {.licence_id = id,
						.party_id = party,
						.products = {film},
						.capacity_kg = 800000};
		world_licence(&world, &licence);
		assert_int_equal(world_direct(&world, party, id, "R1", 5500), CODE_ACCEPTED);
	}
	world_round(&world, "RD1", "LDPE", QUOTA_ROUND_CLOSING, false);
	assert_true(world_work(&world) > 2);
	assert_int_equal(world.outcome.events[0].book.count, 900);
	world_round(&world, "RD1", "LDPE", QUOTA_ROUND_FINAL, true);
	assert_true(world_work(&world) > 2);
	world_check(&world);
	assert_int_equal(world_ceiling(&world, "M899", "LDPE", 140409)->reserved_kg, 0);
	world_close(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(book_closes_in_order),
		cmocka_unit_test(what_is_not_in_order_is_left_out),
		cmocka_unit_test(a_window_that_has_passed_is_not_carried_on),
		cmocka_unit_test(paid_is_used_and_the_rest_released_when_over),
		cmocka_unit_test(a_void_releases_everything),
		cmocka_unit_test(a_void_before_the_book_reopens_the_family),
		cmocka_unit_test(an_interrupted_publication_is_overwritten),
		cmocka_unit_test(strangers_are_no_allocations),
		cmocka_unit_test(a_large_book_comes_in_parts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

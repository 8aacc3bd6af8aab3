/* Requests: what is checked when one is filed, amended or cancelled; every reason.
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

static const char unit[] = "14026085760", other[] = "14002537895", supply[] = "10335214790",
		  similar[] = "10338326079", craft[] = "10344715226", stranger[] = "14039818877";

/* Units A1 (LDPE and LLDPE, 61,800 each, 205,998 together) and A2 (HDPE, need 309,000, 23,175);
 * a supply cooperative of both with seven active members. */
static void province(struct world *world, struct world_regime *regime)
{
	world_open(world);
	world_regime_make(regime);
	world_party(world, unit, 2);
	world_party(world, other, 2);
	world_cooperative(world, supply, 1);
	world_cooperative(world, similar, 1);
	world_cooperative(world, craft, 2);
	world_member(world, supply, unit, 2, 6);
	world_member(world, supply, other, 2, 7);
	struct world_licence first = {
		.licence_id = "A1", .party_id = unit, .products = {film}, .capacity_kg = 800000};
	struct world_licence second = {
		.licence_id = "A2", .party_id = other, .products = {pipe}, .capacity_kg = 300000};
	struct world_licence third = {
		.licence_id = "A3", .party_id = other, .products = {film}, .capacity_kg = 100000};
	world_licence(world, &first);
	world_licence(world, &second);
	world_licence(world, &third);
	assert_int_equal(world_approve(world, &regime->regime), CODE_ACCEPTED);
}

static void direct_request_reserves_at_once(void **state)
{
	(void)state;
	static struct world world;
	struct world_regime regime;
	province(&world, &regime);
	/* The ceiling is derived in the request's own record. */
	assert_int_equal(world_direct(&world, unit, "A1", "R1", 11000), CODE_ACCEPTED);
	assert_int_equal(world.outcome.count, 3);
	assert_int_equal(world.outcome.verdict.version, 1);
	assert_int_equal(world.outcome.verdict.balance_count, 1);
	assert_int_equal(world.outcome.verdict.balances[0].free_kg, 50800);
	assert_int_equal(world_ceiling(&world, "A1", "LDPE", 140409)->reserved_kg, 11000);
	const struct quota_request *request = world_request(&world, unit, "R1");
	assert_int_equal(request->priority_class, 9);
	assert_int_equal(request->buyer_classes, 1);
	assert_int_equal(request->max_landed_rial_per_kg, 412000);
	assert_string_equal(quota_province_at(&world.live, request->province), "قم");
	assert_int_equal(quota_lines_of(&world.live, request)->weight_kg, 61800);
	/* The next one finds it derived. */
	assert_int_equal(world_direct(&world, unit, "A1", "R2", 49500), CODE_ACCEPTED);
	assert_int_equal(world.outcome.count, 1);
	assert_int_equal(world_direct(&world, unit, "A1", "R3", 5500), CODE_REFUSED);
	assert_true(world_reason(&world, REASON_CEILING_EXCEEDED));
	assert_int_equal(world.outcome.verdict.reasons[0].value, 5500);
	assert_int_equal(world.outcome.verdict.reasons[0].limit, 1300);
	world_check(&world);
	world_close(&world);
}

static void same_id_is_harmless_other_content_a_conflict(void **state)
{
	(void)state;
	static struct world world;
	struct world_regime regime;
	province(&world, &regime);
	world_direct(&world, unit, "A1", "R1", 11000);
	assert_int_equal(world_direct(&world, unit, "A1", "R1", 11000), CODE_ACCEPTED);
	assert_int_equal(world.outcome.count, 0);
	assert_int_equal(world.outcome.verdict.version, 1);
	assert_int_equal(world.outcome.verdict.balances[0].free_kg, 50800);
	assert_int_equal(world_direct(&world, unit, "A1", "R1", 16500), CODE_CONFLICT);
	assert_int_equal(world.outcome.count, 0);
	world_check(&world);
	world_close(&world);
}

static void alternatives_share_the_need(void **state)
{
	(void)state;
	static struct world world;
	struct world_regime regime;
	province(&world, &regime);
	/* Both ceilings at the need of 205,998; so is their sum. */
	world_purchase(&world, "A1", "LDPE", 140408, 824000);
	world_purchase(&world, "A1", "LLDPE", 140408, 824000);
	assert_int_equal(world_direct(&world, unit, "A1", "R1", 198000), CODE_ACCEPTED);
	struct world_ask *ask = world_ask(&world, unit, "R2", "0209AA", 11000);
	world_ask_line(ask, unit, "A1", 11000);
	assert_int_equal(world_file(&world, ask), CODE_REFUSED);
	assert_int_equal(world.outcome.verdict.reasons[0].limit, 7998);
	ask = world_ask(&world, unit, "R3", "0209AA", 5500);
	world_ask_line(ask, unit, "A1", 5500);
	assert_int_equal(world_file(&world, ask), CODE_ACCEPTED);
	assert_int_equal(world.outcome.verdict.balances[0].free_kg, 2498);
	/* Amended to the other family, the first lets go of what it held there. */
	ask = world_ask(&world, unit, "R1", "0209AA", 198000);
	world_ask_line(ask, unit, "A1", 198000);
	assert_int_equal(world_amend(&world, ask, 1), CODE_ACCEPTED);
	assert_int_equal(world_ceiling(&world, "A1", "LDPE", 140409)->reserved_kg, 0);
	assert_int_equal(world_ceiling(&world, "A1", "LLDPE", 140409)->reserved_kg, 203500);
	assert_int_equal(world.outcome.verdict.balances[0].free_kg, 2498);
	assert_int_equal(world.outcome.verdict.balances[1].free_kg, 2498);
	world_check(&world);
	world_close(&world);
}

static void every_reason_is_named(void **state)
{
	(void)state;
	static struct world world;
	struct world_regime regime;
	province(&world, &regime);
	struct world_ask *ask = world_ask(&world, unit, "R1", "2420H", 6000);
	world_ask_line(ask, unit, "A1", 70000);
	ask->ask.minimum_kg = 100;
	assert_int_equal(world_file(&world, ask), CODE_REFUSED);
	assert_true(world_reason(&world, REASON_NOT_MULTIPLE));
	assert_true(world_reason(&world, REASON_SUM_MISMATCH));
	assert_true(world_reason(&world, REASON_CEILING_EXCEEDED));
	ask = world_ask(&world, unit, "R1", "2420H", 500);
	world_ask_line(ask, unit, "A1", 500);
	world_file(&world, ask);
	assert_true(world_reason(&world, REASON_BELOW_MIN_LOT));
	ask = world_ask(&world, unit, "R1", "C30S", 5500);
	world_ask_line(ask, unit, "A2", 5500);
	world_file(&world, ask);
	assert_true(world_reason(&world, REASON_GRADE_NOT_IN_FILE));
	assert_true(world_reason(&world, REASON_LICENCE_MISSING));
	assert_int_equal(world_direct(&world, unit, "A9", "R1", 5500), CODE_REFUSED);
	assert_true(world_reason(&world, REASON_LICENCE_MISSING));
	assert_int_equal(world_direct(&world, other, "A2", "R1", 5500), CODE_REFUSED);
	assert_true(world_reason(&world, REASON_MATERIAL_NOT_IN_FILE));
	assert_int_equal(world_direct(&world, stranger, "A1", "R1", 5500), CODE_REFUSED);
	assert_true(world_reason(&world, REASON_NOT_FOUND));
	ask = world_ask(&world, unit, "R1", "2420H", 5500);
	world_ask_line(ask, other, "A3", 5500);
	world_file(&world, ask);
	assert_true(world_reason(&world, REASON_NOT_MEMBER));
	/* Nothing was reserved by any of them. */
	assert_int_equal(world.live.requests.count, 0);
	world_check(&world);
	world_close(&world);
}

static void licences_must_be_in_order(void **state)
{
	(void)state;
	static struct world world;
	struct world_regime regime;
	province(&world, &regime);
	struct world_licence establishment = {.licence_id = "E1",
					      .party_id = unit,
					      .kind = 1,
					      .products = {film},
					      .capacity_kg = 800000};
	struct world_licence expired = {.licence_id = "X1",
					.party_id = unit,
					.products = {film},
					.capacity_kg = 800000,
					.valid_to = 14040901};
	struct world_licence last_day = expired;
	last_day.licence_id = "X2";
	last_day.valid_to = 14040902;
	world_licence(&world, &establishment);
	world_licence(&world, &expired);
	world_licence(&world, &last_day);
	assert_int_equal(world_direct(&world, unit, "E1", "R1", 5500), CODE_REFUSED);
	assert_true(world_reason(&world, REASON_CAPACITY_NOT_APPROVED));
	assert_int_equal(world_direct(&world, unit, "X1", "R1", 5500), CODE_REFUSED);
	assert_true(world_reason(&world, REASON_LICENCE_EXPIRED));
	assert_int_equal(world_direct(&world, unit, "X2", "R1", 5500), CODE_ACCEPTED);
	world_close(&world);
}

static void no_regime_no_request(void **state)
{
	(void)state;
	static struct world world;
	world_open(&world);
	world_party(&world, unit, 2);
	assert_int_equal(world_direct(&world, unit, "A1", "R1", 5500), CODE_REFUSED);
	assert_true(world_reason(&world, REASON_REGIME_MISSING));
	struct world_regime regime;
	world_regime_make(&regime);
	regime.regime.effective_from_jalali = 14040903;
	world_approve(&world, &regime.regime);
	assert_int_equal(world_direct(&world, unit, "A1", "R1", 5500), CODE_REFUSED);
	assert_true(world_reason(&world, REASON_REGIME_MISSING));
	world_close(&world);
}

static struct world_ask *pooled(struct world *world, const char *request, int64_t kg,
				int64_t first_kg, int64_t third_kg)
{
	struct world_ask *ask = world_ask(world, supply, request, "2420H", kg);
	world_ask_line(ask, unit, "A1", first_kg);
	if (third_kg > 0)
		world_ask_line(ask, other, "A3", third_kg);
	return ask;
}

static void pooled_request_divides_what_is_above_its_lines(void **state)
{
	(void)state;
	static struct world world;
	struct world_regime regime;
	province(&world, &regime);
	/* A1 free 61,800, A3: need 103,000, floor 30,900, 2,575 a month, free 7,725. Lines 6,000 and
	 * 4,000 of 11,000: the 1,000 above go 55,800 : 3,725, 937 and 62, and one to the larger
	 * remainder (1,000 x 55,800 mod 59,525 = 25,075; 1,000 x 3,725 mod 59,525 = 34,450). */
	assert_int_equal(world_file(&world, pooled(&world, "P1", 11000, 6000, 4000)),
			 CODE_ACCEPTED);
	assert_int_equal(world_ceiling(&world, "A1", "LDPE", 140409)->reserved_kg, 6937);
	assert_int_equal(world_ceiling(&world, "A3", "LDPE", 140409)->reserved_kg, 4063);
	assert_int_equal(world.outcome.verdict.balance_count, 2);
	assert_int_equal(world.outcome.verdict.balances[1].free_kg, 3662);
	/* A cooperative of small units only is small; this one is not. */
	assert_int_equal(world_request(&world, supply, "P1")->buyer_classes, 1);
	/* No room above the lines. */
	assert_int_equal(world_file(&world, pooled(&world, "P2", 60500, 54863, 500)), CODE_REFUSED);
	assert_true(world_reason(&world, REASON_CEILING_EXCEEDED));
	/* The same licence twice. */
	struct world_ask *twice = pooled(&world, "P3", 5500, 3000, 0);
	world_ask_line(twice, unit, "A1", 2500);
	assert_int_equal(world_file(&world, twice), CODE_REFUSED);
	assert_true(world_reason(&world, REASON_ID_DUPLICATE));
	world_check(&world);
	world_close(&world);
}

static void members_are_checked(void **state)
{
	(void)state;
	static struct world world;
	struct world_regime regime;
	province(&world, &regime);
	world_member(&world, supply, other, 3, 6);
	assert_int_equal(world_file(&world, pooled(&world, "P1", 11000, 6000, 4000)), CODE_REFUSED);
	assert_true(world_reason(&world, REASON_MEMBERS_BELOW_7));
	assert_true(world_reason(&world, REASON_MEMBER_SUSPENDED));
	world_member(&world, supply, other, 4, 7);
	world_file(&world, pooled(&world, "P1", 11000, 6000, 4000));
	assert_true(world_reason(&world, REASON_NOT_MEMBER));
	world_member(&world, supply, other, 2, 7);
	world_member(&world, similar, other, 2, 1);
	world_file(&world, pooled(&world, "P1", 11000, 6000, 4000));
	assert_true(world_reason(&world, REASON_SIMILAR_COOP));
	world_member(&world, similar, other, 4, 0);
	world_party(&world, other, 3);
	world_file(&world, pooled(&world, "P1", 11000, 6000, 4000));
	assert_true(world_reason(&world, REASON_FOREIGN_NO_LEGAL_BASIS));
	struct world_ask *ask = world_ask(&world, craft, "C1", "2420H", 5500);
	world_ask_line(ask, unit, "A1", 5500);
	world_file(&world, ask);
	assert_true(world_reason(&world, REASON_CAPACITY_NOT_APPROVED));
	assert_true(world_reason(&world, REASON_NOT_MEMBER));
	world_close(&world);
}

static void directly_or_through_the_cooperative(void **state)
{
	(void)state;
	static struct world world;
	struct world_regime regime;
	province(&world, &regime);
	assert_int_equal(world_direct(&world, unit, "A1", "R1", 5500), CODE_ACCEPTED);
	assert_int_equal(world_file(&world, pooled(&world, "P1", 11000, 6000, 4000)), CODE_REFUSED);
	assert_true(world_reason(&world, REASON_SIMILAR_COOP));
	assert_int_equal(world_cancel(&world, unit, "R1", 1), CODE_ACCEPTED);
	assert_int_equal(world_file(&world, pooled(&world, "P1", 11000, 6000, 4000)),
			 CODE_ACCEPTED);
	assert_int_equal(world_direct(&world, unit, "A1", "R2", 5500), CODE_REFUSED);
	/* Another family is another matter. */
	struct world_ask *ask = world_ask(&world, unit, "R3", "0209AA", 5500);
	world_ask_line(ask, unit, "A1", 5500);
	assert_int_equal(world_file(&world, ask), CODE_ACCEPTED);
	world_check(&world);
	world_close(&world);
}

static void caps_hold(void **state)
{
	(void)state;
	static struct world world;
	struct world_regime regime;
	world_regime_make(&regime);
	province(&world, &regime);
	world_regime_make(&regime);
	regime.regime.version = 2;
	regime.rules[0].purchase_cap_kg = 22000;
	regime.rules[0].cooperative_cap_kg = 27500;
	assert_int_equal(world_approve(&world, &regime.regime), CODE_ACCEPTED);
	assert_int_equal(world_direct(&world, unit, "A1", "R1", 27500), CODE_REFUSED);
	assert_true(world_reason(&world, REASON_ABOVE_PURCHASE_CAP));
	assert_int_equal(world_file(&world, pooled(&world, "P1", 22000, 22000, 0)), CODE_ACCEPTED);
	assert_int_equal(world_file(&world, pooled(&world, "P2", 11000, 11000, 0)), CODE_REFUSED);
	assert_true(world_reason(&world, REASON_ABOVE_COOP_CAP));
	assert_int_equal(world.outcome.verdict.reasons[0].value, 33000);
	/* The amended request does not count against itself. */
	assert_int_equal(world_amend(&world, pooled(&world, "P1", 16500, 16500, 0), 1),
			 CODE_ACCEPTED);
	assert_int_equal(world_file(&world, pooled(&world, "P2", 11000, 11000, 0)), CODE_ACCEPTED);
	world_check(&world);
	world_close(&world);
}

static void amend_and_cancel(void **state)
{
	(void)state;
	static struct world world;
	struct world_regime regime;
	province(&world, &regime);
	world_direct(&world, unit, "A1", "R1", 55000);
	struct world_ask *ask = world_ask(&world, unit, "R1", "2420H", 60500);
	world_ask_line(ask, unit, "A1", 60500);
	assert_int_equal(world_amend(&world, ask, 2), CODE_REFUSED);
	assert_true(world_reason(&world, REASON_VERSION_MISMATCH));
	assert_int_equal(world_amend(&world, ask, 1), CODE_ACCEPTED);
	assert_int_equal(world.outcome.verdict.version, 2);
	assert_int_equal(world_ceiling(&world, "A1", "LDPE", 140409)->reserved_kg, 60500);
	/* A failed amendment leaves the old version whole. */
	ask = world_ask(&world, unit, "R1", "2420H", 66000);
	world_ask_line(ask, unit, "A1", 66000);
	assert_int_equal(world_amend(&world, ask, 2), CODE_REFUSED);
	assert_int_equal(world_request(&world, unit, "R1")->version, 2);
	assert_int_equal(world_ceiling(&world, "A1", "LDPE", 140409)->reserved_kg, 60500);
	assert_int_equal(world_cancel(&world, unit, "R1", 1), CODE_REFUSED);
	assert_int_equal(world_cancel(&world, unit, "R9", 1), CODE_REFUSED);
	assert_true(world_reason(&world, REASON_NOT_FOUND));
	assert_int_equal(world_cancel(&world, unit, "R1", 2), CODE_ACCEPTED);
	assert_int_equal(world.outcome.verdict.balances[0].free_kg, 61800);
	assert_int_equal(world_ceiling(&world, "A1", "LDPE", 140409)->reserved_kg, 0);
	assert_int_equal(world_cancel(&world, unit, "R1", 2), CODE_ACCEPTED);
	assert_int_equal(world.outcome.count, 0);
	assert_int_equal(world_amend(&world, ask, 3), CODE_REFUSED);
	assert_true(world_reason(&world, REASON_WRONG_STATE));
	/* Pooled: more lines than before, then fewer. */
	assert_int_equal(world_file(&world, pooled(&world, "P1", 5500, 5500, 0)), CODE_ACCEPTED);
	assert_int_equal(world_amend(&world, pooled(&world, "P1", 11000, 6000, 4000), 1),
			 CODE_ACCEPTED);
	world_check(&world);
	assert_int_equal(world_amend(&world, pooled(&world, "P1", 11000, 11000, 0), 2),
			 CODE_ACCEPTED);
	assert_int_equal(world_ceiling(&world, "A3", "LDPE", 140409)->reserved_kg, 0);
	world_check(&world);
	world_close(&world);
}

static void class_follows_from_the_registry(void **state)
{
	(void)state;
	static struct world world;
	struct world_regime regime;
	province(&world, &regime);
	world_regime_make(&regime);
	Tasheem__Quota__V1__PriorityRule rules[2] = {TASHEEM__QUOTA__V1__PRIORITY_RULE__INIT,
						     TASHEEM__QUOTA__V1__PRIORITY_RULE__INIT};
	Tasheem__Quota__V1__PriorityRule *pointers[2] = {&rules[0], &rules[1]};
	rules[0].fact = 1;
	rules[0].priority_class = 2;
	rules[1].fact = 2;
	rules[1].priority_class = 5;
	regime.regime.version = 2;
	regime.rules[0].n_priorities = 2;
	regime.rules[0].priorities = pointers;
	regime.rules[0].weight_by_capacity = 1;
	assert_int_equal(world_approve(&world, &regime.regime), CODE_ACCEPTED);
	/* A3 needs 103,000 a year: below 120,000 it is a small unit. */
	struct world_ask *ask = world_ask(&world, other, "R1", "2420H", 5500);
	ask->ask.wished_class = 0;
	world_ask_line(ask, other, "A3", 5500);
	assert_int_equal(world_file(&world, ask), CODE_ACCEPTED);
	const struct quota_request *request = world_request(&world, other, "R1");
	assert_int_equal(request->priority_class, 5);
	assert_int_equal(request->buyer_classes, 3);
	assert_int_equal(quota_lines_of(&world.live, request)->weight_kg, 3 * 8583);
	assert_int_equal(world_file(&world, pooled(&world, "P1", 5500, 5500, 0)), CODE_ACCEPTED);
	assert_int_equal(world_request(&world, supply, "P1")->priority_class, 2);
	assert_int_equal(world_direct(&world, unit, "A1", "R2", 5500), CODE_REFUSED);
	world_close(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(direct_request_reserves_at_once),
		cmocka_unit_test(same_id_is_harmless_other_content_a_conflict),
		cmocka_unit_test(alternatives_share_the_need),
		cmocka_unit_test(every_reason_is_named),
		cmocka_unit_test(licences_must_be_in_order),
		cmocka_unit_test(no_regime_no_request),
		cmocka_unit_test(pooled_request_divides_what_is_above_its_lines),
		cmocka_unit_test(members_are_checked),
		cmocka_unit_test(directly_or_through_the_cooperative),
		cmocka_unit_test(caps_hold),
		cmocka_unit_test(amend_and_cancel),
		cmocka_unit_test(class_follows_from_the_registry),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

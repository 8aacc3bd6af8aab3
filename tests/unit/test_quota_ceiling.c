/* Ceilings: worked numbers for every formula, windows, joint limits, and when they are derived.
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

static void plain(struct world *world, struct world_regime *regime)
{
	world_open(world);
	world_regime_make(regime);
	world_party(world, unit, 2);
}

/* Capacity 800 t of film at 1.03: need 824,000 a year. */
static void film_licence(struct world *world)
{
	struct world_licence licence = {
		.licence_id = "L1", .party_id = unit, .products = {film}, .capacity_kg = 800000};
	world_licence(world, &licence);
}

static void floor_counts_when_record_is_small(void **state)
{
	(void)state;
	static struct world world;
	struct world_regime regime;
	plain(&world, &regime);
	film_licence(&world);
	assert_int_equal(world_approve(&world, &regime.regime), CODE_ACCEPTED);
	/* 12 x 15,000 = 180,000 < 30 % of 824,000 = 247,200; monthly 20,600; three months 61,800. */
	for (int32_t month = 0; month < 12; month++)
		assert_int_equal(world_purchase(&world, "L1", "LDPE",
						calendar_month_add(140309, month), 15000),
				 CODE_ACCEPTED);
	world_derive(&world);
	const struct quota_ceiling *ceiling = world_ceiling(&world, "L1", "LDPE", 140409);
	assert_non_null(ceiling);
	assert_int_equal(ceiling->ceiling_kg, 61800);
	assert_int_equal(ceiling->derivation.nominal_need_kg_per_year, 824000);
	assert_int_equal(ceiling->derivation.recorded_kg, 180000);
	assert_int_equal(ceiling->derivation.floor_kg_per_year, 247200);
	assert_int_equal(ceiling->derivation.record_first_month, 140309);
	assert_int_equal(ceiling->derivation.record_last_month, 140408);
	/* The alternative has its own ceiling; together at most the product's need. */
	assert_int_equal(world_ceiling(&world, "L1", "LLDPE", 140409)->ceiling_kg, 61800);
	assert_int_equal(ceiling->derivation.joint_limit_kg, 3 * 68666);
	assert_null(world_ceiling(&world, "L1", "HDPE", 140409));
	world_check(&world);
	world_close(&world);
}

static void record_counts_up_to_the_need(void **state)
{
	(void)state;
	static struct world world;
	struct world_regime regime;
	plain(&world, &regime);
	film_licence(&world);
	world_approve(&world, &regime.regime);
	world_purchase(&world, "L1", "LDPE", 140408, 500003);
	world_derive(&world);
	/* 500,003: 41,666 a month, the remainder only in month 12; three months 124,998. */
	assert_int_equal(world_ceiling(&world, "L1", "LDPE", 140409)->ceiling_kg, 124998);
	world_purchase(&world, "L1", "LDPE", 140407, 400000);
	world_derive(&world);
	/* 900,003 is above the need: 824,000, monthly 68,666, 205,998. */
	assert_int_equal(world_ceiling(&world, "L1", "LDPE", 140409)->ceiling_kg, 205998);
	/* The window to the end of the year takes the remainder: 824,000 - 9 x 68,666. */
	assert_int_equal(quota_months_sum(824000, 140410, 3), 2 * 68666 + 824000 - 11 * 68666);
	assert_int_equal(quota_months_sum(824000, 140401, 12), 824000);
	world_close(&world);
}

static void purchases_inside_the_window_are_used(void **state)
{
	(void)state;
	static struct world world;
	struct world_regime regime;
	plain(&world, &regime);
	film_licence(&world);
	world_approve(&world, &regime.regime);
	/* Known before the ceiling, and after it. */
	world_purchase(&world, "L1", "LDPE", 140409, 1000);
	world_derive(&world);
	assert_int_equal(world_ceiling(&world, "L1", "LDPE", 140409)->used_kg, 1000);
	assert_int_equal(world_purchase(&world, "L1", "LDPE", 140410, 500), CODE_ACCEPTED);
	assert_int_equal(world.outcome.count, 2);
	assert_int_equal(world_ceiling(&world, "L1", "LDPE", 140409)->used_kg, 1500);
	/* The same again changes nothing, another amount is a conflict. */
	assert_int_equal(world_purchase(&world, "L1", "LDPE", 140410, 500), CODE_ACCEPTED);
	assert_int_equal(world.outcome.count, 0);
	assert_int_equal(world_purchase(&world, "L1", "LDPE", 140410, 501), CODE_CONFLICT);
	assert_int_equal(world_purchase(&world, "L9", "LDPE", 140410, 501), CODE_REFUSED);
	world_derive(&world);
	world_check(&world);
	world_close(&world);
}

static void multiplier_doubles_up_to_the_need(void **state)
{
	(void)state;
	static struct world world;
	struct world_regime regime;
	plain(&world, &regime);
	regime.multiplier.numerator = 2;
	film_licence(&world);
	world_cooperative(&world, supply, 1);
	world_approve(&world, &regime.regime);
	world_member(&world, supply, unit, 2, 6);
	world_derive(&world);
	assert_int_equal(world_ceiling(&world, "L1", "LDPE", 140409)->ceiling_kg, 61800);
	/* The seventh active member: all members' ceilings follow. */
	world_party(&world, other, 2);
	world_member(&world, supply, other, 2, 7);
	world_derive(&world);
	assert_int_equal(world_ceiling(&world, "L1", "LDPE", 140409)->ceiling_kg, 123600);
	/* 3.5 times would be 216,300: the need of the window is 205,998. */
	world_purchase(&world, "L1", "LDPE", 140408, 600000);
	world_derive(&world);
	assert_int_equal(world_ceiling(&world, "L1", "LDPE", 140409)->ceiling_kg, 205998);
	assert_int_equal(world_ceiling(&world, "L1", "LDPE", 140409)->derivation.window_ceiling_kg,
			 150000);
	world_close(&world);
}

static void bases_and_formulas(void **state)
{
	(void)state;
	static struct world world;
	struct world_regime regime;
	plain(&world, &regime);
	regime.rules[0].formula = 1;
	regime.rules[0].capacity_basis = 2;
	regime.rules[1].formula = 2;
	regime.rules[1].capacity_basis = 3;
	regime.rules[2].formula = 4;
	regime.rules[2].capacity_basis = 4;
	regime.rules[2].record_months = 6;
	struct world_licence licence = {.licence_id = "L1",
					.party_id = unit,
					.products = {film, pipe},
					.rate_kg_per_h = 100,
					.capacity_kg = 1};
	world_licence(&world, &licence);
	assert_int_equal(world_approve(&world, &regime.regime), CODE_ACCEPTED);
	world_purchase(&world, "L1", "LLDPE", 140408, 120000);
	world_purchase(&world, "L1", "HDPE", 140408, 1000000);
	world_purchase(&world, "L1", "HDPE", 140402, 7000000);
	world_derive(&world);
	/* A: 100 x 5,000 x 0.8 = 400,000; need 412,000; nominal: 34,333 a month. */
	assert_int_equal(world_ceiling(&world, "L1", "LDPE", 140409)->ceiling_kg, 102999);
	/* B: 450,000; need 463,500; record 120,000: 10,000 a month. */
	assert_int_equal(world_ceiling(&world, "L1", "LLDPE", 140409)->ceiling_kg, 30000);
	/* B continuous: 650,000; need 669,500; mean of six months, unclamped: 2,000,000 a year. */
	const struct quota_ceiling *mean = world_ceiling(&world, "L1", "HDPE", 140409);
	assert_int_equal(mean->derivation.nominal_need_kg_per_year, 669500);
	assert_int_equal(mean->derivation.annual_ceiling_kg, 2000000);
	assert_int_equal(mean->ceiling_kg, 3 * 166666);
	world_close(&world);
}

static void a_revoked_licence_has_nothing(void **state)
{
	(void)state;
	static struct world world;
	struct world_regime regime;
	plain(&world, &regime);
	film_licence(&world);
	world_approve(&world, &regime.regime);
	assert_int_equal(world_direct(&world, unit, "L1", "R1", 11000), CODE_ACCEPTED);
	struct world_licence revoked = {.licence_id = "L1",
					.party_id = unit,
					.products = {film},
					.capacity_kg = 800000,
					.state = 2};
	world_licence(&world, &revoked);
	world_derive(&world);
	const struct quota_ceiling *ceiling = world_ceiling(&world, "L1", "LDPE", 140409);
	assert_int_equal(ceiling->ceiling_kg, 0);
	/* Lowering touches no reservation: 11,000 are excess. */
	assert_int_equal(ceiling->reserved_kg, 11000);
	assert_int_equal(quota_ceiling_free(&world.live, ceiling), 0);
	world_check(&world);
	world_close(&world);
}

static void windows_follow_one_another(void **state)
{
	(void)state;
	struct quota_rule rule = {.window_months = 3, .window_anchor_month = 140409};
	assert_int_equal(quota_window_of(&rule, 140409), 140409);
	assert_int_equal(quota_window_of(&rule, 140411), 140409);
	assert_int_equal(quota_window_of(&rule, 140412), 140412);
	assert_int_equal(quota_window_of(&rule, 140408), 140406);
	assert_int_equal(quota_window_of(&rule, 140406), 140406);
	assert_int_equal(quota_window_of(&rule, 140405), 140403);
	static struct world world;
	struct world_regime regime;
	plain(&world, &regime);
	film_licence(&world);
	world_approve(&world, &regime.regime);
	world_derive(&world);
	world_derive(&world);
	assert_int_equal(world.outcome.count, 0);
	world.now_ms = world_day(14041201);
	world_derive(&world);
	assert_int_equal(world.outcome.count, 2);
	assert_non_null(world_ceiling(&world, "L1", "LDPE", 140412));
	world_close(&world);
}

static void a_new_regime_derives_anew(void **state)
{
	(void)state;
	static struct world world;
	struct world_regime regime;
	plain(&world, &regime);
	film_licence(&world);
	world_approve(&world, &regime.regime);
	/* The same again is harmless, another text is not. */
	assert_int_equal(world_approve(&world, &regime.regime), CODE_ACCEPTED);
	assert_int_equal(world.outcome.count, 0);
	regime.rules[0].floor_percent = 50;
	assert_int_equal(world_approve(&world, &regime.regime), CODE_CONFLICT);
	regime.regime.version = 2;
	regime.regime.effective_from_jalali = 14040915;
	assert_int_equal(world_approve(&world, &regime.regime), CODE_ACCEPTED);
	world_derive(&world);
	assert_int_equal(world_ceiling(&world, "L1", "LDPE", 140409)->ceiling_kg, 61800);
	world.now_ms = world_day(14040915);
	world_derive(&world);
	/* 50 % of 824,000: 34,333 a month. */
	assert_int_equal(world_ceiling(&world, "L1", "LDPE", 140409)->ceiling_kg, 102999);
	assert_int_equal(world_ceiling(&world, "L1", "LDPE", 140409)->derivation.regime_version, 2);
	/* Days do not go back; windows do not change inside one. */
	regime.regime.version = 3;
	regime.regime.effective_from_jalali = 14040910;
	assert_int_equal(world_approve(&world, &regime.regime), CODE_REFUSED);
	regime.regime.effective_from_jalali = 14041001;
	regime.rules[2].window_months = 1;
	regime.rules[2].window_anchor_month = 140410;
	assert_int_equal(world_approve(&world, &regime.regime), CODE_REFUSED);
	regime.regime.effective_from_jalali = 14041201;
	assert_int_equal(world_approve(&world, &regime.regime), CODE_ACCEPTED);
	world_close(&world);
}

static void nonsense_is_no_regime(void **state)
{
	(void)state;
	static struct world world;
	struct world_regime regime;
	plain(&world, &regime);
	regime.products[0].family = world_text("PVC");
	assert_int_equal(world_approve(&world, &regime.regime), CODE_REFUSED);
	world_regime_make(&regime);
	regime.rules[0].window_months = 2;
	assert_int_equal(world_approve(&world, &regime.regime), CODE_REFUSED);
	world_regime_make(&regime);
	regime.rules[1].family = world_text("LDPE");
	assert_int_equal(world_approve(&world, &regime.regime), CODE_REFUSED);
	world_regime_make(&regime);
	regime.multiplier.denominator = 0;
	assert_int_equal(world_approve(&world, &regime.regime), CODE_REFUSED);
	world_regime_make(&regime);
	regime.regime.version = 2;
	assert_int_equal(world_approve(&world, &regime.regime), CODE_REFUSED);
	world_regime_make(&regime);
	regime.products[0].product_code = world_text("25201");
	assert_int_equal(world_approve(&world, &regime.regime), CODE_INVALID);
	world_regime_make(&regime);
	assert_int_equal(world_approve(&world, &regime.regime), CODE_ACCEPTED);
	world_close(&world);
}

/* W10: HFC quota = 0.89 x reference x phase-down; sugar = 0.1823 x mean of three seasons. */
static void worked_example_w10(void **state)
{
	(void)state;
	struct quota_rule hfc = {
		.formula = QUOTA_RECORD, .record_months = 12, .share = {89 * 63, 10000}};
	struct quota_derivation made = {.nominal_need_kg_per_year = QUOTA_MAX_KG,
					.recorded_kg = 1000000};
	quota_formula_apply(&hfc, &made);
	assert_int_equal(made.annual_ceiling_kg, 560700);
	/* National: 6.0 Mt of a base of 32.9 Mt a year, three seasons recorded. */
	struct quota_rule sugar = {
		.formula = QUOTA_MEAN_RECORD, .record_months = 36, .share = {1823, 10000}};
	made = (struct quota_derivation){.nominal_need_kg_per_year = 1,
					 .recorded_kg = 3 * (int64_t)32900000000};
	quota_formula_apply(&sugar, &made);
	assert_int_equal(made.annual_ceiling_kg, 5997670000);
}

/* W11: textile PP of 1399: 28,400 t became 14,500 t, 51.06 %, the record counting instead of
 * the nominal need. */
static void worked_example_w11(void **state)
{
	(void)state;
	struct quota_rule nominal = {.formula = QUOTA_NOMINAL, .record_months = 12, .share = {1, 1}};
	struct quota_rule record = {.formula = QUOTA_RECORD, .record_months = 12, .share = {1, 1}};
	struct quota_derivation made = {.nominal_need_kg_per_year = 28400000,
					.recorded_kg = 14500000};
	quota_formula_apply(&nominal, &made);
	assert_int_equal(made.annual_ceiling_kg, 28400000);
	quota_formula_apply(&record, &made);
	assert_int_equal(made.annual_ceiling_kg, 14500000);
	assert_int_equal(made.annual_ceiling_kg * 10000 / 28400000, 5105);
	struct quota_rule share = {
		.formula = QUOTA_RECORD, .record_months = 12, .share = {145, 284}};
	made.recorded_kg = 28400000;
	quota_formula_apply(&share, &made);
	assert_int_equal(made.annual_ceiling_kg, 14500000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(floor_counts_when_record_is_small),
		cmocka_unit_test(record_counts_up_to_the_need),
		cmocka_unit_test(purchases_inside_the_window_are_used),
		cmocka_unit_test(multiplier_doubles_up_to_the_need),
		cmocka_unit_test(bases_and_formulas),
		cmocka_unit_test(a_revoked_licence_has_nothing),
		cmocka_unit_test(windows_follow_one_another),
		cmocka_unit_test(a_new_regime_derives_anew),
		cmocka_unit_test(nonsense_is_no_regime),
		cmocka_unit_test(worked_example_w10),
		cmocka_unit_test(worked_example_w11),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

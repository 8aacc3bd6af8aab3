/* links: services/matching/?*.c services/solver/?*.c libcommon libproto */
/* The rules of suppliers, offers, rounds and allocations, each with what it refuses. */
#include "tests/unit/matching_market.h"

#define INSTANT(day, hour) (calendar_day_start_ms(day) + (hour) * (int64_t)3600000)

static void open_market(struct world *world)
{
	world_open(world, 1);
	market_regime(world, 1, 0);
	market_supplier(world, "S1", "Bushehr");
	market_supplier(world, "S2", "Qom");
}

static void numbers_are_the_contract(void **unused)
{
	(void)unused;
	assert_int_equal(DISTRIBUTION_CONFIRM,
	                 TASHEEM__MATCHING__V1__COMMAND_KIND__COMMAND_KIND_DISTRIBUTION_CONFIRM);
	assert_int_equal(SOLUTION_PART,
	                 TASHEEM__MATCHING__V1__COMMAND_KIND__COMMAND_KIND_SOLUTION_PART);
	assert_int_equal(SUPPLIER_READ,
	                 TASHEEM__MATCHING__V1__COMMAND_KIND__COMMAND_KIND_SUPPLIER_READ);
	assert_int_equal(SHARE_DECIDED,
	                 TASHEEM__MATCHING__V1__EVENT_KIND__EVENT_KIND_SHARE_DECIDED);
	assert_int_equal(MANDATE_LEARNED,
	                 TASHEEM__MATCHING__V1__EVENT_KIND__EVENT_KIND_MANDATE_LEARNED);
	assert_int_equal(OFFER_ENDED, TASHEEM__MATCHING__V1__OFFER_STATE__OFFER_STATE_CLOSED);
	assert_int_equal(ROUND_VOIDED, TASHEEM__MATCHING__V1__ROUND_STATE__ROUND_STATE_VOIDED);
	assert_int_equal(ALLOCATION_VOIDED,
	                 TASHEEM__MATCHING__V1__ALLOCATION_STATE__ALLOCATION_STATE_VOIDED);
	assert_int_equal(SHARE_LEVEL, TASHEEM__MATCHING__V1__SHARE_REASON__SHARE_REASON_LEVEL);
	assert_int_equal(SETTLEMENT_CREDIT, TASHEEM__MATCHING__V1__SETTLEMENT__SETTLEMENT_CREDIT);
}

static void offers_are_checked(void **unused)
{
	(void)unused;
	struct world world;
	open_market(&world);
	struct market_offer good = {"O1", "A", 50000, 5000, 410000, CLASS_ALL, false};
	assert_int_equal(market_publish(&world, &good), CODE_ACCEPTED);
	uint32_t records = world.batch.record_count;
	/* The same again changes nothing, other content is a conflict. */
	assert_int_equal(market_publish(&world, &good), CODE_ACCEPTED);
	assert_int_equal(world.batch.record_count, records);
	good.price = 410001;
	assert_int_equal(market_publish(&world, &good), CODE_CONFLICT);
	assert_true(world_reason(&world, REASON_ID_DUPLICATE));

	struct market_offer odd = {"O2", "A", 51000, 7000, 410000, CLASS_ALL, false};
	assert_int_equal(market_publish(&world, &odd), CODE_REFUSED);
	assert_int_equal(world.batch.verdict.reason_count, 2);
	assert_true(world_reason(&world, REASON_NOT_MULTIPLE));
	struct market_offer small = {"O3", "A", 5000, 10000, 410000, CLASS_ALL, false};
	assert_int_equal(market_publish(&world, &small), CODE_REFUSED);
	assert_true(world_reason(&world, REASON_BELOW_MIN_LOT));
	struct market_offer unknown = {"O4", "Z", 5000, 5000, 410000, CLASS_ALL, false};
	assert_int_equal(market_publish(&world, &unknown), CODE_REFUSED);
	assert_true(world_reason(&world, REASON_NOT_FOUND));
	struct market_offer dear = {"O5",      "A",  5000, 5000, MATCHING_MAX_PRICE + 1,
	                            CLASS_ALL, false};
	assert_int_equal(market_publish(&world, &dear), CODE_INVALID);
	struct market_offer named = {"O 6", "A", 5000, 5000, 410000, 7, false};
	assert_int_equal(market_publish(&world, &named), CODE_INVALID);
	assert_true(world_reason(&world, REASON_ID_FORMAT));
	assert_true(world_reason(&world, REASON_OUT_OF_RANGE));
	world_close(&world);
}

static void suppliers_speak_for_themselves(void **unused)
{
	(void)unused;
	struct world world;
	open_market(&world);
	MATCHING(OfferPublish) message = TASHEEM__MATCHING__V1__OFFER_PUBLISH__INIT;
	MATCHING(Offer) offer = TASHEEM__MATCHING__V1__OFFER__INIT;
	offer.offer_id = market_text("O1");
	offer.supplier_id = market_text("S1");
	offer.grade = market_text("A");
	offer.quantity_kg = offer.allocation_base_kg = 5000;
	offer.price_rial_per_kg = 1;
	offer.buyer_class = TASHEEM__MATCHING__V1__BUYER_CLASS__BUYER_CLASS_ALL;
	offer.settlement = TASHEEM__MATCHING__V1__SETTLEMENT__SETTLEMENT_CASH;
	offer.offered_on_jalali = 14040902;
	message.offer = &offer;
	assert_int_equal(WORLD_SEND(&world, "seller2", OFFER_PUBLISH, &message), CODE_DENIED);
	assert_int_equal(WORLD_SEND(&world, "operator", OFFER_PUBLISH, &message), CODE_DENIED);
	assert_int_equal(WORLD_SEND(&world, "seller1", OFFER_PUBLISH, &message), CODE_ACCEPTED);
	MATCHING(OfferWithdraw) withdraw = TASHEEM__MATCHING__V1__OFFER_WITHDRAW__INIT;
	withdraw.offer_id = market_text("O1");
	assert_int_equal(WORLD_SEND(&world, "seller2", OFFER_WITHDRAW, &withdraw), CODE_DENIED);
	assert_int_equal(market_plan(&world, "R", world.batch.now_ms + 1000), CODE_ACCEPTED);
	assert_int_equal(market_close(&world, "R"), CODE_ACCEPTED);
	assert_int_equal(WORLD_SEND(&world, "seller1", OFFER_WITHDRAW, &withdraw), CODE_REFUSED);
	assert_true(world_reason(&world, REASON_OFFER_CLOSED));
	world_close(&world);
}

static void rounds_are_planned_and_close_by_themselves(void **unused)
{
	(void)unused;
	struct world world;
	open_market(&world);
	int64_t closes_ms = INSTANT(14040905, 12);
	assert_int_equal(market_plan(&world, "R", world.batch.now_ms), CODE_REFUSED);
	assert_true(world_reason(&world, REASON_OUT_OF_RANGE));
	assert_int_equal(market_plan(&world, "R", closes_ms), CODE_ACCEPTED);
	assert_int_equal(market_plan(&world, "R", closes_ms), CODE_ACCEPTED);
	assert_int_equal(market_plan(&world, "R", closes_ms + 1), CODE_CONFLICT);
	const struct round *round = market_round(&world, "R");
	/* The secret seed is promised, not told. */
	uint8_t seed[DIGEST_BYTES], commitment[DIGEST_BYTES];
	round_seed(&world.state, &round->round_id, seed, commitment);
	assert_memory_equal(round->seed_commitment, commitment, DIGEST_BYTES);
	assert_false(round->seed_known);
	assert_int_equal(matching_deadline(&world.state), closes_ms);
	world_clock(&world, closes_ms - 1);
	assert_int_equal(round->state, ROUND_COLLECTING);
	world_clock(&world, closes_ms);
	assert_int_equal(round->state, ROUND_CLOSING);
	world_crash(&world);
	round = market_round(&world, "R");
	assert_int_equal(market_close(&world, "R"), CODE_ACCEPTED);
	/* An empty book is a round too: nothing is placed, and that is proven. */
	market_book(&world, "R", NULL, 0);
	world_settle(&world);
	assert_int_equal(round->state, ROUND_PUBLISHED);
	assert_memory_equal(round->seed, seed, DIGEST_BYTES);
	struct verify_result result;
	assert_true(verify_bundle(&world.batch.arena, market_bundle(&world, "R", 1), &result));
	world_clock(&world, INSTANT(14040910, 0));
	assert_int_equal(round->state, ROUND_FINAL);
	assert_true(round->over);
	assert_int_equal(market_close(&world, "R"), CODE_REFUSED);
	world_close(&world);
}

/* One offer of two lots for two buyers, published on Wednesday 1404-09-05. */
static const struct round *published_round(struct world *world)
{
	static const struct market_request requests[] = {
	        {.buyer = "B01", .id = "Q1", .grade = "A", .round = "R", .quantity_kg = 5000},
	        {.buyer = "B02", .id = "Q1", .grade = "A", .round = "R", .quantity_kg = 5000},
	};
	struct market_offer offer = {"O1", "A", 10000, 5000, 410000, CLASS_ALL, false};
	open_market(world);
	assert_int_equal(market_publish(world, &offer), CODE_ACCEPTED);
	assert_int_equal(market_plan(world, "R", INSTANT(14040905, 12)), CODE_ACCEPTED);
	world_clock(world, INSTANT(14040905, 12));
	market_ask(world, &requests[0]);
	market_ask(world, &requests[1]);
	market_book(world, "R", requests, 2);
	world_settle(world);
	const struct round *round = market_round(world, "R");
	assert_int_equal(round->state, ROUND_PUBLISHED);
	assert_int_equal(round->placed_kg, 10000);
	return round;
}

/* Fridays and the holiday 1404-09-10 do not count. */
static void deadlines_skip_fridays_and_holidays(void **unused)
{
	(void)unused;
	struct world world;
	const struct round *round = published_round(&world);
	const struct allocation *row = market_allocation(&world, "R.1");
	assert_int_equal(row->freight_rial_per_kg, 9800);
	assert_int_equal(row->state, ALLOCATION_PROVISIONAL);
	assert_int_equal(market_answer(&world, "R.1", ALLOCATION_ACCEPT), CODE_REFUSED);
	assert_int_equal(round->objection_until_ms, INSTANT(14040906, 24));
	world_clock(&world, INSTANT(14040907, 0));
	assert_int_equal(round->state, ROUND_FINAL);
	assert_int_equal(row->state, ALLOCATION_OPEN);
	assert_int_equal(row->accept_until_ms, INSTANT(14040909, 24) - 1);
	world_clock(&world, INSTANT(14040909, 10));
	assert_int_equal(market_answer(&world, "R.1", ALLOCATION_ACCEPT), CODE_ACCEPTED);
	assert_int_equal(row->pay_until_ms, INSTANT(14040913, 13));
	/* Who does not answer loses it after the last instant. */
	world_clock(&world, INSTANT(14040909, 24) - 1);
	assert_int_equal(market_allocation(&world, "R.2")->state, ALLOCATION_OPEN);
	world_clock(&world, INSTANT(14040909, 24));
	assert_int_equal(market_allocation(&world, "R.2")->state, ALLOCATION_EXPIRED);
	/* An unpaid one lapses at the bank's cut-off of the next working day: a Saturday. */
	world_clock(&world, INSTANT(14040915, 13));
	assert_int_equal(row->state, ALLOCATION_ACCEPTED);
	world_clock(&world, INSTANT(14040915, 13) + 1);
	assert_int_equal(row->state, ALLOCATION_EXPIRED);
	assert_true(round->over);
	assert_int_equal(round->placed_kg, 0);
	world_close(&world);
}

static void payment_counts_by_value_date(void **unused)
{
	(void)unused;
	struct world world;
	const struct round *round = published_round(&world);
	world_clock(&world, INSTANT(14040908, 9));
	assert_int_equal(market_answer(&world, "R.1", ALLOCATION_ACCEPT), CODE_ACCEPTED);
	assert_int_equal(market_answer(&world, "R.1", ALLOCATION_ACCEPT), CODE_ACCEPTED);
	const struct allocation *row = market_allocation(&world, "R.1");
	int64_t due_rial = 5000 * (int64_t)410000;
	world_clock(&world, row->pay_until_ms + 3600000);
	assert_int_equal(market_pay(&world, "R.1", due_rial, row->pay_until_ms + 1), CODE_REFUSED);
	assert_true(world_reason(&world, REASON_LATE));
	assert_int_equal(market_pay(&world, "R.1", due_rial - 1, row->pay_until_ms), CODE_REFUSED);
	assert_true(world_reason(&world, REASON_SUM_MISMATCH));
	assert_int_equal(market_pay(&world, "R.2", due_rial, row->pay_until_ms), CODE_REFUSED);
	assert_true(world_reason(&world, REASON_WRONG_STATE));
	assert_int_equal(market_pay(&world, "R.9", due_rial, row->pay_until_ms), CODE_REFUSED);
	assert_true(world_reason(&world, REASON_NOT_FOUND));
	assert_int_equal(market_pay(&world, "R.1", due_rial, row->pay_until_ms), CODE_ACCEPTED);
	assert_int_equal(market_pay(&world, "R.1", due_rial, row->pay_until_ms), CODE_ACCEPTED);
	assert_int_equal(market_answer(&world, "R.1", ALLOCATION_DECLINE), CODE_REFUSED);
	/* Above the tolerance of five percent; short is a fact. */
	assert_int_equal(market_deliver(&world, "R.1", 5251), CODE_REFUSED);
	assert_int_equal(market_deliver(&world, "R.1", 4900), CODE_ACCEPTED);
	assert_int_equal(part_at(&world.state, row->first_part)->quantity_kg, 4900);
	assert_int_equal(row->distribute_until_ms, 0);
	/* What was paid for cannot be voided. */
	MATCHING(RoundVoid) message = TASHEEM__MATCHING__V1__ROUND_VOID__INIT;
	message.round_id = market_text("R");
	message.reason = market_text("too late");
	assert_int_equal(WORLD_SEND(&world, "operator", ROUND_VOID, &message), CODE_REFUSED);
	world_settle(&world);
	assert_true(round->over);
	assert_int_equal(round->placed_kg, 5000);
	world_close(&world);
}

static void voiding_releases_everything(void **unused)
{
	(void)unused;
	struct world world;
	const struct round *round = published_round(&world);
	MATCHING(RoundVoid) message = TASHEEM__MATCHING__V1__ROUND_VOID__INIT;
	message.round_id = market_text("R");
	message.reason = market_text("");
	assert_int_equal(WORLD_SEND(&world, "operator", ROUND_VOID, &message), CODE_INVALID);
	message.reason = market_text("خطا در فهرست عرضه‌ها");
	assert_int_equal(WORLD_SEND(&world, "buyer1", ROUND_VOID, &message), CODE_DENIED);
	assert_int_equal(WORLD_SEND(&world, "operator", ROUND_VOID, &message), CODE_ACCEPTED);
	assert_int_equal(round->state, ROUND_VOIDED);
	assert_int_equal(market_allocation(&world, "R.1")->state, ALLOCATION_VOIDED);
	struct offer_id offer_id;
	assert_true(offer_id_set(&offer_id, "O1"));
	const struct offer *offer = offer_find(&world.state.offers, &offer_id);
	assert_int_equal(offer->state, OFFER_OPEN);
	assert_int_equal(offer->allocated_kg, 0);
	world_settle(&world);
	assert_true(matching_deadline(&world.state) == INT64_MAX);
	world_close(&world);
}

/* Publishers see their own; suppliers what they sold; auditors all; nobody what is not published.
 */
static void reads_are_private(void **unused)
{
	(void)unused;
	struct world world;
	(void)published_round(&world);
	static const struct {
		const char *principal;
		size_t allocations, shares;
	} cases[] = {{"buyer1", 1, 1},  {"buyer2", 1, 1},  {"seller1", 2, 0},
	             {"seller2", 0, 0}, {"auditor", 2, 2}, {"operator", 2, 2}};
	MATCHING(AllocationRead) message = TASHEEM__MATCHING__V1__ALLOCATION_READ__INIT;
	for (size_t at = 0; at < sizeof cases / sizeof *cases; at++) {
		assert_int_equal(WORLD_SEND(&world, cases[at].principal, ALLOCATION_READ, &message),
		                 CODE_ACCEPTED);
		const MATCHING(AllocationReadReply) *reply = WIRE_DECODE(
		        &world.batch.arena, MATCHING(AllocationReadReply),
		        tasheem__matching__v1__allocation_read_reply, world.batch.reply);
		assert_non_null(reply);
		assert_int_equal(reply->n_allocations, cases[at].allocations);
		assert_int_equal(reply->n_shares, cases[at].shares);
	}
	assert_int_equal(WORLD_SEND(&world, "solver", ALLOCATION_READ, &message), CODE_DENIED);
	world_close(&world);
}

/* A solver that lies is told so, and the problem is solved again. */
static void wrong_solutions_are_not_published(void **unused)
{
	(void)unused;
	struct world world;
	static const struct market_request request = {
	        .buyer = "B01", .id = "Q1", .grade = "A", .round = "R", .quantity_kg = 5000};
	struct market_offer offer = {"O1", "A", 10000, 5000, 410000, CLASS_ALL, false};
	open_market(&world);
	assert_int_equal(market_publish(&world, &offer), CODE_ACCEPTED);
	assert_int_equal(market_plan(&world, "R", world.batch.now_ms + 1), CODE_ACCEPTED);
	assert_int_equal(market_close(&world, "R"), CODE_ACCEPTED);
	market_ask(&world, &request);
	market_book(&world, "R", &request, 1);
	world_send(&world, "solver", SOLVER_READY, NULL);
	while (world.batch.task_count == 0)
		matching_due(&world.state, &world.batch);
	MATCHING(SolutionPart) part = TASHEEM__MATCHING__V1__SOLUTION_PART__INIT;
	uint8_t nonsense[40] = {1, 2, 3};
	part.task_id = (ProtobufCBinaryData){DIGEST_SHORT_BYTES, world.batch.tasks[0].id};
	part.count = 1;
	part.chunk = (ProtobufCBinaryData){sizeof nonsense, nonsense};
	assert_int_equal(WORLD_SEND(&world, "buyer1", SOLUTION_PART, &part), CODE_DENIED);
	assert_int_equal(WORLD_SEND(&world, "solver", SOLUTION_PART, &part), CODE_REFUSED);
	Tasheem__Solver__V1__Solution empty = TASHEEM__SOLVER__V1__SOLUTION__INIT;
	struct bytes bytes = wire_encode(&world.batch.arena, &empty.base);
	part.chunk = (ProtobufCBinaryData){bytes.size, (uint8_t *)(uintptr_t)bytes.data};
	assert_int_equal(WORLD_SEND(&world, "solver", SOLUTION_PART, &part), CODE_REFUSED);
	assert_true(world_reason(&world, REASON_NOT_PROVEN));
	part.index = 1;
	part.count = 2;
	assert_int_equal(WORLD_SEND(&world, "solver", SOLUTION_PART, &part), CODE_REFUSED);
	assert_true(world_reason(&world, REASON_OUT_OF_RANGE));
	nonsense[0] = 9;
	part.task_id = (ProtobufCBinaryData){DIGEST_SHORT_BYTES, nonsense};
	assert_int_equal(WORLD_SEND(&world, "solver", SOLUTION_PART, &part), CODE_REFUSED);
	assert_true(world_reason(&world, REASON_NOT_FOUND));
	assert_int_equal(market_round(&world, "R")->state, ROUND_SOLVING);
	free((void *)(uintptr_t)world.batch.tasks[0].problem.data);
	world.batch.task_count = 0;
	world_settle(&world);
	/* Not at once. */
	assert_int_equal(market_round(&world, "R")->state, ROUND_SOLVING);
	world.batch.now_ms += 1000;
	world_settle(&world);
	assert_int_equal(market_round(&world, "R")->state, ROUND_PUBLISHED);
	world_close(&world);
}

/* Silence for twenty seconds: another solver gets the task as well. */
static void tasks_are_given_again(void **unused)
{
	(void)unused;
	struct world world;
	open_market(&world);
	assert_int_equal(market_plan(&world, "R", world.batch.now_ms + 1), CODE_ACCEPTED);
	assert_int_equal(market_close(&world, "R"), CODE_ACCEPTED);
	market_book(&world, "R", NULL, 0);
	while (matching_deadline(&world.state) <= world.batch.now_ms)
		matching_due(&world.state, &world.batch);
	assert_true(matching_deadline(&world.state) == INT64_MAX);
	world_send(&world, "solver", SOLVER_READY, NULL);
	while (matching_deadline(&world.state) <= world.batch.now_ms)
		matching_due(&world.state, &world.batch);
	assert_int_equal(world.batch.task_count, 1);
	int64_t due_ms = matching_deadline(&world.state);
	assert_true(due_ms < INT64_MAX);
	world.batch.now_ms = due_ms;
	world_principal(&world, "solver2", ROLE_SOLVER, "");
	world_send(&world, "solver2", SOLVER_READY, NULL);
	while (matching_deadline(&world.state) <= world.batch.now_ms)
		matching_due(&world.state, &world.batch);
	assert_int_equal(world.batch.task_count, 2);
	assert_memory_equal(world.batch.tasks[0].id, world.batch.tasks[1].id, DIGEST_SHORT_BYTES);
	assert_memory_not_equal(&world.batch.tasks[0].peer, &world.batch.tasks[1].peer,
	                        sizeof world.batch.tasks[0].peer);
	world_close(&world);
}

/* Bytes that are no message, or a damaged one, are named invalid and leave no trace. */
static void any_bytes_are_answered(void **unused)
{
	(void)unused;
	struct world world;
	(void)published_round(&world);
	MATCHING(AllocationPaid) message = TASHEEM__MATCHING__V1__ALLOCATION_PAID__INIT;
	message.allocation_id = market_text("R.1");
	message.paid_rial = 5;
	message.value_ms = 7;
	struct bytes good = wire_encode(&world.batch.arena, &message.base);
	static const char *const names[] = {"operator", "clearing", "seller1", "buyer1", "solver"};
	for (uint32_t turn = 0; turn < 20000; turn++) {
		uint8_t bytes[64];
		uint8_t before[DIGEST_BYTES], after[DIGEST_BYTES];
		struct item item;
		memset(&item, 0, sizeof item);
		memcpy(bytes, good.data, good.size);
		size_t size = world_random(&world, (uint32_t)good.size + 1);
		for (uint32_t at = world_random(&world, 4); at > 0 && size > 0; at--)
			bytes[world_random(&world, (uint32_t)size)] =
			        (uint8_t)world_random(&world, 256);
		item.type = ITEM_COMMAND;
		assert_true(principal_name_set(&item.actor.name, names[turn % 5]));
		item.kind = SUPPLIER_REGISTER + world_random(&world, 25);
		item.payload = (struct bytes){bytes, size};
		item.correlation_id = item.traceparent = "";
		uint32_t records = world.batch.record_count;
		world_digest(&world, before);
		matching_take(&world.state, &world.batch, &item);
		world_digest(&world, after);
		if (world.batch.verdict.code != CODE_ACCEPTED)
			assert_memory_equal(before, after, DIGEST_BYTES);
		if (world.batch.verdict.code == CODE_INVALID) {
			assert_true(world.batch.verdict.reason_count > 0);
			assert_int_equal(world.batch.record_count, records);
		}
	}
	world_close(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(numbers_are_the_contract),
	        cmocka_unit_test(offers_are_checked),
	        cmocka_unit_test(suppliers_speak_for_themselves),
	        cmocka_unit_test(rounds_are_planned_and_close_by_themselves),
	        cmocka_unit_test(deadlines_skip_fridays_and_holidays),
	        cmocka_unit_test(payment_counts_by_value_date),
	        cmocka_unit_test(voiding_releases_everything),
	        cmocka_unit_test(reads_are_private),
	        cmocka_unit_test(wrong_solutions_are_not_published),
	        cmocka_unit_test(tasks_are_given_again),
	        cmocka_unit_test(any_bytes_are_answered),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Commands and reads as bytes: what is malformed, out of range, not authorised; what readers see;
 * what the clock does by itself. The batch is a stand-in that keeps the last answer.
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

struct batch {
	struct arena arena;
	int64_t now_ms;
	uint64_t sequence;
	struct verdict verdict;
	struct bytes body;
	struct record record;
	uint32_t answers, records;
};

struct arena *batch_arena(struct batch *batch)
{
	return &batch->arena;
}

int64_t batch_now_ms(const struct batch *batch)
{
	return batch->now_ms;
}

uint64_t batch_next_sequence(const struct batch *batch)
{
	return batch->sequence + 1;
}

static const struct record *stage(struct batch *batch, const struct wire_event *events,
				  uint32_t count)
{
	batch->records++;
	batch->record = (struct record){.sequence = ++batch->sequence,
					.time_ms = batch->now_ms,
					.event_count = count,
					.events = events};
	return &batch->record;
}

const struct record *batch_record(struct batch *batch, const struct item *item,
				  const struct verdict *verdict, const struct wire_event *events,
				  uint32_t count)
{
	(void)item;
	batch->verdict = *verdict;
	return stage(batch, events, count);
}

void batch_answer(struct batch *batch, const struct item *item, const struct verdict *verdict)
{
	(void)item;
	batch->answers++;
	batch->verdict = *verdict;
}

void batch_reply(struct batch *batch, const struct item *item, struct bytes body)
{
	(void)item;
	batch->body = body;
}

const struct record *batch_follow(struct batch *batch, const struct item *item,
				  const struct wire_event *events, uint32_t count)
{
	(void)item;
	return stage(batch, events, count);
}

const struct record *batch_clock(struct batch *batch, const struct wire_event *events,
				 uint32_t count)
{
	return stage(batch, events, count);
}

static const char unit[] = "14026085760", other[] = "14002537895", supply[] = "10335214790";

struct desk {
	struct world world;
	struct batch batch;
};

static void principal(struct desk *desk, const char *name, enum role role, const char *party)
{
	struct principal made = {.role = role};
	assert_true(principal_name_set(&made.name, name));
	memset(made.key.text, name[0], KEY_TEXT_SIZE - 1);
	assert_true(party_id_set(&made.party_id, party));
	authorise_put_principal(&desk->world.live.authorise, &made);
	authorise_put_principal(&desk->world.replay.authorise, &made);
}

static void desk_open(struct desk *desk)
{
	struct world_regime regime;
	memset(desk, 0, sizeof *desk);
	world_open(&desk->world);
	world_regime_make(&regime);
	world_party(&desk->world, unit, 2);
	world_party(&desk->world, other, 2);
	world_cooperative(&desk->world, supply, 1);
	world_member(&desk->world, supply, unit, 2, 7);
	struct world_licence licence = {
		.licence_id = "A1", .party_id = unit, .products = {film}, .capacity_kg = 800000};
	world_licence(&desk->world, &licence);
	assert_int_equal(world_approve(&desk->world, &regime.regime), CODE_ACCEPTED);
	principal(desk, "own", ROLE_PUBLISHER, unit);
	principal(desk, "pool", ROLE_PUBLISHER, supply);
	principal(desk, "foe", ROLE_PUBLISHER, other);
	principal(desk, "auditor", ROLE_AUDITOR, "");
	assert_true(arena_open(&desk->batch.arena, (size_t)1 << 26));
	desk->batch.now_ms = desk->world.now_ms;
	desk->batch.sequence = desk->world.sequence;
}

static void desk_close(struct desk *desk)
{
	arena_close(&desk->batch.arena);
	world_close(&desk->world);
}

static enum code send(struct desk *desk, const char *who, uint32_t kind, struct bytes payload)
{
	struct item item = {.type = kind >= 250 ? ITEM_READ : ITEM_COMMAND,
			    .kind = kind,
			    .payload = payload};
	assert_true(principal_name_set(&item.actor.name, who));
	uint32_t records = desk->batch.records;
	quota_take(&desk->world.live, &desk->batch, &item);
	if (desk->batch.records > records)
		quota_apply_record(&desk->world.replay, &desk->batch.record);
	return desk->batch.verdict.code;
}

static bool reason(const struct desk *desk, enum reason_code code, const char *subject)
{
	const struct verdict *verdict = &desk->batch.verdict;
	for (uint32_t at = 0; at < verdict->reason_count; at++)
		if (verdict->reasons[at].code == code &&
		    strcmp(verdict->reasons[at].subject, subject) == 0)
			return true;
	return false;
}

struct file {
	Tasheem__Quota__V1__RequestFile file;
	Tasheem__Quota__V1__Request request;
	Tasheem__Quota__V1__RequestLine line, *lines[1];
};

static void file_make(struct file *made, const char *id)
{
	made->file = (Tasheem__Quota__V1__RequestFile)TASHEEM__QUOTA__V1__REQUEST_FILE__INIT;
	made->request = (Tasheem__Quota__V1__Request)TASHEEM__QUOTA__V1__REQUEST__INIT;
	made->line = (Tasheem__Quota__V1__RequestLine)TASHEEM__QUOTA__V1__REQUEST_LINE__INIT;
	made->file.request = &made->request;
	made->lines[0] = &made->line;
	made->request.buyer_id = world_text(unit);
	made->request.request_id = world_text(id);
	made->request.grade = world_text("2420H");
	made->request.quantity_kg = 5500;
	made->request.max_price_rial_per_kg = 400000;
	made->request.n_lines = 1;
	made->request.lines = made->lines;
	made->line.party_id = world_text(unit);
	made->line.licence_id = world_text("A1");
	made->line.wanted_kg = 5500;
}

static enum code file(struct desk *desk, const char *who, const struct file *made)
{
	return send(desk, who, QUOTA_REQUEST_FILE,
		    wire_encode(&desk->batch.arena, &made->file.base));
}

static void a_request_goes_through_bytes(void **state)
{
	(void)state;
	static struct desk desk;
	struct file made;
	desk_open(&desk);
	file_make(&made, "R1");
	assert_int_equal(file(&desk, "own", &made), CODE_ACCEPTED);
	assert_int_equal(desk.batch.records, 1);
	assert_int_equal(file(&desk, "own", &made), CODE_ACCEPTED);
	assert_int_equal(desk.batch.records, 1);
	made.request.quantity_kg = 11000;
	assert_int_equal(file(&desk, "own", &made), CODE_CONFLICT);
	Tasheem__Quota__V1__RequestAmend amend = TASHEEM__QUOTA__V1__REQUEST_AMEND__INIT;
	made.line.wanted_kg = 11000;
	amend.request = &made.request;
	amend.expected_version = 1;
	assert_int_equal(send(&desk, "own", QUOTA_REQUEST_AMEND,
			      wire_encode(&desk.batch.arena, &amend.base)),
			 CODE_ACCEPTED);
	assert_int_equal(desk.batch.verdict.version, 2);
	Tasheem__Quota__V1__RequestCancel cancel = TASHEEM__QUOTA__V1__REQUEST_CANCEL__INIT;
	cancel.buyer_id = world_text(unit);
	cancel.request_id = world_text("R1");
	cancel.expected_version = 2;
	assert_int_equal(send(&desk, "own", QUOTA_REQUEST_CANCEL,
			      wire_encode(&desk.batch.arena, &cancel.base)),
			 CODE_ACCEPTED);
	world_check(&desk.world);
	desk_close(&desk);
}

static void others_are_denied(void **state)
{
	(void)state;
	static struct desk desk;
	struct file made;
	desk_open(&desk);
	file_make(&made, "R1");
	assert_int_equal(file(&desk, "foe", &made), CODE_DENIED);
	assert_int_equal(file(&desk, "auditor", &made), CODE_DENIED);
	assert_int_equal(file(&desk, "nobody", &made), CODE_DENIED);
	/* A mandate for this kind is enough. */
	struct mandate mandate = {.kind_count = 1, .kinds = {QUOTA_REQUEST_FILE}};
	assert_true(party_id_set(&mandate.key.party_id, unit));
	assert_true(principal_name_set(&mandate.key.principal, "foe"));
	authorise_put_mandate(&desk.world.live.authorise, &mandate);
	authorise_put_mandate(&desk.world.replay.authorise, &mandate);
	assert_int_equal(file(&desk, "foe", &made), CODE_ACCEPTED);
	desk_close(&desk);
}

static void what_is_out_of_range_is_invalid(void **state)
{
	(void)state;
	static struct desk desk;
	struct file made;
	desk_open(&desk);
	file_make(&made, "R1");
	made.request.quantity_kg = -5500;
	made.request.minimum_kg = -1;
	made.request.max_price_rial_per_kg = 0;
	made.request.wished_priority_class = 10;
	made.request.delivery_from_jalali = 14041301;
	assert_int_equal(file(&desk, "own", &made), CODE_INVALID);
	assert_true(reason(&desk, REASON_OUT_OF_RANGE, "quantity_kg"));
	assert_true(reason(&desk, REASON_OUT_OF_RANGE, "minimum_kg"));
	assert_true(reason(&desk, REASON_OUT_OF_RANGE, "max_price_rial_per_kg"));
	assert_true(reason(&desk, REASON_OUT_OF_RANGE, "wished_priority_class"));
	assert_true(reason(&desk, REASON_OUT_OF_RANGE, "delivery_from_jalali"));
	file_make(&made, "R/1");
	made.request.buyer_id = world_text("12345678901234567");
	made.request.grade = world_text("");
	assert_int_equal(file(&desk, "own", &made), CODE_INVALID);
	assert_true(reason(&desk, REASON_ID_FORMAT, "request_id"));
	assert_true(reason(&desk, REASON_ID_FORMAT, "buyer_id"));
	assert_true(reason(&desk, REASON_ID_FORMAT, "grade"));
	file_make(&made, "R1");
	made.request.n_lines = 0;
	assert_int_equal(file(&desk, "own", &made), CODE_INVALID);
	file_make(&made, "R1");
	made.request.delivery_from_jalali = 14041001;
	made.request.delivery_to_jalali = 14040930;
	assert_int_equal(file(&desk, "own", &made), CODE_INVALID);
	file_make(&made, "R1");
	made.line.wanted_kg = INT64_MAX;
	assert_int_equal(file(&desk, "own", &made), CODE_INVALID);
	assert_int_equal(desk.batch.records, 0);
	desk_close(&desk);
}

static void damaged_bytes_are_malformed(void **state)
{
	(void)state;
	static struct desk desk;
	struct file made;
	desk_open(&desk);
	file_make(&made, "R1");
	struct bytes whole = wire_encode(&desk.batch.arena, &made.file.base);
	for (size_t size = 0; size < whole.size; size++)
		assert_int_equal(send(&desk, "own", QUOTA_REQUEST_FILE,
				      (struct bytes){whole.data, size}),
				 CODE_INVALID);
	for (uint32_t kind = QUOTA_REGIME_APPROVE; kind <= QUOTA_REQUEST_CANCEL; kind++) {
		const uint8_t wrong[] = {0xff, 0xff, 0xff};
		assert_int_equal(send(&desk, "own", kind, (struct bytes){wrong, sizeof wrong}),
				 CODE_INVALID);
	}
	assert_int_equal(send(&desk, "own", 249, whole), CODE_INVALID);
	assert_true(reason(&desk, REASON_UNKNOWN_KIND, "kind"));
	desk_close(&desk);
}

static const Tasheem__Quota__V1__RequestReadReply *requests_of(struct desk *desk, const char *who)
{
	Tasheem__Quota__V1__RequestRead read = TASHEEM__QUOTA__V1__REQUEST_READ__INIT;
	send(desk, who, QUOTA_REQUEST_READ, wire_encode(&desk->batch.arena, &read.base));
	return WIRE_DECODE(&desk->batch.arena, Tasheem__Quota__V1__RequestReadReply,
			   tasheem__quota__v1__request_read_reply, desk->batch.body);
}

static const Tasheem__Quota__V1__CeilingReadReply *ceilings_of(struct desk *desk, const char *who,
							       uint32_t kind)
{
	Tasheem__Quota__V1__CeilingRead read = TASHEEM__QUOTA__V1__CEILING_READ__INIT;
	send(desk, who, kind, wire_encode(&desk->batch.arena, &read.base));
	return WIRE_DECODE(&desk->batch.arena, Tasheem__Quota__V1__CeilingReadReply,
			   tasheem__quota__v1__ceiling_read_reply, desk->batch.body);
}

static void readers_see_their_own(void **state)
{
	(void)state;
	static struct desk desk;
	struct file made;
	desk_open(&desk);
	file_make(&made, "R1");
	assert_int_equal(file(&desk, "own", &made), CODE_ACCEPTED);
	const Tasheem__Quota__V1__RequestReadReply *reply = requests_of(&desk, "own");
	assert_int_equal(reply->total, 1);
	assert_string_equal(reply->requests[0]->request->request_id, "R1");
	assert_int_equal(reply->requests[0]->reserved_kg[0], 5500);
	assert_int_equal(requests_of(&desk, "foe")->total, 0);
	assert_int_equal(requests_of(&desk, "auditor")->total, 1);
	/* Ceilings: the unit's own and its cooperative's; WHY adds the numbers. */
	assert_int_equal(ceilings_of(&desk, "foe", QUOTA_CEILING_READ)->total, 0);
	assert_int_equal(ceilings_of(&desk, "pool", QUOTA_CEILING_READ)->total, 2);
	assert_null(ceilings_of(&desk, "own", QUOTA_CEILING_READ)->ceilings[0]->derivation);
	const Tasheem__Quota__V1__CeilingReadReply *why =
		ceilings_of(&desk, "own", QUOTA_CEILING_WHY);
	assert_int_equal(why->ceilings[0]->derivation->nominal_need_kg_per_year, 824000);
	Tasheem__Quota__V1__RegimeRead read = TASHEEM__QUOTA__V1__REGIME_READ__INIT;
	send(&desk, "foe", QUOTA_REGIME_READ, wire_encode(&desk.batch.arena, &read.base));
	const Tasheem__Quota__V1__RegimeReadReply *regime =
		WIRE_DECODE(&desk.batch.arena, Tasheem__Quota__V1__RegimeReadReply,
			    tasheem__quota__v1__regime_read_reply, desk.batch.body);
	assert_int_equal(regime->versions, 1);
	assert_int_equal(regime->regime->regime->n_families, 3);
	read.day_jalali = 14040830;
	send(&desk, "foe", QUOTA_REGIME_READ, wire_encode(&desk.batch.arena, &read.base));
	regime = WIRE_DECODE(&desk.batch.arena, Tasheem__Quota__V1__RegimeReadReply,
			     tasheem__quota__v1__regime_read_reply, desk.batch.body);
	assert_null(regime->regime);
	/* Aban has thirty days. */
	read.day_jalali = 14040831;
	assert_int_equal(send(&desk, "foe", QUOTA_REGIME_READ,
			      wire_encode(&desk.batch.arena, &read.base)),
			 CODE_INVALID);
	desk_close(&desk);
}

static void the_clock_derives_without_any_request(void **state)
{
	(void)state;
	static struct desk desk;
	desk_open(&desk);
	uint32_t ticks = 0;
	while (quota_deadline(&desk.world.live) <= desk.batch.now_ms && ticks++ < 100) {
		uint32_t records = desk.batch.records;
		quota_due(&desk.world.live, &desk.batch);
		if (desk.batch.records > records)
			quota_apply_record(&desk.world.replay, &desk.batch.record);
		desk.batch.now_ms += 10;
	}
	assert_int_equal(desk.batch.records, 1);
	assert_non_null(world_ceiling(&desk.world, "A1", "LLDPE", 140409));
	/* Nothing more is due before the month ends. */
	assert_true(quota_deadline(&desk.world.live) == calendar_day_start_ms(14041001));
	desk_close(&desk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_goes_through_bytes),
		cmocka_unit_test(others_are_denied),
		cmocka_unit_test(what_is_out_of_range_is_invalid),
		cmocka_unit_test(damaged_bytes_are_malformed),
		cmocka_unit_test(readers_see_their_own),
		cmocka_unit_test(the_clock_derives_without_any_request),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

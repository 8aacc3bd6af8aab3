/* A province's week with the regime of its file: the ceilings it gives, and what they let through.
 * links: services/quota/apply.c services/quota/apply_regime.c services/quota/apply_request.c
 * services/quota/decide_check.c services/quota/decide_file.c services/quota/decide_line.c
 * services/quota/decide_purchase.c services/quota/decide_regime.c services/quota/decide_round.c
 * services/quota/decide_work.c services/quota/digest.c services/quota/messages.c
 * services/quota/messages_decode.c services/quota/messages_encode.c
 * services/quota/messages_follow.c services/quota/messages_read.c
 * services/quota/messages_regime.c services/quota/messages_replay.c services/quota/open.c
 * services/quota/regime_ceiling.c services/quota/regime_epoch.c services/quota/state.c
 * services/ctl/message.c services/ctl/message_parse.c services/ctl/regime_check.c
 * libcommon libproto */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>

#include "services/ctl/regime.h"
#include "tests/unit/quota_world.h"

#define QOM "deploy/demo/qom/"

enum { MAX_CELLS = 12 };

/* Calls `row` with the cells of each line after the head. */
static void csv_each(struct world *world, const char *path,
		     void (*row)(struct world *world, char **cells))
{
	char line[1024];
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	assert_non_null(fgets(line, sizeof line, file));
	while (fgets(line, sizeof line, file)) {
		char *cells[MAX_CELLS] = {NULL}, *rest = line;
		line[strcspn(line, "\r\n")] = '\0';
		for (int at = 0; at < MAX_CELLS && rest; at++)
			cells[at] = strsep(&rest, ",");
		row(world, cells);
	}
	fclose(file);
}

static void party_row(struct world *world, char **cells)
{
	int kind = strcmp(cells[1], "person") == 0 ? 1 : strcmp(cells[1], "legal") == 0 ? 2 : 3;
	world_party(world, cells[0], kind);
}

static void cooperative_row(struct world *world, char **cells)
{
	world_cooperative(world, cells[0], strcmp(cells[2], "supply") == 0 ? 1 : 2);
}

static void membership_row(struct world *world, char **cells)
{
	struct party_id id;
	assert_true(party_id_set(&id, cells[0]));
	const struct quota_party *cooperative = table_find(&world->live.parties, &id);
	bool active = strcmp(cells[4], "statute") == 0;
	world_member(world, cells[0], cells[1], active ? 2 : 1,
		     cooperative->active_members + active);
}

static void licence_row(struct world *world, char **cells)
{
	struct world_licence licence = {
		.licence_id = cells[0],
		.party_id = cells[1],
		.kind = strcmp(cells[2], "guild") == 0 ? 3 : 2,
		.products = {cells[3]},
		.rate_kg_per_h = atoll(cells[5]),
		.capacity_kg = atoll(cells[8]),
	};
	world_licence(world, &licence);
}

static void purchase_row(struct world *world, char **cells)
{
	assert_int_equal(world_purchase(world, cells[0], cells[1], calendar_month_parse(cells[2]),
					atoll(cells[3])),
			 CODE_ACCEPTED);
}

enum { REQUESTS = 400 };
static struct {
	struct world_ask *asks[REQUESTS];
	uint32_t count;
} book;

static void request_row(struct world *world, char **cells)
{
	assert_true(book.count < REQUESTS);
	struct world_ask *ask = world_ask(world, cells[1], cells[0], cells[2], atoll(cells[3]));
	ask->ask.minimum_kg = atoll(cells[4]);
	ask->ask.max_price_rial_per_kg = atoll(cells[5]);
	book.asks[book.count++] = ask;
}

static void line_row(struct world *world, char **cells)
{
	(void)world;
	for (uint32_t at = 0; at < book.count; at++)
		if (strcmp(book.asks[at]->ask.key.request_id.text, cells[0]) == 0)
			world_ask_line(book.asks[at], cells[1], cells[2], atoll(cells[3]));
}

static void approve(struct world *world)
{
	static char text[1 << 16];
	static struct message_errors errors;
	FILE *file = fopen(QOM "regime.json", "r");
	assert_non_null(file);
	size_t size = fread(text, 1, sizeof text, file);
	fclose(file);
	const Tasheem__Quota__V1__Regime *regime =
		regime_parse(&world->arena, text, size, &errors);
	for (uint32_t at = 0; at < errors.count; at++)
		print_message("%s: %s\n", errors.list[at].path, errors.list[at].value);
	assert_non_null(regime);
	assert_int_equal(world_approve(world, regime), CODE_ACCEPTED);
}

static void province(struct world *world)
{
	world_open(world);
	book.count = 0;
	csv_each(world, QOM "parties.csv", party_row);
	csv_each(world, QOM "cooperatives.csv", cooperative_row);
	csv_each(world, QOM "memberships.csv", membership_row);
	csv_each(world, QOM "licences.csv", licence_row);
	approve(world);
	csv_each(world, QOM "purchases.csv", purchase_row);
	csv_each(world, QOM "requests.csv", request_row);
	csv_each(world, QOM "request_lines.csv", line_row);
	world_derive(world);
}

/* kg wanted by unit and family, over all requests. */
struct wish {
	const struct quota_ceiling *ceiling;
	int64_t wanted_kg;
};

static uint32_t wishes_collect(const struct world *world, struct wish *wishes)
{
	uint32_t count = 0;
	for (uint32_t at = 0; at < book.count; at++) {
		const struct ask_request *ask = &book.asks[at]->ask;
		struct quota_grade_key key = {1, ask->grade};
		const struct quota_grade *grade = table_find(&world->live.grades, &key);
		assert_non_null(grade);
		for (uint32_t line = 0; line < ask->line_count; line++) {
			const struct quota_ceiling *ceiling = world_ceiling(
				world, ask->lines[line].licence_id.text,
				quota_family_at(&world->live, grade->family)->family.text, 140409);
			assert_non_null(ceiling);
			uint32_t of = 0;
			while (of < count && wishes[of].ceiling != ceiling)
				of++;
			if (of == count)
				wishes[count++] = (struct wish){ceiling, 0};
			wishes[of].wanted_kg += ask->lines[line].wanted_kg;
		}
	}
	return count;
}

static void three_months_make_a_good_demonstration(void **state)
{
	(void)state;
	static struct world world;
	static struct wish wishes[512];
	province(&world);
	uint32_t count = wishes_collect(&world, wishes), fit = 0;
	for (uint32_t at = 0; at < count; at++)
		fit += wishes[at].wanted_kg <= quota_ceiling_free(&world.live, wishes[at].ceiling);
	print_message("%u of %u lines fit\n", fit, count);
	assert_int_equal(count, 197);
	assert_in_range(fit, 174, 182);
	world_close(&world);
}

static void the_week_is_filed(void **state)
{
	(void)state;
	static struct world world;
	uint32_t accepted = 0, reasons[128] = {0};
	int64_t kg = 0;
	province(&world);
	for (uint32_t at = 0; at < book.count; at++) {
		enum code code = world_file(&world, book.asks[at]);
		assert_true(code == CODE_ACCEPTED || code == CODE_REFUSED);
		accepted += code == CODE_ACCEPTED;
		kg += code == CODE_ACCEPTED ? book.asks[at]->ask.quantity_kg : 0;
		if (code == CODE_REFUSED)
			reasons[world.outcome.verdict.reasons[0].code]++;
	}
	world_check(&world);
	print_message("%u of %u accepted, %lld kg\n", accepted, book.count, (long long)kg);
	for (uint32_t at = 0; at < 128; at++)
		if (reasons[at])
			print_message("%s %u\n", reason_name((enum reason_code)at), reasons[at]);
	assert_int_equal(book.count, 313);
	assert_in_range(accepted, 250, 305);
	world_close(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_months_make_a_good_demonstration),
		cmocka_unit_test(the_week_is_filed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* links: services/membership/apply.c services/membership/decide.c
 * services/membership/decide_access.c services/membership/decide_licence.c
 * services/membership/decide_membership.c services/membership/decide_staged.c
 * services/membership/messages_command.c services/membership/messages_event.c
 * services/membership/messages_noun.c services/membership/messages_read.c libcommon libproto */
/* The registry by its bytes: the province's files go in as commands, their
 * events through the journal's form, and a replay gives the same digest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "common/calendar.h"
#include "common/wire.h"
#include "tasheem/membership/v1/membership.pb-c.h"
#include "tests/unit/membership_cases.h"

enum { MAX_FIELDS = 12 };

struct journal_line {
	struct wire_event events[1000];
	uint32_t count;
};

static struct journal_line written;

static void keep(const struct wire_event *event)
{
	assert_true(written.count < 1000);
	uint8_t *data = malloc(event->payload.size + 1);
	assert_non_null(data);
	if (event->payload.size)
		memcpy(data, event->payload.data, event->payload.size);
	written.events[written.count].kind = event->kind;
	written.events[written.count++].payload = (struct bytes){data, event->payload.size};
}

/* Bytes → command → decision → events' bytes → state. */
static enum code run_bytes(struct bench *bench, uint32_t kind, struct bytes payload)
{
	struct command command;
	struct verdict *verdict = &bench->outcome.verdict;
	if (!membership_command_decode(&bench->arena, kind, payload, &command, verdict))
		return verdict->code;
	membership_decide(&bench->state, &bench->arena, &command, &bench->context, &bench->outcome);
	for (uint32_t i = 0; i < bench->outcome.event_count; i++) {
		struct wire_event wire =
		        membership_event_encode(&bench->arena, &bench->outcome.events[i]);
		keep(&wire);
		struct event event;
		membership_event_decode(&bench->arena, &wire, &event);
		membership_apply(&bench->state, &event);
	}
	return bench->outcome.verdict.code;
}

#define RUN(kind, message)                                                                         \
	run_bytes(bench, kind, wire_encode(&bench->arena, (const ProtobufCMessage *)(message)))

static int split(char *line, char *fields[MAX_FIELDS])
{
	int count = 0;
	line[strcspn(line, "\r\n")] = '\0';
	for (char *at = line; at && count < MAX_FIELDS;) {
		fields[count++] = at;
		at = strchr(at, ',');
		if (at)
			*at++ = '\0';
	}
	return count;
}

typedef enum code (*row_taker)(struct bench *bench, char *fields[MAX_FIELDS]);

/* Number of rows; every one must be accepted. */
static int load(struct bench *bench, const char *name, row_taker take)
{
	char path[128];
	char line[1024];
	int rows = 0;
	snprintf(path, sizeof path, "deploy/demo/qom/%s.csv", name);
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	assert_non_null(fgets(line, sizeof line, file));
	while (fgets(line, sizeof line, file)) {
		char *fields[MAX_FIELDS];
		assert_true(split(line, fields) >= 5);
		assert_int_equal(take(bench, fields), CODE_ACCEPTED);
		rows++;
	}
	fclose(file);
	return rows;
}

/* 1-based place of a word in a list. */
static int place(const char *word, const char *const *words)
{
	for (int i = 0; words[i]; i++)
		if (strcmp(words[i], word) == 0)
			return i + 1;
	fail();
	return 0;
}

static enum code take_party(struct bench *bench, char *fields[MAX_FIELDS])
{
	static const char *const kinds[] = {"person", "legal", "foreigner", NULL};
	Tasheem__Membership__V1__Party party = TASHEEM__MEMBERSHIP__V1__PARTY__INIT;
	party.party_id = fields[0];
	party.kind = (Tasheem__Membership__V1__PartyKind)place(fields[1], kinds);
	party.name = fields[2];
	party.nationality = fields[3];
	party.county = fields[4];
	Tasheem__Membership__V1__PartyRegister message =
	        TASHEEM__MEMBERSHIP__V1__PARTY_REGISTER__INIT;
	message.party = &party;
	return RUN(PARTY_REGISTER, &message);
}

static enum code take_union(struct bench *bench, char *fields[MAX_FIELDS])
{
	static const char *const levels[] = {"county", "province", "national", NULL};
	Tasheem__Membership__V1__Union syndicate = TASHEEM__MEMBERSHIP__V1__UNION__INIT;
	syndicate.union_id = fields[0];
	syndicate.name = fields[1];
	syndicate.level = (Tasheem__Membership__V1__UnionLevel)place(fields[2], levels);
	syndicate.place = fields[3];
	syndicate.parent_union_id = fields[4];
	Tasheem__Membership__V1__UnionRegister message =
	        TASHEEM__MEMBERSHIP__V1__UNION_REGISTER__INIT;
	message.union_ = &syndicate;
	return RUN(UNION_REGISTER, &message);
}

static enum code take_cooperative(struct bench *bench, char *fields[MAX_FIELDS])
{
	static const char *const kinds[] = {"supply", "handicraft_export", "urban_development",
	                                    NULL};
	Tasheem__Membership__V1__Cooperative cooperative =
	        TASHEEM__MEMBERSHIP__V1__COOPERATIVE__INIT;
	cooperative.cooperative_id = fields[0];
	cooperative.name = fields[1];
	cooperative.kind = (Tasheem__Membership__V1__CooperativeKind)place(fields[2], kinds);
	cooperative.county = fields[3];
	cooperative.union_id = fields[4];
	cooperative.registered_on_jalali = calendar_day_parse(fields[5]);
	Tasheem__Membership__V1__CooperativeRegister message =
	        TASHEEM__MEMBERSHIP__V1__COOPERATIVE_REGISTER__INIT;
	message.cooperative = &cooperative;
	return RUN(COOPERATIVE_REGISTER, &message);
}

static enum code take_membership(struct bench *bench, char *fields[MAX_FIELDS])
{
	Tasheem__Membership__V1__Membership membership = TASHEEM__MEMBERSHIP__V1__MEMBERSHIP__INIT;
	membership.cooperative_id = fields[0];
	membership.party_id = fields[1];
	membership.shares = atoll(fields[2]);
	membership.joined_on_jalali = calendar_day_parse(fields[3]);
	membership.legal_basis = fields[4];
	Tasheem__Membership__V1__MembershipJoin message =
	        TASHEEM__MEMBERSHIP__V1__MEMBERSHIP_JOIN__INIT;
	message.membership = &membership;
	return RUN(MEMBERSHIP_JOIN, &message);
}

static enum code take_licence(struct bench *bench, char *fields[MAX_FIELDS])
{
	static const char *const kinds[] = {"establishment", "operating", "guild", NULL};
	Tasheem__Membership__V1__LicenceLine line = TASHEEM__MEMBERSHIP__V1__LICENCE_LINE__INIT;
	line.product_code = fields[3];
	line.machine_rate_kg_per_h = atoll(fields[5]);
	line.hours_per_year = atoi(fields[6]);
	line.efficiency_percent = atoi(fields[7]);
	line.nominal_capacity_kg_per_year = atoll(fields[8]);
	Tasheem__Membership__V1__LicenceLine *lines[] = {&line};
	Tasheem__Membership__V1__Licence licence = TASHEEM__MEMBERSHIP__V1__LICENCE__INIT;
	licence.licence_id = fields[0];
	licence.party_id = fields[1];
	licence.kind = (Tasheem__Membership__V1__LicenceKind)place(fields[2], kinds);
	licence.county = fields[4];
	licence.n_lines = 1;
	licence.lines = lines;
	licence.valid_from_jalali = calendar_day_parse(fields[9]);
	licence.valid_to_jalali = calendar_day_parse(fields[10]);
	Tasheem__Membership__V1__LicenceRegister message =
	        TASHEEM__MEMBERSHIP__V1__LICENCE_REGISTER__INIT;
	message.licence = &licence;
	return RUN(LICENCE_REGISTER, &message);
}

static void load_all(struct bench *bench)
{
	assert_int_equal(load(bench, "parties", take_party), 262);
	assert_int_equal(load(bench, "unions", take_union), 6);
	assert_int_equal(load(bench, "cooperatives", take_cooperative), 11);
	assert_int_equal(load(bench, "memberships", take_membership), 155);
	assert_int_equal(load(bench, "licences", take_licence), 177);
}

static uint32_t count_memberships(const struct bench *bench, enum membership_status status)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < bench->state.memberships.count; i++)
		if (membership_at(&bench->state.memberships, i)->state == status)
			count++;
	return count;
}

static void the_province_loads_and_loads_again(void **state)
{
	(void)state;
	struct bench bench;
	bench_open(&bench);
	written.count = 0;
	load_all(&bench);
	assert_int_equal(written.count, 262 + 6 + 11 + 155 + 177);
	assert_int_equal(count_memberships(&bench, MEMBERSHIP_PENDING), 18);
	assert_int_equal(count_memberships(&bench, MEMBERSHIP_ACTIVE), 137);
	uint8_t before[DIGEST_BYTES];
	uint8_t after[DIGEST_BYTES];
	membership_digest(&bench.state, before);
	load_all(&bench);
	assert_int_equal(written.count, 262 + 6 + 11 + 155 + 177);
	membership_digest(&bench.state, after);
	assert_memory_equal(before, after, DIGEST_BYTES);

	struct membership_state replayed;
	assert_true(membership_open(&replayed, 4096));
	struct record record = {.event_count = written.count, .events = written.events};
	struct event event;
	for (uint32_t i = 0; i < record.event_count; i++) {
		membership_event_decode(&replayed.scratch, &record.events[i], &event);
		membership_apply(&replayed, &event);
	}
	membership_digest(&replayed, after);
	assert_memory_equal(before, after, DIGEST_BYTES);
	membership_close(&replayed);
	bench_close(&bench);
	while (written.count)
		free((void *)(uintptr_t)written.events[--written.count].payload.data);
}

static Tasheem__Membership__V1__RegistryReadReply *read_page(struct bench *bench, int noun,
                                                             const char *id, uint32_t page)
{
	Tasheem__Membership__V1__RegistryRead read = TASHEEM__MEMBERSHIP__V1__REGISTRY_READ__INIT;
	read.noun = (Tasheem__Membership__V1__Noun)noun;
	read.id = (char *)(uintptr_t)id;
	read.page = page;
	struct bytes reply;
	if (!membership_read(&bench->state, &bench->arena, wire_encode(&bench->arena, &read.base),
	                     &reply, &bench->outcome.verdict))
		return NULL;
	return (Tasheem__Membership__V1__RegistryReadReply *)(uintptr_t)WIRE_DECODE(
	        &bench->arena, Tasheem__Membership__V1__RegistryReadReply,
	        tasheem__membership__v1__registry_read_reply, reply);
}

static void pages_hold_two_hundred_rows(void **state)
{
	(void)state;
	struct bench bench;
	bench_open(&bench);
	written.count = 0;
	load_all(&bench);
	const Tasheem__Membership__V1__RegistryReadReply *reply = read_page(&bench, 1, "", 0);
	assert_int_equal(reply->n_parties, 200);
	assert_int_equal(reply->total, 262);
	assert_int_equal(read_page(&bench, 1, "", 1)->n_parties, 62);
	assert_int_equal(read_page(&bench, 1, "", UINT32_MAX)->n_parties, 0);
	reply = read_page(&bench, 5, "L00001", 0);
	assert_int_equal(reply->n_licences, 1);
	assert_int_equal(reply->licences[0]->lines[0]->nominal_capacity_kg_per_year, 800000);
	assert_int_equal(read_page(&bench, 4, "10335214790", 0)->n_memberships, 41);
	assert_int_equal(read_page(&bench, 2, "", 0)->n_unions, 6);
	assert_int_equal(read_page(&bench, 3, "", 0)->n_cooperatives, 11);
	assert_null(read_page(&bench, 8, "", 0));
	assert_int_equal(bench.outcome.verdict.code, CODE_INVALID);
	bench_close(&bench);
	while (written.count)
		free((void *)(uintptr_t)written.events[--written.count].payload.data);
}

static void bad_bytes_never_become_commands(void **state)
{
	(void)state;
	struct bench bench_on_stack;
	struct bench *bench = &bench_on_stack;
	bench_open(bench);
	static const uint8_t junk[] = {0x0a, 0xff, 0x01, 0x02};
	for (uint32_t kind = PARTY_REGISTER; kind <= REGISTRY_IMPORT; kind++) {
		assert_int_equal(run_bytes(bench, kind, (struct bytes){junk, sizeof junk}),
		                 CODE_INVALID);
		assert_true(bench_has(bench, REASON_MALFORMED));
		assert_int_equal(run_bytes(bench, kind, (struct bytes){junk, 0}), CODE_INVALID);
	}
	assert_int_equal(run_bytes(bench, 149, (struct bytes){junk, 0}), CODE_INVALID);
	assert_true(bench_has(bench, REASON_UNKNOWN_KIND));
	char *fields[MAX_FIELDS] = {(char *)(uintptr_t) "049937089", (char *)(uintptr_t) "person",
	                            (char *)(uintptr_t) "", (char *)(uintptr_t) "irn",
	                            (char *)(uintptr_t) ""};
	assert_int_equal(take_party(bench, fields), CODE_INVALID);
	assert_true(bench_has(bench, REASON_ID_FORMAT));
	assert_true(bench_has(bench, REASON_OUT_OF_RANGE));
	bench_close(bench);
}

static void an_import_names_its_rows(void **state)
{
	(void)state;
	struct bench bench_on_stack;
	struct bench *bench = &bench_on_stack;
	bench_open(bench);
	Tasheem__Membership__V1__RegistryRow row = TASHEEM__MEMBERSHIP__V1__REGISTRY_ROW__INIT;
	row.kind = PRINCIPAL_REGISTER;
	Tasheem__Membership__V1__RegistryRow *rows[] = {&row, &row};
	Tasheem__Membership__V1__RegistryImport import =
	        TASHEEM__MEMBERSHIP__V1__REGISTRY_IMPORT__INIT;
	import.n_rows = 2;
	import.rows = rows;
	assert_int_equal(RUN(REGISTRY_IMPORT, &import), CODE_INVALID);
	assert_int_equal(bench->outcome.verdict.reason_count, 2);
	assert_string_equal(bench->outcome.verdict.reasons[1].subject, "row 2: kind");
	bench_close(bench);
}

static void names_are_folded(void **state)
{
	(void)state;
	struct bench bench_on_stack;
	struct bench *bench = &bench_on_stack;
	bench_open(bench);
	char id[] = "0499370899", kind[] = "person", name[] = " علي كاظمي ", nation[] = "IRN",
	     county[] = "قم";
	char *fields[MAX_FIELDS] = {id, kind, name, nation, county};
	written.count = 0;
	assert_int_equal(take_party(bench, fields), CODE_ACCEPTED);
	assert_string_equal(party_at(&bench->state.parties, 0)->name, "علی کاظمی");
	bench_close(bench);
	free((void *)(uintptr_t)written.events[0].payload.data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(the_province_loads_and_loads_again),
	        cmocka_unit_test(pages_hold_two_hundred_rows),
	        cmocka_unit_test(bad_bytes_never_become_commands),
	        cmocka_unit_test(an_import_names_its_rows),
	        cmocka_unit_test(names_are_folded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* links: services/membership/apply.c services/membership/decide.c
 * services/membership/decide_access.c services/membership/decide_licence.c
 * services/membership/decide_membership.c services/membership/decide_staged.c libcommon libproto */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "tests/unit/membership_cases.h"

static const char person[] = "0499370899";
static const char second[] = "0790419904";
static const char legal[] = "10380284790";
static const char foreigner[] = "852178928648";
static const char supply[] = "10335214790";
static const char similar[] = "10338326079";
static const char craft[] = "10344715226";

static enum code run(struct bench *bench, struct command command)
{
	return bench_run(bench, &command);
}

static void open_with_parties(struct bench *bench)
{
	bench_open(bench);
	assert_int_equal(run(bench, command_party(person, PARTY_PERSON, "IRN")), CODE_ACCEPTED);
	assert_int_equal(run(bench, command_party(second, PARTY_PERSON, "IRN")), CODE_ACCEPTED);
	assert_int_equal(run(bench, command_party(legal, PARTY_LEGAL, "IRN")), CODE_ACCEPTED);
	assert_int_equal(run(bench, command_party(foreigner, PARTY_FOREIGNER, "SYR")),
	                 CODE_ACCEPTED);
	assert_int_equal(run(bench, command_cooperative(supply, COOPERATIVE_SUPPLY)),
	                 CODE_ACCEPTED);
	assert_int_equal(run(bench, command_cooperative(similar, COOPERATIVE_SUPPLY)),
	                 CODE_ACCEPTED);
	assert_int_equal(run(bench, command_cooperative(craft, COOPERATIVE_HANDICRAFT_EXPORT)),
	                 CODE_ACCEPTED);
}

static const struct membership *member(struct bench *bench, const char *cooperative,
                                       const char *party)
{
	struct membership_key key;
	memset(&key, 0, sizeof key);
	assert_true(party_id_set(&key.cooperative_id, cooperative));
	assert_true(party_id_set(&key.party_id, party));
	return membership_find(&bench->state.memberships, &key);
}

static int32_t active(struct bench *bench, const char *cooperative)
{
	struct party_id id;
	assert_true(party_id_set(&id, cooperative));
	return cooperative_find(&bench->state.cooperatives, &id)->active_members;
}

static void the_same_again_is_harmless_other_content_a_conflict(void **state)
{
	(void)state;
	struct bench bench;
	open_with_parties(&bench);
	assert_int_equal(run(&bench, command_party(person, PARTY_PERSON, "IRN")), CODE_ACCEPTED);
	assert_int_equal(bench.outcome.event_count, 0);
	struct command other = command_party(person, PARTY_PERSON, "IRN");
	strcpy(other.party.county, "کهک");
	assert_int_equal(run(&bench, other), CODE_CONFLICT);
	assert_true(bench_has(&bench, REASON_ID_DUPLICATE));
	assert_int_equal(run(&bench, command_cooperative(supply, COOPERATIVE_SUPPLY)),
	                 CODE_ACCEPTED);
	assert_int_equal(bench.outcome.event_count, 0);
	assert_int_equal(run(&bench, command_cooperative(supply, COOPERATIVE_URBAN_DEVELOPMENT)),
	                 CODE_CONFLICT);
	bench_close(&bench);
}

static void every_failing_reason_is_told(void **state)
{
	(void)state;
	struct bench bench;
	bench_open(&bench);
	assert_int_equal(run(&bench, command_party("1234567890", PARTY_PERSON, "AFG")),
	                 CODE_REFUSED);
	assert_true(bench_has(&bench, REASON_ID_CHECKSUM));
	assert_true(bench_has(&bench, REASON_OUT_OF_RANGE));
	assert_int_equal(bench.outcome.verdict.reason_count, 2);
	assert_int_equal(bench.outcome.event_count, 0);
	assert_int_equal(run(&bench, command_join(supply, person, "statute")), CODE_REFUSED);
	assert_int_equal(bench.outcome.verdict.reason_count, 2);
	assert_true(bench_has(&bench, REASON_NOT_FOUND));
	bench_close(&bench);
}

static void unions_are_a_tree(void **state)
{
	(void)state;
	struct bench bench;
	bench_open(&bench);
	struct command command;
	memset(&command, 0, sizeof command);
	command.kind = UNION_REGISTER;
	strcpy(command.syndicate.name, "اتحادیه");
	assert_true(union_id_set(&command.syndicate.id, "U2"));
	assert_true(union_id_set(&command.syndicate.parent_id, "U1"));
	command.syndicate.level = UNION_PROVINCE;
	assert_int_equal(run(&bench, command), CODE_REFUSED);
	assert_int_equal(bench.outcome.verdict.reason_count, 2);
	struct command root = command;
	assert_true(union_id_set(&root.syndicate.id, "U1"));
	assert_true(union_id_set(&root.syndicate.parent_id, ""));
	root.syndicate.level = UNION_NATIONAL;
	assert_int_equal(run(&bench, root), CODE_ACCEPTED);
	strcpy(command.syndicate.place, "قم");
	assert_int_equal(run(&bench, command), CODE_ACCEPTED);
	/* A province union under another one. */
	struct command third = command;
	assert_true(union_id_set(&third.syndicate.id, "U3"));
	assert_true(union_id_set(&third.syndicate.parent_id, "U2"));
	assert_int_equal(run(&bench, third), CODE_REFUSED);
	assert_true(bench_has(&bench, REASON_OUT_OF_RANGE));
	struct command orphan = command_cooperative(supply, COOPERATIVE_SUPPLY);
	assert_true(union_id_set(&orphan.cooperative.union_id, "U9"));
	assert_int_equal(run(&bench, orphan), CODE_REFUSED);
	assert_true(bench_has(&bench, REASON_NOT_FOUND));
	bench_close(&bench);
}

static void one_similar_cooperative_per_party(void **state)
{
	(void)state;
	struct bench bench;
	open_with_parties(&bench);
	assert_int_equal(run(&bench, command_join(supply, person, "statute")), CODE_ACCEPTED);
	assert_int_equal(active(&bench, supply), 1);
	assert_int_equal(run(&bench, command_join(similar, person, "statute")), CODE_REFUSED);
	assert_true(bench_has(&bench, REASON_SIMILAR_COOP));
	assert_string_equal(bench.outcome.verdict.reasons[0].subject, supply);
	assert_int_equal(run(&bench, command_join(craft, person, "statute")), CODE_ACCEPTED);
	assert_int_equal(run(&bench, command_change(MEMBERSHIP_SUSPEND, supply, person)),
	                 CODE_ACCEPTED);
	assert_int_equal(run(&bench, command_join(similar, person, "statute")), CODE_REFUSED);
	assert_int_equal(run(&bench, command_change(MEMBERSHIP_END, supply, person)),
	                 CODE_ACCEPTED);
	assert_int_equal(run(&bench, command_join(similar, person, "statute")), CODE_ACCEPTED);
	assert_int_equal(active(&bench, supply), 0);
	assert_int_equal(active(&bench, similar), 1);
	bench_close(&bench);
}

static void a_membership_is_suspended_resumed_and_ended(void **state)
{
	(void)state;
	struct bench bench;
	open_with_parties(&bench);
	assert_int_equal(run(&bench, command_change(MEMBERSHIP_SUSPEND, supply, person)),
	                 CODE_REFUSED);
	assert_true(bench_has(&bench, REASON_NOT_MEMBER));
	assert_int_equal(run(&bench, command_join(supply, person, "statute")), CODE_ACCEPTED);
	assert_int_equal(run(&bench, command_change(MEMBERSHIP_SUSPEND, supply, person)),
	                 CODE_ACCEPTED);
	assert_int_equal(member(&bench, supply, person)->state, MEMBERSHIP_SUSPENDED);
	assert_int_equal(active(&bench, supply), 0);
	assert_string_equal(bench.outcome.events[0].membership_reason, "دو اخطار");
	assert_int_equal(run(&bench, command_change(MEMBERSHIP_SUSPEND, supply, person)),
	                 CODE_ACCEPTED);
	assert_int_equal(bench.outcome.event_count, 0);
	assert_int_equal(run(&bench, command_change(MEMBERSHIP_RESUME, supply, person)),
	                 CODE_ACCEPTED);
	assert_int_equal(active(&bench, supply), 1);
	assert_int_equal(run(&bench, command_change(MEMBERSHIP_END, supply, person)),
	                 CODE_ACCEPTED);
	assert_int_equal(run(&bench, command_change(MEMBERSHIP_RESUME, supply, person)),
	                 CODE_REFUSED);
	assert_true(bench_has(&bench, REASON_WRONG_STATE));
	/* The old application once more changes nothing; a new one joins anew. */
	struct command again = command_join(supply, person, "statute");
	assert_int_equal(run(&bench, again), CODE_ACCEPTED);
	assert_int_equal(bench.outcome.event_count, 0);
	again.membership.joined_on = 14040101;
	assert_int_equal(run(&bench, again), CODE_ACCEPTED);
	assert_int_equal(active(&bench, supply), 1);
	again.membership.shares = 9;
	assert_int_equal(run(&bench, again), CODE_CONFLICT);
	bench_close(&bench);
}

static void foreigners_need_a_legal_basis_and_wait_for_permission(void **state)
{
	(void)state;
	struct bench bench;
	open_with_parties(&bench);
	assert_int_equal(run(&bench, command_join(craft, foreigner, "")), CODE_REFUSED);
	assert_true(bench_has(&bench, REASON_FOREIGN_NO_LEGAL_BASIS));
	assert_int_equal(run(&bench, command_join(craft, foreigner, "pending_permit")),
	                 CODE_ACCEPTED);
	assert_int_equal(member(&bench, craft, foreigner)->state, MEMBERSHIP_PENDING);
	assert_int_equal(active(&bench, craft), 0);
	/* The permit came, but this cooperative may have no foreign members. */
	assert_int_equal(run(&bench, command_join(craft, foreigner, "permit")), CODE_ACCEPTED);
	assert_int_equal(member(&bench, craft, foreigner)->state, MEMBERSHIP_PENDING);
	assert_int_equal(run(&bench, command_change(MEMBERSHIP_RESUME, craft, foreigner)),
	                 CODE_REFUSED);
	struct command open = command_cooperative("10324784980", COOPERATIVE_URBAN_DEVELOPMENT);
	open.cooperative.foreign_members_allowed = true;
	assert_int_equal(run(&bench, open), CODE_ACCEPTED);
	assert_int_equal(run(&bench, command_join("10324784980", foreigner, "permit")),
	                 CODE_ACCEPTED);
	assert_int_equal(member(&bench, "10324784980", foreigner)->state, MEMBERSHIP_ACTIVE);
	assert_int_equal(active(&bench, "10324784980"), 1);
	bench_close(&bench);
}

static void a_licence_states_the_capacity_its_machines_give(void **state)
{
	(void)state;
	struct bench bench;
	open_with_parties(&bench);
	assert_int_equal(run(&bench, command_licence("L00001", legal)), CODE_ACCEPTED);
	assert_int_equal(run(&bench, command_licence("L00001", legal)), CODE_ACCEPTED);
	assert_int_equal(bench.outcome.event_count, 0);
	struct command wrong = command_licence("L00002", legal);
	wrong.licence.lines[0].nominal_capacity_kg_per_year++;
	wrong.licence.valid_to = 13970101;
	assert_int_equal(run(&bench, wrong), CODE_REFUSED);
	assert_true(bench_has(&bench, REASON_SUM_MISMATCH));
	assert_true(bench_has(&bench, REASON_OUT_OF_RANGE));
	struct command twice = command_licence("L00002", legal);
	twice.licence.lines[1] = twice.licence.lines[0];
	twice.licence.line_count = 2;
	assert_int_equal(run(&bench, twice), CODE_REFUSED);
	struct command stranger = command_licence("L00002", "10380284791");
	assert_int_equal(run(&bench, stranger), CODE_REFUSED);
	assert_true(bench_has(&bench, REASON_NOT_FOUND));
	struct command revoke;
	memset(&revoke, 0, sizeof revoke);
	revoke.kind = LICENCE_REVOKE;
	assert_true(licence_id_set(&revoke.licence_revoke.id, "L00001"));
	assert_int_equal(run(&bench, revoke), CODE_ACCEPTED);
	assert_int_equal(licence_at(&bench.state.licences, 0)->state, LICENCE_REVOKED);
	assert_int_equal(run(&bench, revoke), CODE_ACCEPTED);
	assert_int_equal(bench.outcome.event_count, 0);
	/* Importing the old file again does not bring it back. */
	assert_int_equal(run(&bench, command_licence("L00001", legal)), CODE_ACCEPTED);
	assert_int_equal(licence_at(&bench.state.licences, 0)->state, LICENCE_REVOKED);
	bench_close(&bench);
}

static void keys_belong_to_one_live_principal(void **state)
{
	(void)state;
	struct bench bench;
	open_with_parties(&bench);
	assert_int_equal(run(&bench, command_principal("union-system", "a", ROLE_PUBLISHER, "")),
	                 CODE_ACCEPTED);
	assert_int_equal(run(&bench, command_principal("union-system", "a", ROLE_PUBLISHER, "")),
	                 CODE_ACCEPTED);
	assert_int_equal(bench.outcome.event_count, 0);
	assert_int_equal(run(&bench, command_principal("union-system", "b", ROLE_PUBLISHER, "")),
	                 CODE_CONFLICT);
	assert_int_equal(run(&bench, command_principal("other", "a", ROLE_PUBLISHER, "")),
	                 CODE_REFUSED);
	assert_true(bench_has(&bench, REASON_ID_DUPLICATE));
	assert_int_equal(run(&bench, command_principal("p", "c", ROLE_PUBLISHER, "10380284791")),
	                 CODE_REFUSED);
	assert_true(bench_has(&bench, REASON_NOT_FOUND));
	assert_int_equal(run(&bench, command_principal("clock", "d", ROLE_SUPPLIER, "S1")),
	                 CODE_REFUSED);
	struct command revoke;
	memset(&revoke, 0, sizeof revoke);
	revoke.kind = PRINCIPAL_REVOKE;
	assert_true(principal_name_set(&revoke.principal_revoke, "union-system"));
	assert_int_equal(run(&bench, revoke), CODE_ACCEPTED);
	assert_int_equal(bench.outcome.event_count, 1);
	assert_int_equal(run(&bench, revoke), CODE_ACCEPTED);
	assert_int_equal(bench.outcome.event_count, 0);
	assert_int_equal(run(&bench, command_principal("union-system", "a", ROLE_PUBLISHER, "")),
	                 CODE_REFUSED);
	assert_true(bench_has(&bench, REASON_WRONG_STATE));
	/* The key itself is free again. */
	assert_int_equal(run(&bench, command_principal("other", "a", ROLE_PUBLISHER, "")),
	                 CODE_ACCEPTED);
	bench_close(&bench);
}

static void fixed_principals_are_left_alone(void **state)
{
	(void)state;
	struct bench bench;
	open_with_parties(&bench);
	struct command command = command_principal("quota", "q", ROLE_SERVICE, "");
	command.principal.fixed = true;
	authorise_put_principal(&bench.state.authorise, &command.principal);
	struct command revoke;
	memset(&revoke, 0, sizeof revoke);
	revoke.kind = PRINCIPAL_REVOKE;
	assert_true(principal_name_set(&revoke.principal_revoke, "quota"));
	assert_int_equal(run(&bench, revoke), CODE_REFUSED);
	assert_true(bench_has(&bench, REASON_WRONG_STATE));
	assert_true(principal_name_set(&revoke.principal_revoke, "nobody"));
	assert_int_equal(run(&bench, revoke), CODE_REFUSED);
	assert_true(bench_has(&bench, REASON_NOT_FOUND));
	bench_close(&bench);
}

static void a_party_mandates_for_itself_only(void **state)
{
	(void)state;
	struct bench bench;
	open_with_parties(&bench);
	assert_int_equal(run(&bench, command_principal("broker", "a", ROLE_PUBLISHER, "")),
	                 CODE_ACCEPTED);
	struct command grant = command_mandate(MANDATE_GRANT, person, "broker");
	bench.context.actor.role = ROLE_PUBLISHER;
	assert_true(party_id_set(&bench.context.actor.party_id, second));
	assert_int_equal(run(&bench, grant), CODE_DENIED);
	assert_true(party_id_set(&bench.context.actor.party_id, person));
	assert_int_equal(run(&bench, grant), CODE_ACCEPTED);
	assert_int_equal(bench.outcome.event_count, 1);
	assert_int_equal(run(&bench, grant), CODE_ACCEPTED);
	assert_int_equal(bench.outcome.event_count, 0);
	bench.context.actor.role = ROLE_OPERATOR;
	grant.mandate.until_ms = bench.context.now_ms;
	assert_int_equal(run(&bench, grant), CODE_REFUSED);
	grant.mandate.until_ms = bench.context.now_ms + 1;
	grant.mandate.kind_count = 1;
	grant.mandate.kinds[0] = MANDATE_GRANT;
	assert_int_equal(run(&bench, grant), CODE_ACCEPTED);
	grant.mandate.kinds[0] = PARTY_REGISTER;
	assert_int_equal(run(&bench, grant), CODE_REFUSED);
	assert_true(bench_has(&bench, REASON_OUT_OF_RANGE));
	assert_int_equal(run(&bench, command_mandate(MANDATE_REVOKE, person, "broker")),
	                 CODE_ACCEPTED);
	assert_int_equal(bench.outcome.event_count, 1);
	assert_int_equal(run(&bench, command_mandate(MANDATE_REVOKE, person, "stranger")),
	                 CODE_REFUSED);
	assert_int_equal(run(&bench, command_mandate(MANDATE_GRANT, "S1", "broker")), CODE_REFUSED);
	assert_int_equal(run(&bench, command_principal("jam", "j", ROLE_SUPPLIER, "S1")),
	                 CODE_ACCEPTED);
	assert_int_equal(run(&bench, command_mandate(MANDATE_GRANT, "S1", "broker")),
	                 CODE_ACCEPTED);
	bench_close(&bench);
}

static void an_import_is_all_rows_or_none_and_later_rows_see_earlier_ones(void **state)
{
	(void)state;
	struct bench bench;
	bench_open(&bench);
	struct command rows[6] = {
	        command_party(person, PARTY_PERSON, "IRN"),
	        command_cooperative(supply, COOPERATIVE_SUPPLY),
	        command_cooperative(similar, COOPERATIVE_SUPPLY),
	        command_join(supply, person, "statute"),
	        command_licence("L00001", person),
	        command_join(similar, person, "statute"),
	};
	struct command import;
	memset(&import, 0, sizeof import);
	import.kind = REGISTRY_IMPORT;
	import.import.row_count = 6;
	import.import.rows = rows;
	assert_int_equal(run(&bench, import), CODE_REFUSED);
	assert_true(bench_has(&bench, REASON_SIMILAR_COOP));
	assert_string_equal(bench.outcome.verdict.reasons[0].subject, "row 6: 10335214790");
	assert_int_equal(bench.state.parties.count, 0);
	import.import.row_count = 5;
	assert_int_equal(run(&bench, import), CODE_ACCEPTED);
	assert_int_equal(bench.outcome.event_count, 5);
	assert_int_equal(active(&bench, supply), 1);
	assert_int_equal(run(&bench, import), CODE_ACCEPTED);
	assert_int_equal(bench.outcome.event_count, 0);
	bench_close(&bench);
}

static void a_full_table_is_said_before_it_hurts(void **state)
{
	(void)state;
	struct bench bench;
	bench_open(&bench);
	membership_close(&bench.state);
	assert_true(membership_open(&bench.state, 1));
	assert_int_equal(run(&bench, command_party(person, PARTY_PERSON, "IRN")), CODE_ACCEPTED);
	assert_int_equal(run(&bench, command_party(second, PARTY_PERSON, "IRN")), CODE_OVERLOADED);
	assert_true(bench_has(&bench, REASON_TABLE_FULL));
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(the_same_again_is_harmless_other_content_a_conflict),
	        cmocka_unit_test(every_failing_reason_is_told),
	        cmocka_unit_test(unions_are_a_tree),
	        cmocka_unit_test(one_similar_cooperative_per_party),
	        cmocka_unit_test(a_membership_is_suspended_resumed_and_ended),
	        cmocka_unit_test(foreigners_need_a_legal_basis_and_wait_for_permission),
	        cmocka_unit_test(a_licence_states_the_capacity_its_machines_give),
	        cmocka_unit_test(keys_belong_to_one_live_principal),
	        cmocka_unit_test(fixed_principals_are_left_alone),
	        cmocka_unit_test(a_party_mandates_for_itself_only),
	        cmocka_unit_test(an_import_is_all_rows_or_none_and_later_rows_see_earlier_ones),
	        cmocka_unit_test(a_full_table_is_said_before_it_hurts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

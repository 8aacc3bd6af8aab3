/* Ready-made commands for tests of the registry. */
#ifndef TESTS_UNIT_MEMBERSHIP_CASES_H
#define TESTS_UNIT_MEMBERSHIP_CASES_H

#include <string.h>

#include "services/membership/membership.h"

struct bench {
	struct membership_state state;
	struct arena arena;
	struct outcome outcome;
	struct decide_context context;
};

static inline void bench_open(struct bench *bench)
{
	memset(bench, 0, sizeof *bench);
	assert_true(membership_open(&bench->state, 4096));
	assert_true(arena_open(&bench->arena, 64U << 20));
	assert_true(principal_name_set(&bench->context.actor.name, "operator"));
	bench->context.actor.role = ROLE_OPERATOR;
	bench->context.now_ms = 1763929800000;
}

static inline void bench_close(struct bench *bench)
{
	membership_close(&bench->state);
	arena_close(&bench->arena);
}

/* Decides and, when it is accepted, applies. */
static inline enum code bench_run(struct bench *bench, const struct command *command)
{
	membership_decide(&bench->state, &bench->arena, command, &bench->context, &bench->outcome);
	for (uint32_t i = 0; i < bench->outcome.event_count; i++)
		membership_apply(&bench->state, &bench->outcome.events[i]);
	return bench->outcome.verdict.code;
}

static inline bool bench_has(const struct bench *bench, enum reason_code reason)
{
	for (uint32_t i = 0; i < bench->outcome.verdict.reason_count; i++)
		if (bench->outcome.verdict.reasons[i].code == reason)
			return true;
	return false;
}

static inline struct command command_party(const char *id, enum party_kind kind,
                                           const char *nationality)
{
	struct command command;
	memset(&command, 0, sizeof command);
	command.kind = PARTY_REGISTER;
	assert_true(party_id_set(&command.party.id, id));
	command.party.kind = kind;
	strcpy(command.party.name, "واحد");
	strcpy(command.party.nationality, nationality);
	return command;
}

static inline struct command command_cooperative(const char *id, enum cooperative_kind kind)
{
	struct command command;
	memset(&command, 0, sizeof command);
	command.kind = COOPERATIVE_REGISTER;
	assert_true(party_id_set(&command.cooperative.id, id));
	command.cooperative.kind = kind;
	strcpy(command.cooperative.name, "تعاونی");
	command.cooperative.registered_on = 13920903;
	return command;
}

static inline struct command command_join(const char *cooperative, const char *party,
                                          const char *basis)
{
	struct command command;
	memset(&command, 0, sizeof command);
	command.kind = MEMBERSHIP_JOIN;
	assert_true(party_id_set(&command.membership.key.cooperative_id, cooperative));
	assert_true(party_id_set(&command.membership.key.party_id, party));
	command.membership.shares = 250;
	command.membership.joined_on = 14011002;
	strcpy(command.membership.legal_basis, basis);
	return command;
}

static inline struct command command_change(enum command_kind kind, const char *cooperative,
                                            const char *party)
{
	struct command command;
	memset(&command, 0, sizeof command);
	command.kind = kind;
	assert_true(party_id_set(&command.change.key.cooperative_id, cooperative));
	assert_true(party_id_set(&command.change.key.party_id, party));
	strcpy(command.change.reason, "دو اخطار");
	return command;
}

static inline struct command command_licence(const char *id, const char *party)
{
	struct command command;
	memset(&command, 0, sizeof command);
	command.kind = LICENCE_REGISTER;
	assert_true(licence_id_set(&command.licence.id, id));
	assert_true(party_id_set(&command.licence.party_id, party));
	command.licence.kind = LICENCE_OPERATING;
	command.licence.line_count = 1;
	assert_true(product_code_set(&command.licence.lines[0].product, "2520120020"));
	command.licence.lines[0].machine_rate_kg_per_h = 200;
	command.licence.lines[0].hours_per_year = 5000;
	command.licence.lines[0].efficiency_percent = 80;
	command.licence.lines[0].nominal_capacity_kg_per_year = 800000;
	command.licence.valid_from = 13980101;
	command.licence.valid_to = 14081229;
	return command;
}

static inline struct command command_principal(const char *name, const char *key, enum role role,
                                               const char *party)
{
	struct command command;
	memset(&command, 0, sizeof command);
	command.kind = PRINCIPAL_REGISTER;
	assert_true(principal_name_set(&command.principal.name, name));
	memset(command.principal.key.text, key[0], KEY_TEXT_SIZE - 1);
	command.principal.role = role;
	assert_true(party_id_set(&command.principal.party_id, party));
	return command;
}

static inline struct command command_mandate(enum command_kind kind, const char *party,
                                             const char *principal)
{
	struct command command;
	memset(&command, 0, sizeof command);
	command.kind = kind;
	assert_true(party_id_set(&command.mandate.key.party_id, party));
	assert_true(principal_name_set(&command.mandate.key.principal, principal));
	return command;
}

#endif

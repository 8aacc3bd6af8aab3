/* Default deny: a kind that is not in the table may be sent by nobody. */
#include "authorise.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tasheem/common/v1/common.pb-c.h"
#include "tasheem/matching/v1/matching.pb-c.h"
#include "tasheem/membership/v1/membership.pb-c.h"
#include "tasheem/quota/v1/quota.pb-c.h"

#define OPERATOR (1u << ROLE_OPERATOR)
#define AUTHORITY (1u << ROLE_AUTHORITY)
#define PUBLISHER (1u << ROLE_PUBLISHER)
#define SUPPLIER (1u << ROLE_SUPPLIER)
#define CLEARING (1u << ROLE_CLEARING)
#define AUDITOR (1u << ROLE_AUDITOR)
#define SERVICE (1u << ROLE_SERVICE)
#define SOLVER (1u << ROLE_SOLVER)
#define EVERYONE 0x1feu
#define OFFICE (OPERATOR | AUTHORITY | AUDITOR | SERVICE)

#define COMMON(kind) TASHEEM__COMMON__V1__KIND__KIND_##kind
#define MEMBERSHIP(kind) TASHEEM__MEMBERSHIP__V1__COMMAND_KIND__COMMAND_KIND_##kind
#define QUOTA(kind) TASHEEM__QUOTA__V1__COMMAND_KIND__COMMAND_KIND_##kind
#define MATCHING(kind) TASHEEM__MATCHING__V1__COMMAND_KIND__COMMAND_KIND_##kind

/* By kind. roles: who may send it. bound: of these, who only for its own or a mandating party. */
static const struct authorise_row {
	uint32_t roles;
	uint32_t bound;
} authorise_table[] = {
        [COMMON(FOLLOW)] = {SERVICE | AUDITOR, 0},
        [COMMON(WATCH)] = {EVERYONE & ~SOLVER, PUBLISHER | SUPPLIER},
        [COMMON(HEALTH)] = {EVERYONE, 0},
        [COMMON(RECORD_READ)] = {OPERATOR | AUDITOR, 0},

        [MEMBERSHIP(PARTY_REGISTER)] = {OPERATOR, 0},
        [MEMBERSHIP(UNION_REGISTER)] = {OPERATOR, 0},
        [MEMBERSHIP(COOPERATIVE_REGISTER)] = {OPERATOR, 0},
        [MEMBERSHIP(MEMBERSHIP_JOIN)] = {OPERATOR, 0},
        [MEMBERSHIP(MEMBERSHIP_SUSPEND)] = {OPERATOR, 0},
        [MEMBERSHIP(MEMBERSHIP_RESUME)] = {OPERATOR, 0},
        [MEMBERSHIP(MEMBERSHIP_END)] = {OPERATOR, 0},
        [MEMBERSHIP(LICENCE_REGISTER)] = {OPERATOR, 0},
        [MEMBERSHIP(LICENCE_REVOKE)] = {OPERATOR, 0},
        [MEMBERSHIP(PRINCIPAL_REGISTER)] = {OPERATOR, 0},
        [MEMBERSHIP(PRINCIPAL_REVOKE)] = {OPERATOR, 0},
        [MEMBERSHIP(MANDATE_GRANT)] = {OPERATOR | PUBLISHER | SUPPLIER, PUBLISHER | SUPPLIER},
        [MEMBERSHIP(MANDATE_REVOKE)] = {OPERATOR | PUBLISHER | SUPPLIER, PUBLISHER | SUPPLIER},
        [MEMBERSHIP(REGISTRY_IMPORT)] = {OPERATOR, 0},
        [MEMBERSHIP(REGISTRY_READ)] = {OFFICE, 0},

        [QUOTA(REGIME_APPROVE)] = {AUTHORITY, 0},
        [QUOTA(PURCHASE_RECORD)] = {OPERATOR, 0},
        [QUOTA(REQUEST_FILE)] = {PUBLISHER, PUBLISHER},
        [QUOTA(REQUEST_AMEND)] = {PUBLISHER, PUBLISHER},
        [QUOTA(REQUEST_CANCEL)] = {PUBLISHER, PUBLISHER},
        [QUOTA(REQUEST_READ)] = {OFFICE | PUBLISHER, PUBLISHER},
        [QUOTA(CEILING_READ)] = {OFFICE | PUBLISHER, PUBLISHER},
        [QUOTA(CEILING_WHY)] = {OFFICE | PUBLISHER, PUBLISHER},
        [QUOTA(REGIME_READ)] = {EVERYONE, 0},

        [MATCHING(SUPPLIER_REGISTER)] = {OPERATOR, 0},
        [MATCHING(OFFER_PUBLISH)] = {SUPPLIER, SUPPLIER},
        [MATCHING(OFFER_WITHDRAW)] = {SUPPLIER, SUPPLIER},
        [MATCHING(ROUND_PLAN)] = {OPERATOR, 0},
        [MATCHING(ROUND_CLOSE)] = {OPERATOR, 0},
        [MATCHING(ROUND_VOID)] = {OPERATOR, 0},
        [MATCHING(ALLOCATION_ACCEPT)] = {PUBLISHER, PUBLISHER},
        [MATCHING(ALLOCATION_DECLINE)] = {PUBLISHER, PUBLISHER},
        [MATCHING(ALLOCATION_PAID)] = {CLEARING, 0},
        [MATCHING(ALLOCATION_DELIVERED)] = {SUPPLIER, SUPPLIER},
        [MATCHING(DISTRIBUTION_CONFIRM)] = {PUBLISHER, PUBLISHER},
        [MATCHING(SOLUTION_PART)] = {SOLVER, 0},
        [MATCHING(SOLVER_READY)] = {SOLVER, 0},
        [MATCHING(OFFER_READ)] = {EVERYONE, 0},
        [MATCHING(ROUND_READ)] = {EVERYONE, 0},
        [MATCHING(BUNDLE_READ)] = {EVERYONE, 0},
        [MATCHING(SUPPLIER_READ)] = {EVERYONE, 0},
        [MATCHING(ALLOCATION_READ)] = {OFFICE | CLEARING | PUBLISHER | SUPPLIER,
                                       PUBLISHER | SUPPLIER},
};

static const char *const role_names[ROLE_COUNT] = {
        [ROLE_OPERATOR] = "operator",   [ROLE_AUTHORITY] = "authority",
        [ROLE_PUBLISHER] = "publisher", [ROLE_SUPPLIER] = "supplier",
        [ROLE_CLEARING] = "clearing",   [ROLE_AUDITOR] = "auditor",
        [ROLE_SERVICE] = "service",     [ROLE_SOLVER] = "solver",
};

/* Public key → principal. */
struct key_row {
	struct public_key key;
	uint32_t principal;
};

const char *role_name(enum role role)
{
	return (unsigned)role < ROLE_COUNT ? role_names[role] : NULL;
}

enum role role_parse(const char *name)
{
	for (unsigned at = 1; at < ROLE_COUNT; at++)
		if (strcmp(role_names[at], name) == 0)
			return (enum role)at;
	return (enum role)0;
}

bool authorise_open(struct authorise *authorise, uint32_t principal_capacity,
                    uint32_t mandate_capacity)
{
	return table_open(&authorise->principals, "principals", sizeof(struct principal),
	                  sizeof(struct principal_name), principal_capacity) &&
	       table_open(&authorise->keys, "keys", sizeof(struct key_row),
	                  sizeof(struct public_key), principal_capacity) &&
	       table_open(&authorise->mandates, "mandates", sizeof(struct mandate),
	                  sizeof(struct mandate_key), mandate_capacity);
}

void authorise_close(struct authorise *authorise)
{
	table_close(&authorise->principals);
	table_close(&authorise->keys);
	table_close(&authorise->mandates);
}

bool authorise_room(const struct authorise *authorise)
{
	return table_room(&authorise->principals, 1) && table_room(&authorise->keys, 1) &&
	       table_room(&authorise->mandates, 1);
}

static void put(struct authorise *authorise, const struct principal *principal)
{
	struct principal *row = table_put(&authorise->principals, &principal->name);
	*row = *principal;
	/* A key belongs to its newest principal, but never leaves a fixed one. */
	struct key_row *key = table_find(&authorise->keys, &principal->key);
	if (key) {
		const struct principal *holder = table_at(&authorise->principals, key->principal);
		if (holder->fixed && !row->fixed)
			return;
	}
	key = table_put(&authorise->keys, &principal->key);
	key->principal = table_number(&authorise->principals, row);
}

void authorise_put_principal(struct authorise *authorise, const struct principal *principal)
{
	const struct principal *row = table_find(&authorise->principals, &principal->name);
	if (!row || !row->fixed)
		put(authorise, principal);
}

void authorise_put_mandate(struct authorise *authorise, const struct mandate *mandate)
{
	struct mandate *row = table_put(&authorise->mandates, &mandate->key);
	*row = *mandate;
}

const struct principal *authorise_by_name(const struct authorise *authorise,
                                          const struct principal_name *name)
{
	return table_find(&authorise->principals, name);
}

const struct principal *authorise_by_key(const struct authorise *authorise, const char *key)
{
	struct public_key padded = {""};
	size_t size = strlen(key);
	if (size >= sizeof padded.text)
		return NULL;
	memcpy(padded.text, key, size);
	const struct key_row *row = table_find(&authorise->keys, &padded);
	if (!row)
		return NULL;
	const struct principal *principal = table_at(&authorise->principals, row->principal);
	return principal->revoked ? NULL : principal;
}

const struct mandate *authorise_mandate(const struct authorise *authorise,
                                        const struct mandate_key *key)
{
	return table_find(&authorise->mandates, key);
}

static const struct authorise_row *row_of(uint32_t kind)
{
	static const struct authorise_row nobody;
	return kind < sizeof authorise_table / sizeof *authorise_table ? &authorise_table[kind]
	                                                               : &nobody;
}

bool authorise_known(uint32_t kind)
{
	return row_of(kind)->roles != 0;
}

bool authorise_role(enum role role, uint32_t kind)
{
	return (unsigned)role < ROLE_COUNT && (row_of(kind)->roles >> role & 1u);
}

static bool mandate_covers(const struct mandate *mandate, uint32_t kind, int64_t now_ms)
{
	if (!mandate || mandate->revoked || (mandate->until_ms && now_ms > mandate->until_ms))
		return false;
	for (uint32_t at = 0; at < mandate->kind_count; at++)
		if (mandate->kinds[at] == kind)
			return true;
	return mandate->kind_count == 0;
}

bool authorise_party(const struct authorise *authorise, const struct principal *principal,
                     const struct party_id *party, uint32_t kind, int64_t now_ms)
{
	const struct authorise_row *row = row_of(kind);
	if (!authorise_role(principal->role, kind))
		return false;
	if (!(row->bound >> principal->role & 1u))
		return true;
	if (party_id_empty(party))
		return false;
	if (party_id_equal(party, &principal->party_id))
		return true;
	struct mandate_key key;
	memset(&key, 0, sizeof key);
	key.party_id = *party;
	key.principal = principal->name;
	return mandate_covers(authorise_mandate(authorise, &key), kind, now_ms);
}

static bool load_line(struct authorise *authorise, char *line, const char **what)
{
	char name[64], role[32], key[64], party[32] = "";
	struct principal principal;
	memset(&principal, 0, sizeof principal);
	principal.fixed = true;
	*what = NULL;
	line[strcspn(line, "\r\n")] = '\0';
	int fields = sscanf(line, "%63s %31s %63s %31s", name, role, key, party);
	/* Only a line's beginning: Z85 keys hold # too. */
	if (fields < 1 || name[0] == '#')
		return true;
	principal.role = role_parse(fields >= 2 ? role : "");
	if (fields < 3)
		*what = "a line is `name role public_key [party]`";
	else if (!principal_name_set(&principal.name, name))
		*what = "a name has at most 31 characters";
	else if (!principal.role)
		*what = "unknown role";
	else if (strlen(key) != KEY_TEXT_SIZE - 1)
		*what = "a public key is 40 characters of Z85";
	else if (!party_id_set(&principal.party_id, party))
		*what = "a party has at most 15 characters";
	else if (!authorise_room(authorise))
		*what = "too many principals";
	if (*what)
		return false;
	memcpy(principal.key.text, key, KEY_TEXT_SIZE);
	put(authorise, &principal);
	return true;
}

bool authorise_load(struct authorise *authorise, const char *path, char *error, size_t error_size)
{
	FILE *file = fopen(path, "re");
	if (!file) {
		snprintf(error, error_size, "cannot open principals file %s: %s", path,
		         strerror(errno));
		return false;
	}
	char line[256];
	const char *what = NULL;
	int number = 0;
	bool good = true;
	while (good && fgets(line, sizeof line, file)) {
		number++;
		good = load_line(authorise, line, &what);
	}
	fclose(file);
	if (!good)
		snprintf(error, error_size, "%s line %d: %s", path, number, what);
	return good;
}

static void digest_principal(struct digest *digest, const struct principal *principal)
{
	digest_add_text(digest, principal->name.text);
	digest_add_text(digest, principal->key.text);
	digest_add_int(digest, principal->role);
	digest_add_text(digest, principal->party_id.text);
	digest_add_int(digest, principal->revoked);
}

void authorise_digest(const struct authorise *authorise, struct digest *digest)
{
	for (uint32_t at = 0; at < authorise->principals.count; at++) {
		const struct principal *principal = table_at(&authorise->principals, at);
		if (!principal->fixed)
			digest_principal(digest, principal);
	}
	for (uint32_t at = 0; at < authorise->mandates.count; at++) {
		const struct mandate *mandate = table_at(&authorise->mandates, at);
		digest_add_text(digest, mandate->key.party_id.text);
		digest_add_text(digest, mandate->key.principal.text);
		for (uint32_t kind = 0; kind < mandate->kind_count; kind++)
			digest_add_int(digest, mandate->kinds[kind]);
		digest_add_int(digest, mandate->until_ms);
		digest_add_int(digest, mandate->revoked);
	}
}

/* Who may do what. A command passes iff the role allows its kind and its party
 * is the principal's own or mandated; one table (authorise_table in
 * authorise.c), default deny, checked on every message.
 *
 * Principals come from two places: a static file (daemon and first-operator
 * keys), which wins, and membership's log. A struct authorise is part of every
 * daemon's state: apply calls authorise_put_*. */
#ifndef TASHEEM_AUTHORISE_H
#define TASHEEM_AUTHORISE_H

#include "bytes.h"
#include "digest.h"
#include "ids.h"
#include "table.h"

/* Numbers of tasheem.membership.v1.Role. */
enum role {
	ROLE_OPERATOR = 1,
	ROLE_AUTHORITY = 2,
	ROLE_PUBLISHER = 3,
	ROLE_SUPPLIER = 4,
	ROLE_CLEARING = 5,
	ROLE_AUDITOR = 6,
	ROLE_SERVICE = 7,
	ROLE_SOLVER = 8,
};
enum { ROLE_COUNT = 9 };
/* "operator", NULL for strangers; 0 for unknown names. */
const char *role_name(enum role role);
enum role role_parse(const char *name);

enum { KEY_TEXT_SIZE = 41, MANDATE_MAX_KINDS = 16 };

/* A CURVE public key in Z85, NUL-terminated. */
struct public_key {
	char text[KEY_TEXT_SIZE];
};

struct principal {
	struct principal_name name;
	struct public_key key;
	enum role role;
	struct party_id party_id;
	bool revoked;
	/* From the static file: events about it change nothing. */
	bool fixed;
};

struct mandate_key {
	struct party_id party_id;
	struct principal_name principal;
};

struct mandate {
	struct mandate_key key;
	uint32_t kind_count;
	uint32_t kinds[MANDATE_MAX_KINDS];
	int64_t until_ms;
	bool revoked;
};

struct authorise {
	struct table principals; /* by name */
	struct table keys;       /* public key → row number of principals */
	struct table mandates;
};

MUST_CHECK bool authorise_open(struct authorise *authorise, uint32_t principal_capacity,
                               uint32_t mandate_capacity);
void authorise_close(struct authorise *authorise);
/* Lines `name role public_key [party]`, # comments. False with a sentence. */
MUST_CHECK bool authorise_load(struct authorise *authorise, const char *path, char *error,
                               size_t error_size);
/* Room for one more principal and mandate, for decide. */
bool authorise_room(const struct authorise *authorise);
void authorise_put_principal(struct authorise *authorise, const struct principal *principal);
void authorise_put_mandate(struct authorise *authorise, const struct mandate *mandate);
/* By key; NULL for strangers and revoked principals. */
const struct principal *authorise_by_key(const struct authorise *authorise, const char *key);
const struct principal *authorise_by_name(const struct authorise *authorise,
                                          const struct principal_name *name);
const struct mandate *authorise_mandate(const struct authorise *authorise,
                                        const struct mandate_key *key);
/* Is the kind in the table at all? */
bool authorise_known(uint32_t kind);
/* The table: may this role send this kind at all? */
bool authorise_role(enum role role, uint32_t kind);
/* Does this kind act for a party, so that authorise_party must be asked too? Operators
 * and auditors are not bound to a party where the table says so. */
bool authorise_party(const struct authorise *authorise, const struct principal *principal,
                     const struct party_id *party, uint32_t kind, int64_t now_ms);
/* Adds principals and mandates (not the fixed ones) to a state digest, in the order of the
 * journal. */
void authorise_digest(const struct authorise *authorise, struct digest *digest);

#endif

/* membership: the registry. Who there is, who belongs where, who may run which
 * plant, and which key may speak for whom. It follows nobody.
 *
 * commands                          events                  refusals worth knowing
 * party_register                    party_registered        ID_CHECKSUM
 * union_register                    union_registered        NOT_FOUND, OUT_OF_RANGE (parent's
 * level) cooperative_register              cooperative_registered  ID_CHECKSUM, NOT_FOUND
 * membership_join                   membership_changed      SIMILAR_COOP, FOREIGN_NO_LEGAL_BASIS
 * membership_suspend, resume, end   membership_changed      WRONG_STATE
 * licence_register, revoke          licence_changed         SUM_MISMATCH (capacity), OUT_OF_RANGE
 * principal_register, revoke        principal_changed       ID_DUPLICATE (key), WRONG_STATE
 * mandate_grant, revoke             mandate_changed         NOT_FOUND, OUT_OF_RANGE
 * registry_import                   those of its rows       `row N: …`, all rows or none
 *
 * Registering the same content again is accepted and leaves no trace; other
 * content under the same id is a conflict. Two exceptions: a mandate granted
 * again replaces the one before, and a membership that is pending or ended may
 * be joined anew under other terms.
 *
 * A membership's life: pending ⇄ active ⇄ suspended → ended (→ joined anew). It is
 * pending while its legal basis is `pending_permit`, or while it is a
 * foreigner's in a cooperative that may not have foreign members; pending members
 * hold their seat (one similar cooperative per party) but no right to buy.
 *
 * Public keys, mandates and fixed principals live in the state's authorise. */
#ifndef TASHEEM_MEMBERSHIP_H
#define TASHEEM_MEMBERSHIP_H

#include "common/arena.h"
#include "common/authorise.h"
#include "common/batch.h"
#include "common/record.h"
#include "common/table.h"
#include "common/verdict.h"
#include "common/view.h"

enum {
	NAME_SIZE = 121,
	PLACE_SIZE = 61,
	BASIS_SIZE = 41,
	REASON_SIZE = 201,
	LICENCE_MAX_LINES = 16,
	IMPORT_MAX_ROWS = 1000,
	READ_PAGE_ROWS = 200,
};

/* Kinds of command and event, roles and states: the numbers of the contract. */
enum command_kind {
	PARTY_REGISTER = 100,
	UNION_REGISTER,
	COOPERATIVE_REGISTER,
	MEMBERSHIP_JOIN,
	MEMBERSHIP_SUSPEND,
	MEMBERSHIP_RESUME,
	MEMBERSHIP_END,
	LICENCE_REGISTER,
	LICENCE_REVOKE,
	PRINCIPAL_REGISTER,
	PRINCIPAL_REVOKE,
	MANDATE_GRANT,
	MANDATE_REVOKE,
	REGISTRY_IMPORT,
};

enum event_kind {
	PARTY_REGISTERED = 1100,
	UNION_REGISTERED,
	COOPERATIVE_REGISTERED,
	MEMBERSHIP_CHANGED,
	LICENCE_CHANGED,
	PRINCIPAL_CHANGED,
	MANDATE_CHANGED,
};

enum party_kind { PARTY_PERSON = 1, PARTY_LEGAL, PARTY_FOREIGNER };
enum union_level { UNION_COUNTY = 1, UNION_PROVINCE, UNION_NATIONAL };
enum cooperative_kind {
	COOPERATIVE_SUPPLY = 1,
	COOPERATIVE_HANDICRAFT_EXPORT,
	COOPERATIVE_URBAN_DEVELOPMENT
};
enum membership_status {
	MEMBERSHIP_PENDING = 1,
	MEMBERSHIP_ACTIVE,
	MEMBERSHIP_SUSPENDED,
	MEMBERSHIP_ENDED
};
enum licence_kind { LICENCE_ESTABLISHMENT = 1, LICENCE_OPERATING, LICENCE_GUILD };
enum licence_status { LICENCE_VALID = 1, LICENCE_REVOKED };

struct party {
	struct party_id id;
	enum party_kind kind;
	char name[NAME_SIZE];
	/* ISO 3166-1 alpha-3. */
	char nationality[4];
	char county[PLACE_SIZE];
};

/* A union of cooperatives. */
struct syndicate {
	struct union_id id;
	char name[NAME_SIZE];
	enum union_level level;
	char place[PLACE_SIZE];
	/* Empty at the root; else of a higher level. */
	struct union_id parent_id;
};

struct cooperative {
	struct party_id id;
	char name[NAME_SIZE];
	enum cooperative_kind kind;
	char county[PLACE_SIZE];
	struct union_id union_id;
	/* Jalali yyyymmdd. */
	int32_t registered_on;
	bool foreign_members_allowed;
	/* Members in state active; set by apply. */
	int32_t active_members;
};

struct membership_key {
	struct party_id cooperative_id;
	struct party_id party_id;
};

struct membership {
	struct membership_key key;
	int64_t shares;
	/* Jalali yyyymmdd. */
	int32_t joined_on;
	char legal_basis[BASIS_SIZE];
	enum membership_status state;
};

/* Which cooperative of a kind a party is in: a party sits in one similar cooperative. */
struct seat_key {
	struct party_id party_id;
	int32_t kind;
};

struct seat {
	struct seat_key key;
	/* Empty after the membership ended. */
	struct party_id cooperative_id;
};

struct licence_line {
	struct product_code product;
	int64_t machine_rate_kg_per_h;
	int32_t hours_per_year;
	int32_t efficiency_percent;
	int64_t nominal_capacity_kg_per_year;
};

struct licence {
	struct licence_id id;
	struct party_id party_id;
	enum licence_kind kind;
	char county[PLACE_SIZE];
	uint32_t line_count;
	struct licence_line lines[LICENCE_MAX_LINES];
	/* Jalali yyyymmdd, both days included. */
	int32_t valid_from, valid_to;
	enum licence_status state;
};

struct membership_state {
	struct authorise authorise;
	struct table parties;
	struct table unions;
	struct table cooperatives;
	struct table memberships;
	struct table seats;
	struct table licences;
	/* For decoding one record at a time; no part of the state. */
	struct arena scratch;
};

/* membership_suspend, resume, end. */
struct membership_change {
	struct membership_key key;
	char reason[REASON_SIZE];
};

/* licence_revoke. */
struct licence_revoke {
	struct licence_id id;
	char reason[REASON_SIZE];
};

/* A command as it is decided: decoded, every field in its range. */
struct command {
	enum command_kind kind;
	union {
		struct party party;
		struct syndicate syndicate;
		struct cooperative cooperative;
		struct membership membership;
		struct membership_change change;
		struct licence licence;
		struct licence_revoke licence_revoke;
		struct principal principal;
		struct principal_name principal_revoke;
		/* Grant; revoke uses only the key. */
		struct mandate mandate;
		struct {
			uint32_t row_count;
			const struct command *rows;
		} import;
	};
};

/* What happened: the noun as it is after. */
struct event {
	enum event_kind kind;
	union {
		struct party party;
		struct syndicate syndicate;
		struct cooperative cooperative;
		struct {
			struct membership membership;
			int32_t active_members;
			char membership_reason[REASON_SIZE];
		};
		struct {
			struct licence licence;
			char licence_reason[REASON_SIZE];
		};
		struct principal principal;
		struct mandate mandate;
	};
};

struct outcome {
	struct verdict verdict;
	/* Only when accepted; none for a repeat that changes nothing. */
	uint32_t event_count;
	struct event *events;
};

/* Who asks, and when. */
struct decide_context {
	struct actor actor;
	int64_t now_ms;
};

/* decide.c: the rules. Pure; events lie in the arena. */
void membership_decide(const struct membership_state *state, struct arena *arena,
                       const struct command *command, const struct decide_context *context,
                       struct outcome *outcome);

/* apply.c: the only writer of state. */
MUST_CHECK bool membership_open(struct membership_state *state, uint32_t capacity);
void membership_close(struct membership_state *state);
void membership_apply(struct membership_state *state, const struct event *event);
void membership_digest(const struct membership_state *state, uint8_t out[DIGEST_BYTES]);

/* messages.c: from the wire and back. */
void membership_take(struct membership_state *state, struct batch *batch, const struct item *item);
int64_t membership_deadline(const struct membership_state *state);
void membership_due(struct membership_state *state, struct batch *batch);
void membership_apply_record(struct membership_state *state, const struct record *record);

/* messages_command.c: false when the payload is not a good command of this kind; the
 * verdict then says why. */
MUST_CHECK bool membership_command_decode(struct arena *arena, uint32_t kind, struct bytes payload,
                                          struct command *command, struct verdict *verdict);
/* messages_event.c. Decoding ends the process at an event it does not know. */
struct wire_event membership_event_encode(struct arena *arena, const struct event *event);
void membership_event_decode(struct arena *arena, const struct wire_event *wire,
                             struct event *event);
/* messages_read.c: one page of a noun; an empty reply for a malformed payload is never sent:
 * false, and the verdict says why. */
MUST_CHECK bool membership_read(const struct membership_state *state, struct arena *arena,
                                struct bytes payload, struct bytes *reply, struct verdict *verdict);

/* view.c: what a record means for Redis. */
void membership_view(struct view *view, const struct record *record);
extern const char *const membership_families[];

TABLE_ACCESS(party, struct party, struct party_id)
TABLE_ACCESS(syndicate, struct syndicate, struct union_id)
TABLE_ACCESS(cooperative, struct cooperative, struct party_id)
TABLE_ACCESS(membership, struct membership, struct membership_key)
TABLE_ACCESS(seat, struct seat, struct seat_key)
TABLE_ACCESS(licence, struct licence, struct licence_id)

#endif

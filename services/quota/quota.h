/* quota: what every production unit may still buy, and who asks for what.
 *
 * Owns regime, ceiling, quota request, book and purchase record; follows
 * membership (who there is) and matching (rounds and allocations). See
 * proto/tasheem/quota/v1 for every field.
 *
 * Commands          answered with
 *   REGIME_APPROVE    accepted; OUT_OF_RANGE, ID_DUPLICATE …
 *   PURCHASE_RECORD   accepted; LICENCE_MISSING, ID_DUPLICATE
 *   REQUEST_FILE      accepted and the balances; every reason that failed
 *   REQUEST_AMEND     the same; VERSION_MISMATCH, LATE; the old version stands when refused
 *   REQUEST_CANCEL    accepted; NOT_FOUND, VERSION_MISMATCH, LATE, WRONG_STATE
 * Events            apply (apply.c) copies what they carry; amounts are those after
 *   REGIME_APPROVED PURCHASE_RECORDED CEILING_CHANGED REQUEST_CHANGED REQUEST_EXCLUDED
 *   BOOK_CLOSED and the *_LEARNED of other streams
 *
 * State is tables with rows of fixed size; rows refer to each other by number.
 * A licence row's `stamp` is the record that last changed a fact its ceilings
 * follow from; a ceiling is fresh iff it was derived at or after that stamp under
 * the regime in force. Stale ones are derived by the clock (quota_due), or at
 * once, in its own record, by a request that meets them. The hints which licences
 * to look at (`dirty`, `sweep`) and the epoch are no facts and not in the digest.
 *
 * Ceiling (regime_ceiling.c): reserved + used + free = ceiling + excess, one of
 * free and excess 0. Lines of a request charge exactly one ceiling each. */
#ifndef TASHEEM_QUOTA_H
#define TASHEEM_QUOTA_H

#include "common/arena.h"
#include "common/authorise.h"
#include "common/batch.h"
#include "common/checked.h"
#include "common/ids.h"
#include "common/table.h"
#include "common/verdict.h"
#include "common/view.h"

enum {
	QUOTA_MAX_LINES = 200,
	QUOTA_MAX_LICENCE_LINES = 16,
	QUOTA_MAX_FAMILIES = 64,
	QUOTA_MAX_ALTERNATIVES = 8,
	QUOTA_MAX_PRIORITIES = 16,
	QUOTA_PLACE_SIZE = 64,
	/* Of one clock record. */
	QUOTA_MAX_EVENTS = 1000,
	QUOTA_MAX_BYTES = 200 * 1024,
};
/* Most kg of one amount. */
#define QUOTA_MAX_KG ((int64_t)1 << 48)

/* Row + 1 of another table; 0 for none. */
typedef uint32_t quota_link;

/* Numbers of the proto's enums. */
enum quota_formula { QUOTA_NOMINAL = 1, QUOTA_RECORD, QUOTA_FLOORED_RECORD, QUOTA_MEAN_RECORD };
enum quota_basis { QUOTA_BASIS_FILE = 1, QUOTA_BASIS_A, QUOTA_BASIS_B, QUOTA_BASIS_B_CONTINUOUS };
enum quota_fact { QUOTA_SUPPLY_COOPERATIVE = 1, QUOTA_SMALL_UNIT, QUOTA_NEWCOMER, QUOTA_GUILD };
enum quota_request_state {
	QUOTA_OPEN = 1,
	QUOTA_CANCELLED,
	QUOTA_IN_BOOK,
	QUOTA_EXCLUDED,
	QUOTA_SETTLED,
};
enum { QUOTA_PARTY_FOREIGNER = 3, QUOTA_COOPERATIVE_SUPPLY = 1, QUOTA_MEMBERSHIP_ACTIVE = 2 };
enum quota_licence_kind { QUOTA_ESTABLISHMENT = 1, QUOTA_OPERATING, QUOTA_GUILD_LICENCE };
enum { QUOTA_LICENCE_VALID = 1 };
/* matching's round and allocation states. */
enum quota_round_state {
	QUOTA_ROUND_COLLECTING = 1,
	QUOTA_ROUND_CLOSING,
	QUOTA_ROUND_SOLVING,
	QUOTA_ROUND_PUBLISHED,
	QUOTA_ROUND_FINAL,
	QUOTA_ROUND_VOIDED,
};
enum quota_allocation_state {
	QUOTA_ALLOCATION_PROVISIONAL = 1,
	QUOTA_ALLOCATION_OPEN,
	QUOTA_ALLOCATION_ACCEPTED,
	QUOTA_ALLOCATION_DECLINED,
	QUOTA_ALLOCATION_EXPIRED,
	QUOTA_ALLOCATION_PAID,
	QUOTA_ALLOCATION_DELIVERED,
	QUOTA_ALLOCATION_DISTRIBUTED,
	QUOTA_ALLOCATION_VOIDED,
};

struct quota_ratio {
	int64_t numerator, denominator;
};

/* A dense run of rows that is only ever appended to; capacity is address space. */
struct quota_range {
	const char *name;
	uint8_t *rows;
	uint32_t row_size, count, capacity;
};

/* A party, a cooperative, or both. */
struct quota_party {
	struct party_id party_id;
	uint8_t kind; /* 0: only known as a cooperative */
	uint8_t cooperative_kind;
	bool foreign_members_allowed;
	int32_t active_members;
	quota_link first_licence, first_membership, first_member;
	char county[QUOTA_PLACE_SIZE];
};

struct quota_membership_key {
	uint32_t cooperative, party;
};
struct quota_membership {
	struct quota_membership_key key;
	uint8_t state;
	bool legal_basis; /* recorded and not pending */
	quota_link next_of_party, next_of_cooperative;
};

struct quota_licence {
	struct licence_id licence_id;
	uint32_t party;
	uint8_t kind, state;
	bool dirty;
	/* First instant valid, first instant not. */
	int64_t valid_from_ms, valid_until_ms;
	uint32_t first_line, line_count;
	uint64_t stamp;
	quota_link next_of_party, next_dirty;
};
/* In the range licence_lines. */
struct quota_licence_line {
	struct product_code product_code;
	int64_t machine_rate_kg_per_h, capacity_kg_per_year;
};

struct quota_family {
	struct family_name family;
	/* Open requests in order of filing. */
	quota_link first_open, last_open;
	/* Round that is closing on it. */
	quota_link closing;
};

struct quota_regime {
	uint32_t version;
	int32_t effective_from_jalali;
	int64_t effective_ms;
	/* The serialised Regime, in the range of bytes `texts`. */
	uint32_t text_offset, text_size;
	int64_t approved_ms;
	struct principal_name approved_by;
	int64_t small_unit_kg_per_year;
	int32_t minimum_active_members;
	uint32_t default_province;
	uint32_t first_rule, rule_count;
};

struct quota_priority {
	uint8_t fact, priority_class;
};
struct quota_rule_key {
	uint32_t version, family;
};
struct quota_rule {
	struct quota_rule_key key;
	uint8_t formula, basis;
	bool weight_by_capacity;
	uint8_t priority_count;
	int32_t record_months, floor_percent, window_months, window_anchor_month;
	struct quota_ratio multiplier, share;
	int64_t purchase_cap_kg, cooperative_cap_kg, freight_cap_rial_per_kg;
	struct quota_priority priorities[QUOTA_MAX_PRIORITIES];
};

struct quota_product_key {
	uint32_t version;
	struct product_code product_code;
};
struct quota_product {
	struct quota_product_key key;
	/* In the range needs. */
	uint32_t first_need, need_count;
};
struct quota_need {
	uint32_t rule;
	struct quota_ratio coefficient;
};

struct quota_grade_key {
	uint32_t version;
	struct grade_name grade;
};
struct quota_grade {
	struct quota_grade_key key;
	uint32_t family, rule;
	int64_t base_kg;
};

struct quota_place {
	char name[QUOTA_PLACE_SIZE];
};
struct quota_county_key {
	uint32_t version;
	struct quota_place county;
};
struct quota_county {
	struct quota_county_key key;
	uint32_t province;
};

struct quota_purchase_key {
	uint32_t licence, family;
	int32_t month;
};
struct quota_purchase {
	struct quota_purchase_key key;
	int64_t purchased_kg;
};

/* How a ceiling came about; CeilingDerivation. */
struct quota_derivation {
	uint32_t regime_version;
	uint8_t formula;
	int32_t record_first_month, record_last_month;
	int64_t capacity_kg_per_year, nominal_need_kg_per_year, recorded_kg;
	int64_t record_based_kg_per_year, floor_kg_per_year, annual_ceiling_kg;
	int64_t window_ceiling_kg, ceiling_kg, joint_limit_kg;
	struct quota_ratio multiplier;
	quota_link joint_family;
};

struct quota_window_key {
	uint32_t licence, family;
	int32_t window_month;
};
struct quota_ceiling {
	struct quota_window_key key;
	/* Live requests that charge it, by a cooperative and by the unit itself. */
	uint32_t cooperative_requests, direct_requests;
	quota_link joint;
	int64_t ceiling_kg, reserved_kg, used_kg;
	/* Sequence of the record that derived it. */
	uint64_t derived;
	struct quota_derivation derivation;
};
/* Limit shared by the families of a group; the key's family is the group's first. */
struct quota_joint {
	struct quota_window_key key;
	int64_t limit_kg;
	/* Σ reserved + used of the group's ceilings. */
	int64_t committed_kg;
};

struct quota_request_key {
	struct party_id buyer_id;
	struct request_id request_id;
};
struct quota_request {
	struct quota_request_key key;
	struct grade_name grade;
	uint32_t buyer, family;
	int64_t quantity_kg, minimum_kg;
	int64_t max_price_rial_per_kg, asked_landed_rial_per_kg, max_landed_rial_per_kg;
	int64_t filed_ms;
	uint64_t filed_sequence;
	int32_t delivery_from_jalali, delivery_to_jalali, window_month;
	uint32_t version;
	/* In the range lines; room for line_room of them. */
	uint32_t first_line;
	uint16_t line_count, line_room;
	uint32_t province;
	quota_link round;
	/* In the family's open list, then in the round's book. */
	quota_link previous, next;
	uint8_t state, wished_class, priority_class, buyer_classes;
};
struct quota_line {
	uint32_t party, licence, ceiling;
	int64_t wanted_kg, reserved_kg, weight_kg;
	/* Of reserved_kg, in unpaid allocations. */
	int64_t held_kg;
};

/* Why a request was left out of a book; reasons in the range `reasons`. */
struct quota_exclusion {
	uint32_t request;
	uint32_t first_reason, reason_count;
};

/* Open kg of a cooperative in a family. */
struct quota_total_key {
	uint32_t buyer, family;
};
struct quota_total {
	struct quota_total_key key;
	int64_t open_kg;
};

struct quota_round {
	struct round_id round_id;
	uint32_t family, regime_version;
	uint8_t state; /* of matching */
	bool book_closed, over, working;
	uint32_t count;
	quota_link first, last;
	/* Rounds with work for the clock. */
	quota_link next_work;
};

struct quota_allocation {
	struct allocation_id allocation_id;
	uint32_t request;
	uint8_t state;
	uint32_t first_part, part_count;
};
/* kg of an allocation on a line of its request. */
struct quota_part {
	uint32_t line;
	int64_t quantity_kg;
};

/* What the present month and regime are, until when. A cache. */
struct quota_epoch {
	int64_t from_ms, until_ms;
	int32_t month;
	quota_link regime;
};

struct quota_state {
	struct authorise authorise;
	struct table parties, memberships, licences, families, provinces;
	struct table regimes, rules, products, grades, counties;
	struct table purchases, ceilings, joints;
	struct table requests, exclusions, totals, rounds, allocations;
	struct quota_range licence_lines, needs, lines, parts, reasons, texts;
	quota_link first_work, last_work;
	/* Hints, not facts. */
	quota_link first_dirty, last_dirty;
	uint32_t sweep;
	int64_t rest_until_ms;
	struct quota_epoch epoch;
	/* For decoding one record in replay. */
	struct arena scratch;
};

bool quota_open(struct quota_state *state, uint32_t capacity);
void quota_close(struct quota_state *state);
void quota_take(struct quota_state *state, struct batch *batch, const struct item *item);
int64_t quota_deadline(const struct quota_state *state);
void quota_due(struct quota_state *state, struct batch *batch);
void quota_apply_record(struct quota_state *state, const struct record *record);
void quota_digest(const struct quota_state *state, uint8_t out[DIGEST_BYTES]);
void quota_view(struct view *view, const struct record *record);
extern const char *const quota_families[];

#endif

/* The inside of quota: what its files share. Commands as decoded (ask_*),
 * events as decided and applied (change_*), and how the state is looked at. */
#ifndef TASHEEM_QUOTA_STATE_H
#define TASHEEM_QUOTA_STATE_H

#include "services/quota/quota.h"

/* Numbers of tasheem.quota.v1. */
enum quota_command {
	QUOTA_REGIME_APPROVE = 200,
	QUOTA_PURCHASE_RECORD,
	QUOTA_REQUEST_FILE,
	QUOTA_REQUEST_AMEND,
	QUOTA_REQUEST_CANCEL,
	QUOTA_REQUEST_READ = 250,
	QUOTA_CEILING_READ,
	QUOTA_CEILING_WHY,
	QUOTA_REGIME_READ,
};
enum quota_event_kind {
	QUOTA_REGIME_APPROVED = 1200,
	QUOTA_PURCHASE_RECORDED,
	QUOTA_CEILING_CHANGED,
	QUOTA_REQUEST_CHANGED,
	QUOTA_REQUEST_EXCLUDED,
	QUOTA_BOOK_CLOSED,
	QUOTA_PARTY_LEARNED = 1210,
	QUOTA_COOPERATIVE_LEARNED,
	QUOTA_MEMBERSHIP_LEARNED,
	QUOTA_LICENCE_LEARNED,
	QUOTA_PRINCIPAL_LEARNED,
	QUOTA_MANDATE_LEARNED,
	QUOTA_ROUND_LEARNED,
};

/* Commands. */

struct ask_line {
	struct party_id party_id;
	struct licence_id licence_id;
	int64_t wanted_kg;
};
struct ask_request {
	struct quota_request_key key;
	struct grade_name grade;
	int64_t quantity_kg, minimum_kg, max_price_rial_per_kg, asked_landed_rial_per_kg;
	int32_t delivery_from_jalali, delivery_to_jalali;
	uint8_t wished_class;
	uint32_t line_count;
	const struct ask_line *lines;
	/* Amend and cancel. */
	uint32_t expected_version;
};
struct ask_purchase {
	struct licence_id licence_id;
	struct family_name family;
	int32_t month;
	int64_t purchased_kg;
};

/* Events. Rows of tables that events never add to (licences, families) are
 * named by number; messages.c turns names into numbers and back. */

struct change_party {
	struct quota_party party;
	bool cooperative;
};
struct change_membership {
	struct party_id cooperative_id, party_id;
	uint8_t state;
	bool legal_basis;
	int32_t active_members;
};
struct change_licence {
	struct licence_id licence_id;
	struct party_id party_id;
	uint8_t kind, state;
	int64_t valid_from_ms, valid_until_ms;
	uint32_t line_count;
	const struct quota_licence_line *lines;
};
struct change_purchase {
	uint32_t licence;
	struct family_name family;
	int32_t month;
	int64_t purchased_kg;
};
struct change_ceiling {
	struct quota_window_key key;
	int64_t ceiling_kg, reserved_kg, used_kg;
	/* NULL when only the balance changed. */
	const struct quota_derivation *derivation;
};
struct change_line {
	uint32_t party, licence;
	int64_t wanted_kg, reserved_kg, weight_kg, held_kg;
};
struct change_request {
	struct quota_request_key key;
	struct grade_name grade;
	uint32_t family;
	int64_t quantity_kg, minimum_kg;
	int64_t max_price_rial_per_kg, asked_landed_rial_per_kg, max_landed_rial_per_kg;
	int64_t filed_ms;
	uint64_t filed_sequence;
	int32_t delivery_from_jalali, delivery_to_jalali, window_month;
	uint32_t version;
	uint8_t state, wished_class, priority_class, buyer_classes;
	uint32_t buyer, province;
	struct round_id round_id;
	uint32_t line_count, ceiling_count;
	const struct change_line *lines;
	const struct change_ceiling *ceilings;
};
struct change_exclusion {
	struct quota_request_key key;
	struct round_id round_id;
	uint32_t version;
	uint32_t reason_count, ceiling_count;
	const struct reason *reasons;
	const struct change_ceiling *ceilings;
};
struct change_book {
	struct round_id round_id;
	uint32_t family, count;
	uint8_t digest[DIGEST_BYTES];
};
struct change_part {
	uint32_t line;
	int64_t quantity_kg, reserved_kg, held_kg;
};
struct change_allocation {
	struct allocation_id allocation_id;
	struct quota_request_key request;
	uint8_t state;
	uint32_t part_count;
	const struct change_part *parts;
};
struct change_round {
	struct round_id round_id;
	struct family_name family;
	uint8_t state;
	uint32_t regime_version;
	bool over;
	/* NULL, or what an allocation did. */
	const struct change_allocation *allocation;
	uint32_t ceiling_count;
	const struct change_ceiling *ceilings;
};

/* A regime as decoded; names instead of numbers. */
struct draft_rule {
	struct family_name family;
	uint32_t policy, rounding;
	int32_t small_unit_reserve_percent;
	struct quota_rule rule;
};
struct draft_product {
	struct product_code product_code;
	struct family_name family;
	struct quota_ratio coefficient;
};
struct draft_grade {
	struct grade_name grade;
	struct family_name family;
	int64_t base_kg, base_price_rial_per_kg;
};
struct draft_substitute {
	struct grade_name grade, substitute_grade;
};
struct draft_county {
	struct quota_place county, province;
};
struct draft_regime {
	uint32_t version;
	int32_t effective_from_jalali;
	int64_t effective_ms;
	int64_t small_unit_kg_per_year;
	int32_t minimum_active_members;
	int32_t objection_working_days, acceptance_working_days, payment_working_days;
	int32_t payment_hour, distribution_days, maximum_draws, delivery_tolerance_percent;
	struct quota_place default_province;
	uint32_t rule_count, product_count, grade_count, substitute_count, county_count;
	uint32_t holiday_count;
	const struct draft_rule *rules;
	const struct draft_product *products;
	const struct draft_grade *grades;
	const struct draft_substitute *substitutes;
	const struct draft_county *counties;
	const int32_t *holidays;
	int64_t approved_ms;
	struct principal_name approved_by;
	/* The serialised Regime. */
	struct bytes text;
};

struct quota_event {
	enum quota_event_kind kind;
	union {
		struct change_party party;
		struct change_membership membership;
		struct change_licence licence;
		struct principal principal;
		struct mandate mandate;
		struct change_purchase purchase;
		struct change_ceiling ceiling;
		struct change_request request;
		struct change_exclusion exclusion;
		struct change_book book;
		struct change_round round;
		const struct draft_regime *regime;
	};
};

/* What decide is told besides state and command. */
struct quota_moment {
	struct arena *arena;
	int64_t now_ms;
	/* Of the record this becomes. */
	uint64_t sequence;
};
struct quota_outcome {
	struct verdict verdict;
	uint32_t count;
	struct quota_event *events;
};

/* Licences for the clock to look at. */
struct quota_sweep {
	const uint32_t *licences;
	uint32_t count, done;
};

/* An allocation as matching tells it. */
struct seen_allocation {
	struct round_id round_id;
	struct allocation_id allocation_id;
	struct quota_request_key request;
	uint8_t state;
	int64_t quantity_kg;
	/* Parts: party, licence and kg. */
	uint32_t part_count;
	const struct ask_line *parts;
};

/* Deciding: const state, no clock, no I/O. */
void quota_decide_file(const struct quota_state *state, const struct ask_request *ask,
                       const struct quota_moment *moment, struct quota_outcome *outcome);
void quota_decide_amend(const struct quota_state *state, const struct ask_request *ask,
                        const struct quota_moment *moment, struct quota_outcome *outcome);
void quota_decide_cancel(const struct quota_state *state, const struct ask_request *ask,
                         const struct quota_moment *moment, struct quota_outcome *outcome);
void quota_decide_purchase(const struct quota_state *state, const struct ask_purchase *ask,
                           const struct quota_moment *moment, struct quota_outcome *outcome);
void quota_decide_regime(const struct quota_state *state, const struct draft_regime *draft,
                         const struct quota_moment *moment, struct quota_outcome *outcome);
/* A round of matching changed, or one of its allocations. */
void quota_decide_round(const struct quota_state *state, const struct change_round *seen,
                        const struct quota_moment *moment, struct quota_outcome *outcome);
/* NOT_FOUND when the request or one of its lines is not known. */
void quota_decide_allocation(const struct quota_state *state, const struct seen_allocation *seen,
                             const struct quota_moment *moment, struct quota_outcome *outcome);
/* Whether the allocation is known with another request; `old` voids that one. */
bool quota_allocation_moved(const struct quota_state *state, const struct seen_allocation *seen,
                            struct arena *arena, struct seen_allocation *old);
/* One tick of the first round with work: its book, or its release. */
void quota_decide_work(const struct quota_state *state, const struct quota_moment *moment,
                       struct quota_outcome *outcome);
/* The stale ceilings of these licences; `done` says how many of them fitted in a record. */
void quota_decide_ceilings(const struct quota_state *state, const struct quota_moment *moment,
                           struct quota_sweep *sweep, struct quota_outcome *outcome);
/* Room in every table for following one more event. */
bool quota_room(const struct quota_state *state);
/* Why a request of an open family may not enter the book; the verdict has the reasons. */
void quota_recheck(const struct quota_state *state, const struct quota_request *request,
                   const struct quota_round *round, const struct quota_moment *moment,
                   struct verdict *verdict);
/* Why a unit may not use its licence, or be represented by its cooperative. */
void quota_check_member(const struct quota_state *state, const struct quota_party *cooperative,
                        const struct quota_party *party, struct verdict *verdict);
void quota_check_licence(const struct quota_state *state, const struct quota_licence *licence,
                         const struct quota_party *party, int64_t now_ms, struct verdict *verdict);
void quota_check_cooperative(const struct quota_party *cooperative,
                             const struct quota_regime *regime, struct verdict *verdict);
/* Whether the licence's products use the family under a regime. */
bool quota_licence_uses(const struct quota_state *state, const struct quota_licence *licence,
                        const struct quota_rule *rule);

/* Applying: the only writer of state; never refuses. */
void quota_apply(struct quota_state *state, const struct quota_event *event, uint64_t sequence,
                 int64_t time_ms);
/* The ceiling's row. */
const struct quota_ceiling *quota_apply_ceiling(struct quota_state *state,
                                                const struct change_ceiling *change,
                                                uint64_t sequence);
void quota_apply_request(struct quota_state *state, const struct change_request *change,
                         uint64_t sequence);
void quota_apply_exclusion(struct quota_state *state, const struct change_exclusion *change,
                           uint64_t sequence);
void quota_apply_regime(struct quota_state *state, const struct draft_regime *draft);
void quota_apply_book(struct quota_state *state, const struct change_book *change);
void quota_apply_round(struct quota_state *state, const struct change_round *change,
                       uint64_t sequence);
/* Notes that a fact behind the licence's ceilings changed. */
void quota_stamp_licence(struct quota_state *state, struct quota_licence *licence,
                         uint64_t sequence);

/* The regime: which is in force, windows, ceilings. */
struct quota_epoch quota_epoch_at(const struct quota_state *state, int64_t now_ms);
void quota_epoch_refresh(struct quota_state *state, int64_t now_ms);
/* NULL when no regime is in force. */
const struct quota_regime *quota_regime_of(const struct quota_state *state,
                                           const struct quota_epoch *epoch);
const struct quota_rule *quota_rule_find(const struct quota_state *state, uint32_t version,
                                         uint32_t family);
int32_t quota_window_of(const struct quota_rule *rule, int32_t month);
/* Σ of the months' shares of a year's amount over a window. */
int64_t quota_months_sum(int64_t annual_kg, int32_t first_month, int32_t months);
/* The derivations of a licence's ceilings that are missing or stale; at most
 * QUOTA_MAX_FAMILIES, taken from the arena; *count may be 0. */
const struct change_ceiling *quota_derive_licence(const struct quota_state *state,
                                                  const struct quota_licence *licence,
                                                  const struct quota_moment *moment,
                                                  uint32_t *count);
bool quota_ceiling_fresh(const struct quota_state *state, const struct quota_ceiling *ceiling,
                         const struct quota_licence *licence, const struct quota_regime *regime);
/* A unit's ceiling before the multiplier; the numbers that need no table. */
void quota_formula_apply(const struct quota_rule *rule, struct quota_derivation *derivation);

/* Looking (state.c). */
struct quota_party *quota_party_at(const struct quota_state *state, uint32_t number);
struct quota_licence *quota_licence_at(const struct quota_state *state, uint32_t number);
struct quota_family *quota_family_at(const struct quota_state *state, uint32_t number);
struct quota_request *quota_request_at(const struct quota_state *state, uint32_t number);
struct quota_ceiling *quota_ceiling_at(const struct quota_state *state, uint32_t number);
struct quota_round *quota_round_at(const struct quota_state *state, uint32_t number);
const char *quota_province_at(const struct quota_state *state, uint32_t number);
struct quota_line *quota_lines_of(const struct quota_state *state,
                                  const struct quota_request *request);
struct quota_ceiling *quota_ceiling_find(const struct quota_state *state,
                                         const struct quota_window_key *key);
struct quota_membership *quota_membership_find(const struct quota_state *state,
                                               const struct quota_party *cooperative,
                                               const struct quota_party *party);
/* Free kg, the joint limit included; never negative. */
int64_t quota_ceiling_free(const struct quota_state *state, const struct quota_ceiling *ceiling);
struct change_ceiling quota_ceiling_change(const struct quota_ceiling *ceiling);
/* The request as it is, as an event; lines from the arena, no ceilings. */
struct change_request quota_request_change(const struct quota_state *state, struct arena *arena,
                                           const struct quota_request *request);
bool quota_place_set(struct quota_place *place, const char *text);
void *quota_range_at(const struct quota_range *range, uint32_t number);
bool quota_range_room(const struct quota_range *range, uint32_t adding);
/* The number of the first of `count` new zeroed rows. */
uint32_t quota_range_add(struct quota_range *range, uint32_t count);

#endif

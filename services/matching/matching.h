/* matching: who sells, how scarce material was shared, and what became of it.
 *
 * Owns supplier, offer, round, allocation (with its distribution); follows
 * membership (principals, mandates) and quota (regimes, the books of rounds). See
 * proto/tasheem/matching/v1 for every field, proto/tasheem/solver/v1 for what a
 * solver is given and must prove.
 *
 * Commands               answered with
 *   SUPPLIER_REGISTER      accepted; ID_FORMAT, OUT_OF_RANGE
 *   OFFER_PUBLISH          accepted; NOT_FOUND, REGIME_MISSING, NOT_MULTIPLE, BELOW_MIN_LOT,
 * OUT_OF_RANGE OFFER_WITHDRAW         accepted; NOT_FOUND, OFFER_CLOSED ROUND_PLAN accepted;
 * REGIME_MISSING, OUT_OF_RANGE ROUND_CLOSE            accepted; NOT_FOUND, WRONG_STATE (closes by
 * itself at closes_ms, too) ROUND_VOID             accepted; NOT_FOUND, WRONG_STATE, OUT_OF_RANGE
 *   ALLOCATION_ACCEPT      accepted; NOT_FOUND, WRONG_STATE, LATE
 *   ALLOCATION_DECLINE     the same
 *   ALLOCATION_PAID        accepted; NOT_FOUND, WRONG_STATE, LATE (by value date), SUM_MISMATCH
 *   ALLOCATION_DELIVERED   accepted; NOT_FOUND, WRONG_STATE, OUT_OF_RANGE (above the tolerance)
 *   DISTRIBUTION_CONFIRM   accepted; NOT_FOUND, WRONG_STATE, SUM_MISMATCH
 *   SOLUTION_PART          accepted; NOT_FOUND, OUT_OF_RANGE, NOT_PROVEN; never journaled
 *
 * A round: COLLECTING → CLOSING (offers frozen) → quota's book arrives → SOLVING (seed
 * revealed) → PUBLISHED → after the objections FINAL (allocations OPEN) → when all of
 * the draw are decided, what came free is drawn again: SOLVING with draw + 1, whose
 * publication is final at once → … → FINAL with `over`. VOIDED from anywhere before
 * the first payment. Where offers have several lot sizes each is a draw of its own,
 * largest first, and all of them are published as one sharing.
 *
 * A draw is solved outside (desk.c): decide_draw.c makes a pass of it from the state alone,
 * verify.c checks the answer, decide_draw.c says which pass is next or that it was the last.
 * Nothing of this is state: after a crash the draw is solved again. Publication
 * (decide_publish.c) takes many records; the small last one, ROUND_CHANGED, gives them
 * meaning, and a new publication overwrites what an interrupted one left.
 *
 * Deadlines of a round's allocations share one timer per round: it falls due at the
 * earliest of them, and the clock's record that handles it is followed by the next.
 * A clock record that finds the first timer due has handled it; others publish.
 *
 * A lapse is provisional until the bank's cut-off of the next working day, so a payment
 * with a value date in time counts until then even when it is said after pay_until. */
#ifndef TASHEEM_MATCHING_H
#define TASHEEM_MATCHING_H

#include "common/arena.h"
#include "common/authorise.h"
#include "common/batch.h"
#include "common/checked.h"
#include "common/ids.h"
#include "common/table.h"
#include "common/timers.h"
#include "common/verdict.h"
#include "common/view.h"

enum {
	MATCHING_MAX_LINES = 200,
	/* Of one record. */
	MATCHING_MAX_EVENTS = 960,
	MATCHING_MAX_BYTES = 400 * 1024,
	/* Offers of a family in one round: they are frozen by one record. */
	MATCHING_MAX_OFFERS = 900,
	MATCHING_CHUNK_BYTES = 384 * 1024,
	MATCHING_PAGE = 200,
	MATCHING_PLACE_SIZE = 64,
	MATCHING_NAME_SIZE = 124,
	MATCHING_REASON_SIZE = 201,
};
/* Most kg of one amount, most rial per kg of one price. */
#define MATCHING_MAX_KG ((int64_t)1 << 40)
#define MATCHING_MAX_PRICE ((int64_t)1000000000)
#define MATCHING_MAX_RIAL ((int64_t)1 << 62)

/* Numbers of the proto's enums; a unit test holds them together. */
enum matching_event {
	SUPPLIER_REGISTERED = 1300,
	OFFER_CHANGED,
	ROUND_CHANGED,
	ALLOCATION_CHANGED,
	BUNDLE_PART,
	SHARE_DECIDED,
	REQUEST_LEARNED = 1310,
	REGIME_LEARNED,
	BOOK_LEARNED,
	PRINCIPAL_LEARNED,
	MANDATE_LEARNED,
};
enum matching_command {
	SUPPLIER_REGISTER = 300,
	OFFER_PUBLISH,
	OFFER_WITHDRAW,
	ROUND_PLAN,
	ROUND_CLOSE,
	ROUND_VOID,
	ALLOCATION_ACCEPT,
	ALLOCATION_DECLINE,
	PAY_ALLOCATION,
	DELIVER_ALLOCATION,
	DISTRIBUTION_CONFIRM,
	SOLUTION_PART = 320,
};
enum matching_read {
	OFFER_READ = 350,
	ROUND_READ,
	ALLOCATION_READ,
	BUNDLE_READ,
	SOLVER_READY,
	SUPPLIER_READ,
};
enum buyer_class { CLASS_ALL = 1, CLASS_SMALL_UNITS };
enum settlement { SETTLEMENT_CASH = 1, SETTLEMENT_CREDIT };
enum offer_state { OFFER_OPEN = 1, OFFER_WITHDRAWN, OFFER_IN_ROUND, OFFER_ENDED };
enum round_state {
	ROUND_COLLECTING = 1,
	ROUND_CLOSING,
	ROUND_SOLVING,
	ROUND_PUBLISHED,
	ROUND_FINAL,
	ROUND_VOIDED,
};
enum allocation_state {
	ALLOCATION_PROVISIONAL = 1,
	ALLOCATION_OPEN,
	ALLOCATION_ACCEPTED,
	ALLOCATION_DECLINED,
	ALLOCATION_EXPIRED,
	ALLOCATION_PAID,
	ALLOCATION_DELIVERED,
	ALLOCATION_DISTRIBUTED,
	ALLOCATION_VOIDED,
};
enum share_reason {
	SHARE_SATISFIED = 1,
	SHARE_NO_OFFER,
	SHARE_PRICE,
	SHARE_MINIMUM,
	SHARE_CAP,
	SHARE_LEVEL,
};
enum timer_kind { TIMER_ROUND = 1 };

struct place {
	char text[MATCHING_PLACE_SIZE];
};

struct supplier {
	struct supplier_id supplier_id;
	char name[MATCHING_NAME_SIZE];
	struct place province;
};

struct offer {
	struct offer_id offer_id;
	struct supplier_id supplier_id;
	struct grade_name grade;
	struct family_name family;
	struct round_id round_id;
	int64_t quantity_kg, allocation_base_kg, minimum_allocation_kg, price_rial_per_kg;
	int64_t allocated_kg;
	uint32_t buyer_class, settlement, state;
	int32_t offered_on, delivery_from, delivery_to;
};

/* What apply keeps of a round beside what its events say. */
struct round_ledger {
	/* Due time of the round's timer, 0 for none. */
	int64_t tick_ms;
	/* quota's word about its book. */
	bool book_known;
	uint32_t book_count;
	uint8_t book_digest[DIGEST_BYTES];
	/* Highest allocation number seen; highest published; first of the current sharing. */
	uint32_t emitted, published, draw_first;
	/* Publications: what the regime's maximum_draws counts. Lot sizes shared one after the
	 * other are several draws, published as one sharing. */
	uint32_t sharings;
	/* Allocations that are provisional, open or accepted. */
	uint32_t undecided;
	/* Allocations paid for. */
	uint32_t paid;
};

struct round {
	struct round_id round_id;
	struct session_id session_id;
	struct family_name family;
	int64_t closes_ms, objection_until_ms, lot_kg;
	uint32_t state, regime_version, policy, rounding, draw, pass;
	bool seed_known, book_known, bundle_known, over;
	uint8_t seed_commitment[DIGEST_BYTES], seed[DIGEST_BYTES];
	uint8_t book_digest[DIGEST_BYTES], bundle_digest[DIGEST_BYTES];
	int64_t offered_kg, asked_kg, placed_kg;
	uint32_t claimants, placed_claimants;
	int64_t level_numerator, level_denominator;
	char reason[MATCHING_REASON_SIZE];
	struct round_ledger ledger;
};

struct part {
	struct party_id party_id;
	struct licence_id licence_id;
	int64_t quantity_kg, received_kg;
	int32_t window_month;
	bool confirmed;
};

struct allocation {
	struct allocation_id allocation_id;
	struct round_id round_id;
	struct party_id buyer_id;
	struct request_id request_id;
	struct offer_id offer_id;
	struct supplier_id supplier_id;
	struct grade_name grade;
	struct family_name family;
	int64_t quantity_kg, price_rial_per_kg, freight_rial_per_kg;
	int64_t accept_until_ms, pay_until_ms, distribute_until_ms, paid_rial, delivered_kg;
	uint32_t draw, state;
	bool substitute;
	/* In the table parts; first_part is apply's. */
	uint32_t part_count, first_part;
};

struct share_key {
	struct round_id round_id;
	uint32_t draw;
	struct party_id buyer_id;
	struct request_id request_id;
};
struct share {
	struct share_key key;
	int64_t asked_kg, placed_kg, value, limit;
	int64_t level_numerator, level_denominator, mean_landed_rial_per_kg;
	uint32_t reason;
	int32_t level;
};

struct bundle_key {
	struct round_id round_id;
	uint32_t draw, index;
};
struct bundle_part {
	struct bundle_key key;
	uint32_t count;
	/* In the state's arena `chunks`. */
	struct bytes chunk;
};

/* A request in a closed book, as quota tells it. */
struct request_key {
	struct party_id buyer_id;
	struct request_id request_id;
};
struct request {
	struct request_key key;
	struct round_id round_id;
	struct grade_name grade;
	struct place province;
	int64_t quantity_kg, minimum_kg, max_landed_rial_per_kg;
	uint64_t filed_sequence;
	uint32_t version, priority_class, buyer_classes;
	int32_t delivery_from, delivery_to, window_month;
	uint32_t line_count, first_line;
};
struct line {
	struct party_id party_id;
	struct licence_id licence_id;
	int64_t reserved_kg, weight_kg;
};

/* A regime, as far as rounds need it. Its rows in the tables are runs. */
struct regime {
	uint32_t version;
	int32_t effective_from;
	int32_t objection_days, acceptance_days, payment_days, payment_hour;
	int32_t distribution_days, maximum_draws, tolerance_percent;
	uint32_t first_rule, rule_count, first_grade, grade_count;
	uint32_t first_substitute, substitute_count, first_freight, freight_count;
	uint32_t first_holiday, holiday_count;
};
struct rule {
	struct family_name family;
	int64_t cooperative_cap_kg;
	uint32_t policy, rounding;
	int32_t reserve_percent;
	bool cost_first;
};
struct grade {
	struct grade_name grade;
	struct family_name family;
	int64_t base_kg;
};
struct substitute {
	struct grade_name grade, substitute;
};
struct freight {
	struct place from, to;
	int64_t rial_per_kg;
};

/* A dense run of rows that is only appended to; capacity is address space. */
struct range {
	uint8_t *rows;
	uint32_t row_size, count, capacity;
};

struct desk;

struct matching_state {
	struct authorise authorise;
	struct table suppliers, offers, rounds, allocations, shares, bundles, requests, regimes;
	struct range parts, lines, rules, grades, substitutes, freights, holidays;
	struct timers timers;
	/* Bytes of bundles. */
	struct arena chunks;
	/* Rounds in SOLVING. */
	uint32_t solving;
	/* Scratch of decoding a record for apply. */
	struct arena scratch;
	/* The custodian's secret, from the daemon's key file: not journaled, not in the digest. */
	uint8_t secret[DIGEST_BYTES];
	/* Work in progress with solvers: volatile, not in the digest. */
	struct desk *desk;
};

TABLE_ACCESS(supplier, struct supplier, struct supplier_id)
TABLE_ACCESS(offer, struct offer, struct offer_id)
TABLE_ACCESS(round, struct round, struct round_id)
TABLE_ACCESS(allocation, struct allocation, struct allocation_id)
TABLE_ACCESS(share, struct share, struct share_key)
TABLE_ACCESS(bundle_part, struct bundle_part, struct bundle_key)
TABLE_ACCESS(request, struct request, struct request_key)
TABLE_ACCESS(regime, struct regime, uint32_t)

/* The service, as every daemon's loop uses it. */
bool matching_open(struct matching_state *state, uint32_t capacity);
void matching_close(struct matching_state *state);
/* The 32 bytes from which every round's seed follows; set before the first item. */
void matching_set_secret(struct matching_state *state, const uint8_t secret[DIGEST_BYTES]);
void matching_take(struct matching_state *state, struct batch *batch, const struct item *item);
int64_t matching_deadline(const struct matching_state *state);
void matching_due(struct matching_state *state, struct batch *batch);
void matching_apply_record(struct matching_state *state, const struct record *record);
void matching_digest(const struct matching_state *state, uint8_t out[DIGEST_BYTES]);
void matching_view(struct view *view, const struct record *record);
extern const char *const matching_families[];

/* Rows of a range. */
bool range_open(struct range *range, size_t row_size, uint32_t capacity);
void range_close(struct range *range);
static inline void *range_at(const struct range *range, uint32_t number)
{
	CHECK(number < range->count);
	return range->rows + (size_t)number * range->row_size;
}
static inline bool range_room(const struct range *range, uint64_t adding)
{
	return adding <= range->capacity - range->count;
}
/* Zeroed rows at the end; their first number. */
static inline uint32_t range_add(struct range *range, uint32_t adding)
{
	CHECK(range_room(range, adding));
	range->count += adding;
	return range->count - adding;
}
static inline struct part *part_at(const struct matching_state *state, uint32_t number)
{
	return range_at(&state->parts, number);
}
static inline struct line *line_at(const struct matching_state *state, uint32_t number)
{
	return range_at(&state->lines, number);
}

/* Facts looked up in the state (state.c, regime.c). */
/* The newest regime in force on the day; NULL for none. */
const struct regime *regime_on(const struct matching_state *state, int32_t day);
const struct rule *regime_rule(const struct matching_state *state, const struct regime *regime,
                               const struct family_name *family);
const struct grade *regime_grade(const struct matching_state *state, const struct regime *regime,
                                 const struct grade_name *grade);
bool regime_substitutes(const struct matching_state *state, const struct regime *regime,
                        const struct grade_name *wanted, const struct grade_name *offered);
/* False when goods cannot go that way. */
bool regime_freight(const struct matching_state *state, const struct regime *regime,
                    const struct place *from, const struct place *to, int64_t *rial_per_kg);
/* End of the n-th working day after the day of `from_ms`; `hour` of it, or 24. */
int64_t regime_working_ms(const struct matching_state *state, const struct regime *regime,
                          int64_t from_ms, int32_t days, int32_t hour);
/* When an accepted, unpaid allocation lapses for good. */
int64_t regime_lapse_ms(const struct matching_state *state, const struct regime *regime,
                        int64_t pay_until_ms);
int64_t offer_lot_kg(const struct offer *offer);
bool allocation_holds(uint32_t allocation_state);
void allocation_name(const struct round *round, uint32_t number, struct allocation_id *id);
/* Allocation by number, NULL when there is none. */
struct allocation *allocation_number(const struct matching_state *state, const struct round *round,
                                     uint32_t number);
/* The instant at which the round's clock must look again; INT64_MAX for never. */
int64_t round_next_due(const struct matching_state *state, const struct round *round,
                       int64_t now_ms);
/* The round's seed by the state's secret, and its commitment. */
void round_seed(const struct matching_state *state, const struct round_id *round_id,
                uint8_t seed[DIGEST_BYTES], uint8_t commitment[DIGEST_BYTES]);

#endif

/* One draw of a round as its passes need it: the frozen book, what is held already,
 * what may still be had. Made from the state alone, in an arena; pass results change
 * it. Shared by decide_draw.c (passes), decide_publish.c (what it comes to) and
 * messages_problem.c (the problem a solver is given).
 *
 * Rules. A draw shares offers of one lot size. Where a family's offers have several, the
 * largest comes first and each size is a draw of its own, with its own bundle; what an
 * earlier one placed is held. A draw is a list of passes: if the regime reserves a part
 * for small units, a RESERVE pass, whose awards are the reserve lots of the MAIN pass
 * after it; then MAIN passes until none leaves a request between nothing and its minimum
 * (solver.proto, minimum_lots), which must be met within one size. The last MAIN pass
 * counts. */
#ifndef TASHEEM_MATCHING_DRAW_H
#define TASHEEM_MATCHING_DRAW_H

#include "services/matching/decide.h"

struct draw_request {
	const struct request *row;
	uint32_t claimant;
	/* From earlier draws; still wanted when this draw began (0 for who lapsed or declined). */
	int64_t held_kg, asked_kg;
	/* By the last pass, once it counts. */
	int64_t placed_kg;
	/* Lots placed by the last pass; those it was withdrawn with. */
	int64_t pass_lots, withdrawn_lots;
	bool withdrawn;
	/* kg that each of its lines holds from earlier draws. */
	int64_t *line_held;
};

struct draw_member {
	struct licence_id licence_id;
	int64_t demand_kg, weight_kg;
};

struct draw_claimant {
	const struct party_id *buyer_id;
	uint32_t first_request, request_count, first_member, member_count;
	int64_t held_kg, placed_kg;
	/* Most kg in the round, 0 for no cap. */
	int64_t cap_kg;
	int64_t reserve_lots, awards;
	uint64_t sequence;
	uint32_t priority_class;
	bool small, barred;
	int32_t level;
	uint8_t tie[DIGEST_SHORT_BYTES];
	/* Of the last award, kg per weight; 0/0 for none. */
	int64_t key_numerator, key_denominator;
};

struct draw_offer {
	const struct offer *row;
	const struct place *province;
	int64_t lot_kg, available_kg;
};

struct draw_flow {
	uint32_t request, offer;
	int64_t quantity_kg;
};

enum draw_pass { DRAW_RESERVE = 1, DRAW_MAIN };

struct draw {
	const struct matching_state *state;
	const struct round *round;
	const struct regime *regime;
	const struct rule *rule;
	uint32_t number;
	struct draw_request *requests;
	struct draw_claimant *claimants;
	struct draw_member *members;
	struct draw_offer *offers;
	uint32_t request_count, claimant_count, member_count, offer_count;
	int64_t lot_kg;
	/* Offers of this size: their numbers, in order. */
	uint32_t *pass_offers;
	uint32_t pass_offer_count;
	/* The pass at work. */
	uint32_t pass;
	enum draw_pass kind;
	int64_t limit_lots;
	uint8_t parent[DIGEST_BYTES];
	/* By request and offer. */
	struct draw_flow *flows;
	uint32_t flow_count;
};

/* A proven solution. */
struct draw_result {
	const int64_t *awards;
	const int32_t *levels;
	const uint32_t *flow_requests, *flow_offers;
	const int64_t *flow_lots;
	uint32_t flow_count;
	/* BLAKE2b-256 of the serialised solution. */
	uint8_t digest[DIGEST_BYTES];
};

/* Requests of the round's book by buyer and number. */
const struct request **draw_book(struct arena *arena, const struct matching_state *state,
                                 const struct round *round, uint32_t *count);
/* quota's digest of a book. */
void draw_book_digest(const struct request *const *requests, uint32_t count,
                      uint8_t out[DIGEST_BYTES]);
/* The draw of this number and lot size, at its first pass. */
struct draw *draw_make(struct arena *arena, const struct matching_state *state,
                       const struct round *round, uint32_t number, int64_t lot_kg);
/* The largest lot below `below_kg` that can be had and that a waiting request could take; 0 for
 * none. */
int64_t draw_next_lot(const struct draw *draw, int64_t below_kg);
/* The lot a round begins with: its offers' largest, without offers the family's. */
int64_t draw_first_lot(const struct matching_state *state, const struct round *round);
int64_t draw_request_lots(const struct draw *draw, const struct draw_request *request);
int64_t draw_minimum_lots(const struct draw *draw, const struct draw_request *request);
int64_t draw_demand_lots(const struct draw *draw, const struct draw_claimant *claimant);
int64_t draw_offer_lots(const struct draw *draw, const struct draw_offer *offer);
/* Takes in a pass's proven result. True when another pass follows. */
bool draw_advance(struct arena *arena, struct draw *draw, const struct draw_result *result);

/* What stands between a request and an offer. */
enum draw_arc { ARC_NONE, ARC_DEAR, ARC_GOOD };
enum draw_arc draw_arc(const struct draw *draw, const struct draw_request *request,
                       const struct draw_offer *offer, int64_t *landed_rial_per_kg);
/* The key of the claimant's last award as a fraction kg/weight. */
void draw_claimant_key(const struct draw *draw, struct draw_claimant *claimant);

/* Events of a finished draw, in the order they are published: shares and allocations,
 * then what the last record holds. */
struct publication {
	struct event *events;
	uint32_t count;
	/* Events from here on belong into one record, the last. */
	uint32_t last_from;
	/* TABLE_FULL when the state has no room for them. */
	struct verdict verdict;
};
/* `bundle_digest` is of the bundle that goes before these events. */
void publication_make(struct arena *arena, struct draw *draw, int64_t now_ms,
                      const uint8_t bundle_digest[DIGEST_BYTES], struct publication *publication);

#endif

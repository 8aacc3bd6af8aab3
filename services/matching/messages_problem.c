/* What crosses the desk: a pass as a problem, a solution as a proven result, the passes
 * of a draw as the bundle that anyone can check. */
#include <string.h>

#include "common/wire.h"
#include "services/matching/desk.h"
#include "services/matching/messages_noun.h"
#include "services/matching/verify.h"
#include "tasheem/solver/v1/solver.pb-c.h"

#define V1(type) Tasheem__Solver__V1__##type

struct pass_messages {
	V1(Problem) * *problems;
	V1(Solution) * *solutions;
	/* Proven passes; problems has one more while one is at work. */
	uint32_t count, room;
};

struct pass_messages *passes_open(struct arena *arena)
{
	return ARENA_NEW(arena, struct pass_messages);
}

static void make_room(struct arena *arena, struct pass_messages *passes)
{
	if (passes->count + 1 < passes->room)
		return;
	uint32_t room = passes->room ? 2 * passes->room : 8;
	V1(Problem) **problems = ARENA_ARRAY(arena, V1(Problem) *, room);
	V1(Solution) **solutions = ARENA_ARRAY(arena, V1(Solution) *, room);
	if (passes->count) {
		memcpy(problems, passes->problems, passes->count * sizeof(V1(Problem) *));
		memcpy(solutions, passes->solutions, passes->count * sizeof(V1(Solution) *));
	}
	passes->problems = problems;
	passes->solutions = solutions;
	passes->room = room;
}

static V1(Offer) *
        make_offer(struct arena *arena, const struct draw *draw, const struct draw_offer *offer)
{
	V1(Offer) *to = ARENA_NEW(arena, V1(Offer));
	tasheem__solver__v1__offer__init(to);
	to->offer_id = noun_text(offer->row->offer_id.text);
	to->grade = noun_text(offer->row->grade.text);
	to->lots = draw_offer_lots(draw, offer);
	to->price_rial_per_kg = offer->row->price_rial_per_kg;
	to->province = noun_text(offer->province->text);
	/* Class numbers are the bits. */
	to->buyer_classes = offer->row->buyer_class;
	to->delivery_from_jalali = offer->row->delivery_from;
	to->delivery_to_jalali = offer->row->delivery_to;
	return to;
}

static V1(Request) * make_request(struct arena *arena, const struct draw *draw,
                                  const struct draw_request *request)
{
	V1(Request) *to = ARENA_NEW(arena, V1(Request));
	tasheem__solver__v1__request__init(to);
	to->request_id = noun_text(request->row->key.request_id.text);
	to->grade = noun_text(request->row->grade.text);
	to->lots = draw_request_lots(draw, request);
	to->max_landed_rial_per_kg = request->row->max_landed_rial_per_kg;
	to->province = noun_text(request->row->province.text);
	to->buyer_classes = request->row->buyer_classes;
	to->delivery_from_jalali = request->row->delivery_from;
	to->delivery_to_jalali = request->row->delivery_to;
	to->withdrawn = request->withdrawn;
	to->minimum_lots = draw_minimum_lots(draw, request);
	return to;
}

static V1(Claimant) * make_claimant(struct arena *arena, const struct draw *draw,
                                    const struct draw_claimant *claimant)
{
	V1(Claimant) *to = ARENA_NEW(arena, V1(Claimant));
	tasheem__solver__v1__claimant__init(to);
	to->buyer_id = noun_text(claimant->buyer_id->text);
	to->priority_class = (int32_t)claimant->priority_class;
	to->held_kg = claimant->held_kg;
	to->demand_lots = draw_demand_lots(draw, claimant);
	to->reserve_lots = claimant->reserve_lots;
	to->sequence = claimant->sequence;
	to->n_members = claimant->member_count;
	to->members = ARENA_ARRAY(arena, V1(Member) *, claimant->member_count + 1);
	for (uint32_t at = 0; at < claimant->member_count; at++) {
		const struct draw_member *member = &draw->members[claimant->first_member + at];
		to->members[at] = ARENA_NEW(arena, V1(Member));
		tasheem__solver__v1__member__init(to->members[at]);
		to->members[at]->licence_id = noun_text(member->licence_id.text);
		to->members[at]->demand_kg = member->demand_kg;
		to->members[at]->weight_kg = member->weight_kg;
	}
	to->n_requests = claimant->request_count;
	to->requests = ARENA_ARRAY(arena, V1(Request) *, claimant->request_count + 1);
	for (uint32_t at = 0; at < claimant->request_count; at++)
		to->requests[at] =
		        make_request(arena, draw, &draw->requests[claimant->first_request + at]);
	return to;
}

/* The regime's substitutes between grades of the family, and its ways. */
static void make_facts(struct arena *arena, const struct draw *draw, V1(Problem) * to)
{
	const struct regime *regime = draw->regime;
	to->substitutes = ARENA_ARRAY(arena, V1(Substitute) *, regime->substitute_count + 1);
	for (uint32_t at = 0; at < regime->substitute_count; at++) {
		const struct substitute *row =
		        range_at(&draw->state->substitutes, regime->first_substitute + at);
		const struct grade *grade = regime_grade(draw->state, regime, &row->substitute);
		if (!grade || !family_name_equal(&grade->family, &draw->round->family))
			continue;
		V1(Substitute) *substitute = ARENA_NEW(arena, V1(Substitute));
		tasheem__solver__v1__substitute__init(substitute);
		substitute->grade = noun_text(row->grade.text);
		substitute->substitute_grade = noun_text(row->substitute.text);
		to->substitutes[to->n_substitutes++] = substitute;
	}
	to->n_freights = regime->freight_count;
	to->freights = ARENA_ARRAY(arena, V1(Freight) *, regime->freight_count + 1);
	for (uint32_t at = 0; at < regime->freight_count; at++) {
		const struct freight *row =
		        range_at(&draw->state->freights, regime->first_freight + at);
		to->freights[at] = ARENA_NEW(arena, V1(Freight));
		tasheem__solver__v1__freight__init(to->freights[at]);
		to->freights[at]->from_province = noun_text(row->from.text);
		to->freights[at]->to_province = noun_text(row->to.text);
		to->freights[at]->rial_per_kg = row->rial_per_kg;
	}
}

static void make_head(struct arena *arena, const struct draw *draw, V1(Problem) * to)
{
	const struct round *round = draw->round;
	bool reserve = draw->kind == DRAW_RESERVE;
	to->round_id = noun_text(round->round_id.text);
	to->family = noun_text(round->family.text);
	to->draw = draw->number;
	to->pass = draw->pass;
	to->pass_kind = reserve ? TASHEEM__SOLVER__V1__PASS_KIND__PASS_KIND_RESERVE
	                        : TASHEEM__SOLVER__V1__PASS_KIND__PASS_KIND_MAIN;
	to->policy =
	        reserve ? TASHEEM__SOLVER__V1__POLICY__POLICY_EQUAL : (V1(Policy))round->policy;
	to->rounding = (V1(Rounding))round->rounding;
	to->cost_first = draw->rule->cost_first;
	to->lot_kg = draw->lot_kg;
	to->limit_lots = draw->limit_lots;
	to->seed = noun_bytes(round->seed, DIGEST_BYTES);
	to->book_digest = noun_bytes(round->book_digest, DIGEST_BYTES);
	/* The next pass writes another parent into the draw. */
	uint8_t *parent = arena_take(arena, DIGEST_BYTES);
	memcpy(parent, draw->parent, DIGEST_BYTES);
	to->parent_digest = noun_bytes(parent, DIGEST_BYTES);
}

struct bytes passes_problem(struct arena *arena, struct pass_messages *passes,
                            const struct draw *draw)
{
	make_room(arena, passes);
	V1(Problem) *to = ARENA_NEW(arena, V1(Problem));
	tasheem__solver__v1__problem__init(to);
	make_head(arena, draw, to);
	make_facts(arena, draw, to);
	to->n_offers = draw->pass_offer_count;
	to->offers = ARENA_ARRAY(arena, V1(Offer) *, draw->pass_offer_count + 1);
	for (uint32_t at = 0; at < draw->pass_offer_count; at++)
		to->offers[at] = make_offer(arena, draw, &draw->offers[draw->pass_offers[at]]);
	to->n_claimants = draw->claimant_count;
	to->claimants = ARENA_ARRAY(arena, V1(Claimant) *, draw->claimant_count + 1);
	for (uint32_t at = 0; at < draw->claimant_count; at++)
		to->claimants[at] = make_claimant(arena, draw, &draw->claimants[at]);
	passes->problems[passes->count] = to;
	return wire_encode(arena, &to->base);
}

bool passes_prove(struct work *work, struct bytes bytes, struct arena *scratch,
                  struct draw_result *result, struct verdict *verdict)
{
	struct pass_messages *passes = work->passes;
	struct verify_result verified;
	/* What was unpacked lives as long as the draw; its bytes may go. */
	const V1(Solution) *solution =
	        WIRE_DECODE(&work->arena, V1(Solution), tasheem__solver__v1__solution, bytes);
	if (!solution) {
		verdict_refuse(verdict, REASON_MALFORMED, "solution", 0, 0);
		return false;
	}
	if (!verify_solution(scratch, passes->problems[passes->count], work->task_id, solution,
	                     &verified)) {
		verdict_refuse(verdict, REASON_NOT_PROVEN, verified.what, verified.rule, 0);
		return false;
	}
	passes->solutions[passes->count] = (V1(Solution) *)(uintptr_t)solution;
	passes->count++;
	memset(result, 0, sizeof *result);
	result->awards = solution->awards;
	result->levels = solution->claimant_levels;
	result->flow_requests = solution->flow_requests;
	result->flow_offers = solution->flow_offers;
	result->flow_lots = solution->flow_lots;
	result->flow_count = (uint32_t)solution->n_flow_requests;
	/* Of the bytes as the bundle will hold them: a solver may have put its fields in another
	 * order. */
	struct bytes held = wire_encode(&work->arena, &solution->base);
	crypto_generichash(result->digest, DIGEST_BYTES, held.data, held.size, NULL, 0);
	return true;
}

struct bytes passes_bundle(struct arena *arena, const struct pass_messages *passes,
                           const struct draw *draw)
{
	V1(Bundle) bundle = TASHEEM__SOLVER__V1__BUNDLE__INIT;
	bundle.n_problems = passes->count;
	bundle.problems = passes->problems;
	bundle.n_solutions = passes->count;
	bundle.solutions = passes->solutions;
	bundle.seed_commitment = noun_bytes(draw->round->seed_commitment, DIGEST_BYTES);
	return wire_encode(arena, &bundle.base);
}

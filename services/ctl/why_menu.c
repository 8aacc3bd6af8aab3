/* What would have helped a request, from the published bundle of its draw. A draw of one pass in
 * which no minimum binds is explained by its certificate alone (explain.h); any other is solved
 * again with each change. */
#include "services/ctl/why.h"

#include <string.h>

#include "common/wire.h"
#include "services/ctl/explain.h"
#include "services/ctl/round.h"
#include "services/ctl/show.h"

static const size_t SPACE = (size_t)8 << 30;
static const char *const changes[] = {"lot", "substitute", "price", "minimum"};

static json_t *option_json(const struct explain_option *option, bool solved)
{
	json_t *json = json_pack("{s:s, s:b, s:b}", "change", changes[option->change], "helps",
	                         option->helps, "solved", solved);
	if (option->change == EXPLAIN_SUBSTITUTE)
		json_object_set_new(json, "grade", json_string(option->grade));
	if (option->change == EXPLAIN_PRICE)
		json_object_set_new(json, "price_rial_per_kg", json_integer(option->price));
	if (solved)
		return json;
	json_object_set_new(json, "room", json_boolean(option->room));
	json_object_set_new(json, "next_numerator", json_integer(option->next.numerator));
	json_object_set_new(json, "next_denominator", json_integer(option->next.denominator));
	if (option->room || option->nothing)
		return json;
	json_object_set_new(json, "reach_numerator", json_integer(option->reach.numerator));
	json_object_set_new(json, "reach_denominator", json_integer(option->reach.denominator));
	return json;
}

/* The whole draw with the change. */
static bool solve_option(struct arena *arena, const bundle_message *bundle,
                         const struct explanation *explanation, struct explain_option *option)
{
	const struct whatif_rule unchanged = {.reserve_percent = -1};
	struct whatif_draw draw;
	int64_t limit_lots;
	problem_message *begun = whatif_begin(arena, bundle, &limit_lots);
	problem_message *changed = explain_apply(arena, begun, explanation, option);
	if (!whatif_solve(arena, changed, &unchanged, limit_lots, &draw))
		return false;
	option->helps = draw.solution->awards[explanation->claimant] > explanation->award_lots;
	return true;
}

/* The last pass, with the request in it even if it was withdrawn. */
static problem_message *last_problem(struct arena *arena, const bundle_message *bundle,
                                     const struct explanation *explanation)
{
	problem_message *problem = whatif_copy(arena, bundle->problems[bundle->n_problems - 1]);
	for (size_t at = 0; at < problem->n_claimants; at++) {
		claimant_message *claimant = problem->claimants[at];
		for (size_t line = 0; line < claimant->n_requests; line++)
			if (!strcmp(claimant->buyer_id, explanation->buyer_id) &&
			    !strcmp(claimant->requests[line]->request_id, explanation->request_id))
				claimant->requests[line]->withdrawn = false;
	}
	return problem;
}

static json_t *menu_of(struct arena *arena, struct bytes bytes, const json_t *share)
{
	struct explanation explanation = {.buyer_id = json_text(share, "buyer_id"),
	                                  .request_id = json_text(share, "request_id")};
	const bundle_message *bundle =
	        WIRE_DECODE(arena, bundle_message, tasheem__solver__v1__bundle, bytes);
	if (!bundle || bundle->n_problems == 0)
		return NULL;
	bool suffices = explain_suffices(bundle);
	const solution_message *solution = bundle->solutions[bundle->n_solutions - 1];
	const problem_message *problem = last_problem(arena, bundle, &explanation);
	if (!explain_request(arena, problem, solution, &explanation))
		return NULL;
	json_t *menu = json_array();
	for (uint32_t at = 0; at < explanation.count; at++) {
		struct explain_option *option = &explanation.options[at];
		if (!suffices && !solve_option(arena, bundle, &explanation, option))
			continue;
		json_array_append_new(menu, option_json(option, !suffices || option->rival));
	}
	return menu;
}

json_t *why_menu(struct session *session, const json_t *share)
{
	struct ctl *ctl = session->ctl;
	struct arena arena;
	struct bytes bytes;
	json_t *menu = NULL;
	const char *round = json_text(share, "round_id");
	if (json_number(share, "placed_kg") >= json_number(share, "asked_kg"))
		return NULL;
	bool quiet = ctl->quiet;
	ctl->quiet = true;
	bool found = round_bundle(session, round, (uint32_t)json_number(share, "draw"), &bytes);
	ctl->quiet = quiet;
	if (!found || !round_verify_bytes(ctl, bytes, round) || !arena_open(&arena, SPACE))
		return NULL;
	menu = menu_of(&arena, bytes, share);
	arena_close(&arena);
	return menu;
}

static const char *answer(struct ctl *ctl, const json_t *option)
{
	bool helps = json_is_true(json_object_get(option, "helps"));
	if (json_is_true(json_object_get(option, "solved")))
		return helps ? FILL(ctl, TEXT_WHY_YES_SOLVED, "")
		             : FILL(ctl, TEXT_WHY_NO_SOLVED, "");
	if (json_is_true(json_object_get(option, "room")))
		return FILL(ctl, TEXT_WHY_YES_ROOM, "");
	if (!json_object_get(option, "reach_numerator"))
		return FILL(ctl, TEXT_WHY_NO_REACH, "");
	const char *next = show_fraction(ctl, json_number(option, "next_numerator"),
	                                 json_number(option, "next_denominator"));
	const char *reach = show_fraction(ctl, json_number(option, "reach_numerator"),
	                                  json_number(option, "reach_denominator"));
	return helps ? FILL(ctl, TEXT_WHY_YES_KEY, next, reach)
	             : FILL(ctl, TEXT_WHY_NO_KEY, next, reach);
}

void why_menu_tell(struct ctl *ctl, const json_t *menu)
{
	if (json_array_size(menu))
		TELL(ctl, TEXT_WHY_MENU, "");
	for (size_t at = 0; at < json_array_size(menu); at++) {
		const json_t *option = json_array_get(menu, at);
		const char *change = json_text(option, "change"), *said = answer(ctl, option);
		if (!strcmp(change, "lot"))
			TELL(ctl, TEXT_WHY_MENU_LOT, said);
		else if (!strcmp(change, "substitute"))
			TELL(ctl, TEXT_WHY_MENU_SUBSTITUTE, said,
			     show_id(ctl, json_text(option, "grade")));
		else if (!strcmp(change, "price"))
			TELL(ctl, TEXT_WHY_MENU_PRICE, said,
			     show_number(ctl, json_number(option, "price_rial_per_kg")));
		else
			TELL(ctl, TEXT_WHY_MENU_MINIMUM, said);
	}
}

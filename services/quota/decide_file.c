/* Filing, amending and cancelling a request.
 *
 * A request id is the buyer's own, for ever: the same content again is accepted and
 * changes nothing, other content is a conflict. Every rule that fails is reported.
 * What passes reserves at once: RequestChanged carries the new balances; ceilings that
 * had to be derived on the way come as CeilingChanged before it in the same record.
 * An amendment is decided as if the old version's reservations were free; refused, it
 * leaves the old version whole. From the round's closing on, both are LATE. */
#include "services/quota/filing.h"

#include <string.h>

static void ask_sums(struct filing *filing)
{
	const struct ask_request *ask = filing->ask;
	struct verdict *verdict = filing->verdict;
	int64_t base = filing->grade->base_kg;
	if (ask->quantity_kg < base)
		verdict_refuse(verdict, REASON_BELOW_MIN_LOT, "quantity_kg", ask->quantity_kg,
		               base);
	else if (ask->quantity_kg % base != 0)
		verdict_refuse(verdict, REASON_NOT_MULTIPLE, "quantity_kg", ask->quantity_kg, base);
	if (ask->minimum_kg % base != 0)
		verdict_refuse(verdict, REASON_NOT_MULTIPLE, "minimum_kg", ask->minimum_kg, base);
	if (filing->lines_kg > ask->quantity_kg || filing->lines_kg <= ask->quantity_kg - base)
		verdict_refuse(verdict, REASON_SUM_MISMATCH, "lines", filing->lines_kg,
		               ask->quantity_kg);
}

/* Most one request may ask, and a cooperative's requests of a family together. */
static void ask_caps(struct filing *filing)
{
	const struct quota_rule *rule = filing->rule;
	int64_t quantity = filing->ask->quantity_kg;
	if (rule->purchase_cap_kg > 0 && quantity > rule->purchase_cap_kg)
		verdict_refuse(filing->verdict, REASON_ABOVE_PURCHASE_CAP, "quantity_kg", quantity,
		               rule->purchase_cap_kg);
	if (rule->cooperative_cap_kg == 0 || !filing->cooperative)
		return;
	struct quota_total_key key = {table_number(&filing->state->parties, filing->buyer),
	                              rule->key.family};
	const struct quota_total *total = table_find(&filing->state->totals, &key);
	int64_t open = total ? total->open_kg : 0;
	if (filing->old && filing->old->family == rule->key.family)
		open -= filing->old->quantity_kg;
	if (open + quantity > rule->cooperative_cap_kg)
		verdict_refuse(filing->verdict, REASON_ABOVE_COOP_CAP, filing->buyer->party_id.text,
		               open + quantity, rule->cooperative_cap_kg);
}

static void family_late(struct filing *filing, uint32_t number)
{
	const struct quota_family *family = quota_family_at(filing->state, number);
	if (!family->closing)
		return;
	const struct quota_round *round = quota_round_at(filing->state, family->closing - 1);
	verdict_refuse(filing->verdict, REASON_LATE, round->round_id.text, 0, 0);
}

/* Regime, grade and rule; false when without them nothing more can be checked. */
static bool rule_find(struct filing *filing)
{
	filing->epoch = quota_epoch_at(filing->state, filing->moment->now_ms);
	filing->regime = quota_regime_of(filing->state, &filing->epoch);
	if (!filing->regime) {
		verdict_refuse(filing->verdict, REASON_REGIME_MISSING, "regime",
		               filing->epoch.month, 0);
		return false;
	}
	struct quota_grade_key key = {filing->regime->version, filing->ask->grade};
	filing->grade = table_find(&filing->state->grades, &key);
	if (!filing->grade) {
		verdict_refuse(filing->verdict, REASON_GRADE_NOT_IN_FILE, filing->ask->grade.text,
		               0, 0);
		return true;
	}
	filing->rule = table_at(&filing->state->rules, filing->grade->rule);
	filing->window_month = quota_window_of(filing->rule, filing->epoch.month);
	return true;
}

static void room_check(struct filing *filing)
{
	const struct quota_state *state = filing->state;
	bool room = table_room(&state->requests, 1) && table_room(&state->totals, 1) &&
	            quota_range_room(&state->lines, filing->ask->line_count) &&
	            table_room(&state->ceilings, filing->derived_count) &&
	            table_room(&state->joints, filing->derived_count);
	if (!room)
		verdict_add(filing->verdict, CODE_OVERLOADED, REASON_TABLE_FULL, "requests",
		            state->requests.count, state->requests.capacity);
}

static void filing_check(struct filing *filing)
{
	const struct ask_request *ask = filing->ask;
	filing->buyer = table_find(&filing->state->parties, &ask->key.buyer_id);
	if (!filing->buyer) {
		verdict_refuse(filing->verdict, REASON_NOT_FOUND, ask->key.buyer_id.text, 0, 0);
		return;
	}
	filing->cooperative = filing->buyer->cooperative_kind != 0;
	if (!rule_find(filing))
		return;
	for (uint32_t at = 0; at < ask->line_count; at++)
		filing->lines_kg += ask->lines[at].wanted_kg;
	if (filing->rule) {
		family_late(filing, filing->rule->key.family);
		ask_sums(filing);
		ask_caps(filing);
	}
	if (filing->cooperative)
		quota_check_cooperative(filing->buyer, filing->regime, filing->verdict);
	else if (ask->line_count != 1)
		verdict_refuse(filing->verdict, REASON_SUM_MISMATCH, "lines", ask->line_count, 1);
	filing->lines = ARENA_ARRAY(filing->moment->arena, struct filing_line, ask->line_count);
	for (uint32_t at = 0; at < ask->line_count; at++)
		quota_filing_line(filing, at);
	if (filing->verdict->code == CODE_ACCEPTED)
		quota_filing_remainder(filing);
	if (filing->verdict->code == CODE_ACCEPTED)
		room_check(filing);
}

static uint32_t buyer_province(const struct filing *filing)
{
	struct quota_county_key key = {.version = filing->regime->version};
	memcpy(key.county.name, filing->buyer->county, sizeof key.county.name);
	const struct quota_county *county = table_find(&filing->state->counties, &key);
	return county ? county->province : filing->regime->default_province;
}

static int64_t line_weight(const struct filing *filing, const struct filing_line *line)
{
	int64_t weight = line->ceiling.ceiling_kg;
	if (filing->rule->weight_by_capacity)
		weight = quota_months_sum(line->nominal_kg, filing->window_month,
		                          filing->rule->window_months);
	return weight > 0 ? weight : 1;
}

/* Answers show the first of the touched ceilings. */
static void balance_add(struct filing *filing, const struct change_ceiling *change, int64_t free_kg)
{
	struct verdict *verdict = filing->verdict;
	if (verdict->balance_count >= VERDICT_MAX_BALANCES)
		return;
	verdict->balances[verdict->balance_count++] = (struct balance){
	        .licence_id = quota_licence_at(filing->state, change->key.licence)->licence_id,
	        .family = quota_family_at(filing->state, change->key.family)->family,
	        .window_month = change->key.window_month,
	        .ceiling_kg = change->ceiling_kg,
	        .reserved_kg = change->reserved_kg,
	        .used_kg = change->used_kg,
	        .free_kg = free_kg,
	};
}

static bool line_charges(const struct filing *filing, const struct quota_window_key *key)
{
	for (uint32_t at = 0; at < filing->ask->line_count; at++)
		if (memcmp(&filing->lines[at].ceiling.key, key, sizeof *key) == 0)
			return true;
	return false;
}

/* Free kg of a ceiling the amendment only releases. */
static int64_t released_free(const struct filing *filing, const struct quota_ceiling *row,
                             int64_t released_kg)
{
	int64_t free_kg = row->ceiling_kg - row->reserved_kg + released_kg - row->used_kg;
	if (row->joint) {
		const struct quota_joint *joint = table_at(&filing->state->joints, row->joint - 1);
		int64_t joint_kg = joint->limit_kg - joint->committed_kg + released_kg;
		for (uint32_t at = 0; at < filing->ask->line_count; at++)
			if (filing->lines[at].ceiling.key.licence == row->key.licence &&
			    filing->lines[at].joint_family == joint->key.family + 1)
				joint_kg -= filing->lines[at].reserved_kg;
		free_kg = joint_kg < free_kg ? joint_kg : free_kg;
	}
	return free_kg > 0 ? free_kg : 0;
}

/* The balances after: first the lines' own, in their order, then what is only released. */
static void ceilings_after(struct filing *filing, struct change_request *change)
{
	uint32_t count = filing->ask->line_count;
	uint32_t most = count + (filing->old ? filing->old->line_count : 0);
	struct change_ceiling *after =
	        ARENA_ARRAY(filing->moment->arena, struct change_ceiling, most);
	for (uint32_t at = 0; at < count; at++) {
		const struct filing_line *line = &filing->lines[at];
		after[at] = line->ceiling;
		after[at].reserved_kg += line->reserved_kg - line->credit_kg;
		balance_add(filing, &after[at], line->free_kg - line->reserved_kg);
	}
	for (uint32_t at = 0; filing->old && at < filing->old->line_count; at++) {
		const struct quota_line *old = &filing->old_lines[at];
		const struct quota_ceiling *row = quota_ceiling_at(filing->state, old->ceiling);
		if (line_charges(filing, &row->key))
			continue;
		after[count] = quota_ceiling_change(row);
		for (uint32_t of = 0; of < filing->derived_count; of++)
			if (memcmp(&filing->derived[of].key, &row->key, sizeof row->key) == 0)
				after[count].ceiling_kg = filing->derived[of].ceiling_kg;
		after[count].reserved_kg -= old->reserved_kg;
		balance_add(filing, &after[count], released_free(filing, row, old->reserved_kg));
		count++;
	}
	change->ceilings = after;
	change->ceiling_count = count;
}

static void change_fill(struct filing *filing, struct change_request *change)
{
	const struct ask_request *ask = filing->ask;
	bool small = quota_filing_small(filing);
	struct change_line *lines =
	        ARENA_ARRAY(filing->moment->arena, struct change_line, ask->line_count);
	for (uint32_t at = 0; at < ask->line_count; at++)
		lines[at] = (struct change_line){
		        .party = table_number(&filing->state->parties, filing->lines[at].party),
		        .licence = filing->lines[at].ceiling.key.licence,
		        .wanted_kg = ask->lines[at].wanted_kg,
		        .reserved_kg = filing->lines[at].reserved_kg,
		        .weight_kg = line_weight(filing, &filing->lines[at]),
		};
	*change = (struct change_request){
	        .key = ask->key,
	        .grade = ask->grade,
	        .family = filing->rule->key.family,
	        .quantity_kg = ask->quantity_kg,
	        .minimum_kg = ask->minimum_kg,
	        .max_price_rial_per_kg = ask->max_price_rial_per_kg,
	        .asked_landed_rial_per_kg = ask->asked_landed_rial_per_kg,
	        .max_landed_rial_per_kg = ask->asked_landed_rial_per_kg > 0
	                                          ? ask->asked_landed_rial_per_kg
	                                          : ask->max_price_rial_per_kg +
	                                                    filing->rule->freight_cap_rial_per_kg,
	        .filed_ms = filing->old ? filing->old->filed_ms : filing->moment->now_ms,
	        .filed_sequence =
	                filing->old ? filing->old->filed_sequence : filing->moment->sequence,
	        .delivery_from_jalali = ask->delivery_from_jalali,
	        .delivery_to_jalali = ask->delivery_to_jalali,
	        .window_month = filing->window_month,
	        .version = filing->old ? filing->old->version + 1 : 1,
	        .state = QUOTA_OPEN,
	        .wished_class = ask->wished_class,
	        .priority_class = quota_filing_class(filing, small),
	        .buyer_classes = small ? 3 : 1,
	        .buyer = table_number(&filing->state->parties, filing->buyer),
	        .province = buyer_province(filing),
	        .line_count = ask->line_count,
	        .lines = lines,
	};
	ceilings_after(filing, change);
}

static void filing_decide(struct filing *filing, struct quota_outcome *outcome)
{
	filing_check(filing);
	if (outcome->verdict.code != CODE_ACCEPTED)
		return;
	outcome->events =
	        ARENA_ARRAY(filing->moment->arena, struct quota_event, filing->derived_count + 1);
	for (uint32_t at = 0; at < filing->derived_count; at++) {
		outcome->events[at].kind = QUOTA_CEILING_CHANGED;
		outcome->events[at].ceiling = filing->derived[at];
	}
	struct quota_event *event = &outcome->events[filing->derived_count];
	event->kind = QUOTA_REQUEST_CHANGED;
	change_fill(filing, &event->request);
	outcome->count = filing->derived_count + 1;
	outcome->verdict.version = event->request.version;
}

static void outcome_begin(struct quota_outcome *outcome)
{
	outcome->verdict.code = CODE_ACCEPTED;
	outcome->verdict.reason_count = outcome->verdict.balance_count = 0;
	outcome->verdict.version = outcome->verdict.retry_after_ms = 0;
	outcome->count = 0;
	outcome->events = NULL;
}

static bool lines_equal(const struct quota_state *state, const struct quota_request *request,
                        const struct ask_request *ask)
{
	const struct quota_line *lines = quota_lines_of(state, request);
	for (uint32_t at = 0; at < ask->line_count; at++) {
		const struct ask_line *line = &ask->lines[at];
		if (!party_id_equal(&quota_party_at(state, lines[at].party)->party_id,
		                    &line->party_id) ||
		    !licence_id_equal(&quota_licence_at(state, lines[at].licence)->licence_id,
		                      &line->licence_id) ||
		    lines[at].wanted_kg != line->wanted_kg)
			return false;
	}
	return true;
}

static bool content_equal(const struct quota_state *state, const struct quota_request *request,
                          const struct ask_request *ask)
{
	return grade_name_equal(&request->grade, &ask->grade) &&
	       request->quantity_kg == ask->quantity_kg && request->minimum_kg == ask->minimum_kg &&
	       request->max_price_rial_per_kg == ask->max_price_rial_per_kg &&
	       request->asked_landed_rial_per_kg == ask->asked_landed_rial_per_kg &&
	       request->delivery_from_jalali == ask->delivery_from_jalali &&
	       request->delivery_to_jalali == ask->delivery_to_jalali &&
	       request->wished_class == ask->wished_class &&
	       request->line_count == ask->line_count && lines_equal(state, request, ask);
}

/* The answer to a repetition: the request and its ceilings as they are. */
static void answer_current(const struct quota_state *state, const struct quota_request *request,
                           struct verdict *verdict)
{
	verdict->version = request->version;
	const struct quota_line *lines = quota_lines_of(state, request);
	for (uint32_t at = 0; at < request->line_count && at < VERDICT_MAX_BALANCES; at++) {
		const struct quota_ceiling *row = quota_ceiling_at(state, lines[at].ceiling);
		verdict->balances[verdict->balance_count++] = (struct balance){
		        .licence_id = quota_licence_at(state, row->key.licence)->licence_id,
		        .family = quota_family_at(state, row->key.family)->family,
		        .window_month = row->key.window_month,
		        .ceiling_kg = row->ceiling_kg,
		        .reserved_kg = row->reserved_kg,
		        .used_kg = row->used_kg,
		        .free_kg = quota_ceiling_free(state, row),
		};
	}
}

void quota_decide_file(const struct quota_state *state, const struct ask_request *ask,
                       const struct quota_moment *moment, struct quota_outcome *outcome)
{
	outcome_begin(outcome);
	const struct quota_request *known = table_find(&state->requests, &ask->key);
	if (known && content_equal(state, known, ask)) {
		answer_current(state, known, &outcome->verdict);
		return;
	}
	if (known) {
		outcome->verdict.version = known->version;
		verdict_add(&outcome->verdict, CODE_CONFLICT, REASON_ID_DUPLICATE,
		            ask->key.request_id.text, 0, 0);
		return;
	}
	struct filing filing = {
	        .state = state, .ask = ask, .moment = moment, .verdict = &outcome->verdict};
	filing_decide(&filing, outcome);
}

/* What must hold before a request may change; false after a refusal. */
static bool change_allowed(const struct quota_request *known, const struct quota_family *family,
                           const struct ask_request *ask, struct verdict *verdict)
{
	const char *subject = ask->key.request_id.text;
	if (ask->expected_version != known->version)
		verdict_refuse(verdict, REASON_VERSION_MISMATCH, subject, ask->expected_version,
		               known->version);
	if (known->state == QUOTA_IN_BOOK || (known->state == QUOTA_OPEN && family->closing))
		verdict_refuse(verdict, REASON_LATE, subject, 0, 0);
	else if (known->state != QUOTA_OPEN)
		verdict_refuse(verdict, REASON_WRONG_STATE, subject, known->state, QUOTA_OPEN);
	verdict->version = known->version;
	return verdict->code == CODE_ACCEPTED;
}

void quota_decide_amend(const struct quota_state *state, const struct ask_request *ask,
                        const struct quota_moment *moment, struct quota_outcome *outcome)
{
	outcome_begin(outcome);
	const struct quota_request *known = table_find(&state->requests, &ask->key);
	if (!known) {
		verdict_refuse(&outcome->verdict, REASON_NOT_FOUND, ask->key.request_id.text, 0, 0);
		return;
	}
	if (known->state == QUOTA_OPEN && content_equal(state, known, ask)) {
		answer_current(state, known, &outcome->verdict);
		return;
	}
	if (!change_allowed(known, quota_family_at(state, known->family), ask, &outcome->verdict))
		return;
	struct filing filing = {.state = state,
	                        .ask = ask,
	                        .moment = moment,
	                        .verdict = &outcome->verdict,
	                        .old = known,
	                        .old_lines = quota_lines_of(state, known)};
	filing_decide(&filing, outcome);
}

void quota_decide_cancel(const struct quota_state *state, const struct ask_request *ask,
                         const struct quota_moment *moment, struct quota_outcome *outcome)
{
	outcome_begin(outcome);
	const struct quota_request *known = table_find(&state->requests, &ask->key);
	if (!known) {
		verdict_refuse(&outcome->verdict, REASON_NOT_FOUND, ask->key.request_id.text, 0, 0);
		return;
	}
	if (known->state == QUOTA_CANCELLED) {
		answer_current(state, known, &outcome->verdict);
		return;
	}
	if (!change_allowed(known, quota_family_at(state, known->family), ask, &outcome->verdict))
		return;
	struct quota_event *event = ARENA_NEW(moment->arena, struct quota_event);
	event->kind = QUOTA_REQUEST_CHANGED;
	event->request = quota_request_change(state, moment->arena, known);
	event->request.state = QUOTA_CANCELLED;
	event->request.version++;
	struct change_line *lines =
	        ARENA_ARRAY(moment->arena, struct change_line, known->line_count);
	struct change_ceiling *after =
	        ARENA_ARRAY(moment->arena, struct change_ceiling, known->line_count);
	struct filing filing = {.state = state, .ask = ask, .verdict = &outcome->verdict};
	for (uint32_t at = 0; at < known->line_count; at++) {
		const struct quota_line *old = &quota_lines_of(state, known)[at];
		const struct quota_ceiling *row = quota_ceiling_at(state, old->ceiling);
		lines[at] = event->request.lines[at];
		lines[at].reserved_kg = 0;
		after[at] = quota_ceiling_change(row);
		after[at].reserved_kg -= old->reserved_kg;
		balance_add(&filing, &after[at], released_free(&filing, row, old->reserved_kg));
	}
	event->request.lines = lines;
	event->request.ceilings = after;
	event->request.ceiling_count = known->line_count;
	outcome->events = event;
	outcome->count = 1;
	outcome->verdict.version = event->request.version;
}

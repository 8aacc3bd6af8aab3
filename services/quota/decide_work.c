/* What the clock does in parts of bounded size: closing a book, settling a round that
 * is over, deriving stale ceilings.
 *
 * Closing: each tick takes requests from the head of the family's open list, checks
 * them again by the regime the round pinned, and lets them into the book (RequestChanged,
 * IN_BOOK) or leaves them out (RequestExcluded, reservation released). When the list is
 * empty, BookClosed says how many there are and the digest over them; it is always the
 * last record and makes the others a book.
 * Settling: each tick takes requests from the head of the round's book; what of their
 * reservation is not held by an unpaid allocation is released, after a void all of it.
 * The last tick repeats the round (RoundLearned), which ends the work. */
#include "services/quota/state.h"

#include <string.h>

/* Ceilings changed within this record: several requests may charge the same one. */
struct tally_entry {
	uint32_t ceiling; /* row + 1 */
	int64_t released_kg;
};
struct tally {
	struct tally_entry *entries;
	uint32_t mask;
};

struct work {
	const struct quota_state *state;
	const struct quota_round *round;
	const struct quota_moment *moment;
	struct quota_outcome *outcome;
	struct tally tally;
	size_t bytes;
};

static int64_t *tally_of(struct tally *tally, uint32_t ceiling)
{
	uint32_t at = ceiling * 2654435761u;
	while (tally->entries[at & tally->mask].ceiling != 0 &&
	       tally->entries[at & tally->mask].ceiling != ceiling + 1)
		at++;
	tally->entries[at & tally->mask].ceiling = ceiling + 1;
	return &tally->entries[at & tally->mask].released_kg;
}

static void work_open(struct work *work)
{
	/* Lines of one record: at most what QUOTA_MAX_BYTES holds, and one request more. */
	enum { SLOTS = 1 << 14 };
	struct arena *arena = work->moment->arena;
	work->tally.entries = ARENA_ARRAY(arena, struct tally_entry, SLOTS);
	work->tally.mask = SLOTS - 1;
	work->outcome->events = ARENA_ARRAY(arena, struct quota_event, QUOTA_MAX_EVENTS);
}

/* A generous estimate of the event's serialised size. */
static bool work_fits(struct work *work, const struct quota_request *request)
{
	work->bytes += 480 + 160 * (size_t)request->line_count;
	return work->bytes <= QUOTA_MAX_BYTES && work->outcome->count < QUOTA_MAX_EVENTS - 1;
}

static struct quota_event *work_event(struct work *work, enum quota_event_kind kind)
{
	struct quota_event *event = &work->outcome->events[work->outcome->count++];
	event->kind = kind;
	return event;
}

/* Releases `kg` of a line; the ceiling as it is after all releases of this record. */
static struct change_ceiling line_release(struct work *work, const struct quota_line *line,
                                          int64_t kg)
{
	struct change_ceiling change =
	        quota_ceiling_change(quota_ceiling_at(work->state, line->ceiling));
	int64_t *released = tally_of(&work->tally, line->ceiling);
	*released += kg;
	change.reserved_kg -= *released;
	return change;
}

static void request_exclude(struct work *work, const struct quota_request *request,
                            const struct verdict *verdict)
{
	struct arena *arena = work->moment->arena;
	struct reason *reasons = ARENA_ARRAY(arena, struct reason, verdict->reason_count);
	struct change_ceiling *ceilings =
	        ARENA_ARRAY(arena, struct change_ceiling, request->line_count);
	memcpy(reasons, verdict->reasons, sizeof *reasons * verdict->reason_count);
	const struct quota_line *lines = quota_lines_of(work->state, request);
	for (uint32_t at = 0; at < request->line_count; at++)
		ceilings[at] = line_release(work, &lines[at], lines[at].reserved_kg);
	work_event(work, QUOTA_REQUEST_EXCLUDED)->exclusion = (struct change_exclusion){
	        .key = request->key,
	        .round_id = work->round->round_id,
	        .version = request->version,
	        .reason_count = verdict->reason_count,
	        .ceiling_count = request->line_count,
	        .reasons = reasons,
	        .ceilings = ceilings,
	};
}

static void line_recheck(const struct quota_state *state, const struct quota_line *line,
                         const struct quota_rule *rule, int64_t now_ms, struct verdict *verdict)
{
	const struct quota_licence *licence = quota_licence_at(state, line->licence);
	quota_check_licence(state, licence, quota_party_at(state, line->party), now_ms, verdict);
	if (rule && !quota_licence_uses(state, licence, rule))
		verdict_refuse(verdict, REASON_MATERIAL_NOT_IN_FILE, licence->licence_id.text, 0,
		               0);
}

void quota_recheck(const struct quota_state *state, const struct quota_request *request,
                   const struct quota_round *round, const struct quota_moment *moment,
                   struct verdict *verdict)
{
	*verdict = (struct verdict){.code = CODE_ACCEPTED};
	const struct quota_regime *regime =
	        round->regime_version >= 1 && round->regime_version <= state->regimes.count
	                ? table_at(&state->regimes, round->regime_version - 1)
	                : NULL;
	if (!regime) {
		verdict_refuse(verdict, REASON_REGIME_MISSING, "regime", round->regime_version,
		               state->regimes.count);
		return;
	}
	struct quota_grade_key key = {regime->version, request->grade};
	const struct quota_grade *grade = table_find(&state->grades, &key);
	const struct quota_rule *rule = quota_rule_find(state, regime->version, round->family);
	if (!grade || grade->family != round->family || !rule)
		verdict_refuse(verdict, REASON_GRADE_NOT_IN_FILE, request->grade.text, 0, 0);
	else if (request->quantity_kg % grade->base_kg != 0)
		verdict_refuse(verdict, REASON_NOT_MULTIPLE, "quantity_kg", request->quantity_kg,
		               grade->base_kg);
	int32_t month = quota_epoch_at(state, moment->now_ms).month;
	if (rule && quota_window_of(rule, month) != request->window_month)
		verdict_refuse(verdict, REASON_WINDOW_EXCEEDED, "window_month",
		               request->window_month, quota_window_of(rule, month));
	const struct quota_party *buyer = quota_party_at(state, request->buyer);
	bool cooperative = buyer->cooperative_kind != 0;
	if (cooperative)
		quota_check_cooperative(buyer, regime, verdict);
	const struct quota_line *lines = quota_lines_of(state, request);
	for (uint32_t at = 0; at < request->line_count; at++) {
		if (cooperative)
			quota_check_member(state, buyer, quota_party_at(state, lines[at].party),
			                   verdict);
		line_recheck(state, &lines[at], rule, moment->now_ms, verdict);
	}
}

static void request_close(struct work *work, const struct quota_request *request)
{
	struct verdict verdict;
	quota_recheck(work->state, request, work->round, work->moment, &verdict);
	if (verdict.code != CODE_ACCEPTED) {
		request_exclude(work, request, &verdict);
		return;
	}
	struct quota_event *event = work_event(work, QUOTA_REQUEST_CHANGED);
	event->request = quota_request_change(work->state, work->moment->arena, request);
	event->request.state = QUOTA_IN_BOOK;
	event->request.round_id = work->round->round_id;
}

/* Ascending by buyer and request, by merging runs: 2^k at a time. */
static void keys_sort(const struct quota_request **keys, const struct quota_request **spare,
                      uint32_t count)
{
	for (uint32_t run = 1; run < count; run *= 2) {
		for (uint32_t from = 0; from < count; from += 2 * run) {
			uint32_t middle = from + run < count ? from + run : count;
			uint32_t end = middle + run < count ? middle + run : count;
			uint32_t left = from, right = middle;
			for (uint32_t at = from; at < end; at++) {
				bool take =
				        right >= end || (left < middle &&
				                         memcmp(&keys[left]->key, &keys[right]->key,
				                                sizeof keys[left]->key) <= 0);
				spare[at] = take ? keys[left++] : keys[right++];
			}
		}
		memcpy(keys, spare, sizeof *keys * count);
	}
}

static void book_close(struct work *work)
{
	const struct quota_round *round = work->round;
	struct arena *arena = work->moment->arena;
	const struct quota_request **keys =
	        ARENA_ARRAY(arena, const struct quota_request *, round->count);
	const struct quota_request **spare =
	        ARENA_ARRAY(arena, const struct quota_request *, round->count);
	uint32_t count = 0;
	for (quota_link link = round->first; link; link = keys[count++]->next)
		keys[count] = quota_request_at(work->state, link - 1);
	CHECK(count == round->count);
	keys_sort(keys, spare, count);
	struct digest digest;
	digest_begin(&digest, DIGEST_BYTES);
	for (uint32_t at = 0; at < count; at++) {
		digest_add_text(&digest, keys[at]->key.buyer_id.text);
		digest_add_text(&digest, keys[at]->key.request_id.text);
		digest_add_int(&digest, keys[at]->version);
	}
	struct quota_event *event = work_event(work, QUOTA_BOOK_CLOSED);
	event->book = (struct change_book){
	        .round_id = round->round_id, .family = round->family, .count = count};
	digest_end(&digest, event->book.digest);
}

static void closing_tick(struct work *work)
{
	quota_link link = quota_family_at(work->state, work->round->family)->first_open;
	if (!link) {
		book_close(work);
		return;
	}
	while (link) {
		const struct quota_request *request = quota_request_at(work->state, link - 1);
		if (!work_fits(work, request))
			break;
		request_close(work, request);
		link = request->next;
	}
}

static void request_settle(struct work *work, const struct quota_request *request)
{
	struct arena *arena = work->moment->arena;
	bool voided = work->round->state == QUOTA_ROUND_VOIDED;
	struct quota_event *event = work_event(work, QUOTA_REQUEST_CHANGED);
	event->request = quota_request_change(work->state, arena, request);
	event->request.state = QUOTA_SETTLED;
	struct change_line *after = ARENA_ARRAY(arena, struct change_line, request->line_count);
	struct change_ceiling *ceilings =
	        ARENA_ARRAY(arena, struct change_ceiling, request->line_count);
	const struct quota_line *lines = quota_lines_of(work->state, request);
	for (uint32_t at = 0; at < request->line_count; at++) {
		after[at] = event->request.lines[at];
		if (voided)
			after[at].held_kg = 0;
		after[at].reserved_kg = after[at].held_kg;
		ceilings[at] = line_release(work, &lines[at],
		                            lines[at].reserved_kg - after[at].reserved_kg);
	}
	event->request.lines = after;
	event->request.ceilings = ceilings;
	event->request.ceiling_count = request->line_count;
}

static void settling_tick(struct work *work)
{
	quota_link link = work->round->first;
	while (link) {
		const struct quota_request *request = quota_request_at(work->state, link - 1);
		if (!work_fits(work, request))
			return;
		request_settle(work, request);
		link = request->next;
	}
	const struct quota_round *round = work->round;
	work_event(work, QUOTA_ROUND_LEARNED)->round = (struct change_round){
	        .round_id = round->round_id,
	        .family = quota_family_at(work->state, round->family)->family,
	        .state = round->state,
	        .regime_version = round->regime_version,
	        .over = round->over,
	};
}

void quota_decide_work(const struct quota_state *state, const struct quota_moment *moment,
                       struct quota_outcome *outcome)
{
	*outcome = (struct quota_outcome){.verdict.code = CODE_ACCEPTED};
	if (!state->first_work)
		return;
	struct work work = {.state = state,
	                    .round = quota_round_at(state, state->first_work - 1),
	                    .moment = moment,
	                    .outcome = outcome};
	work_open(&work);
	if (work.round->over)
		settling_tick(&work);
	else
		closing_tick(&work);
}

void quota_decide_ceilings(const struct quota_state *state, const struct quota_moment *moment,
                           struct quota_sweep *sweep, struct quota_outcome *outcome)
{
	*outcome = (struct quota_outcome){.verdict.code = CODE_ACCEPTED};
	outcome->events = ARENA_ARRAY(moment->arena, struct quota_event, QUOTA_MAX_EVENTS);
	for (; sweep->done < sweep->count; sweep->done++) {
		uint32_t count;
		const struct change_ceiling *changes = quota_derive_licence(
		        state, quota_licence_at(state, sweep->licences[sweep->done]), moment,
		        &count);
		if (outcome->count + count > QUOTA_MAX_EVENTS)
			return;
		/* Full tables: requests say so by name; the clock goes on. */
		if (!table_room(&state->ceilings, outcome->count + count) ||
		    !table_room(&state->joints, outcome->count + count))
			continue;
		for (uint32_t at = 0; at < count; at++) {
			struct quota_event *event = &outcome->events[outcome->count++];
			event->kind = QUOTA_CEILING_CHANGED;
			event->ceiling = changes[at];
		}
	}
}

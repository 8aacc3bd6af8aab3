/* Rounds and allocations as matching tells them, and what they do to requests.
 *
 * The whole accounting of a line after its book is closed:
 *
 *   reserved = held + waiting            held: in allocations not yet paid; waiting: unplaced
 *
 *   allocation becomes                   reserved        held      used
 *     provisional, open, accepted        .               + kg      .        from the waiting
 *     paid (delivered, distributed)      - kg            - kg      + kg
 *     declined, expired, voided          . (or - kg)     - kg      .        back to waiting;
 *                                                                  released when the round is over
 *   round is over or voided              = held          .         .        the waiting released
 *
 * Only events count that move an allocation from one of these groups to another, or its
 * kg to other lines; its parts are remembered, so that what is undone is what was done.
 * A publication that was interrupted is overwritten by the next, which may give the same
 * allocation to another request: quota_allocation_moved says so, the old one is decided as
 * voided first, then the new one. A kg more
 * than a line reserves is used all the same and shows as excess of its ceiling.
 * Delivered weights change nothing: within the tolerance they count as exact, a
 * shortfall beyond it is a dispute's, not the book's, to settle.
 *
 * A round is over when matching says so (no further draw), or when it is voided; the clock
 * then settles its requests in parts of bounded size (decide_work.c). */
#include "services/quota/state.h"

#include <string.h>

void quota_decide_round(const struct quota_state *state, const struct change_round *seen,
                        const struct quota_moment *moment, struct quota_outcome *outcome)
{
	*outcome = (struct quota_outcome){.verdict.code = CODE_ACCEPTED};
	const struct quota_round *known = table_find(&state->rounds, &seen->round_id);
	bool over = seen->over || seen->state == QUOTA_ROUND_VOIDED;
	if (known && known->state == seen->state && known->over == over &&
	    known->regime_version == seen->regime_version)
		return;
	outcome->events = ARENA_NEW(moment->arena, struct quota_event);
	outcome->events->kind = QUOTA_ROUND_LEARNED;
	outcome->events->round = *seen;
	outcome->events->round.over = over;
	outcome->count = 1;
}

enum group { GROUP_NONE, GROUP_HELD, GROUP_USED, GROUP_GONE };

static enum group group_of(uint8_t state)
{
	switch ((enum quota_allocation_state)state) {
	case QUOTA_ALLOCATION_PROVISIONAL:
	case QUOTA_ALLOCATION_OPEN:
	case QUOTA_ALLOCATION_ACCEPTED:
		return GROUP_HELD;
	case QUOTA_ALLOCATION_PAID:
	case QUOTA_ALLOCATION_DELIVERED:
	case QUOTA_ALLOCATION_DISTRIBUTED:
		return GROUP_USED;
	case QUOTA_ALLOCATION_DECLINED:
	case QUOTA_ALLOCATION_EXPIRED:
	case QUOTA_ALLOCATION_VOIDED:
		return GROUP_GONE;
	}
	return GROUP_NONE;
}

struct account {
	const struct quota_state *state;
	const struct quota_request *request;
	const struct quota_line *lines;
	/* Per line of the request: kg before and now of this allocation, amounts after. */
	int64_t *before_kg, *now_kg;
	struct change_part *after;
	int64_t *used_kg; /* change of used */
};

static int64_t least(int64_t left, int64_t right)
{
	return left < right ? left : right;
}

static void account_open(struct account *account, struct arena *arena)
{
	uint32_t count = account->request->line_count;
	account->lines = quota_lines_of(account->state, account->request);
	account->before_kg = ARENA_ARRAY(arena, int64_t, count);
	account->now_kg = ARENA_ARRAY(arena, int64_t, count);
	account->used_kg = ARENA_ARRAY(arena, int64_t, count);
	account->after = ARENA_ARRAY(arena, struct change_part, count);
}

/* kg per line of the parts told; false when a licence is none of the request's. */
static bool account_parts(struct account *account, const struct seen_allocation *seen)
{
	uint32_t count = account->request->line_count;
	if (seen->part_count == 0 && count == 1)
		account->now_kg[0] = seen->quantity_kg;
	for (uint32_t part = 0; part < seen->part_count; part++) {
		uint32_t at = 0;
		while (at < count && !licence_id_equal(&quota_licence_at(account->state,
		                                                         account->lines[at].licence)
		                                                ->licence_id,
		                                       &seen->parts[part].licence_id))
			at++;
		if (at == count)
			return false;
		account->now_kg[at] += seen->parts[part].wanted_kg;
	}
	return true;
}

/* The table above, for one line. */
static void account_line(struct account *account, uint32_t at, enum group before, enum group now,
                         bool over)
{
	const struct quota_line *line = &account->lines[at];
	struct change_part *after = &account->after[at];
	*after = (struct change_part){at, account->now_kg[at], line->reserved_kg, line->held_kg};
	if (before == GROUP_HELD)
		after->held_kg -= least(account->before_kg[at], after->held_kg);
	if (before == GROUP_USED)
		account->used_kg[at] -= account->before_kg[at];
	if (now == GROUP_HELD)
		after->held_kg += least(account->now_kg[at], after->reserved_kg - after->held_kg);
	if (now == GROUP_USED) {
		after->reserved_kg -= least(account->now_kg[at], after->reserved_kg);
		account->used_kg[at] += account->now_kg[at];
	}
	if (now == GROUP_GONE && before == GROUP_HELD && over)
		after->reserved_kg -= least(account->before_kg[at], after->reserved_kg);
}

static void account_event(struct account *account, const struct seen_allocation *seen,
                          struct arena *arena, struct quota_event *event)
{
	const struct quota_state *state = account->state;
	uint32_t count = account->request->line_count;
	const struct quota_round *round = table_find(&state->rounds, &seen->round_id);
	struct change_allocation *allocation = ARENA_NEW(arena, struct change_allocation);
	struct change_part *parts = ARENA_ARRAY(arena, struct change_part, count);
	struct change_ceiling *ceilings = ARENA_ARRAY(arena, struct change_ceiling, count);
	allocation->allocation_id = seen->allocation_id;
	allocation->request = seen->request;
	allocation->state = seen->state;
	allocation->parts = parts;
	for (uint32_t at = 0; at < count; at++) {
		if (account->before_kg[at] == 0 && account->now_kg[at] == 0)
			continue;
		const struct quota_line *line = &account->lines[at];
		struct change_ceiling *ceiling = &ceilings[allocation->part_count];
		parts[allocation->part_count++] = account->after[at];
		*ceiling = quota_ceiling_change(quota_ceiling_at(state, line->ceiling));
		ceiling->reserved_kg += account->after[at].reserved_kg - line->reserved_kg;
		ceiling->used_kg += account->used_kg[at];
	}
	event->kind = QUOTA_ROUND_LEARNED;
	event->round = (struct change_round){
	        .round_id = round->round_id,
	        .family = quota_family_at(state, round->family)->family,
	        .state = round->state,
	        .regime_version = round->regime_version,
	        .over = round->over,
	        .allocation = allocation,
	        .ceiling_count = allocation->part_count,
	        .ceilings = ceilings,
	};
}

bool quota_allocation_moved(const struct quota_state *state, const struct seen_allocation *seen,
                            struct arena *arena, struct seen_allocation *old)
{
	const struct quota_allocation *known =
	        table_find(&state->allocations, &seen->allocation_id);
	if (!known || group_of(known->state) != GROUP_HELD)
		return false;
	const struct quota_request *request = quota_request_at(state, known->request);
	if (memcmp(&request->key, &seen->request, sizeof request->key) == 0)
		return false;
	struct ask_line *parts = ARENA_ARRAY(arena, struct ask_line, known->part_count);
	*old = *seen;
	old->request = request->key;
	old->state = QUOTA_ALLOCATION_VOIDED;
	old->part_count = known->part_count;
	old->parts = parts;
	for (uint32_t at = 0; at < known->part_count; at++) {
		const struct quota_part *part =
		        quota_range_at(&state->parts, known->first_part + at);
		const struct quota_line *line = &quota_lines_of(state, request)[part->line];
		parts[at].party_id = quota_party_at(state, line->party)->party_id;
		parts[at].licence_id = quota_licence_at(state, line->licence)->licence_id;
		parts[at].wanted_kg = part->quantity_kg;
	}
	return true;
}

void quota_decide_allocation(const struct quota_state *state, const struct seen_allocation *seen,
                             const struct quota_moment *moment, struct quota_outcome *outcome)
{
	*outcome = (struct quota_outcome){.verdict.code = CODE_ACCEPTED};
	const struct quota_allocation *known =
	        table_find(&state->allocations, &seen->allocation_id);
	enum group before = known ? group_of(known->state) : GROUP_NONE;
	enum group now = group_of(seen->state);
	struct account account = {.state = state,
	                          .request = table_find(&state->requests, &seen->request)};
	const struct quota_round *round = table_find(&state->rounds, &seen->round_id);
	if (!account.request || !round || now == GROUP_NONE) {
		verdict_refuse(&outcome->verdict, REASON_NOT_FOUND, seen->allocation_id.text, 0, 0);
		return;
	}
	if (before == now && before != GROUP_HELD)
		return;
	account_open(&account, moment->arena);
	bool same = known && quota_request_at(state, known->request) == account.request;
	for (uint32_t at = 0; same && at < known->part_count; at++) {
		const struct quota_part *part =
		        quota_range_at(&state->parts, known->first_part + at);
		account.before_kg[part->line] += part->quantity_kg;
	}
	if (!account_parts(&account, seen)) {
		verdict_refuse(&outcome->verdict, REASON_NOT_FOUND, seen->allocation_id.text, 0, 0);
		return;
	}
	size_t lines_size = sizeof *account.now_kg * account.request->line_count;
	if (before == now && memcmp(account.before_kg, account.now_kg, lines_size) == 0)
		return;
	for (uint32_t at = 0; at < account.request->line_count; at++)
		account_line(&account, at, before, now, round->over);
	outcome->events = ARENA_NEW(moment->arena, struct quota_event);
	account_event(&account, seen, moment->arena, outcome->events);
	outcome->count = 1;
}

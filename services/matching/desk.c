/* Who computes what, and what is made of the answers. */
#include "services/matching/desk.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "services/matching/messages.h"

static const size_t WORK_SPACE = (size_t)8 << 30;
/* After this another solver gets the problem too. */
static const int64_t SOLVE_MS = 20000;
/* A wrong solution is not asked for again at once, or a broken solver would keep us busy. */
static const int64_t RETRY_MS = 1000;
/* A parked solver that has not said again that it is free. */
static const int64_t SILENT_MS = 10000;

struct desk *desk_open(void)
{
	return calloc(1, sizeof(struct desk));
}

static void work_forget(struct desk *desk, struct work *work)
{
	arena_close(&work->arena);
	free(work->solution);
	memset(work, 0, sizeof *work);
	desk->used--;
}

void desk_close(struct desk *desk)
{
	if (!desk)
		return;
	for (uint32_t at = 0; at < DESK_WORKS; at++)
		if (desk->works[at].used)
			work_forget(desk, &desk->works[at]);
	free(desk);
}

/* A work whose round was voided, or published, or is in another draw. */
static bool stale(const struct matching_state *state, const struct work *work)
{
	const struct round *round = round_find(&state->rounds, &work->round_id);
	return round->state != ROUND_SOLVING || round->draw != work->draw->number;
}

int64_t desk_deadline(const struct matching_state *state)
{
	const struct desk *desk = state->desk;
	if (state->solving > desk->used && desk->used < DESK_WORKS)
		return 0;
	int64_t due = INT64_MAX;
	for (uint32_t at = 0; at < DESK_WORKS && desk->used; at++) {
		const struct work *work = &desk->works[at];
		if (!work->used)
			continue;
		if (stale(state, work) || work->step == DESK_PUBLISHES)
			return 0;
		if (work->step == DESK_WAITS && desk->idle_count && work->not_before_ms < due)
			due = work->not_before_ms;
		if (work->step == DESK_SENT && work->deadline_ms < due)
			due = work->deadline_ms;
	}
	return due;
}

/* The problem of the pass at work; it waits for a solver. */
static void prepare(struct work *work)
{
	work->problem = passes_problem(&work->arena, work->passes, work->draw);
	crypto_generichash(work->task_id, DIGEST_SHORT_BYTES, work->problem.data,
	                   work->problem.size, NULL, 0);
	work->step = DESK_WAITS;
	work->not_before_ms = 0;
	work->next_part = 0;
	work->part_count = 0;
}

static bool has_work(const struct desk *desk, const struct round *round)
{
	for (uint32_t at = 0; at < DESK_WORKS; at++)
		if (desk->works[at].used &&
		    round_id_equal(&desk->works[at].round_id, &round->round_id))
			return true;
	return false;
}

static bool begin(struct matching_state *state)
{
	struct desk *desk = state->desk;
	uint32_t slot = 0;
	while (slot < DESK_WORKS && desk->works[slot].used)
		slot++;
	if (slot == DESK_WORKS || state->solving <= desk->used)
		return false;
	for (uint32_t at = 0; at < state->rounds.count; at++) {
		const struct round *round = round_at(&state->rounds, at);
		if (round->state != ROUND_SOLVING || has_work(desk, round))
			continue;
		struct work *work = &desk->works[slot];
		CHECK(arena_open(&work->arena, WORK_SPACE));
		work->used = true;
		desk->used++;
		work->round_id = round->round_id;
		work->draw = draw_make(&work->arena, state, round, round->draw, round->lot_kg);
		work->passes = passes_open(&work->arena);
		prepare(work);
		log_info("matching.draw.began",
		         "round=%s draw=%u claimants=%u requests=%u offers=%u",
		         round->round_id.text, round->draw, work->draw->claimant_count,
		         work->draw->request_count, work->draw->offer_count);
		return true;
	}
	return false;
}

static bool same_peer(const struct peer *left, const struct peer *right)
{
	return left->socket == right->socket && left->size == right->size &&
	       memcmp(left->routing_id, right->routing_id, sizeof left->routing_id) == 0;
}

static void remove_idle(struct desk *desk, uint32_t at)
{
	desk->idle_count--;
	memmove(&desk->idle[at], &desk->idle[at + 1],
	        (desk->idle_count - at) * sizeof desk->idle[0]);
}

/* The solver heard of last, rather another one than the last to try. False when all that are
 * parked have fallen silent: a living one says that it is free every second. */
static bool take_idle(struct desk *desk, const struct peer *last, int64_t now_ms, struct peer *peer)
{
	while (desk->idle_count && desk->idle[0].heard_ms + SILENT_MS < now_ms)
		remove_idle(desk, 0);
	if (desk->idle_count == 0)
		return false;
	uint32_t at = desk->idle_count - 1;
	if (at > 0 && same_peer(&desk->idle[at].peer, last))
		at--;
	*peer = desk->idle[at].peer;
	remove_idle(desk, at);
	return true;
}

static void send_task(struct desk *desk, struct work *work, struct batch *batch)
{
	struct peer peer;
	if (!take_idle(desk, &work->solver, batch_now_ms(batch), &peer) ||
	    !batch_task(batch, &peer, work->task_id, work->problem))
		return;
	work->solver = peer;
	work->step = DESK_SENT;
	work->deadline_ms = batch_now_ms(batch) + SOLVE_MS;
	log_info("matching.task.sent", "round=%s draw=%u pass=%u bytes=%zu", work->round_id.text,
	         work->draw->number, work->draw->pass, work->problem.size);
}

static void publish_chunk(struct matching_state *state, struct batch *batch, struct work *work)
{
	struct event event = {.kind = BUNDLE_PART};
	size_t from = (size_t)work->next_chunk * MATCHING_CHUNK_BYTES;
	size_t left = work->bundle.size - from;
	event.bundle.key.round_id = work->round_id;
	event.bundle.key.draw = work->draw->number;
	event.bundle.key.index = work->next_chunk;
	event.bundle.count = work->chunk_count;
	event.bundle.chunk =
	        (struct bytes){work->bundle.data + from,
	                       left < MATCHING_CHUNK_BYTES ? left : MATCHING_CHUNK_BYTES};
	work->next_chunk++;
	matching_record_clock(state, batch, &event, 1);
}

/* The next record of the publication; the last one tells what it is. */
static void publish(struct matching_state *state, struct batch *batch, struct work *work)
{
	enum { EVENT_BYTES = 350, PART_BYTES = 48 };
	if (work->next_chunk < work->chunk_count) {
		publish_chunk(state, batch, work);
		return;
	}
	const struct publication *publication = &work->publication;
	uint32_t first = work->next_event, end = first;
	size_t bytes = 0;
	if (first == publication->last_from)
		end = publication->count;
	while (end < publication->last_from && bytes < MATCHING_MAX_BYTES &&
	       end - first < MATCHING_MAX_EVENTS) {
		const struct event *event = &publication->events[end++];
		bytes += EVENT_BYTES;
		if (event->kind == ALLOCATION_CHANGED)
			bytes += (size_t)event->allocation.part_count * PART_BYTES;
	}
	work->next_event = end;
	matching_record_clock(state, batch, publication->events + first, end - first);
	if (end == publication->count)
		log_info("matching.draw.published", "round=%s draw=%u events=%u bundle_bytes=%zu",
		         work->round_id.text, work->draw->number, publication->count,
		         work->bundle.size);
}

void desk_due(struct matching_state *state, struct batch *batch)
{
	struct desk *desk = state->desk;
	for (uint32_t at = 0; at < DESK_WORKS; at++) {
		struct work *work = &desk->works[at];
		if (!work->used)
			continue;
		if (stale(state, work)) {
			work_forget(desk, work);
			return;
		}
		if (work->step == DESK_SENT && work->deadline_ms <= batch_now_ms(batch)) {
			log_warn("matching.task.timeout",
			         "round=%s draw=%u pass=%u effect=\"another solver gets it\" "
			         "action=\"look at the solvers\"",
			         work->round_id.text, work->draw->number, work->draw->pass);
			work->step = DESK_WAITS;
		}
		if (work->step == DESK_PUBLISHES) {
			publish(state, batch, work);
			return;
		}
		if (work->step == DESK_WAITS && desk->idle_count &&
		    work->not_before_ms <= batch_now_ms(batch)) {
			send_task(desk, work, batch);
			return;
		}
	}
	(void)begin(state);
}

void desk_ready(struct matching_state *state, const struct batch *batch, const struct peer *peer)
{
	struct desk *desk = state->desk;
	for (uint32_t at = 0; at < desk->idle_count; at++)
		if (same_peer(&desk->idle[at].peer, peer))
			remove_idle(desk, at);
	/* Whoever is free has nothing in hand any more. */
	for (uint32_t at = 0; at < DESK_WORKS; at++) {
		struct work *work = &desk->works[at];
		if (work->used && work->step == DESK_SENT && same_peer(&work->solver, peer))
			work->step = DESK_WAITS;
	}
	if (desk->idle_count == DESK_SOLVERS)
		remove_idle(desk, 0);
	desk->idle[desk->idle_count++] = (struct idle){*peer, batch_now_ms(batch)};
}

/* A draw is solved: its bundle and events, to be published record by record. */
static void finish(struct matching_state *state, struct work *work, int64_t now_ms)
{
	uint8_t digest[DIGEST_BYTES];
	struct verdict *verdict = &work->publication.verdict;
	work->bundle = passes_bundle(&work->arena, work->passes, work->draw);
	work->chunk_count =
	        (uint32_t)((work->bundle.size + MATCHING_CHUNK_BYTES - 1) / MATCHING_CHUNK_BYTES);
	crypto_generichash(digest, DIGEST_BYTES, work->bundle.data, work->bundle.size, NULL, 0);
	publication_make(&work->arena, work->draw, now_ms, digest, &work->publication);
	if (!table_room(&state->bundles, work->chunk_count))
		verdict_add(verdict, CODE_OVERLOADED, REASON_TABLE_FULL, "bundles",
		            state->bundles.count, state->bundles.capacity);
	work->step = DESK_PUBLISHES;
	if (verdict->code == CODE_ACCEPTED)
		return;
	work->step = DESK_STUCK;
	log_error("matching.draw.stuck",
	          "round=%s draw=%u what=\"table %s is full\" effect=\"the round is not "
	          "published\" action=\"raise TASHEEM_CAPACITY and restart\"",
	          work->round_id.text, work->draw->number, verdict->reasons[0].subject);
}

/* A whole solution. True when the draw is finished with it. */
static bool take_solution(struct matching_state *state, const struct item *item, struct work *work,
                          struct verdict *verdict)
{
	struct draw_result result;
	arena_reset(&state->scratch);
	struct bytes solution = {work->solution, work->solution_size};
	bool proven = passes_prove(work, solution, &state->scratch, &result, verdict);
	work->next_part = 0;
	work->part_count = 0;
	if (!proven) {
		log_warn("matching.solution.rejected",
		         "round=%s draw=%u pass=%u solver=%s rule=%" PRId64
		         " what=%s effect=\"solved again\" action=\"look at this solver\"",
		         work->round_id.text, work->draw->number, work->draw->pass,
		         item->actor.name.text, verdict->reasons[0].value,
		         log_quote(verdict->reasons[0].subject));
		work->solver = item->peer;
		work->step = DESK_WAITS;
		return false;
	}
	log_info("matching.solution.proven", "round=%s draw=%u pass=%u bytes=%zu solver=%s",
	         work->round_id.text, work->draw->number, work->draw->pass, solution.size,
	         item->actor.name.text);
	if (!draw_advance(&work->arena, work->draw, &result))
		return true;
	prepare(work);
	return false;
}

static struct work *find_task(struct desk *desk, const uint8_t *task_id)
{
	for (uint32_t at = 0; at < DESK_WORKS; at++) {
		struct work *work = &desk->works[at];
		if (work->used && (work->step == DESK_WAITS || work->step == DESK_SENT) &&
		    memcmp(work->task_id, task_id, DIGEST_SHORT_BYTES) == 0)
			return work;
	}
	return NULL;
}

/* Parts come in order from one peer; another one that begins takes its place. */
static bool append_part(struct work *work, const struct peer *peer,
                        const struct solution_part *part)
{
	if (part->index == 0) {
		work->sender = *peer;
		work->next_part = 0;
		work->part_count = part->count;
		work->solution_size = 0;
	}
	if (!same_peer(&work->sender, peer) || part->index != work->next_part ||
	    part->count != work->part_count)
		return false;
	uint8_t *larger = realloc(work->solution, work->solution_size + part->chunk.size + 1);
	if (!larger)
		return false;
	work->solution = larger;
	if (part->chunk.size)
		memcpy(larger + work->solution_size, part->chunk.data, part->chunk.size);
	work->solution_size += part->chunk.size;
	work->next_part++;
	return true;
}

void desk_part(struct matching_state *state, const struct batch *batch, const struct item *item,
               const struct solution_part *part, struct verdict *verdict)
{
	int64_t now_ms = batch_now_ms(batch);
	struct work *work = find_task(state->desk, part->task_id);
	if (!work || stale(state, work)) {
		verdict_refuse(verdict, REASON_NOT_FOUND, "task_id", 0, 0);
		return;
	}
	if (!append_part(work, &item->peer, part)) {
		verdict_refuse(verdict, REASON_OUT_OF_RANGE, "index", part->index, work->next_part);
		return;
	}
	if (work->next_part != work->part_count)
		return;
	if (take_solution(state, item, work, verdict))
		finish(state, work, now_ms);
	else if (verdict->code != CODE_ACCEPTED)
		work->not_before_ms = now_ms + RETRY_MS;
}

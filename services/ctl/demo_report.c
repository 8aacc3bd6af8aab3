/* The demo's end: what a person enjoys reading, and one line for programs. */
#include <stdio.h>
#include <string.h>

#include "services/ctl/demo.h"
#include "services/ctl/redis.h"
#include "services/ctl/request.h"
#include "services/ctl/show.h"
#include "services/ctl/why.h"

/* Shares that stand at the end. */
static bool stands(const json_t *allocation)
{
	static const char *const gone[] = {"declined", "expired", "voided"};
	for (size_t at = 0; at < 3; at++)
		if (!strcmp(json_text(allocation, "state"), gone[at]))
			return false;
	return true;
}

static int64_t sum_placed(const json_t *list, const char *family)
{
	int64_t sum = 0;
	for (size_t at = 0; at < json_array_size(list); at++) {
		const json_t *one = json_array_get(list, at);
		if (stands(one) && (!family || !strcmp(json_text(one, "family"), family)))
			sum += json_number(one, "quantity_kg");
	}
	return sum;
}

static int64_t tell_families(struct demo *demo, const json_t *list)
{
	struct ctl *ctl = demo->ctl;
	json_t *rows = json_array();
	int64_t offered = 0;
	for (size_t at = 0; at < json_array_size(demo->families); at++) {
		const char *family = json_string_value(json_array_get(demo->families, at));
		const json_t *round = json_object_get(demo->published, family);
		int64_t asked = json_number(round, "asked_kg");
		int64_t placed = sum_placed(list, family);
		offered += json_number(round, "offered_kg");
		json_array_append_new(
		        rows, json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:s}", "family",
		                        family, "policy", json_text(round, "policy"), "offered_kg",
		                        (json_int_t)json_number(round, "offered_kg"), "asked_kg",
		                        (json_int_t)asked, "placed_kg", (json_int_t)placed,
		                        "placed_percent",
		                        (json_int_t)(asked ? 100 * placed / asked : 0), "claimants",
		                        (json_int_t)json_number(round, "claimants"), "fairness",
		                        show_fraction(ctl, json_number(round, "level_numerator"),
		                                      json_number(round, "level_denominator"))));
	}
	TELL(ctl, TEXT_DEMO_TABLE, "");
	show_table(ctl, rows,
	           "family policy offered_kg asked_kg placed_kg placed_percent claimants fairness");
	json_decref(rows);
	return offered;
}

/* A JSON object of counts as rows of a table. */
static void tell_counts(struct ctl *ctl, const json_t *counts, const char *field)
{
	json_t *rows = json_array();
	const char *name;
	json_t *count;
	json_object_foreach((json_t *)counts, name, count)
	{
		json_array_append_new(rows, json_pack("{s:s, s:O}", field, name, "count", count));
	}
	show_table(ctl, rows, arena_format(&ctl->arena, "%s count", field));
	json_decref(rows);
}

static void count_up(json_t *counts, const char *name)
{
	json_int_t now = json_integer_value(json_object_get(counts, name));
	json_object_set_new(counts, name, json_integer(now + 1));
}

static void tell_refusals(struct demo *demo)
{
	json_t *counts = json_object();
	for (size_t at = 0; at < json_array_size(demo->requests->errors); at++)
		count_up(counts, json_text(json_array_get(demo->requests->errors, at), "code"));
	TELL(demo->ctl, TEXT_DEMO_REFUSALS, "");
	tell_counts(demo->ctl, counts, "code");
	json_decref(counts);
}

static void tell_states(struct demo *demo, const json_t *list)
{
	json_t *counts = json_object();
	for (size_t at = 0; at < json_array_size(list); at++)
		count_up(counts, json_text(json_array_get(list, at), "state"));
	TELL(demo->ctl, TEXT_DEMO_STATES, "");
	tell_counts(demo->ctl, counts, "state");
	json_decref(counts);
}

static void explain(struct demo *demo, const json_t *about)
{
	json_t *request = about ? request_find(demo->operator, json_text(about, "buyer_id"),
	                                       json_text(about, "request_id"))
	                        : NULL;
	if (request)
		why_request(demo->ctl, demo->operator, request);
	else
		TELL(demo->ctl, TEXT_DEMO_NONE, "");
	json_decref(request);
}

static const json_t *find_pooled(const json_t *list)
{
	const json_t *best = NULL;
	size_t most = 1;
	for (size_t at = 0; at < json_array_size(list); at++) {
		const json_t *one = json_array_get(list, at);
		size_t parts = json_array_size(json_object_get(one, "parts"));
		if (!strcmp(json_text(one, "state"), "distributed") && parts > most && parts <= 5) {
			best = one;
			most = parts;
		}
	}
	return best;
}

/* An allocation of a unit that buys for itself. */
static bool is_direct(const json_t *allocation)
{
	const json_t *parts = json_object_get(allocation, "parts");
	return json_array_size(parts) == 1 &&
	       !strcmp(json_text(json_array_get(parts, 0), "party_id"),
	               json_text(allocation, "buyer_id"));
}

/* A direct buyer's share: something, but less than asked. */
static const json_t *find_rationed(const json_t *shares, const json_t *list)
{
	for (size_t at = 0; at < json_array_size(list); at++) {
		const json_t *allocation = json_array_get(list, at);
		if (!is_direct(allocation) || !stands(allocation))
			continue;
		for (size_t one = 0; one < json_array_size(shares); one++) {
			const json_t *share = json_array_get(shares, one);
			if (!strcmp(json_text(share, "reason"), "level") &&
			    !strcmp(json_text(share, "buyer_id"),
			            json_text(allocation, "buyer_id")) &&
			    !strcmp(json_text(share, "request_id"),
			            json_text(allocation, "request_id")))
				return share;
		}
	}
	return NULL;
}

static const json_t *find_state(const json_t *list, const char *state)
{
	for (size_t at = 0; at < json_array_size(list); at++)
		if (!strcmp(json_text(json_array_get(list, at), "state"), state))
			return json_array_get(list, at);
	return NULL;
}

static const json_t *find_substitute(const json_t *list)
{
	for (size_t at = 0; at < json_array_size(list); at++) {
		const json_t *one = json_array_get(list, at);
		if (json_is_true(json_object_get(one, "substitute")) && stands(one))
			return one;
	}
	return NULL;
}

static void explain_refused(struct demo *demo)
{
	const json_t *error = json_array_get(demo->requests->errors, 0);
	json_t *record = error ? why_refusal(demo->operator, json_text(error, "key")) : NULL;
	if (record)
		why_refused(demo->ctl, json_text(error, "key"), record);
	else
		TELL(demo->ctl, TEXT_DEMO_NONE, "");
	json_decref(record);
}

static void tell_five(struct demo *demo, const json_t *reply)
{
	struct ctl *ctl = demo->ctl;
	const json_t *list = json_object_get(reply, "allocations");
	TELL(ctl, TEXT_DEMO_FIVE, "");
	TELL(ctl, TEXT_DEMO_POOLED, "");
	explain(demo, find_pooled(list));
	TELL(ctl, TEXT_DEMO_RATIONED, "");
	explain(demo, find_rationed(json_object_get(reply, "shares"), list));
	TELL(ctl, TEXT_DEMO_REFUSED, "");
	explain_refused(demo);
	TELL(ctl, TEXT_DEMO_EXPIRED, "");
	explain(demo, find_state(list, "expired"));
	TELL(ctl, TEXT_DEMO_SUBSTITUTE, "");
	explain(demo, find_substitute(list));
}

int demo_report(struct demo *demo)
{
	struct ctl *ctl = demo->ctl;
	json_t *reply = demo_read_allocations(demo);
	if (!reply)
		return ctl->status;
	const json_t *list = json_object_get(reply, "allocations");
	int64_t offered = tell_families(demo, list);
	tell_refusals(demo);
	tell_states(demo, list);
	tell_five(demo, reply);
	json_t *views = redis_compare(ctl);
	bool equal = views && redis_all_equal(views);
	TELL(ctl, TEXT_DEMO_PROOF, show_number(ctl, (int64_t)demo->bundles),
	     show_word(ctl, demo->all_verified ? "yes" : "no"),
	     show_word(ctl, equal ? "yes" : "no"));
	TELL(ctl, TEXT_DEMO_LOGS, "");
	json_t *line = json_pack(
	        "{s:I, s:I, s:I, s:I, s:I, s:I, s:b, s:b, s:f}", "requests",
	        (json_int_t)demo->requests->count, "accepted", (json_int_t)demo->requests->accepted,
	        "refused", (json_int_t)demo->requests->refused, "offered_kg", (json_int_t)offered,
	        "placed_kg", (json_int_t)sum_placed(list, NULL), "allocations",
	        (json_int_t)json_array_size(list), "verified", demo->all_verified && demo->bundles,
	        "redis_equal", equal, "seconds",
	        (double)((call_clock_ms() - demo->started_ms) / 100) / 10);
	for (size_t at = 0; at < json_array_size(views) && !equal; at++)
		if (*json_text(json_array_get(views, at), "first_key"))
			TALK(ctl, TEXT_REDIS_DIFFERS,
			     json_text(json_array_get(views, at), "first_key"),
			     json_text(json_array_get(views, at), "first_difference"));
	json_dumpf(line, stdout, JSON_COMPACT | JSON_REAL_PRECISION(6));
	putchar('\n');
	json_decref(line);
	json_decref(views);
	json_decref(reply);
	return demo->all_verified && equal ? CTL_OK : CTL_DIFFERENT;
}

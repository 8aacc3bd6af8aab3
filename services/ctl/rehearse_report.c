/* The sums of a rehearsal, by buyer and by group; see rehearse.h. */
#include "services/ctl/rehearse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "services/ctl/message.h"
#include "services/ctl/show.h"

/* Rounds and buyers people are shown; --json has all. */
enum { SHOWN_ROUNDS = 24, SHOWN_BUYERS = 10 };

void rehearse_open(struct rehearsal *rehearsal, struct ctl *ctl)
{
	*rehearsal = (struct rehearsal){.ctl = ctl};
	rehearsal->numbers = json_object();
	rehearsal->rounds = json_array();
}

void rehearse_close(struct rehearsal *rehearsal)
{
	json_decref(rehearsal->numbers);
	json_decref(rehearsal->rounds);
}

const char *rehearse_policy(struct ctl *ctl, int policy)
{
	const ProtobufCEnumDescriptor *names = &tasheem__solver__v1__policy__descriptor;
	const char *name = policy ? message_enum_name(names, policy) : NULL;
	return arena_format(&ctl->arena, "%s", name ? name : "unchanged");
}

const char *rehearse_rounding(struct ctl *ctl, int rounding)
{
	const ProtobufCEnumDescriptor *names = &tasheem__solver__v1__rounding__descriptor;
	const char *name = rounding ? message_enum_name(names, rounding) : NULL;
	return arena_format(&ctl->arena, "%s", name ? name : "unchanged");
}

static struct rehearse_buyer *buyer_of(struct rehearsal *rehearsal, const char *id)
{
	struct arena *arena = &rehearsal->ctl->arena;
	const json_t *number = json_object_get(rehearsal->numbers, id);
	if (number)
		return &rehearsal->buyers[json_integer_value(number)];
	if (rehearsal->count == rehearsal->room) {
		uint32_t room = rehearsal->room ? 2 * rehearsal->room : 256;
		struct rehearse_buyer *more = ARENA_ARRAY(arena, struct rehearse_buyer, room);
		if (rehearsal->count)
			memcpy(more, rehearsal->buyers, rehearsal->count * sizeof *more);
		rehearsal->buyers = more;
		rehearsal->room = room;
	}
	json_object_set_new_nocheck(rehearsal->numbers, id, json_integer(rehearsal->count));
	struct rehearse_buyer *buyer = &rehearsal->buyers[rehearsal->count++];
	buyer->buyer_id = arena_format(arena, "%s", id);
	buyer->county = buyer->province = "";
	return buyer;
}

static void note_claimant(struct rehearsal *rehearsal, const claimant_message *claimant,
                          int64_t lot_kg, const int64_t lots[2])
{
	struct rehearse_buyer *buyer = buyer_of(rehearsal, claimant->buyer_id);
	int64_t weight_kg = 0;
	for (size_t at = 0; at < claimant->n_members; at++)
		weight_kg += claimant->members[at]->weight_kg;
	if (weight_kg > buyer->weight_kg)
		buyer->weight_kg = weight_kg;
	if (!*buyer->province && claimant->n_requests)
		buyer->province =
		        arena_format(&rehearsal->ctl->arena, "%s", claimant->requests[0]->province);
	buyer->cooperative |= claimant->n_members > 1;
	buyer->rounds++;
	buyer->asked_kg += claimant->demand_lots * lot_kg;
	buyer->before_kg += lots[0] * lot_kg;
	buyer->after_kg += lots[1] * lot_kg;
}

static json_int_t mean(int128 rial, int64_t kg)
{
	return kg ? (json_int_t)(rial / kg) : 0;
}

void rehearse_note(struct rehearsal *rehearsal, const problem_message *problem,
                   const solution_message *before, const struct whatif_draw *after)
{
	int64_t moved = 0, lot_kg = problem->lot_kg;
	for (size_t at = 0; at < problem->n_claimants; at++) {
		int64_t lots[2] = {before->awards[at], after->solution->awards[at]};
		moved += lots[1] > lots[0] ? (lots[1] - lots[0]) * lot_kg : 0;
		note_claimant(rehearsal, problem->claimants[at], lot_kg, lots);
	}
	int64_t before_kg = before->placed_lots * lot_kg;
	int64_t after_kg = after->solution->placed_lots * lot_kg;
	int128 before_rial = (int128)before->total_cost * lot_kg;
	int128 after_rial = (int128)after->solution->total_cost * lot_kg;
	rehearsal->before_kg += before_kg;
	rehearsal->after_kg += after_kg;
	rehearsal->moved_kg += moved;
	rehearsal->before_rial += before_rial;
	rehearsal->after_rial += after_rial;
	const char *policy = rehearse_policy(rehearsal->ctl, (int)problem->policy);
	json_array_append_new(
	        rehearsal->rounds,
	        json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "round_id",
	                  problem->round_id, "family", problem->family, "policy", policy,
	                  "claimants", (json_int_t)problem->n_claimants, "passes",
	                  (json_int_t)after->passes, "before_kg", (json_int_t)before_kg, "after_kg",
	                  (json_int_t)after_kg, "moved_kg", (json_int_t)moved,
	                  "landed_before_rial_per_kg", mean(before_rial, before_kg),
	                  "landed_after_rial_per_kg", mean(after_rial, after_kg)));
}

void rehearse_place(struct rehearsal *rehearsal, const json_t *parties, const json_t *cooperatives)
{
	const json_t *lists[2] = {parties, cooperatives};
	for (int list = 0; list < 2; list++) {
		for (size_t at = 0; at < json_array_size(lists[list]); at++) {
			const json_t *row = json_array_get(lists[list], at);
			const char *id = json_text(row, list ? "cooperative_id" : "party_id");
			const json_t *number = json_object_get(rehearsal->numbers, id);
			if (!number)
				continue;
			struct rehearse_buyer *buyer =
			        &rehearsal->buyers[json_integer_value(number)];
			buyer->county = arena_format(&rehearsal->ctl->arena, "%s",
			                             json_text(row, "county"));
			buyer->cooperative |= list == 1;
		}
	}
}

static void add_number(json_t *object, const char *field, int64_t number)
{
	json_object_set_new(object, field, json_integer(json_number(object, field) + number));
}

/* Adds the buyer to the row of a group, which `rows` holds by name. */
static void add_to_group(json_t *rows, const char *by, const char *group,
                         const struct rehearse_buyer *buyer)
{
	char name[128];
	snprintf(name, sizeof name, "%s %s", by, group);
	json_t *row = json_object_get(rows, name);
	if (!row) {
		row = json_pack("{s:s, s:s}", "by", by, "group", group);
		json_object_set_new_nocheck(rows, name, row);
	}
	add_number(row, "buyers", *(buyer->buyer_id ? buyer->buyer_id : "") != '\0');
	add_number(row, "asked_kg", buyer->asked_kg);
	add_number(row, "before_kg", buyer->before_kg);
	add_number(row, "after_kg", buyer->after_kg);
	add_number(row, "change_kg", buyer->after_kg - buyer->before_kg);
	add_number(row, "winners", buyer->after_kg > buyer->before_kg);
	add_number(row, "losers", buyer->after_kg < buyer->before_kg);
}

static int weight_order(const void *left, const void *right)
{
	const int64_t *a = left, *b = right;
	return (*a > *b) - (*a < *b);
}

/* The largest weights of the lower and the middle third; equal weights stay together. */
static void size_bounds(const struct rehearsal *rehearsal, int64_t bounds[2])
{
	uint32_t count = rehearsal->count;
	int64_t *weights = ARENA_ARRAY(&rehearsal->ctl->arena, int64_t, count + 1);
	for (uint32_t at = 0; at < count; at++)
		weights[at] = rehearsal->buyers[at].weight_kg;
	qsort(weights, count, sizeof *weights, weight_order);
	bounds[0] = weights[count / 3 ? count / 3 - 1 : 0];
	bounds[1] = weights[2 * count / 3 ? 2 * count / 3 - 1 : 0];
}

static json_t *group_rows(const struct rehearsal *rehearsal)
{
	static const struct rehearse_buyer nobody;
	static const char *const sizes[] = {"small", "medium", "large"};
	json_t *rows = json_object(), *list = json_array(), *row;
	int64_t bounds[2];
	const char *name;
	size_bounds(rehearsal, bounds);
	for (int size = 0; size < 3; size++)
		add_to_group(rows, "size", sizes[size], &nobody);
	/* Rows stay in the order they were first put in: sizes, kinds, then places. */
	for (int pass = 0; pass < 4; pass++) {
		for (uint32_t at = 0; at < rehearsal->count; at++) {
			const struct rehearse_buyer *buyer = &rehearsal->buyers[at];
			if (pass == 0)
				add_to_group(rows, "size",
				             sizes[(buyer->weight_kg > bounds[0]) +
				                   (buyer->weight_kg > bounds[1])],
				             buyer);
			if (pass == 1)
				add_to_group(rows, "buyer",
				             buyer->cooperative ? "cooperative" : "direct", buyer);
			if (pass == 2 && *buyer->province)
				add_to_group(rows, "province", buyer->province, buyer);
			if (pass == 3 && *buyer->county)
				add_to_group(rows, "county", buyer->county, buyer);
		}
	}
	json_object_foreach(rows, name, row) json_array_append(list, row);
	json_decref(rows);
	return list;
}

static json_t *buyer_json(const struct rehearse_buyer *buyer)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I}", "buyer_id",
	                 buyer->buyer_id, "kind", buyer->cooperative ? "cooperative" : "direct",
	                 "province", buyer->province, "county", buyer->county, "rounds",
	                 (json_int_t)buyer->rounds, "weight_kg", (json_int_t)buyer->weight_kg,
	                 "asked_kg", (json_int_t)buyer->asked_kg, "before_kg",
	                 (json_int_t)buyer->before_kg, "after_kg", (json_int_t)buyer->after_kg,
	                 "change_kg", (json_int_t)(buyer->after_kg - buyer->before_kg));
}

/* Winners first, losers last; equals by id. */
static int change_order(const void *left, const void *right)
{
	const struct rehearse_buyer *a = left, *b = right;
	int64_t one = a->after_kg - a->before_kg, two = b->after_kg - b->before_kg;
	return one != two ? (one < two) - (one > two) : strcmp(a->buyer_id, b->buyer_id);
}

static json_t *buyer_rows(const struct rehearsal *rehearsal, uint32_t from, uint32_t end, int sign)
{
	json_t *list = json_array();
	for (uint32_t at = from; at < end; at++) {
		const struct rehearse_buyer *buyer = &rehearsal->buyers[at];
		int64_t change = buyer->after_kg - buyer->before_kg;
		if (sign == 0 || (sign > 0 && change > 0) || (sign < 0 && change < 0))
			json_array_append_new(list, buyer_json(buyer));
	}
	return list;
}

static void show_buyers(struct rehearsal *rehearsal, int sign)
{
	struct ctl *ctl = rehearsal->ctl;
	uint32_t count = rehearsal->count, most = count < SHOWN_BUYERS ? count : SHOWN_BUYERS;
	json_t *list = sign > 0 ? buyer_rows(rehearsal, 0, most, sign)
	                        : buyer_rows(rehearsal, count - most, count, sign);
	if (json_array_size(list)) {
		if (sign > 0)
			TELL(ctl, TEXT_REHEARSE_WINNERS, "");
		else
			TELL(ctl, TEXT_REHEARSE_LOSERS, "");
		show_table(ctl, list,
		           "buyer_id kind province county weight_kg asked_kg before_kg after_kg "
		           "change_kg");
	}
	json_decref(list);
}

static void count_sides(const struct rehearsal *rehearsal, int64_t sides[2])
{
	sides[0] = sides[1] = 0;
	for (uint32_t at = 0; at < rehearsal->count; at++) {
		const struct rehearse_buyer *buyer = &rehearsal->buyers[at];
		sides[0] += buyer->after_kg > buyer->before_kg;
		sides[1] += buyer->after_kg < buyer->before_kg;
	}
}

static void tell(struct rehearsal *rehearsal, const struct whatif_rule *rule, const json_t *groups)
{
	struct ctl *ctl = rehearsal->ctl;
	int64_t sides[2];
	count_sides(rehearsal, sides);
	TELL(ctl, TEXT_REHEARSE_HEAD, show_number(ctl, (int64_t)json_array_size(rehearsal->rounds)),
	     show_word(ctl, rehearse_policy(ctl, rule->policy)),
	     show_word(ctl, rehearse_rounding(ctl, rule->rounding)),
	     rule->reserve_percent < 0 ? show_word(ctl, "unchanged")
	                               : show_number(ctl, rule->reserve_percent),
	     show_number(ctl, rehearsal->took_ms));
	TELL(ctl, TEXT_REHEARSE_SUMS, show_number(ctl, rehearsal->before_kg),
	     show_number(ctl, rehearsal->after_kg), show_number(ctl, rehearsal->moved_kg),
	     show_number(ctl, sides[0]), show_number(ctl, sides[1]),
	     show_number(ctl, (int64_t)mean(rehearsal->before_rial, rehearsal->before_kg)),
	     show_number(ctl, (int64_t)mean(rehearsal->after_rial, rehearsal->after_kg)));
	if (json_array_size(rehearsal->rounds) <= SHOWN_ROUNDS) {
		TELL(ctl, TEXT_REHEARSE_ROUNDS, "");
		show_table(ctl, rehearsal->rounds,
		           "round_id family policy claimants before_kg after_kg moved_kg "
		           "landed_before_rial_per_kg landed_after_rial_per_kg");
	}
	TELL(ctl, TEXT_REHEARSE_GROUPS, "");
	show_table(ctl, groups,
	           "by group buyers winners losers asked_kg before_kg after_kg change_kg");
	show_buyers(rehearsal, 1);
	show_buyers(rehearsal, -1);
}

void rehearse_show(struct rehearsal *rehearsal, const struct whatif_rule *rule)
{
	struct ctl *ctl = rehearsal->ctl;
	json_t *groups = group_rows(rehearsal);
	qsort(rehearsal->buyers, rehearsal->count, sizeof *rehearsal->buyers, change_order);
	if (!ctl->json) {
		tell(rehearsal, rule, groups);
		json_decref(groups);
		return;
	}
	json_t *all = json_pack("{s:s, s:s, s:i, s:I, s:O, s:o, s:o}", "policy",
	                        rehearse_policy(ctl, rule->policy), "rounding",
	                        rehearse_rounding(ctl, rule->rounding), "reserve_percent",
	                        rule->reserve_percent, "took_ms", (json_int_t)rehearsal->took_ms,
	                        "rounds", rehearsal->rounds, "groups", groups, "buyers",
	                        buyer_rows(rehearsal, 0, rehearsal->count, 0));
	show_json(all);
	json_decref(all);
}

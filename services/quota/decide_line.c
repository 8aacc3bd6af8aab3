/* One line of a request against its member, its licence and its ceiling.
 *
 * free = min(ceiling - reserved - used, joint limit - committed), what the amended
 * version of the same request reserves counted as free again, never below 0.
 * A line is refused when it wants more than is free.
 *
 * The part of the quantity above the lines' sum (less than a lot) is charged to the
 * lines in proportion to what would still be free after their own wishes, by largest
 * remainder, equal remainders to the earlier line. */
#include "services/quota/filing.h"

#include <string.h>

static void line_ceiling_row(struct filing *filing, struct filing_line *line,
                             const struct quota_ceiling *row)
{
	line->ceiling = quota_ceiling_change(row);
	line->nominal_kg = row->derivation.nominal_need_kg_per_year;
	line->recorded_kg = row->derivation.recorded_kg;
	if (row->joint) {
		const struct quota_joint *joint = table_at(&filing->state->joints, row->joint - 1);
		line->joint_family = joint->key.family + 1;
		line->joint_limit_kg = joint->limit_kg;
		line->joint_committed_kg = joint->committed_kg;
	}
}

static void derived_keep(struct filing *filing, const struct change_ceiling *changes,
                         uint32_t count)
{
	if (filing->derived_count + count > filing->derived_room) {
		uint32_t room = (filing->derived_count + count) * 2;
		struct change_ceiling *more =
		        ARENA_ARRAY(filing->moment->arena, struct change_ceiling, room);
		if (filing->derived_count)
			memcpy(more, filing->derived, sizeof *more * filing->derived_count);
		filing->derived = more;
		filing->derived_room = room;
	}
	memcpy(filing->derived + filing->derived_count, changes, sizeof *changes * count);
	filing->derived_count += count;
}

/* The ceiling as this record itself derives it: all of the licence's stale ones at once,
 * so that a joint limit is complete. */
static void line_ceiling_derived(struct filing *filing, struct filing_line *line)
{
	uint32_t count;
	const struct change_ceiling *changes =
	        quota_derive_licence(filing->state, line->licence, filing->moment, &count);
	if (count > 0)
		derived_keep(filing, changes, count);
	const struct change_ceiling *own = NULL;
	for (uint32_t at = 0; at < count; at++)
		if (changes[at].key.family == line->ceiling.key.family)
			own = &changes[at];
	if (!own)
		return;
	line->ceiling = *own;
	line->ceiling.derivation = NULL;
	line->nominal_kg = own->derivation->nominal_need_kg_per_year;
	line->recorded_kg = own->derivation->recorded_kg;
	line->joint_family = own->derivation->joint_family;
	line->joint_limit_kg = own->derivation->joint_limit_kg;
	for (uint32_t at = 0; line->joint_family && at < count; at++)
		if (changes[at].derivation->joint_family == line->joint_family)
			line->joint_committed_kg += changes[at].reserved_kg + changes[at].used_kg;
}

static void line_credit(const struct filing *filing, struct filing_line *line)
{
	for (uint32_t at = 0; filing->old && at < filing->old->line_count; at++) {
		const struct quota_line *old = &filing->old_lines[at];
		const struct quota_ceiling *row = quota_ceiling_at(filing->state, old->ceiling);
		if (row->key.licence != line->ceiling.key.licence ||
		    row->key.window_month != line->ceiling.key.window_month)
			continue;
		if (row->key.family == line->ceiling.key.family)
			line->credit_kg += old->reserved_kg;
		const struct quota_joint *joint =
		        row->joint ? table_at(&filing->state->joints, row->joint - 1) : NULL;
		if (joint && joint->key.family + 1 == line->joint_family)
			line->joint_credit_kg += old->reserved_kg;
	}
}

static void line_free(struct filing_line *line)
{
	const struct change_ceiling *ceiling = &line->ceiling;
	int64_t free_kg =
	        ceiling->ceiling_kg - ceiling->used_kg - (ceiling->reserved_kg - line->credit_kg);
	if (line->joint_family) {
		int64_t joint_kg =
		        line->joint_limit_kg - (line->joint_committed_kg - line->joint_credit_kg);
		free_kg = joint_kg < free_kg ? joint_kg : free_kg;
	}
	line->free_kg = free_kg > 0 ? free_kg : 0;
}

static void line_ceiling(struct filing *filing, struct filing_line *line)
{
	const char *subject = line->licence->licence_id.text;
	struct quota_window_key key = {table_number(&filing->state->licences, line->licence),
	                               filing->rule->key.family, filing->window_month};
	line->ceiling.key = key;
	const struct quota_ceiling *row = quota_ceiling_find(filing->state, &key);
	if (row && quota_ceiling_fresh(filing->state, row, line->licence, filing->regime))
		line_ceiling_row(filing, line, row);
	else
		line_ceiling_derived(filing, line);
	if (row)
		line->rival_requests =
		        filing->cooperative ? row->direct_requests : row->cooperative_requests;
	if (line->nominal_kg == 0) {
		verdict_refuse(filing->verdict, REASON_MATERIAL_NOT_IN_FILE, subject, 0, 0);
		return;
	}
	if (line->rival_requests > 0)
		verdict_refuse(filing->verdict, REASON_SIMILAR_COOP, subject, line->rival_requests,
		               0);
	line_credit(filing, line);
	line_free(line);
	if (line->wanted_kg > line->free_kg)
		verdict_refuse(filing->verdict, REASON_CEILING_EXCEEDED, subject, line->wanted_kg,
		               line->free_kg);
}

static bool line_repeats(const struct filing *filing, uint32_t at)
{
	for (uint32_t before = 0; before < at; before++)
		if (filing->lines[before].licence == filing->lines[at].licence)
			return true;
	return false;
}

void quota_filing_line(struct filing *filing, uint32_t at)
{
	const struct ask_line *ask = &filing->ask->lines[at];
	struct filing_line *line = &filing->lines[at];
	struct verdict *verdict = filing->verdict;
	line->wanted_kg = ask->wanted_kg;
	bool own = party_id_equal(&ask->party_id, &filing->buyer->party_id);
	line->party = own ? filing->buyer : table_find(&filing->state->parties, &ask->party_id);
	if (!line->party || own == filing->cooperative)
		verdict_refuse(verdict, REASON_NOT_MEMBER, ask->party_id.text, 0, 0);
	else if (filing->cooperative)
		quota_check_member(filing->state, filing->buyer, line->party, verdict);
	line->licence = table_find(&filing->state->licences, &ask->licence_id);
	if (!line->licence) {
		verdict_refuse(verdict, REASON_LICENCE_MISSING, ask->licence_id.text, 0, 0);
		return;
	}
	if (line_repeats(filing, at)) {
		verdict_refuse(verdict, REASON_ID_DUPLICATE, ask->licence_id.text, 0, 0);
		return;
	}
	if (line->party)
		quota_check_licence(filing->state, line->licence, line->party,
		                    filing->moment->now_ms, verdict);
	/* Another party's balance is not shown. */
	bool theirs = line->party == quota_party_at(filing->state, line->licence->party);
	if (theirs && filing->rule)
		line_ceiling(filing, line);
}

void quota_filing_remainder(struct filing *filing)
{
	uint32_t count = filing->ask->line_count;
	int64_t excess = filing->ask->quantity_kg - filing->lines_kg, room = 0;
	for (uint32_t at = 0; at < count; at++) {
		filing->lines[at].reserved_kg = filing->lines[at].wanted_kg;
		room += filing->lines[at].free_kg - filing->lines[at].wanted_kg;
	}
	if (excess == 0)
		return;
	if (room < excess) {
		verdict_refuse(filing->verdict, REASON_CEILING_EXCEEDED, "quantity_kg",
		               filing->ask->quantity_kg, filing->lines_kg + room);
		return;
	}
	int64_t *remainders = ARENA_ARRAY(filing->moment->arena, int64_t, count);
	int64_t left = excess;
	for (uint32_t at = 0; at < count; at++) {
		struct filing_line *line = &filing->lines[at];
		int128 share = (int128)excess * (line->free_kg - line->wanted_kg);
		line->reserved_kg += (int64_t)(share / room);
		left -= (int64_t)(share / room);
		remainders[at] = (int64_t)(share % room);
	}
	for (; left > 0; left--) {
		uint32_t largest = 0;
		for (uint32_t at = 1; at < count; at++)
			if (remainders[at] > remainders[largest])
				largest = at;
		filing->lines[largest].reserved_kg++;
		remainders[largest] = -1;
	}
}

bool quota_filing_small(const struct filing *filing)
{
	for (uint32_t at = 0; at < filing->ask->line_count; at++)
		if (filing->lines[at].nominal_kg >= filing->regime->small_unit_kg_per_year)
			return false;
	return true;
}

static bool fact_holds(const struct filing *filing, enum quota_fact fact, bool small)
{
	switch (fact) {
	case QUOTA_SUPPLY_COOPERATIVE:
		return filing->cooperative;
	case QUOTA_SMALL_UNIT:
		return small;
	case QUOTA_NEWCOMER:
		for (uint32_t at = 0; at < filing->ask->line_count; at++)
			if (filing->lines[at].recorded_kg > 0)
				return false;
		return true;
	case QUOTA_GUILD:
		for (uint32_t at = 0; at < filing->ask->line_count; at++)
			if (filing->lines[at].licence->kind != QUOTA_GUILD_LICENCE)
				return false;
		return true;
	}
	return false;
}

uint8_t quota_filing_class(const struct filing *filing, bool small)
{
	for (uint32_t at = 0; at < filing->rule->priority_count; at++)
		if (fact_holds(filing, filing->rule->priorities[at].fact, small))
			return filing->rule->priorities[at].priority_class;
	return 9;
}

/* The digest of quota's state: every fact, fields in declared order, rows in order of
 * their ids; no row numbers, capacities, hints or caches. Replay from zero gives the same. */
#define _GNU_SOURCE /* qsort_r */
#include "services/quota/state.h"

#include <stdlib.h>
#include <string.h>

typedef void row_digest(const struct quota_state *state, struct digest *digest, const void *row);

struct sorting {
	const struct quota_state *state;
	const struct table *table;
};

/* Texts of up to two parts and a number that order the rows of any table. */
struct name {
	const char *first, *second;
	int64_t number;
};

static const char *licence_text(const struct quota_state *state, uint32_t number)
{
	return quota_licence_at(state, number)->licence_id.text;
}

static const char *family_text(const struct quota_state *state, uint32_t number)
{
	return quota_family_at(state, number)->family.text;
}

static const char *party_text(const struct quota_state *state, uint32_t number)
{
	return quota_party_at(state, number)->party_id.text;
}

static struct name name_of(const struct sorting *sorting, uint32_t number)
{
	const struct quota_state *state = sorting->state;
	const void *row = table_at(sorting->table, number);
	if (sorting->table == &state->memberships) {
		const struct quota_membership_key *key = row;
		return (struct name){party_text(state, key->cooperative),
		                     party_text(state, key->party), 0};
	}
	if (sorting->table == &state->purchases) {
		const struct quota_purchase_key *key = row;
		return (struct name){licence_text(state, key->licence),
		                     family_text(state, key->family), key->month};
	}
	if (sorting->table == &state->ceilings || sorting->table == &state->joints) {
		const struct quota_window_key *key = row;
		return (struct name){licence_text(state, key->licence),
		                     family_text(state, key->family), key->window_month};
	}
	if (sorting->table == &state->requests) {
		const struct quota_request_key *key = row;
		return (struct name){key->buyer_id.text, key->request_id.text, 0};
	}
	if (sorting->table == &state->regimes)
		return (struct name){"", "", ((const struct quota_regime *)row)->version};
	/* The key is a text at the head of the row. */
	return (struct name){row, "", 0};
}

static int compare(const void *left, const void *right, void *context)
{
	const struct sorting *sorting = context;
	struct name one = name_of(sorting, *(const uint32_t *)left);
	struct name other = name_of(sorting, *(const uint32_t *)right);
	int order = strcmp(one.first, other.first);
	if (order == 0)
		order = strcmp(one.second, other.second);
	if (order == 0)
		order = one.number < other.number ? -1 : one.number > other.number;
	return order;
}

static void add_name(struct digest *digest, struct name name)
{
	digest_add_text(digest, name.first);
	digest_add_text(digest, name.second);
	digest_add_int(digest, name.number);
}

static void add_table(const struct quota_state *state, struct digest *digest,
                      const struct table *table, row_digest *add)
{
	struct sorting sorting = {state, table};
	uint32_t *numbers = malloc(sizeof *numbers * ((size_t)table->count + 1));
	CHECK(numbers);
	for (uint32_t at = 0; at < table->count; at++)
		numbers[at] = at;
	qsort_r(numbers, table->count, sizeof *numbers, compare, &sorting);
	digest_add_int(digest, table->count);
	for (uint32_t at = 0; at < table->count; at++) {
		add_name(digest, name_of(&sorting, numbers[at]));
		add(state, digest, table_at(table, numbers[at]));
	}
	free(numbers);
}

static void add_party(const struct quota_state *state, struct digest *digest, const void *row)
{
	(void)state;
	const struct quota_party *party = row;
	digest_add_int(digest, party->kind);
	digest_add_int(digest, party->cooperative_kind);
	digest_add_int(digest, party->foreign_members_allowed);
	digest_add_int(digest, party->active_members);
	digest_add_text(digest, party->county);
}

static void add_membership(const struct quota_state *state, struct digest *digest, const void *row)
{
	(void)state;
	const struct quota_membership *membership = row;
	digest_add_int(digest, membership->state);
	digest_add_int(digest, membership->legal_basis);
}

static void add_licence(const struct quota_state *state, struct digest *digest, const void *row)
{
	const struct quota_licence *licence = row;
	digest_add_text(digest, party_text(state, licence->party));
	digest_add_int(digest, licence->kind);
	digest_add_int(digest, licence->state);
	digest_add_int(digest, licence->valid_from_ms);
	digest_add_int(digest, licence->valid_until_ms);
	for (uint32_t at = 0; at < licence->line_count; at++) {
		const struct quota_licence_line *line =
		        quota_range_at(&state->licence_lines, licence->first_line + at);
		digest_add_text(digest, line->product_code.text);
		digest_add_int(digest, line->machine_rate_kg_per_h);
		digest_add_int(digest, line->capacity_kg_per_year);
	}
	digest_add_int(digest, (int64_t)licence->stamp);
}

static void add_regime(const struct quota_state *state, struct digest *digest, const void *row)
{
	const struct quota_regime *regime = row;
	struct bytes text = {quota_range_at(&state->texts, regime->text_offset), regime->text_size};
	digest_add_bytes(digest, text);
	digest_add_int(digest, regime->approved_ms);
	digest_add_text(digest, regime->approved_by.text);
}

static void add_purchase(const struct quota_state *state, struct digest *digest, const void *row)
{
	(void)state;
	digest_add_int(digest, ((const struct quota_purchase *)row)->purchased_kg);
}

static void add_ceiling(const struct quota_state *state, struct digest *digest, const void *row)
{
	(void)state;
	const struct quota_ceiling *ceiling = row;
	const struct quota_derivation *derivation = &ceiling->derivation;
	const int64_t amounts[] = {
	        ceiling->cooperative_requests,
	        ceiling->direct_requests,
	        ceiling->ceiling_kg,
	        ceiling->reserved_kg,
	        ceiling->used_kg,
	        (int64_t)ceiling->derived,
	        derivation->regime_version,
	        derivation->formula,
	        derivation->record_first_month,
	        derivation->record_last_month,
	        derivation->capacity_kg_per_year,
	        derivation->nominal_need_kg_per_year,
	        derivation->recorded_kg,
	        derivation->record_based_kg_per_year,
	        derivation->floor_kg_per_year,
	        derivation->annual_ceiling_kg,
	        derivation->window_ceiling_kg,
	        derivation->ceiling_kg,
	        derivation->joint_limit_kg,
	        derivation->multiplier.numerator,
	        derivation->multiplier.denominator,
	};
	for (size_t at = 0; at < sizeof amounts / sizeof *amounts; at++)
		digest_add_int(digest, amounts[at]);
}

static void add_joint(const struct quota_state *state, struct digest *digest, const void *row)
{
	(void)state;
	const struct quota_joint *joint = row;
	digest_add_int(digest, joint->limit_kg);
	digest_add_int(digest, joint->committed_kg);
}

static void add_lines(const struct quota_state *state, struct digest *digest,
                      const struct quota_request *request)
{
	const struct quota_line *lines = quota_lines_of(state, request);
	for (uint32_t at = 0; at < request->line_count; at++) {
		digest_add_text(digest, party_text(state, lines[at].party));
		digest_add_text(digest, licence_text(state, lines[at].licence));
		digest_add_int(digest, lines[at].wanted_kg);
		digest_add_int(digest, lines[at].reserved_kg);
		digest_add_int(digest, lines[at].weight_kg);
		digest_add_int(digest, lines[at].held_kg);
	}
}

static void add_request(const struct quota_state *state, struct digest *digest, const void *row)
{
	const struct quota_request *request = row;
	const int64_t amounts[] = {
	        request->quantity_kg,
	        request->minimum_kg,
	        request->max_price_rial_per_kg,
	        request->asked_landed_rial_per_kg,
	        request->max_landed_rial_per_kg,
	        request->filed_ms,
	        (int64_t)request->filed_sequence,
	        request->delivery_from_jalali,
	        request->delivery_to_jalali,
	        request->window_month,
	        request->version,
	        request->state,
	        request->wished_class,
	        request->priority_class,
	        request->buyer_classes,
	        request->line_count,
	};
	digest_add_text(digest, request->grade.text);
	digest_add_text(digest, family_text(state, request->family));
	digest_add_text(digest, quota_province_at(state, request->province));
	digest_add_text(digest, request->round
	                                ? quota_round_at(state, request->round - 1)->round_id.text
	                                : "");
	for (size_t at = 0; at < sizeof amounts / sizeof *amounts; at++)
		digest_add_int(digest, amounts[at]);
	add_lines(state, digest, request);
}

static void add_round(const struct quota_state *state, struct digest *digest, const void *row)
{
	const struct quota_round *round = row;
	digest_add_text(digest, family_text(state, round->family));
	digest_add_int(digest, round->regime_version);
	digest_add_int(digest, round->state);
	digest_add_int(digest, round->book_closed);
	digest_add_int(digest, round->over);
	digest_add_int(digest, round->count);
}

static void add_allocation(const struct quota_state *state, struct digest *digest, const void *row)
{
	const struct quota_allocation *allocation = row;
	const struct quota_request *request = quota_request_at(state, allocation->request);
	digest_add_text(digest, request->key.buyer_id.text);
	digest_add_text(digest, request->key.request_id.text);
	digest_add_int(digest, allocation->state);
	for (uint32_t at = 0; at < allocation->part_count; at++) {
		const struct quota_part *part =
		        quota_range_at(&state->parts, allocation->first_part + at);
		digest_add_int(digest, part->line);
		digest_add_int(digest, part->quantity_kg);
	}
}

void quota_digest(const struct quota_state *state, uint8_t out[DIGEST_BYTES])
{
	struct digest digest;
	digest_begin(&digest, DIGEST_BYTES);
	authorise_digest(&state->authorise, &digest);
	add_table(state, &digest, &state->parties, add_party);
	add_table(state, &digest, &state->memberships, add_membership);
	add_table(state, &digest, &state->licences, add_licence);
	add_table(state, &digest, &state->regimes, add_regime);
	add_table(state, &digest, &state->purchases, add_purchase);
	add_table(state, &digest, &state->ceilings, add_ceiling);
	add_table(state, &digest, &state->joints, add_joint);
	add_table(state, &digest, &state->requests, add_request);
	add_table(state, &digest, &state->rounds, add_round);
	add_table(state, &digest, &state->allocations, add_allocation);
	digest_end(&digest, out);
}

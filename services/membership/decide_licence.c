/* The rules of licences: whose they are, what they cover, and that the capacity
 * they state is the one their machines give. */
#include "services/membership/decide.h"

#include <string.h>

#include "common/checked.h"

static bool lines_same(const struct licence *left, const struct licence *right)
{
	if (left->line_count != right->line_count)
		return false;
	for (uint32_t i = 0; i < left->line_count; i++) {
		const struct licence_line *a = &left->lines[i];
		const struct licence_line *b = &right->lines[i];
		if (!product_code_equal(&a->product, &b->product) ||
		    a->machine_rate_kg_per_h != b->machine_rate_kg_per_h ||
		    a->hours_per_year != b->hours_per_year ||
		    a->efficiency_percent != b->efficiency_percent ||
		    a->nominal_capacity_kg_per_year != b->nominal_capacity_kg_per_year)
			return false;
	}
	return true;
}

static bool licence_same(const struct licence *left, const struct licence *right)
{
	return party_id_equal(&left->party_id, &right->party_id) && left->kind == right->kind &&
	       memcmp(left->county, right->county, PLACE_SIZE) == 0 &&
	       left->valid_from == right->valid_from && left->valid_to == right->valid_to &&
	       lines_same(left, right);
}

/* nominal capacity = rate x hours x efficiency / 100, whole kg. */
static void check_capacity(const struct licence_line *line, struct verdict *verdict)
{
	int64_t hourly_kg = 0;
	int64_t nominal_kg = 0;
	bool good =
	        checked_multiply(line->machine_rate_kg_per_h, line->hours_per_year, &hourly_kg) &&
	        checked_scale(hourly_kg, line->efficiency_percent, 100, &nominal_kg);
	if (!good || nominal_kg != line->nominal_capacity_kg_per_year)
		verdict_refuse(verdict, REASON_SUM_MISMATCH, line->product.text,
		               line->nominal_capacity_kg_per_year, nominal_kg);
}

static void check_lines(const struct licence *wanted, struct verdict *verdict)
{
	for (uint32_t i = 0; i < wanted->line_count; i++) {
		check_capacity(&wanted->lines[i], verdict);
		for (uint32_t j = 0; j < i; j++)
			if (product_code_equal(&wanted->lines[i].product,
			                       &wanted->lines[j].product))
				verdict_refuse(verdict, REASON_ID_DUPLICATE,
				               wanted->lines[i].product.text, i + 1, j + 1);
	}
}

bool decide_licence(const struct staged *staged, const struct licence *wanted,
                    struct verdict *verdict, struct event *event)
{
	const struct licence *known = staged_licence(staged, &wanted->id);
	if (known && licence_same(known, wanted))
		return false;
	if (known) {
		verdict_add(verdict, CODE_CONFLICT, REASON_ID_DUPLICATE, wanted->id.text, 0, 0);
		return false;
	}
	if (!staged_party(staged, &wanted->party_id))
		verdict_refuse(verdict, REASON_NOT_FOUND, wanted->party_id.text, 0, 0);
	if (wanted->valid_to < wanted->valid_from)
		verdict_refuse(verdict, REASON_OUT_OF_RANGE, "valid_to_jalali", wanted->valid_to,
		               wanted->valid_from);
	check_lines(wanted, verdict);
	staged_room(staged, &staged->state->licences, verdict);
	if (verdict->code != CODE_ACCEPTED)
		return false;
	event->kind = LICENCE_CHANGED;
	event->licence = *wanted;
	event->licence.state = LICENCE_VALID;
	return true;
}

bool decide_licence_revoke(const struct staged *staged, const struct licence_revoke *wanted,
                           struct verdict *verdict, struct event *event)
{
	const struct licence *known = staged_licence(staged, &wanted->id);
	if (!known) {
		verdict_refuse(verdict, REASON_NOT_FOUND, wanted->id.text, 0, 0);
		return false;
	}
	if (known->state == LICENCE_REVOKED)
		return false;
	event->kind = LICENCE_CHANGED;
	event->licence = *known;
	event->licence.state = LICENCE_REVOKED;
	memcpy(event->licence_reason, wanted->reason, REASON_SIZE);
	return true;
}

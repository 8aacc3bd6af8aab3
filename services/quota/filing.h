/* The working paper of one filing or amendment; private to decide_file.c,
 * decide_line.c and decide_amend.c. */
#ifndef TASHEEM_QUOTA_FILING_H
#define TASHEEM_QUOTA_FILING_H

#include "services/quota/state.h"

struct filing_line {
	const struct quota_party *party;
	const struct quota_licence *licence;
	/* As it is before this request, or as just derived; key.licence is set when known. */
	struct change_ceiling ceiling;
	/* Group of the joint limit (its first family + 1), its limit and what is committed. */
	quota_link joint_family;
	int64_t joint_limit_kg, joint_committed_kg;
	int64_t nominal_kg, recorded_kg;
	/* What the amended version reserves here and in the group: free again. */
	int64_t credit_kg, joint_credit_kg;
	int64_t free_kg, wanted_kg, reserved_kg, weight_kg;
	uint32_t rival_requests;
};

struct filing {
	const struct quota_state *state;
	const struct ask_request *ask;
	const struct quota_moment *moment;
	struct verdict *verdict;
	/* The version being replaced, or NULL. */
	const struct quota_request *old;
	const struct quota_line *old_lines;
	const struct quota_party *buyer;
	bool cooperative;
	struct quota_epoch epoch;
	const struct quota_regime *regime;
	const struct quota_grade *grade;
	const struct quota_rule *rule;
	int32_t window_month;
	int64_t lines_kg;
	struct filing_line *lines;
	/* Ceilings derived on the way; a list of what each licence gave. */
	uint32_t derived_count, derived_room;
	struct change_ceiling *derived;
};

/* Checks line `at` and finds its ceiling and what is free. */
void quota_filing_line(struct filing *filing, uint32_t at);
/* Divides the part of the quantity above the lines; refuses when it has no room. */
void quota_filing_remainder(struct filing *filing);
/* The derivation behind a line's ceiling: class, weight. */
uint8_t quota_filing_class(const struct filing *filing, bool small);
bool quota_filing_small(const struct filing *filing);

#endif

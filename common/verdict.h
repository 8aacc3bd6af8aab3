/* What decide says: a code, every reason, and the balances after.
 *
 * Numbers equal those of tasheem.common.v1 (a unit test holds them together);
 * the names here are the ones the regime uses. */
#ifndef TASHEEM_VERDICT_H
#define TASHEEM_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "ids.h"

enum code {
	CODE_ACCEPTED = 1,
	CODE_REFUSED = 2,
	CODE_INVALID = 3,
	CODE_DENIED = 4,
	CODE_CONFLICT = 5,
	CODE_OVERLOADED = 6,
	CODE_UNAVAILABLE = 7,
};

/* clang-format off */
#define REASON_LIST(X) \
	X(ID_FORMAT, 1) \
	X(ID_CHECKSUM, 2) \
	X(ID_DUPLICATE, 3) \
	X(NOT_MEMBER, 4) \
	X(MEMBER_SUSPENDED, 5) \
	X(SIMILAR_COOP, 6) \
	X(MEMBERS_BELOW_7, 7) \
	X(FOREIGN_NO_LEGAL_BASIS, 8) \
	X(SHARE_CAP_0_5PCT, 9) \
	X(LICENCE_MISSING, 10) \
	X(LICENCE_EXPIRED, 11) \
	X(CAPACITY_NOT_APPROVED, 12) \
	X(NO_WORKING_GROUP_MINUTE, 13) \
	X(VISIT_PENDING, 14) \
	X(MATERIAL_NOT_IN_FILE, 15) \
	X(GRADE_NOT_IN_FILE, 16) \
	X(COEFFICIENT_MISSING, 17) \
	X(STATS_MISSING, 18) \
	X(INVOICE_MISSING, 19) \
	X(DISTRIBUTION_OVERDUE, 20) \
	X(MEMBER_CONFIRM_PENDING, 21) \
	X(CODE_CLOSED_IDLE, 22) \
	X(CODE_SUSPENDED, 23) \
	X(RULING_CUT, 24) \
	X(CEILING_EXCEEDED, 25) \
	X(WINDOW_EXCEEDED, 26) \
	X(BELOW_MIN_LOT, 27) \
	X(NOT_MULTIPLE, 28) \
	X(ABOVE_PURCHASE_CAP, 29) \
	X(ABOVE_COOP_CAP, 30) \
	X(OFFER_CLOSED, 31) \
	X(OFFER_NOT_FOR_CLASS, 32) \
	X(PRICE_BELOW_BASE, 33) \
	X(PRICE_ABOVE_BAND, 34) \
	X(DEPOSIT_INSUFFICIENT, 35) \
	X(LATE, 36) \
	X(SETTLEMENT_OVERDUE, 37) \
	X(RATION_ZERO, 38) \
	X(ARREARS, 39) \
	X(PERIOD_CLOSED, 40) \
	X(DUPLICATE_MESSAGE, 41) \
	X(NOT_AUTHORISED, 42) \
	X(CONFLICT_OF_INTEREST, 43) \
	X(PROOF_MISSING, 44) \
	X(FLOOR_NOT_MET, 45) \
	X(COLLATERAL_MISSING, 46) \
	X(MALFORMED, 60) \
	X(TOO_LARGE, 61) \
	X(UNKNOWN_KIND, 62) \
	X(OUT_OF_RANGE, 63) \
	X(STALE_ID, 64) \
	X(ID_CONFLICT, 65) \
	X(NOT_FOUND, 66) \
	X(WRONG_STATE, 67) \
	X(VERSION_MISMATCH, 68) \
	X(TABLE_FULL, 69) \
	X(CATCHING_UP, 70) \
	X(DISK_FULL, 71) \
	X(CLOCK_SUSPECT, 72) \
	X(NOT_FOLLOWED_YET, 73) \
	X(STOPPING, 74) \
	X(REGIME_MISSING, 75) \
	X(SUM_MISMATCH, 76) \
	X(ALL_OR_NOTHING, 77) \
	X(DEADLINE_PASSED, 78) \
	X(TOO_BUSY, 79) \
	X(NOT_PROVEN, 80)
/* clang-format on */

enum reason_code {
	REASON_NONE = 0,
#define X(name, number) REASON_##name = number,
	REASON_LIST(X)
#undef X
};

/* "CEILING_EXCEEDED"; "NONE" for 0 and strangers. */
const char *reason_name(enum reason_code code);
const char *code_name(enum code code);

struct reason {
	enum reason_code code;
	/* An id or a field name; UTF-8, cut to fit. */
	char subject[64];
	int64_t value;
	int64_t limit;
};

enum { VERDICT_MAX_REASONS = 16, VERDICT_MAX_BALANCES = 8 };

/* What is left on a ceiling after the command; kg. */
struct balance {
	struct licence_id licence_id;
	struct family_name family;
	int32_t window_month;
	int64_t ceiling_kg, reserved_kg, used_kg, free_kg;
};

struct verdict {
	enum code code;
	uint32_t reason_count;
	struct reason reasons[VERDICT_MAX_REASONS];
	/* Of the touched ceilings, the first VERDICT_MAX_BALANCES. */
	uint32_t balance_count;
	struct balance balances[VERDICT_MAX_BALANCES];
	uint32_t version;
	uint32_t retry_after_ms;
};

/* A reason before it is cut to its place in the verdict. */
struct reason_told {
	enum reason_code code;
	const char *subject;
	int64_t value, limit;
};

/* Adds a reason and turns an accepted verdict into `code`; reasons beyond the
 * maximum are dropped, the code stays. */
void verdict_tell(struct verdict *verdict, enum code code, const struct reason_told *told);
#define verdict_add(verdict, code, reason, subject, value, limit)                                  \
	verdict_tell((verdict), (code),                                                            \
	             &(const struct reason_told){(reason), (subject), (value), (limit)})
/* The usual case: CODE_REFUSED. */
void verdict_refuse(struct verdict *verdict, enum reason_code reason, const char *subject,
                    int64_t value, int64_t limit);

#endif

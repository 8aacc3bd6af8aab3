/* Names of codes and reasons, and the one way a verdict grows. */
#include "verdict.h"

#include <string.h>

const char *reason_name(enum reason_code code)
{
	switch (code) {
	case REASON_NONE:
		break;
#define X(name, number)                                                                            \
	case REASON_##name:                                                                        \
		return #name;
		REASON_LIST(X)
#undef X
	}
	return "NONE";
}

const char *code_name(enum code code)
{
	switch (code) {
	case CODE_ACCEPTED:
		return "accepted";
	case CODE_REFUSED:
		return "refused";
	case CODE_INVALID:
		return "invalid";
	case CODE_DENIED:
		return "denied";
	case CODE_CONFLICT:
		return "conflict";
	case CODE_OVERLOADED:
		return "overloaded";
	case CODE_UNAVAILABLE:
		return "unavailable";
	}
	return "unknown";
}

/* Cuts between characters, never inside one: a subject stays UTF-8. */
static void subject_set(struct reason *reason, const char *subject)
{
	size_t size = strlen(subject);
	if (size >= sizeof reason->subject) {
		size = sizeof reason->subject - 1;
		while (size > 0 && ((unsigned char)subject[size] & 0xC0U) == 0x80U)
			size--;
	}
	memset(reason->subject, 0, sizeof reason->subject);
	memcpy(reason->subject, subject, size);
}

void verdict_tell(struct verdict *verdict, enum code code, const struct reason_told *told)
{
	if (verdict->code == CODE_ACCEPTED || (int)verdict->code == 0)
		verdict->code = code;
	if (verdict->reason_count >= VERDICT_MAX_REASONS)
		return;
	struct reason *added = &verdict->reasons[verdict->reason_count++];
	added->code = told->code;
	added->value = told->value;
	added->limit = told->limit;
	subject_set(added, told->subject);
}

void verdict_refuse(struct verdict *verdict, enum reason_code reason, const char *subject,
                    int64_t value, int64_t limit)
{
	verdict_add(verdict, CODE_REFUSED, reason, subject, value, limit);
}

/* protobuf messages to JSON and back, by their descriptors: one shape for `--json`, for
 * tables, for regime files and for CSV rows.
 *
 * Members are named like the proto fields. Enums are their lower-case names without the
 * type's prefix ("open"), policies and roundings too; days (`*_jalali`) are texts
 * "1404-09-02", months "1404-09", a Ratio is [numerator, denominator], bytes are hex. All
 * fields are written, empty ones too (a day or month of 0 as ""). */
#ifndef TASHEEM_CTL_MESSAGE_H
#define TASHEEM_CTL_MESSAGE_H

#include <jansson.h>
#include <protobuf-c/protobuf-c.h>

#include "common/arena.h"
#include "common/verdict.h"

/* A new reference. */
json_t *message_to_json(const ProtobufCMessage *message);

/* What was wrong with one field. */
struct message_error {
	/* families[3].window_months */
	char path[96];
	enum reason_code code;
	/* The text that could not be taken. */
	char value[64];
};
enum { MESSAGE_MAX_ERRORS = 64 };
struct message_errors {
	uint32_t count;
	struct message_error list[MESSAGE_MAX_ERRORS];
};
/* Notes an error; those beyond the maximum are only counted. */
void message_error_add(struct message_errors *errors, const char *path, enum reason_code code,
                       const char *value);

/* A text as people mean it: ids, numbers and days with ASCII digits; Persian prose with the
 * Persian yeh and kaf, its half-spaces kept. NULL when it is not clean UTF-8 or too long. */
const char *message_fold(struct arena *arena, const char *text);
/* A message in the arena; fields that fail are named in `errors` and left empty. Numbers may
 * be texts with Persian digits (CSV). Members the message does not have are errors. */
ProtobufCMessage *message_from_json(struct arena *arena,
                                    const ProtobufCMessageDescriptor *descriptor,
                                    const json_t *json, struct message_errors *errors);
/* "open" from a number, NULL when the number is unknown. Lives in a static buffer of the type's
 * descriptor order: copy it to keep it. */
const char *message_enum_name(const ProtobufCEnumDescriptor *descriptor, int value);
/* A value by its lower-case name; false when unknown. */
bool message_enum_parse(const ProtobufCEnumDescriptor *descriptor, const char *name, int *value);

#endif

/* Commands and reads by name, their payloads from words of the form
 * `request.lines.0.wanted_kg=5500`: a path of fields and list positions, and a
 * value as the command-line tool takes it. Values may be quoted ("a b"), JSON
 * ([103,100]), `@NAME` (tests/scenarios/worlds/NAME.json), `now`, `now+3d`, `now-2h` (instants,
 * ms), or `key:NAME`. */
#ifndef TESTS_SIM_PAYLOAD_H
#define TESTS_SIM_PAYLOAD_H

#include <jansson.h>

#include "common/arena.h"
#include "common/bytes.h"

#include <protobuf-c/protobuf-c.h>

struct payload_kind {
	const char *name;
	uint32_t kind;
	const ProtobufCMessageDescriptor *payload;
	/* Of reads; NULL for commands. */
	const ProtobufCMessageDescriptor *reply;
};

/* NULL when there is none of this name; the daemon it belongs to is kind / 100 - 1. */
const struct payload_kind *payload_kind(const char *name);
const struct payload_kind *payload_kind_at(uint32_t kind);
/* Sets one word in the object; false when it is not of the form. */
bool payload_word(json_t *object, const char *word, int64_t now_ms);
/* The message's bytes; false with a sentence. */
bool payload_build(struct arena *arena, const struct payload_kind *kind, const json_t *object,
                   struct bytes *bytes, char error[256]);
/* The text of what lies at a path of a reply; NULL when there is nothing. */
const char *payload_lookup(struct arena *arena, const json_t *object, const char *path);

#endif

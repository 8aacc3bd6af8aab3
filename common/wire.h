/* protobuf-c under guard: unpacking takes from an arena under a cap, and what
 * was unpacked must pack to exactly the received size, so that truncated,
 * oversized, non-canonical and NUL-smuggling messages stop existing here.
 * Used by the messages.c files only; the pure core never sees it. */
#ifndef TASHEEM_WIRE_H
#define TASHEEM_WIRE_H

#include <protobuf-c/protobuf-c.h>

#include "arena.h"
#include "bytes.h"

/* The message, NULL when it is malformed, not canonical (unknown fields included),
 * holds a string that is not clean UTF-8, or needs more memory than 64 times its
 * size + 64 KiB. */
MUST_CHECK const ProtobufCMessage *
wire_decode(struct arena *arena, const ProtobufCMessageDescriptor *descriptor, struct bytes bytes);
/* The same for bytes of our own journal, hashed already: no canonical check. */
MUST_CHECK const ProtobufCMessage *wire_decode_trusted(struct arena *arena,
                                                       const ProtobufCMessageDescriptor *descriptor,
                                                       struct bytes bytes);
/* Serialised into the arena. */
struct bytes wire_encode(struct arena *arena, const ProtobufCMessage *message);

/* WIRE_DECODE(arena, Tasheem__Quota__V1__RequestFile, tasheem__quota__v1__request_file, bytes) */
#define WIRE_DECODE(arena, type, prefix, bytes)                                                    \
	((const type *)wire_decode((arena), &prefix##__descriptor, (bytes)))
#define WIRE_DECODE_TRUSTED(arena, type, prefix, bytes)                                            \
	((const type *)wire_decode_trusted((arena), &prefix##__descriptor, (bytes)))

#endif

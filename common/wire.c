/* The guard around protobuf-c; see wire.h. protobuf-c takes memory through an
 * allocator: ours takes from the arena, counts, and never frees. */
#include "wire.h"

#include <string.h>
#include <utf8proc.h>

struct bounded {
	struct arena *arena;
	size_t left;
};

static void *bounded_take(void *data, size_t size)
{
	struct bounded *bounded = data;
	/* Each take costs at least its rounding, so the cap bounds calls as well. */
	size_t cost = size + 16;
	if (cost > bounded->left)
		return NULL;
	bounded->left -= cost;
	return arena_try(bounded->arena, size);
}

static void bounded_free(void *data, void *memory)
{
	(void)data;
	(void)memory;
}

static const ProtobufCMessage *
unpack(struct arena *arena, const ProtobufCMessageDescriptor *descriptor, struct bytes bytes)
{
	struct bounded bounded = {arena, 64 * bytes.size + (64u << 10)};
	ProtobufCAllocator allocator = {bounded_take, bounded_free, &bounded};
	return protobuf_c_message_unpack(descriptor, &allocator, bytes.size, bytes.data);
}

static bool text_clean(const char *text)
{
	for (const char *at = text; *at; at++)
		if ((unsigned char)*at >= 0x80) {
			utf8proc_int32_t point;
			size_t left = strlen(at);
			while (left) {
				utf8proc_ssize_t used =
				        utf8proc_iterate((const utf8proc_uint8_t *)at,
				                         (utf8proc_ssize_t)left, &point);
				if (used <= 0)
					return false;
				at += used;
				left -= (size_t)used;
			}
			return true;
		}
	return true;
}

static bool message_clean(const ProtobufCMessage *message);

static bool value_clean(const ProtobufCFieldDescriptor *field, const void *value)
{
	if (field->type == PROTOBUF_C_TYPE_STRING)
		return !*(char *const *)value || text_clean(*(char *const *)value);
	if (field->type == PROTOBUF_C_TYPE_MESSAGE)
		return !*(ProtobufCMessage *const *)value ||
		       message_clean(*(ProtobufCMessage *const *)value);
	return true;
}

static bool field_clean(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
	const uint8_t *base = (const uint8_t *)message;
	if (field->type != PROTOBUF_C_TYPE_STRING && field->type != PROTOBUF_C_TYPE_MESSAGE)
		return true;
	if (field->label != PROTOBUF_C_LABEL_REPEATED)
		return value_clean(field, base + field->offset);
	size_t count;
	memcpy(&count, base + field->quantifier_offset, sizeof count);
	void *const *values;
	memcpy(&values, base + field->offset, sizeof values);
	for (size_t at = 0; at < count; at++)
		if (!value_clean(field, &values[at]))
			return false;
	return true;
}

/* Depth is bounded by the message types, none of which is recursive. */
static bool message_clean(const ProtobufCMessage *message)
{
	if (message->n_unknown_fields)
		return false;
	for (unsigned at = 0; at < message->descriptor->n_fields; at++)
		if (!field_clean(message, &message->descriptor->fields[at]))
			return false;
	return true;
}

const ProtobufCMessage *
wire_decode(struct arena *arena, const ProtobufCMessageDescriptor *descriptor, struct bytes bytes)
{
	const ProtobufCMessage *message = unpack(arena, descriptor, bytes);
	if (!message || !message_clean(message))
		return NULL;
	return protobuf_c_message_get_packed_size(message) == bytes.size ? message : NULL;
}

const ProtobufCMessage *wire_decode_trusted(struct arena *arena,
                                            const ProtobufCMessageDescriptor *descriptor,
                                            struct bytes bytes)
{
	return unpack(arena, descriptor, bytes);
}

struct bytes wire_encode(struct arena *arena, const ProtobufCMessage *message)
{
	size_t size = protobuf_c_message_get_packed_size(message);
	uint8_t *data = arena_take(arena, size);
	CHECK(protobuf_c_message_pack(message, data) == size);
	return (struct bytes){data, size};
}

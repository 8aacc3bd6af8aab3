/* JSON to messages by reflection; see message.h. Every value is checked for its own
 * form only; ranges are the business of whoever uses the message. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/calendar.h"
#include "common/identifiers.h"
#include "services/ctl/message.h"
#include "services/ctl/message_field.h"
#include "tasheem/solver/v1/solver.pb-c.h"

enum { TEXT_MAX = 1024 };

struct parse {
	struct arena *arena;
	struct message_errors *errors;
	/* Where we are, for errors. */
	const char *path;
};

static void fail(const struct parse *parse, enum reason_code code, const json_t *json)
{
	char value[64] = "";
	if (json_is_string(json))
		snprintf(value, sizeof value, "%s", json_string_value(json));
	else if (json_is_integer(json))
		snprintf(value, sizeof value, "%" JSON_INTEGER_FORMAT, json_integer_value(json));
	message_error_add(parse->errors, parse->path, code, value);
}

static bool is_ascii(const char *text)
{
	for (const char *at = text; *at; at++)
		if ((unsigned char)*at >= 0x80)
			return false;
	return true;
}

/* Arabic yeh and kaf become the Persian ones; both are two bytes in UTF-8. */
static void fold_letters(char *text)
{
	for (char *at = text; at[0] && at[1]; at++) {
		if (at[0] == (char)0xd9 && at[1] == (char)0x8a) {
			at[0] = (char)0xdb;
			at[1] = (char)0x8c;
		} else if (at[0] == (char)0xd9 && at[1] == (char)0x83) {
			at[0] = (char)0xda;
			at[1] = (char)0xa9;
		}
	}
}

const char *message_fold(struct arena *arena, const char *text)
{
	char folded[TEXT_MAX];
	if (!identifier_normalise(text, folded, sizeof folded))
		return NULL;
	/* An id, a number, a day. Persian prose keeps its own digits and half-spaces. */
	if (is_ascii(folded))
		return arena_format(arena, "%s", folded);
	text += strspn(text, " \t");
	size_t size = strlen(text);
	while (size && (text[size - 1] == ' ' || text[size - 1] == '\t'))
		size--;
	snprintf(folded, sizeof folded, "%.*s", (int)size, text);
	fold_letters(folded);
	return identifier_is_clean_text(folded) ? arena_format(arena, "%s", folded) : NULL;
}

static const char *text_of(const struct parse *parse, const json_t *json)
{
	return json_is_string(json) ? message_fold(parse->arena, json_string_value(json)) : NULL;
}

static bool integer_of(const struct parse *parse, const json_t *json, int64_t *out)
{
	if (json_is_integer(json)) {
		*out = json_integer_value(json);
		return true;
	}
	const char *text = text_of(parse, json);
	if (!text || !*text)
		return false;
	char *end;
	errno = 0;
	*out = strtoll(text, &end, 10);
	return !errno && !*end && (text[0] == '-' || (text[0] >= '0' && text[0] <= '9'));
}

static bool enum_of(const struct parse *parse, const ProtobufCEnumDescriptor *descriptor,
                    const json_t *json, int *out)
{
	const char *text = text_of(parse, json);
	return text && message_enum_parse(descriptor, text, out);
}

static bool formed_of(const struct parse *parse, enum field_form form, const json_t *json,
                      int64_t *out)
{
	const char *text = text_of(parse, json);
	int number = 0;
	switch (form) {
	case FORM_DAY:
		*out = text ? calendar_day_parse(text) : 0;
		return *out || (text && !*text);
	case FORM_MONTH:
		*out = text ? calendar_month_parse(text) : 0;
		return *out || (text && !*text);
	case FORM_POLICY:
		if (!enum_of(parse, &tasheem__solver__v1__policy__descriptor, json, &number))
			return false;
		*out = number;
		return true;
	case FORM_ROUNDING:
		if (!enum_of(parse, &tasheem__solver__v1__rounding__descriptor, json, &number))
			return false;
		*out = number;
		return true;
	case FORM_REASON:
	case FORM_ROUND_STATE:
	case FORM_PLAIN:
		break;
	}
	return integer_of(parse, json, out);
}

static void set_int32(const struct parse *parse, const ProtobufCFieldDescriptor *field,
                      const json_t *json, void *at)
{
	int64_t value;
	bool is_signed = field->type == PROTOBUF_C_TYPE_INT32;
	if (!formed_of(parse, message_field_form(field), json, &value)) {
		fail(parse, REASON_MALFORMED, json);
		return;
	}
	if (value < (is_signed ? INT32_MIN : 0) || value > (is_signed ? INT32_MAX : UINT32_MAX)) {
		fail(parse, REASON_OUT_OF_RANGE, json);
		return;
	}
	if (is_signed)
		*(int32_t *)at = (int32_t)value;
	else
		*(uint32_t *)at = (uint32_t)value;
}

static void set_text(const struct parse *parse, const json_t *json, void *at)
{
	const char *text = text_of(parse, json);
	if (!text) {
		fail(parse, REASON_MALFORMED, json);
		return;
	}
	/* protobuf-c's strings are not const, but nobody writes them. */
	memcpy(at, &text, sizeof text);
}

static void set_ratio(const struct parse *parse, const json_t *json, ProtobufCMessage *message)
{
	const ProtobufCMessageDescriptor *descriptor = message->descriptor;
	uint8_t *base = (uint8_t *)message;
	for (unsigned at = 0; at < 2; at++) {
		int64_t value = 0;
		if (json_array_size(json) != 2 ||
		    !integer_of(parse, json_array_get(json, at), &value)) {
			fail(parse, REASON_MALFORMED, json);
			return;
		}
		memcpy(base + descriptor->fields[at].offset, &value, sizeof value);
	}
}

static ProtobufCMessage *parse_object(const struct parse *parse,
                                      const ProtobufCMessageDescriptor *descriptor,
                                      const json_t *json);

static void set_message(const struct parse *parse, const ProtobufCFieldDescriptor *field,
                        const json_t *json, void *at)
{
	const ProtobufCMessageDescriptor *descriptor = field->descriptor;
	ProtobufCMessage *message;
	if (!strcmp(descriptor->short_name, "Ratio") && json_is_array(json)) {
		message = arena_take(parse->arena, descriptor->sizeof_message);
		protobuf_c_message_init(descriptor, message);
		set_ratio(parse, json, message);
	} else {
		message = parse_object(parse, descriptor, json);
	}
	memcpy(at, &message, sizeof message);
}

static bool is_truth(const char *text)
{
	return !strcmp(text, "true") || !strcmp(text, "false");
}

static void set_value(const struct parse *parse, const ProtobufCFieldDescriptor *field,
                      const json_t *json, void *at)
{
	int64_t number;
	int named;
	switch (field->type) {
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_UINT32:
		set_int32(parse, field, json, at);
		return;
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_UINT64:
		if (integer_of(parse, json, &number))
			*(int64_t *)at = number;
		else
			fail(parse, REASON_MALFORMED, json);
		return;
	case PROTOBUF_C_TYPE_BOOL:
		if (json_is_boolean(json))
			*(protobuf_c_boolean *)at = json_is_true(json);
		else if (json_is_string(json) && is_truth(json_string_value(json)))
			*(protobuf_c_boolean *)at = *json_string_value(json) == 't';
		else
			fail(parse, REASON_MALFORMED, json);
		return;
	case PROTOBUF_C_TYPE_ENUM:
		if (enum_of(parse, field->descriptor, json, &named))
			*(int *)at = named;
		else
			fail(parse, REASON_UNKNOWN_KIND, json);
		return;
	case PROTOBUF_C_TYPE_STRING:
		set_text(parse, json, at);
		return;
	case PROTOBUF_C_TYPE_MESSAGE:
		set_message(parse, field, json, at);
		return;
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_SFIXED32:
	case PROTOBUF_C_TYPE_FIXED32:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
	case PROTOBUF_C_TYPE_FIXED64:
	case PROTOBUF_C_TYPE_FLOAT:
	case PROTOBUF_C_TYPE_DOUBLE:
	case PROTOBUF_C_TYPE_BYTES:
		break;
	}
	fail(parse, REASON_MALFORMED, json);
}

static void set_repeated(const struct parse *parse, const ProtobufCFieldDescriptor *field,
                         const json_t *json, uint8_t *base)
{
	if (!json_is_array(json)) {
		fail(parse, REASON_MALFORMED, json);
		return;
	}
	size_t count = json_array_size(json);
	size_t size = message_field_size(field);
	uint8_t *values = arena_take(parse->arena, (count ? count : 1) * size);
	for (size_t at = 0; at < count; at++) {
		struct parse inner = *parse;
		inner.path = arena_format(parse->arena, "%s[%zu]", parse->path, at);
		set_value(&inner, field, json_array_get(json, at), values + at * size);
	}
	memcpy(base + field->offset, &values, sizeof values);
	memcpy(base + field->quantifier_offset, &count, sizeof count);
}

/* `registered_on` may stand for `registered_on_jalali`. */
static const ProtobufCFieldDescriptor *field_by_name(const ProtobufCMessageDescriptor *descriptor,
                                                     const char *name)
{
	char longer[96];
	snprintf(longer, sizeof longer, "%s_jalali", name);
	const ProtobufCFieldDescriptor *field =
	        protobuf_c_message_descriptor_get_field_by_name(descriptor, name);
	return field ? field : protobuf_c_message_descriptor_get_field_by_name(descriptor, longer);
}

static ProtobufCMessage *parse_object(const struct parse *parse,
                                      const ProtobufCMessageDescriptor *descriptor,
                                      const json_t *json)
{
	ProtobufCMessage *message = arena_take(parse->arena, descriptor->sizeof_message);
	protobuf_c_message_init(descriptor, message);
	if (!json_is_object(json)) {
		fail(parse, REASON_MALFORMED, json);
		return message;
	}
	const char *name;
	json_t *value;
	json_object_foreach((json_t *)json, name, value)
	{
		const ProtobufCFieldDescriptor *field = field_by_name(descriptor, name);
		struct parse inner = *parse;
		inner.path = *parse->path ? arena_format(parse->arena, "%s.%s", parse->path, name)
		                          : arena_format(parse->arena, "%s", name);
		if (!field)
			fail(&inner, REASON_UNKNOWN_KIND, value);
		else if (json_is_null(value))
			continue;
		else if (field->label == PROTOBUF_C_LABEL_REPEATED)
			set_repeated(&inner, field, value, (uint8_t *)message);
		else
			set_value(&inner, field, value, (uint8_t *)message + field->offset);
	}
	return message;
}

ProtobufCMessage *message_from_json(struct arena *arena,
                                    const ProtobufCMessageDescriptor *descriptor,
                                    const json_t *json, struct message_errors *errors)
{
	struct parse parse = {arena, errors, ""};
	return parse_object(&parse, descriptor, json);
}

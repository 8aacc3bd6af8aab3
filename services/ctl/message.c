/* Messages to JSON by reflection; see message.h. */
#include "services/ctl/message.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "common/calendar.h"
#include "services/ctl/message_field.h"
#include "tasheem/common/v1/common.pb-c.h"
#include "tasheem/matching/v1/matching.pb-c.h"
#include "tasheem/solver/v1/solver.pb-c.h"

void message_error_add(struct message_errors *errors, const char *path, enum reason_code code,
                       const char *value)
{
	if (errors->count++ >= MESSAGE_MAX_ERRORS)
		return;
	struct message_error *error = &errors->list[errors->count - 1];
	error->code = code;
	snprintf(error->path, sizeof error->path, "%s", path);
	snprintf(error->value, sizeof error->value, "%s", value ? value : "");
}

static bool name_ends(const char *name, const char *end)
{
	size_t size = strlen(name);
	size_t end_size = strlen(end);
	return size >= end_size && !strcmp(name + size - end_size, end);
}

enum field_form message_field_form(const ProtobufCFieldDescriptor *field)
{
	if (field->type == PROTOBUF_C_TYPE_INT32 && name_ends(field->name, "_jalali"))
		return FORM_DAY;
	if (field->type == PROTOBUF_C_TYPE_INT32 && name_ends(field->name, "month"))
		return FORM_MONTH;
	if (field->type == PROTOBUF_C_TYPE_UINT32 && !strcmp(field->name, "policy"))
		return FORM_POLICY;
	if (field->type == PROTOBUF_C_TYPE_UINT32 && !strcmp(field->name, "rounding"))
		return FORM_ROUNDING;
	if (field->type == PROTOBUF_C_TYPE_UINT32 && !strcmp(field->name, "code"))
		return FORM_REASON;
	/* RoundLearned names matching's enum by number. */
	if (field->type == PROTOBUF_C_TYPE_UINT32 && !strcmp(field->name, "state"))
		return FORM_ROUND_STATE;
	return FORM_PLAIN;
}

static void enum_lower(const ProtobufCEnumDescriptor *descriptor, const char *name, char out[64])
{
	const ProtobufCEnumValue *zero = protobuf_c_enum_descriptor_get_value(descriptor, 0);
	size_t prefix = zero ? strlen(zero->name) - strlen("UNSPECIFIED") : 0;
	size_t used = 0;
	for (const char *at = name + prefix; *at && used < 63; at++)
		out[used++] = (char)tolower((unsigned char)*at);
	out[used] = '\0';
}

const char *message_enum_name(const ProtobufCEnumDescriptor *descriptor, int value)
{
	static char names[8][64];
	static unsigned turn;
	const ProtobufCEnumValue *found = protobuf_c_enum_descriptor_get_value(descriptor, value);
	if (!found)
		return NULL;
	char *out = names[turn++ % 8];
	enum_lower(descriptor, found->name, out);
	return out;
}

bool message_enum_parse(const ProtobufCEnumDescriptor *descriptor, const char *name, int *value)
{
	for (unsigned at = 0; at < descriptor->n_values; at++) {
		char lower[64];
		enum_lower(descriptor, descriptor->values[at].name, lower);
		if (descriptor->values[at].value && !strcmp(lower, name)) {
			*value = descriptor->values[at].value;
			return true;
		}
	}
	return false;
}

static json_t *enum_json(const ProtobufCEnumDescriptor *descriptor, int value)
{
	const char *name = value ? message_enum_name(descriptor, value) : "";
	/* Reasons are known by their stable codes. */
	if (descriptor == &tasheem__common__v1__reason_code__descriptor)
		name = reason_name((enum reason_code)value);
	return name ? json_string(name) : json_integer(value);
}

static json_t *formed_json(enum field_form form, int64_t value)
{
	char text[16] = "";
	switch (form) {
	case FORM_DAY:
		if (value)
			calendar_day_text((int32_t)value, text);
		return json_string(text);
	case FORM_MONTH:
		if (value)
			calendar_month_text((int32_t)value, text);
		return json_string(text);
	case FORM_POLICY:
		return enum_json(&tasheem__solver__v1__policy__descriptor, (int)value);
	case FORM_ROUNDING:
		return enum_json(&tasheem__solver__v1__rounding__descriptor, (int)value);
	case FORM_REASON:
		return json_string(reason_name((enum reason_code)value));
	case FORM_ROUND_STATE:
		return enum_json(&tasheem__matching__v1__round_state__descriptor, (int)value);
	case FORM_PLAIN:
		break;
	}
	return json_integer(value);
}

static json_t *bytes_json(const ProtobufCBinaryData *bytes)
{
	static const char digits[] = "0123456789abcdef";
	char small[129];
	size_t count = bytes->len < 64 ? bytes->len : 64;
	for (size_t at = 0; at < count; at++) {
		small[2 * at] = digits[bytes->data[at] >> 4];
		small[2 * at + 1] = digits[bytes->data[at] & 15];
	}
	small[2 * count] = '\0';
	return json_string(small);
}

static bool is_ratio(const ProtobufCMessageDescriptor *descriptor)
{
	return !strcmp(descriptor->short_name, "Ratio");
}

static json_t *ratio_json(const ProtobufCMessage *message)
{
	const ProtobufCMessageDescriptor *descriptor = message->descriptor;
	const uint8_t *base = (const uint8_t *)message;
	int64_t numerator, denominator;
	memcpy(&numerator, base + descriptor->fields[0].offset, sizeof numerator);
	memcpy(&denominator, base + descriptor->fields[1].offset, sizeof denominator);
	return json_pack("[I, I]", (json_int_t)numerator, (json_int_t)denominator);
}

static json_t *submessage_json(const ProtobufCMessage *message)
{
	if (!message)
		return json_null();
	return is_ratio(message->descriptor) ? ratio_json(message) : message_to_json(message);
}

static json_t *value_json(const ProtobufCFieldDescriptor *field, const void *at)
{
	switch (field->type) {
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_SFIXED32:
		return formed_json(message_field_form(field), *(const int32_t *)at);
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_FIXED32:
		return formed_json(message_field_form(field), *(const uint32_t *)at);
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
		return json_integer(*(const int64_t *)at);
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64:
		return json_integer((json_int_t) * (const uint64_t *)at);
	case PROTOBUF_C_TYPE_BOOL:
		return json_boolean(*(const protobuf_c_boolean *)at);
	case PROTOBUF_C_TYPE_ENUM:
		return enum_json(field->descriptor, *(const int *)at);
	case PROTOBUF_C_TYPE_STRING:
		return json_string(*(char *const *)at ? *(char *const *)at : "");
	case PROTOBUF_C_TYPE_BYTES:
		return bytes_json(at);
	case PROTOBUF_C_TYPE_MESSAGE:
		return submessage_json(*(ProtobufCMessage *const *)at);
	case PROTOBUF_C_TYPE_FLOAT:
	case PROTOBUF_C_TYPE_DOUBLE:
		break;
	}
	return json_null();
}

size_t message_field_size(const ProtobufCFieldDescriptor *field)
{
	switch (field->type) {
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_SFIXED32:
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_FIXED32:
	case PROTOBUF_C_TYPE_FLOAT:
		return 4;
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64:
	case PROTOBUF_C_TYPE_DOUBLE:
		return 8;
	case PROTOBUF_C_TYPE_BOOL:
		return sizeof(protobuf_c_boolean);
	case PROTOBUF_C_TYPE_ENUM:
		return sizeof(int);
	case PROTOBUF_C_TYPE_BYTES:
		return sizeof(ProtobufCBinaryData);
	case PROTOBUF_C_TYPE_STRING:
	case PROTOBUF_C_TYPE_MESSAGE:
		break;
	}
	return sizeof(void *);
}

static json_t *field_json(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
	const uint8_t *base = (const uint8_t *)message;
	if (field->label != PROTOBUF_C_LABEL_REPEATED)
		return value_json(field, base + field->offset);
	json_t *list = json_array();
	size_t count;
	memcpy(&count, base + field->quantifier_offset, sizeof count);
	const uint8_t *values;
	memcpy(&values, base + field->offset, sizeof values);
	for (size_t at = 0; at < count; at++)
		json_array_append_new(list,
		                      value_json(field, values + at * message_field_size(field)));
	return list;
}

json_t *message_to_json(const ProtobufCMessage *message)
{
	json_t *object = json_object();
	for (unsigned at = 0; at < message->descriptor->n_fields; at++) {
		const ProtobufCFieldDescriptor *field = &message->descriptor->fields[at];
		json_object_set_new(object, field->name, field_json(message, field));
	}
	return object;
}

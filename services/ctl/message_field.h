/* What message.c and message_parse.c share: how a field looks in JSON. */
#ifndef TASHEEM_CTL_MESSAGE_FIELD_H
#define TASHEEM_CTL_MESSAGE_FIELD_H

#include <protobuf-c/protobuf-c.h>

enum field_form {
	FORM_PLAIN,
	FORM_DAY,
	FORM_MONTH,
	FORM_POLICY,
	FORM_ROUNDING,
	FORM_REASON,
	FORM_ROUND_STATE
};

enum field_form message_field_form(const ProtobufCFieldDescriptor *field);
/* Bytes of one value in the message or in its array. */
size_t message_field_size(const ProtobufCFieldDescriptor *field);

#endif

/* From rows to commands to answers; see import.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/wire.h"
#include "services/ctl/import.h"
#include "services/ctl/request.h"
#include "services/ctl/show.h"

enum { CHUNK_ROWS = 2000 };

void import_join(struct ctl *ctl, struct import_file *requests, struct import_file *lines)
{
	json_t *index = json_object();
	for (size_t at = 0; at < requests->count; at++) {
		json_t *json = requests->rows[at].json;
		json_object_set_new(json, "lines", json_array());
		json_object_set(index, requests->rows[at].key, json);
	}
	for (size_t at = 0; at < lines->count; at++) {
		json_t *line = json_copy(lines->rows[at].json);
		json_t *request = json_object_get(index, json_text(line, "request_id"));
		struct message_error error = {.path = "request_id", .code = REASON_NOT_FOUND};
		snprintf(error.value, sizeof error.value, "%s", json_text(line, "request_id"));
		if (!request)
			import_fault(ctl, lines, lines->rows[at].line, &error);
		json_object_del(line, "request_id");
		if (request)
			json_array_append(json_object_get(request, "lines"), line);
		json_decref(line);
	}
	json_decref(index);
}

/* The noun inside its command: the command's first field. */
static const ProtobufCMessage *command_of(struct ctl *ctl, const struct import_noun *noun,
                                          ProtobufCMessage *message)
{
	/* PurchaseRecord is its own command. */
	if (noun->command == noun->noun)
		return message;
	ProtobufCMessage *command = arena_take(&ctl->arena, noun->command->sizeof_message);
	protobuf_c_message_init(noun->command, command);
	memcpy((uint8_t *)command + noun->command->fields[0].offset, &message, sizeof message);
	return command;
}

void import_prepare(struct ctl *ctl, struct import_file *file)
{
	struct message_errors *errors = ARENA_NEW(&ctl->arena, struct message_errors);
	if (!file->noun->noun)
		return;
	for (size_t at = 0; at < file->count; at++) {
		struct import_row *row = &file->rows[at];
		errors->count = 0;
		ProtobufCMessage *message =
		        message_from_json(&ctl->arena, file->noun->noun, row->json, errors);
		for (uint32_t one = 0; one < errors->count && one < MESSAGE_MAX_ERRORS; one++)
			import_fault(ctl, file, row->line, &errors->list[one]);
		/* A row counts once, however much is wrong with it. */
		if (errors->count)
			file->refused -= errors->count < MESSAGE_MAX_ERRORS
			                         ? errors->count - 1
			                         : MESSAGE_MAX_ERRORS - 1;
		else
			row->command = command_of(ctl, file->noun, message);
	}
}

static const char *row_correlation(struct ctl *ctl, const struct import_file *file,
                                   const struct import_row *row)
{
	if (!strcmp(file->noun->name, "requests"))
		return request_correlation(&ctl->arena, json_text(row->json, "buyer_id"), row->key);
	return arena_format(&ctl->arena, "import.%s", file->noun->name);
}

/* The column a reason is about: one that names the row itself is about the row's key. */
static const char *field_of_reason(struct ctl *ctl, const struct import_file *file,
                                   const struct import_row *row, const char *subject)
{
	const char *columns = file->noun->columns;
	if (strcmp(subject, row->key) != 0)
		return subject;
	return arena_format(&ctl->arena, "%.*s", (int)strcspn(columns, " "), columns);
}

static void note_answer(struct ctl *ctl, struct import_file *file, const struct import_row *row,
                        const Tasheem__Common__V1__Answer *answer)
{
	if (answer->code == TASHEEM__COMMON__V1__CODE__CODE_ACCEPTED) {
		file->accepted++;
		return;
	}
	struct message_error none = {.path = "", .code = REASON_NONE};
	for (size_t at = 0; at < answer->n_reasons; at++) {
		const Tasheem__Common__V1__Reason *reason = answer->reasons[at];
		const char *const values[] = {reason->subject, show_number(ctl, reason->value),
		                              show_number(ctl, reason->limit), NULL};
		char text[512];
		enum reason_code code = (enum reason_code)reason->code;
		catalogue_fill(catalogue_reason(ctl->language, code), values, text, sizeof text);
		json_array_append_new(file->errors,
		                      json_pack("{s:i, s:s, s:s, s:s, s:I, s:I, s:s}", "line",
		                                (int)row->line, "key", row->key, "field",
		                                field_of_reason(ctl, file, row, reason->subject),
		                                "code", reason_name(code), "value",
		                                (json_int_t)reason->value, "limit",
		                                (json_int_t)reason->limit, "text", text));
	}
	if (answer->n_reasons) {
		file->refused++;
		return;
	}
	snprintf(none.value, sizeof none.value, "%s", code_name((enum code)answer->code));
	import_fault(ctl, file, row->line, &none);
}

static bool send_chunk(struct session *session, struct import_file *file, struct ask *asks,
                       struct import_row **rows, size_t count)
{
	if (!call_many(session, file->noun->service, asks, count))
		return false;
	for (size_t at = 0; at < count; at++)
		note_answer(session->ctl, file, rows[at], asks[at].answer);
	return true;
}

bool import_send(struct session *session, struct import_file *file, const char *supplier)
{
	struct ctl *ctl = session->ctl;
	struct ask *asks = ARENA_ARRAY(&ctl->arena, struct ask, CHUNK_ROWS);
	struct import_row **rows = ARENA_ARRAY(&ctl->arena, struct import_row *, CHUNK_ROWS);
	size_t count = 0;
	for (size_t at = 0; at < file->count; at++) {
		struct import_row *row = &file->rows[at];
		bool other = supplier && strcmp(json_text(row->json, "supplier_id"), supplier) != 0;
		if (row->command && !other) {
			rows[count] = row;
			asks[count++] =
			        (struct ask){.kind = file->noun->kind,
			                     .payload = wire_encode(&ctl->arena, row->command),
			                     .correlation_id = row_correlation(ctl, file, row)};
		}
		if (count == CHUNK_ROWS || (count && at + 1 == file->count)) {
			if (!send_chunk(session, file, asks, rows, count))
				return false;
			count = 0;
		}
		if (count == 0)
			show_progress(ctl, file->noun->name, at + 1, file->count);
	}
	return true;
}

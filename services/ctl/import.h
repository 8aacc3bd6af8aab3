/* CSV files to commands. A file's head says which noun it holds:
 *
 *   unions         union_id,name,level,place,parent_union_id
 *   parties        party_id,kind,name,nationality,county
 *   cooperatives   cooperative_id,name,kind,county,union_id,registered_on
 *   memberships    cooperative_id,party_id,shares,joined_on,legal_basis
 *   licences       licence_id,party_id,licence_kind,product_code,county,machine_rate_kg_per_h,
 *                  hours_per_year,efficiency_percent,nominal_capacity_kg_per_year,
 *                  valid_from,valid_to            (rows of one licence are its lines)
 *   suppliers      supplier_id,name,province
 *   purchases      licence_id,family,month,purchased_kg
 *   offers         offer_id,supplier_id,grade,quantity_kg,allocation_base_kg,
 *                  minimum_allocation_kg,price_rial_per_kg,buyer_class,settlement,offered_on
 *   requests       request_id,buyer_id,grade,quantity_kg,minimum_kg,max_price_rial_per_kg,
 *                  priority_class,filed_on
 *   request_lines  request_id,party_id,licence_id,wanted_kg     (go with requests)
 *
 * Columns may stand in any order; optional ones are in import_nouns. Nouns are imported in
 * the order of the table, so that what is referred to is there. Importing again is
 * harmless: a row with the same content is accepted without an event. */
#ifndef TASHEEM_CTL_IMPORT_H
#define TASHEEM_CTL_IMPORT_H

#include "services/ctl/call.h"
#include "services/ctl/message.h"

struct import_noun {
	const char *name;
	/* Blank-separated columns that must be there, and those that may. */
	const char *columns;
	const char *optional;
	enum ctl_service service;
	uint32_t kind;
	/* The noun's message, and the command that carries it in its first field; NULL for
	 * request_lines. */
	const ProtobufCMessageDescriptor *noun;
	const ProtobufCMessageDescriptor *command;
};
enum { IMPORT_NOUNS = 10 };
extern const struct import_noun import_nouns[IMPORT_NOUNS];

/* One thing to register: a row, or the rows of one licence. */
struct import_row {
	uint32_t line;
	/* Natural key, for talk. */
	const char *key;
	json_t *json;
	/* The command, NULL when the row is bad. */
	const ProtobufCMessage *command;
};

struct import_file {
	const char *path;
	const struct import_noun *noun;
	struct import_row *rows;
	size_t count;
	size_t room;
	/* Rows that never came to be: other columns than the head, or no text. */
	size_t unreadable;
	size_t accepted;
	size_t refused;
	/* What was wrong: {"line", "field", "code", "value", "limit", "text"}. */
	json_t *errors;
};

/* Reads and checks a file; NULL after a sentence when it cannot be read or its head is not
 * known. Rows that fail are in `errors`. */
struct import_file *import_load(struct ctl *ctl, const char *path);
/* Gives the lines to the requests; lines without request are errors of `lines`. */
void import_join(struct ctl *ctl, struct import_file *requests, struct import_file *lines);
/* Makes the commands of all rows, checking every field's form. */
void import_prepare(struct ctl *ctl, struct import_file *file);
/* Sends every good row as a command of its own; false when the daemon did not answer
 * (ctl->status). With `supplier`, only that one's offers. */
bool import_send(struct session *session, struct import_file *file, const char *supplier);
/* Notes an error of a row. */
void import_fault(struct ctl *ctl, struct import_file *file, uint32_t line,
                  const struct message_error *error);

#endif

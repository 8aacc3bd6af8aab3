/* From bytes to rows: heads, cells, licences of several lines; see import.h. */
#include <stdio.h>
#include <string.h>

#include "common/identifiers.h"
#include "services/ctl/csv.h"
#include "services/ctl/file.h"
#include "services/ctl/import.h"
#include "services/ctl/show.h"
#include "tasheem/matching/v1/matching.pb-c.h"
#include "tasheem/membership/v1/membership.pb-c.h"
#include "tasheem/quota/v1/quota.pb-c.h"

#define MEMBERSHIP(kind, noun, command)                                                            \
	SERVICE_MEMBERSHIP, TASHEEM__MEMBERSHIP__V1__COMMAND_KIND__COMMAND_KIND_##kind,            \
	        &tasheem__membership__v1__##noun##__descriptor,                                    \
	        &tasheem__membership__v1__##command##__descriptor
#define QUOTA(kind, noun, command)                                                                 \
	SERVICE_QUOTA, TASHEEM__QUOTA__V1__COMMAND_KIND__COMMAND_KIND_##kind,                      \
	        &tasheem__quota__v1__##noun##__descriptor,                                         \
	        &tasheem__quota__v1__##command##__descriptor
#define MATCHING(kind, noun, command)                                                              \
	SERVICE_MATCHING, TASHEEM__MATCHING__V1__COMMAND_KIND__COMMAND_KIND_##kind,                \
	        &tasheem__matching__v1__##noun##__descriptor,                                      \
	        &tasheem__matching__v1__##command##__descriptor

const struct import_noun import_nouns[IMPORT_NOUNS] = {
        {"unions", "union_id name level place parent_union_id", "",
         MEMBERSHIP(UNION_REGISTER, union, union_register)},
        {"parties", "party_id kind name nationality county", "",
         MEMBERSHIP(PARTY_REGISTER, party, party_register)},
        {"cooperatives", "cooperative_id name kind county union_id registered_on",
         "foreign_members_allowed",
         MEMBERSHIP(COOPERATIVE_REGISTER, cooperative, cooperative_register)},
        {"memberships", "cooperative_id party_id shares joined_on legal_basis", "",
         MEMBERSHIP(MEMBERSHIP_JOIN, membership, membership_join)},
        {"licences",
         "licence_id party_id licence_kind product_code county machine_rate_kg_per_h "
         "hours_per_year efficiency_percent nominal_capacity_kg_per_year valid_from valid_to",
         "", MEMBERSHIP(LICENCE_REGISTER, licence, licence_register)},
        {"suppliers", "supplier_id name province", "",
         MATCHING(SUPPLIER_REGISTER, supplier, supplier_register)},
        {"purchases", "licence_id family month purchased_kg", "",
         QUOTA(PURCHASE_RECORD, purchase_record, purchase_record)},
        {"offers",
         "offer_id supplier_id grade quantity_kg allocation_base_kg minimum_allocation_kg "
         "price_rial_per_kg buyer_class settlement offered_on",
         "delivery_from delivery_to", MATCHING(OFFER_PUBLISH, offer, offer_publish)},
        {"requests",
         "request_id buyer_id grade quantity_kg minimum_kg max_price_rial_per_kg priority_class "
         "filed_on",
         "max_landed_rial_per_kg delivery_from delivery_to",
         QUOTA(REQUEST_FILE, request, request_file)},
        {"request_lines", "request_id party_id licence_id wanted_kg", "", SERVICE_QUOTA, 0, NULL,
         NULL},
};

/* Columns that are called otherwise in the message; NULL: not part of it. */
static const struct {
	const char *column;
	const char *field;
} renames[] = {
        {"licence_kind", "kind"},
        {"priority_class", "wished_priority_class"},
        {"filed_on", NULL},
};

static const char line_columns[] = "product_code machine_rate_kg_per_h hours_per_year "
                                   "efficiency_percent nominal_capacity_kg_per_year";

static bool listed(const char *names, const char *name)
{
	size_t size = strlen(name);
	for (const char *at = names; *at;) {
		size_t word = strcspn(at, " ");
		if (word == size && !strncmp(at, name, size))
			return true;
		at += word;
		at += strspn(at, " ");
	}
	return false;
}

static size_t names_count(const char *names)
{
	size_t count = *names ? 1 : 0;
	for (const char *at = names; *at; at++)
		count += *at == ' ';
	return count;
}

static const struct import_noun *noun_by_head(const struct csv *head)
{
	for (size_t at = 0; at < IMPORT_NOUNS; at++) {
		const struct import_noun *noun = &import_nouns[at];
		size_t required = 0;
		size_t strange = 0;
		for (uint32_t field = 0; field < head->count; field++) {
			required += listed(noun->columns, head->fields[field]);
			strange += !listed(noun->columns, head->fields[field]) &&
			           !listed(noun->optional, head->fields[field]);
		}
		if (required == names_count(noun->columns) && !strange)
			return noun;
	}
	return NULL;
}

void import_fault(struct ctl *ctl, struct import_file *file, uint32_t line,
                  const struct message_error *error)
{
	const char *const values[] = {error->path, error->value, "", NULL};
	char text[512];
	catalogue_fill(catalogue_reason(ctl->language, error->code), values, text, sizeof text);
	json_array_append_new(file->errors,
	                      json_pack("{s:i, s:s, s:s, s:s, s:s}", "line", (int)line, "field",
	                                error->path, "code", reason_name(error->code), "value",
	                                error->value, "text", text));
	file->refused++;
}

static const char *field_of(const char *column)
{
	for (size_t at = 0; at < sizeof renames / sizeof *renames; at++)
		if (!strcmp(renames[at].column, column))
			return renames[at].field;
	return column;
}

/* The row's cells as an object; a licence's line columns in the first of its "lines". */
static json_t *row_json(const struct csv *csv, const char *const *heads, bool licence)
{
	json_t *object = json_object();
	json_t *line = json_object();
	for (uint32_t at = 0; at < csv->count; at++) {
		const char *field = field_of(heads[at]);
		bool of_line = licence && listed(line_columns, heads[at]);
		if (field && *csv->fields[at])
			json_object_set_new(of_line ? line : object, field,
			                    json_string(csv->fields[at]));
	}
	if (licence)
		json_object_set_new(object, "lines", json_pack("[o]", line));
	else
		json_decref(line);
	return object;
}

static struct import_row *row_add(struct ctl *ctl, struct import_file *file)
{
	if (file->count == file->room) {
		size_t room = file->room ? 2 * file->room : 256;
		struct import_row *rows = ARENA_ARRAY(&ctl->arena, struct import_row, room);
		if (file->count)
			memcpy(rows, file->rows, file->count * sizeof *rows);
		file->rows = rows;
		file->room = room;
	}
	return &file->rows[file->count++];
}

/* A further row of a licence that is there already: its line is added, if the rest agrees. */
static bool licence_merge(struct ctl *ctl, struct import_file *file, json_t *index, json_t *json,
                          uint32_t line)
{
	const json_t *known = json_object_get(index, json_text(json, "licence_id"));
	if (!known)
		return false;
	json_t *first = file->rows[json_integer_value(known)].json;
	json_t *left = json_copy(first);
	json_t *right = json_copy(json);
	json_object_del(left, "lines");
	json_object_del(right, "lines");
	bool same = json_equal(left, right);
	json_decref(left);
	json_decref(right);
	struct message_error error = {.path = "licence_id", .code = REASON_ID_DUPLICATE};
	snprintf(error.value, sizeof error.value, "%s", json_text(json, "licence_id"));
	if (same)
		json_array_extend(json_object_get(first, "lines"), json_object_get(json, "lines"));
	else
		import_fault(ctl, file, line, &error);
	json_decref(json);
	return true;
}

/* Which column is wrong goes to `field`, or how many there should be when their number is. */
static enum reason_code record_fault(const struct csv *csv, uint32_t columns, uint32_t *field)
{
	*field = columns;
	if (csv->error == CSV_TOO_LONG || csv->error == CSV_TOO_MANY_FIELDS)
		return REASON_TOO_LARGE;
	if (csv->error != CSV_NONE || csv->count != columns)
		return REASON_MALFORMED;
	for (uint32_t at = 0; at < csv->count; at++) {
		char text[CSV_MAX_RECORD];
		*field = at;
		if (!identifier_normalise(csv->fields[at], text, sizeof text))
			return REASON_MALFORMED;
	}
	return REASON_NONE;
}

static void read_rows(struct ctl *ctl, struct import_file *file, struct csv *csv)
{
	const char *heads[CSV_MAX_FIELDS];
	uint32_t columns = csv->count;
	bool licence = !strcmp(file->noun->name, "licences");
	json_t *index = json_object();
	const char *key = strtok(
	        (char *)(uintptr_t)arena_format(&ctl->arena, "%s", file->noun->columns), " ");
	for (uint32_t at = 0; at < columns; at++)
		heads[at] = arena_format(&ctl->arena, "%s", csv->fields[at]);
	while (csv_next(csv)) {
		uint32_t field;
		struct message_error error = {.code = record_fault(csv, columns, &field)};
		if (error.code != REASON_NONE) {
			snprintf(error.path, sizeof error.path, "%s",
			         field < columns ? heads[field] : "row");
			file->unreadable++;
			import_fault(ctl, file, csv->line, &error);
			continue;
		}
		json_t *json = row_json(csv, heads, licence);
		if (licence && licence_merge(ctl, file, index, json, csv->line))
			continue;
		json_object_set_new(index, json_text(json, key),
		                    json_integer((json_int_t)file->count));
		struct import_row *row = row_add(ctl, file);
		row->line = csv->line;
		row->json = json;
		row->key = json_text(json, key);
	}
	json_decref(index);
}

struct import_file *import_load(struct ctl *ctl, const char *path)
{
	struct bytes text;
	struct csv *csv = ARENA_NEW(&ctl->arena, struct csv);
	struct import_file *file = ARENA_NEW(&ctl->arena, struct import_file);
	ctl->status = CTL_USAGE;
	if (!file_load(&ctl->arena, path, &text)) {
		TALK(ctl, TEXT_CANNOT_READ, show_id(ctl, path));
		return NULL;
	}
	csv_begin(csv, (const char *)text.data, text.size);
	if (!csv_next(csv) || csv->error != CSV_NONE) {
		TALK(ctl, TEXT_NO_HEAD, show_id(ctl, path));
		return NULL;
	}
	file->path = path;
	file->noun = noun_by_head(csv);
	file->errors = json_array();
	if (!file->noun) {
		TALK(ctl, TEXT_UNKNOWN_HEAD, show_id(ctl, path));
		return NULL;
	}
	read_rows(ctl, file, csv);
	ctl->status = CTL_OK;
	return file;
}

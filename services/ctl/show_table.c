/* Tables, objects, JSON and the progress bar; see show.h. */
#include <stdio.h>
#include <string.h>

#include "services/ctl/show.h"

enum { TABLE_MAX_COLUMNS = 16, COLUMN_MAX_WIDTH = 48 };

struct column {
	char field[40];
	const char *heading;
	size_t width;
	bool numeric;
};

void show_json(const json_t *json)
{
	json_dumpf(json, stdout, JSON_COMPACT);
	putchar('\n');
}

/* `request.grade` names a member of a member. */
static const json_t *member(const json_t *object, const char *path)
{
	char head[40];
	const char *dot = strchr(path, '.');
	if (!dot)
		return json_object_get(object, path);
	snprintf(head, sizeof head, "%.*s", (int)(dot - path), path);
	return json_object_get(json_object_get(object, head), dot + 1);
}

static const char *last_name(const char *path)
{
	const char *dot = strchr(path, '.');
	return dot ? dot + 1 : path;
}

static size_t columns_read(struct ctl *ctl, const char *fields, struct column *columns)
{
	size_t count = 0;
	while (*fields && count < TABLE_MAX_COLUMNS) {
		size_t size = strcspn(fields, " ");
		struct column *column = &columns[count++];
		snprintf(column->field, sizeof column->field, "%.*s", (int)size, fields);
		column->heading = catalogue_field(ctl->language, last_name(column->field));
		column->width = show_width(column->heading);
		column->numeric = false;
		fields += size;
		fields += strspn(fields, " ");
	}
	return count;
}

static const char *cell(struct ctl *ctl, const struct column *column, const json_t *object)
{
	const json_t *value = member(object, column->field);
	return value ? show_value(ctl, last_name(column->field), value) : "";
}

static void put_cell(const struct column *column, const char *text, bool last)
{
	size_t width = show_width(text);
	int blanks = width < column->width ? (int)(column->width - width) : 0;
	if (column->numeric)
		printf("%*s%s%s", blanks, "", text, last ? "" : "  ");
	else
		printf("%s%*s%s", text, last ? 0 : blanks, "", last ? "" : "  ");
}

static void put_heading(const struct column *columns, size_t count)
{
	for (size_t at = 0; at < count; at++)
		put_cell(&columns[at], columns[at].heading, at + 1 == count);
	putchar('\n');
	for (size_t at = 0; at < count; at++) {
		for (size_t dash = 0; dash < columns[at].width; dash++)
			fputs("─", stdout);
		fputs(at + 1 == count ? "\n" : "  ", stdout);
	}
}

void show_table(struct ctl *ctl, const json_t *list, const char *fields)
{
	struct column columns[TABLE_MAX_COLUMNS];
	size_t count = columns_read(ctl, fields, columns);
	size_t rows = json_array_size(list);
	for (size_t row = 0; row < rows; row++)
		for (size_t at = 0; at < count; at++) {
			const json_t *value = member(json_array_get(list, row), columns[at].field);
			size_t width =
			        show_width(cell(ctl, &columns[at], json_array_get(list, row)));
			columns[at].numeric |= json_is_integer(value);
			columns[at].width = width > columns[at].width ? width : columns[at].width;
		}
	if (!rows) {
		TALK(ctl, TEXT_NOTHING, "");
		return;
	}
	put_heading(columns, count);
	for (size_t row = 0; row < rows; row++) {
		for (size_t at = 0; at < count; at++)
			put_cell(&columns[at], cell(ctl, &columns[at], json_array_get(list, row)),
			         at + 1 == count);
		putchar('\n');
	}
}

void show_list(struct ctl *ctl, const json_t *list, const char *fields)
{
	if (ctl->json)
		show_json(list);
	else
		show_table(ctl, list, fields);
}

static bool is_empty(const json_t *value)
{
	return json_is_null(value) || (json_is_string(value) && !*json_string_value(value)) ||
	       (json_is_integer(value) && !json_integer_value(value)) ||
	       (json_is_array(value) && !json_array_size(value));
}

static void put_fields(struct ctl *ctl, const json_t *object, int depth)
{
	const char *name;
	json_t *value;
	json_object_foreach((json_t *)object, name, value)
	{
		const char *heading = catalogue_field(ctl->language, name);
		bool list = json_is_array(value) && json_is_object(json_array_get(value, 0));
		if (is_empty(value))
			continue;
		printf("%*s%s: ", 2 * depth, "", heading);
		if (json_is_object(value) && depth < 3) {
			putchar('\n');
			put_fields(ctl, value, depth + 1);
		} else if (list && depth < 3) {
			putchar('\n');
			for (size_t at = 0; at < json_array_size(value); at++) {
				printf("%*s-\n", 2 * depth + 2, "");
				put_fields(ctl, json_array_get(value, at), depth + 2);
			}
		} else {
			printf("%s\n", show_value(ctl, name, value));
		}
	}
}

void show_object(struct ctl *ctl, const json_t *object)
{
	if (ctl->json)
		show_json(object);
	else
		put_fields(ctl, object, 0);
}

void show_progress(struct ctl *ctl, const char *label, size_t done, size_t total)
{
	enum { CELLS = 30 };
	if (!ctl->talk_terminal || ctl->quiet || !total)
		return;
	size_t full = done * CELLS / total;
	fprintf(stderr, "\r%s ", label);
	for (size_t at = 0; at < CELLS; at++)
		fputs(at < full ? "█" : "░", stderr);
	fprintf(stderr, " %zu/%zu%s", done, total, done >= total ? "\n" : "");
}

/* import PATH…: files and folders in the order their nouns depend on each other. */
#include "services/ctl/import.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/wire.h"
#include "services/ctl/file.h"
#include "services/ctl/show.h"
#include "tasheem/membership/v1/membership.pb-c.h"

enum { MAX_FILES = 64, REGISTRY_MAX_ROWS = 1000 };

struct batch_of_files {
	struct import_file *files[MAX_FILES];
	size_t count;
};

/* Tables that are part of the regime file, and not imported by themselves. */
static bool is_regime_table(const char *name)
{
	static const char *const names[] = {"products.csv", "grades.csv", "substitutes.csv",
	                                    "freight.csv"};
	for (size_t at = 0; at < sizeof names / sizeof *names; at++)
		if (!strcmp(names[at], name))
			return true;
	return false;
}

static void add_file(struct ctl *ctl, struct batch_of_files *batch, const char *path)
{
	struct import_file *file = import_load(ctl, path);
	if (!file || batch->count == MAX_FILES)
		exit(CTL_USAGE);
	batch->files[batch->count++] = file;
}

static int is_csv(const struct dirent *entry)
{
	size_t size = strlen(entry->d_name);
	return size > 4 && !strcmp(entry->d_name + size - 4, ".csv");
}

static void add_folder(struct ctl *ctl, struct batch_of_files *batch, const char *path)
{
	struct dirent **entries;
	int count = scandir(path, &entries, is_csv, alphasort);
	for (int at = 0; at < count; at++) {
		const char *name = entries[at]->d_name;
		if (is_regime_table(name))
			TALK(ctl, TEXT_REGIME_TABLE, show_id(ctl, name));
		else
			add_file(ctl, batch, arena_format(&ctl->arena, "%s/%s", path, name));
		free(entries[at]);
	}
	if (count >= 0)
		free(entries);
	if (count <= 0)
		ctl_misuse(ctl, TEXT_CANNOT_READ, path);
}

static bool is_noun(const char *word)
{
	for (size_t at = 0; at < IMPORT_NOUNS; at++)
		if (!strcmp(import_nouns[at].name, word))
			return true;
	return false;
}

static struct import_file *find_noun(const struct batch_of_files *batch, const char *name)
{
	for (size_t at = 0; at < batch->count; at++)
		if (!strcmp(batch->files[at]->noun->name, name))
			return batch->files[at];
	return NULL;
}

static int by_noun(const void *left, const void *right)
{
	const struct import_file *const *first = left;
	const struct import_file *const *second = right;
	return (int)((*first)->noun > (*second)->noun) - (int)((*first)->noun < (*second)->noun);
}

static void gather(struct ctl *ctl, struct batch_of_files *batch)
{
	const char *noun = is_noun(ctl->words[0]) ? ctl->words[0] : NULL;
	for (size_t at = noun ? 1 : 0; at < ctl->word_count; at++) {
		if (file_is_directory(ctl->words[at]))
			add_folder(ctl, batch, ctl->words[at]);
		else
			add_file(ctl, batch, ctl->words[at]);
	}
	if (!batch->count)
		ctl_misuse(ctl, TEXT_WRONG_WORDS, catalogue_help_words(HELP_IMPORT));
	for (size_t at = 0; at < batch->count && noun; at++)
		if (strcmp(batch->files[at]->noun->name, noun) != 0 &&
		    strcmp(batch->files[at]->noun->name, "request_lines") != 0)
			ctl_misuse(ctl, TEXT_UNKNOWN_HEAD, batch->files[at]->path);
	qsort(batch->files, batch->count, sizeof(struct import_file *), by_noun);
	struct import_file *requests = find_noun(batch, "requests");
	struct import_file *lines = find_noun(batch, "request_lines");
	/* Lines that lie beside the requests go with them unasked. */
	if (requests && !lines) {
		const char *slash = strrchr(requests->path, '/');
		const char *path =
		        arena_format(&ctl->arena, "%.*srequest_lines.csv",
		                     slash ? (int)(slash - requests->path + 1) : 0, requests->path);
		add_file(ctl, batch, path);
		lines = batch->files[batch->count - 1];
	}
	if (requests)
		import_join(ctl, requests, lines);
	for (size_t at = 0; at < batch->count; at++)
		import_prepare(ctl, batch->files[at]);
}

static int by_line(const void *left, const void *right)
{
	int64_t first = json_number(*(json_t *const *)left, "line");
	int64_t second = json_number(*(json_t *const *)right, "line");
	return (first > second) - (first < second);
}

/* Errors of form were found before those of the daemon: people read from the top. */
static void sort_errors(struct ctl *ctl, struct import_file *file)
{
	size_t count = json_array_size(file->errors);
	json_t **list = ARENA_ARRAY(&ctl->arena, json_t *, count + 1);
	for (size_t at = 0; at < count; at++)
		list[at] = json_array_get(file->errors, at);
	qsort(list, count, sizeof *list, by_line);
	json_t *sorted = json_array();
	for (size_t at = 0; at < count; at++)
		json_array_append(sorted, list[at]);
	json_decref(file->errors);
	file->errors = sorted;
}

static void report(struct ctl *ctl, const struct batch_of_files *batch)
{
	json_t *list = json_array();
	for (size_t at = 0; at < batch->count; at++) {
		struct import_file *file = batch->files[at];
		sort_errors(ctl, file);
		json_array_append_new(list,
		                      json_pack("{s:s, s:s, s:I, s:I, s:I, s:O}", "file",
		                                file->path, "noun", file->noun->name, "rows",
		                                (json_int_t)(file->count + file->unreadable),
		                                "accepted", (json_int_t)file->accepted, "refused",
		                                (json_int_t)file->refused, "errors", file->errors));
		for (size_t one = 0; one < json_array_size(file->errors); one++) {
			const json_t *error = json_array_get(file->errors, one);
			const char *line = arena_format(&ctl->arena, "%s:%lld", file->path,
			                                (long long)json_number(error, "line"));
			TALK(ctl, TEXT_ROW_ERROR, show_id(ctl, line),
			     show_id(ctl, json_text(error, "field")),
			     show_id(ctl, json_text(error, "code")), json_text(error, "text"));
		}
	}
	show_list(ctl, list, "file noun rows accepted refused");
	json_decref(list);
}

static size_t bad_rows(const struct batch_of_files *batch)
{
	size_t bad = 0;
	for (size_t at = 0; at < batch->count; at++)
		bad += batch->files[at]->refused;
	return bad;
}

/* Which file and row the N-th of the registry's rows is, from the subject "row N: …". */
static void note_registry_reason(struct ctl *ctl, struct batch_of_files *batch,
                                 const Tasheem__Common__V1__Reason *reason)
{
	struct message_error error = {.code = (enum reason_code)reason->code};
	unsigned number = 0;
	int after = 0;
	if (sscanf(reason->subject, "row %u: %n", &number, &after) < 1 || !number)
		number = 1;
	snprintf(error.path, sizeof error.path, "%s", reason->subject + after);
	for (size_t at = 0; at < batch->count; at++) {
		struct import_file *file = batch->files[at];
		if (file->noun->service != SERVICE_MEMBERSHIP)
			continue;
		if (number <= file->count) {
			import_fault(ctl, file, file->rows[number - 1].line, &error);
			return;
		}
		number -= (unsigned)file->count;
	}
}

/* All registry rows as one command: all of them or none. */
static bool send_registry(struct ctl *ctl, struct batch_of_files *batch)
{
	Tasheem__Membership__V1__RegistryImport import =
	        TASHEEM__MEMBERSHIP__V1__REGISTRY_IMPORT__INIT;
	Tasheem__Membership__V1__RegistryRow *rows =
	        ARENA_ARRAY(&ctl->arena, Tasheem__Membership__V1__RegistryRow, REGISTRY_MAX_ROWS);
	import.rows =
	        ARENA_ARRAY(&ctl->arena, Tasheem__Membership__V1__RegistryRow *, REGISTRY_MAX_ROWS);
	for (size_t at = 0; at < batch->count; at++) {
		const struct import_file *file = batch->files[at];
		for (size_t one = 0; one < file->count && file->noun->service == SERVICE_MEMBERSHIP;
		     one++) {
			Tasheem__Membership__V1__RegistryRow *row = &rows[import.n_rows];
			struct bytes bytes = wire_encode(&ctl->arena, file->rows[one].command);
			if (import.n_rows == REGISTRY_MAX_ROWS)
				ctl_misuse(ctl, TEXT_TOO_MANY_ROWS, "1000");
			tasheem__membership__v1__registry_row__init(row);
			row->kind = file->noun->kind;
			row->payload.len = bytes.size;
			memcpy(&row->payload.data, &bytes.data, sizeof bytes.data);
			import.rows[import.n_rows++] = row;
		}
	}
	if (!import.n_rows)
		return true;
	const Tasheem__Common__V1__Answer *answer = call_one(
	        ctl_session(ctl), SERVICE_MEMBERSHIP,
	        TASHEEM__MEMBERSHIP__V1__COMMAND_KIND__COMMAND_KIND_REGISTRY_IMPORT, &import.base);
	if (!answer)
		return false;
	bool accepted = answer->code == TASHEEM__COMMON__V1__CODE__CODE_ACCEPTED;
	for (size_t at = 0; at < answer->n_reasons; at++)
		note_registry_reason(ctl, batch, answer->reasons[at]);
	for (size_t at = 0; at < batch->count && accepted; at++)
		if (batch->files[at]->noun->service == SERVICE_MEMBERSHIP)
			batch->files[at]->accepted = batch->files[at]->count;
	ctl->status = (int)call_status(answer);
	return accepted;
}

static bool send_files(struct ctl *ctl, struct batch_of_files *batch, bool registry)
{
	const char *supplier = ctl_option(ctl, OPTION_SUPPLIER);
	for (size_t at = 0; at < batch->count; at++) {
		struct import_file *file = batch->files[at];
		bool skip = !file->noun->noun ||
		            (!registry && file->noun->service == SERVICE_MEMBERSHIP);
		if (!skip && !import_send(ctl_session(ctl), file, supplier))
			return false;
	}
	return true;
}

int import_run(struct ctl *ctl)
{
	struct batch_of_files *batch = ARENA_NEW(&ctl->arena, struct batch_of_files);
	bool whole = ctl->option[OPTION_ALL_OR_NOTHING] != NULL;
	gather(ctl, batch);
	bool sent = true;
	if (whole && bad_rows(batch)) {
		TALK(ctl, TEXT_NOTHING_SENT, "");
		report(ctl, batch);
		return CTL_REFUSED;
	}
	if (whole)
		sent = send_registry(ctl, batch);
	if (sent)
		sent = send_files(ctl, batch, !whole);
	report(ctl, batch);
	if (!sent)
		return ctl->status;
	char who[64];
	if (!call_settle(ctl_session(ctl), SERVICE_MEMBERSHIP, 2000, who, sizeof who))
		TALK(ctl, TEXT_NOT_FOLLOWED, who);
	return bad_rows(batch) ? CTL_SOME_REFUSED : CTL_OK;
}

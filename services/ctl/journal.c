/* journal verify | show: the chain of rows, from files. */
#include "services/ctl/journal_set.h"

#include <stdio.h>
#include <string.h>

#include "services/ctl/show.h"
#include "services/ctl/stream.h"

/* "quota" of "/var/lib/tasheem/quota.sqlite"; false for other names. */
static bool stream_of(const char *path, char out[16])
{
	const char *name = strrchr(path, '/');
	name = name ? name + 1 : path;
	for (int at = 0; at < SERVICE_COUNT; at++) {
		size_t size = strlen(ctl_service_names[at]);
		if (strncmp(name, ctl_service_names[at], size) != 0 || name[size] != '.')
			continue;
		snprintf(out, 16, "%s", ctl_service_names[at]);
		return true;
	}
	return false;
}

/* Records of a row: they decode, they follow each other, their cursors only grow. */
static const char *row_fault(struct arena *arena, const struct row *row, uint64_t *cursors)
{
	const struct record *records = row_decode(arena, row);
	if (!records)
		return "row does not decode";
	for (uint32_t at = 0; at < row->count; at++) {
		const struct cursor *cursor = &records[at].cursor;
		for (int stream = 0; stream < SERVICE_COUNT; stream++) {
			if (strcmp(cursor->stream.text, ctl_service_names[stream]) != 0)
				continue;
			if (cursor->sequence < cursors[stream])
				return "cursor goes back";
			cursors[stream] = cursor->sequence;
		}
	}
	return NULL;
}

bool journal_chain_check(struct ctl *ctl, const char *path, struct journal_chain *chain)
{
	struct arena arena;
	char error[512];
	struct row row;
	bool failed = false;
	memset(chain, 0, sizeof *chain);
	if (!stream_of(path, chain->stream)) {
		snprintf(chain->fault, sizeof chain->fault, "%s: not the name of a journal", path);
		return false;
	}
	struct journal *journal =
	        journal_open(path, chain->stream, JOURNAL_READ, error, sizeof error);
	if (!journal) {
		snprintf(chain->fault, sizeof chain->fault, "%s", error);
		return false;
	}
	CHECK(arena_open(&arena, (size_t)1 << 30));
	bool good = journal_log_check(journal) && journal_seek(journal, 1);
	failed = !good;
	while (good && journal_next(journal, &row, &failed)) {
		const char *fault = row_fault(&arena, &row, chain->cursors);
		if (fault)
			snprintf(chain->fault, sizeof chain->fault, "%s: row %llu: %s", path,
			         (unsigned long long)row.first_sequence, fault);
		good = !fault;
		chain->rows++;
		chain->head = row.first_sequence + row.count - 1;
		memcpy(chain->hash, row.hash, DIGEST_BYTES);
		arena_reset(&arena);
		show_progress(ctl, chain->stream, (size_t)chain->head,
		              (size_t)journal_head(journal));
	}
	if (failed)
		snprintf(chain->fault, sizeof chain->fault, "%s", journal_error(journal));
	arena_close(&arena);
	journal_close(journal);
	return good && !failed;
}

static bool verify_path(struct ctl *ctl, const char *path, json_t *list)
{
	struct journal_chain *chain = ARENA_NEW(&ctl->arena, struct journal_chain);
	char hex[2 * DIGEST_BYTES + 1];
	bool good = journal_chain_check(ctl, path, chain);
	sodium_bin2hex(hex, sizeof hex, chain->hash, DIGEST_BYTES);
	json_array_append_new(list, json_pack("{s:s, s:s, s:b, s:I, s:I, s:s, s:s}", "file", path,
	                                      "stream", chain->stream, "verified", good, "rows",
	                                      (json_int_t)chain->rows, "head_sequence",
	                                      (json_int_t)chain->head, "hash", hex, "fault",
	                                      chain->fault));
	if (!good)
		TALK(ctl, TEXT_JOURNAL_BAD, show_id(ctl, chain->fault));
	return good;
}

int chain_verify(struct ctl *ctl)
{
	json_t *list = json_array();
	bool good = true;
	size_t checked = 0;
	for (size_t at = 0; at < ctl->word_count; at++, checked++)
		good = verify_path(ctl, ctl->words[at], list) && good;
	for (int at = 0; at < SERVICE_COUNT && !ctl->word_count; at++) {
		const char *path = stream_path(ctl, (enum ctl_service)at);
		if (!path)
			continue;
		good = verify_path(ctl, path, list) && good;
		checked++;
	}
	if (!checked)
		ctl_misuse(ctl, TEXT_NO_JOURNAL, "");
	show_list(ctl, list, "stream verified rows head_sequence hash");
	json_decref(list);
	return good ? CTL_OK : CTL_DIFFERENT;
}

/* journal show FILE | STREAM */
int chain_show(struct ctl *ctl)
{
	struct stream *stream = ARENA_NEW(&ctl->arena, struct stream);
	const char *name = ctl->words[0];
	char of[16];
	int service = -1;
	uint64_t after = (uint64_t)ctl_number(ctl, OPTION_AFTER, 0);
	int64_t left = ctl_number(ctl, OPTION_COUNT, 100);
	if (stream_of(name, of) && strrchr(name, '/')) {
		int length = (int)(strrchr(name, '/') - name);
		ctl->option[OPTION_JOURNALS] = arena_format(&ctl->arena, "%.*s", length, name);
		name = of;
	}
	for (int at = 0; at < SERVICE_COUNT; at++)
		if (!strcmp(name, ctl_service_names[at]))
			service = at;
	if (service < 0)
		ctl_misuse(ctl, TEXT_NO_SERVICE, name);
	if (!stream_open(ctl_session(ctl), (enum ctl_service)service, after, stream))
		return ctl->status;
	const struct record *record;
	while (left-- > 0 && (record = stream_next(stream))) {
		json_t *json = stream_record_json(ctl, name, record);
		if (ctl->json)
			show_json(json);
		else
			stream_tell(ctl, json);
		json_decref(json);
	}
	stream_close(stream);
	return stream->failed ? CTL_INTERNAL : CTL_OK;
}

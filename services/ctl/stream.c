/* Reading journals from files or daemons; see stream.h. */
#include "services/ctl/stream.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/wire.h"
#include "services/ctl/show.h"

const char *stream_path(struct ctl *ctl, enum ctl_service service)
{
	const char *folder = ctl->option[OPTION_JOURNALS];
	if (!folder || !*folder)
		return NULL;
	const char *path =
	        arena_format(&ctl->arena, "%s/%s.sqlite", folder, ctl_service_names[service]);
	return access(path, R_OK) == 0 ? path : NULL;
}

static bool open_file(struct stream *stream, const char *path, uint64_t after)
{
	struct ctl *ctl = stream->session->ctl;
	char error[512];
	stream->journal = journal_open(path, ctl_service_names[stream->service], JOURNAL_READ,
	                               error, sizeof error);
	if (!stream->journal) {
		TALK(ctl, TEXT_PLAIN, error);
		return false;
	}
	stream->head = journal_head(stream->journal);
	if (journal_seek(stream->journal, after + 1))
		return true;
	TALK(ctl, TEXT_PLAIN, journal_error(stream->journal));
	return false;
}

bool stream_open(struct session *session, enum ctl_service service, uint64_t after,
                 struct stream *stream)
{
	struct ctl *ctl = session->ctl;
	memset(stream, 0, sizeof *stream);
	stream->session = session;
	stream->service = service;
	stream->next = after + 1;
	const char *path = stream_path(ctl, service);
	if (path) {
		bool opened = open_file(stream, path, after);
		ctl->status = opened ? ctl->status : CTL_INTERNAL;
		return opened;
	}
	const ProtobufCMessage *message =
	        call_read(session, service, TASHEEM__COMMON__V1__KIND__KIND_HEALTH, NULL,
	                  &tasheem__common__v1__health__descriptor);
	if (!message)
		return false;
	stream->head = ((const Tasheem__Common__V1__Health *)message)->head_sequence;
	/* Every record asked for costs the daemon a look into its journal. */
	if (stream->head > after + STREAM_MAX_ASKED) {
		stream->next = stream->head - STREAM_MAX_ASKED + 1;
		TALK(ctl, TEXT_NEWEST_ONLY, ctl_service_names[service],
		     show_number(ctl, STREAM_MAX_ASKED));
	}
	return true;
}

/* A record alone is a row body of one. */
static const struct record *record_of(struct arena *arena, struct bytes body, uint64_t sequence)
{
	uint8_t *data = arena_take(arena, body.size + 12);
	size_t used = 0;
	data[used++] = 0x0a;
	for (size_t size = body.size; size || used == 1; size >>= 7)
		data[used++] = (uint8_t)((size & 0x7f) | (size > 0x7f ? 0x80 : 0));
	memcpy(data + used, body.data, body.size);
	struct row row = {.first_sequence = sequence, .count = 1, .body = {data, used + body.size}};
	return row_decode(arena, &row);
}

/* The next STREAM_PAGE records by asking. */
static bool ask_page(struct stream *stream)
{
	struct ctl *ctl = stream->session->ctl;
	struct ask *asks = ARENA_ARRAY(&ctl->arena, struct ask, STREAM_PAGE);
	uint32_t count = 0;
	for (; count < STREAM_PAGE && stream->next + count <= stream->head; count++) {
		Tasheem__Common__V1__RecordRead read = TASHEEM__COMMON__V1__RECORD_READ__INIT;
		read.sequence = stream->next + count;
		asks[count].kind = TASHEEM__COMMON__V1__KIND__KIND_RECORD_READ;
		asks[count].payload = wire_encode(&ctl->arena, &read.base);
	}
	if (!count || !call_many(stream->session, stream->service, asks, count))
		return false;
	for (uint32_t at = 0; at < count; at++) {
		const Tasheem__Common__V1__Answer *answer = asks[at].answer;
		struct bytes body = {answer->body.data, answer->body.len};
		if (answer->code != TASHEEM__COMMON__V1__CODE__CODE_ACCEPTED) {
			call_explain(ctl, ctl_service_names[stream->service], answer);
			ctl->status = (int)call_status(answer);
			return false;
		}
		stream->page[at] = record_of(&ctl->arena, body, stream->next + at);
		if (!stream->page[at])
			return false;
	}
	stream->count = count;
	stream->at = 0;
	return true;
}

static const struct record *next_asked(struct stream *stream)
{
	if (stream->at == stream->count) {
		if (stream->next > stream->head)
			return NULL;
		stream->failed = !ask_page(stream);
		if (stream->failed)
			return NULL;
	}
	stream->next++;
	return stream->page[stream->at++];
}

static const struct record *next_filed(struct stream *stream)
{
	struct ctl *ctl = stream->session->ctl;
	while (stream->at == stream->count) {
		struct row row;
		if (!journal_next(stream->journal, &row, &stream->failed)) {
			if (stream->failed)
				TALK(ctl, TEXT_PLAIN, journal_error(stream->journal));
			return NULL;
		}
		uint8_t *body = arena_take(&ctl->arena, row.body.size + 1);
		memcpy(body, row.body.data, row.body.size);
		row.body.data = body;
		stream->records = row_decode(&ctl->arena, &row);
		stream->count = row.count;
		stream->at = 0;
		if (!stream->records) {
			stream->failed = true;
			return NULL;
		}
		/* The row may begin before what was asked for. */
		while (stream->at < stream->count &&
		       stream->records[stream->at].sequence < stream->next)
			stream->at++;
	}
	return &stream->records[stream->at++];
}

const struct record *stream_next(struct stream *stream)
{
	return stream->journal ? next_filed(stream) : next_asked(stream);
}

void stream_close(struct stream *stream)
{
	if (stream->journal)
		journal_close(stream->journal);
	stream->journal = NULL;
}

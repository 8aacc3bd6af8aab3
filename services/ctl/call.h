/* Talking to daemons: one session is one key with a connection to each daemon.
 *
 * Items go out in envelopes of at most 1,000 and 900 kB; answers are matched by id. An item
 * that is answered overloaded or unavailable, or not at all for a while, is repeated with
 * the same id until the session's patience ends. A later call to another daemon requires
 * what earlier answers of this command named (ctl->seen). */
#ifndef TASHEEM_CTL_CALL_H
#define TASHEEM_CTL_CALL_H

#include "common/bytes.h"
#include "common/client.h"
#include "services/ctl/ctl.h"
#include "tasheem/common/v1/common.pb-c.h"

enum { CALL_KEY_SIZE = 41 };

struct key_pair {
	char public_key[CALL_KEY_SIZE];
	char secret_key[CALL_KEY_SIZE];
};

struct session {
	struct ctl *ctl;
	struct key_pair key;
	struct client *clients[SERVICE_COUNT];
};

/* One item and what became of it. */
struct ask {
	uint32_t kind;
	struct bytes payload;
	/* "" for that of the process. Items that follow each other with the same one share an
	 * envelope. */
	const char *correlation_id;
	struct message_id id;
	/* The last answer, in ctl's arena; NULL when there was none. */
	const Tasheem__Common__V1__Answer *answer;
};

/* First line of a secret key file and the public key that belongs to it; false with a
 * sentence. */
bool call_key_load(const char *path, struct key_pair *key, char *error, size_t error_size);
void call_key_make(struct key_pair *key);
struct session *call_session_open(struct ctl *ctl, const struct key_pair *key);
void call_session_close(struct session *session);
/* The connection, opened when needed; NULL after a sentence on stderr, ctl->status set. */
struct client *call_client(struct session *session, enum ctl_service service);
/* True when every item has a final answer (refusals included). Otherwise ctl->status is
 * CTL_UNAVAILABLE or CTL_UNREACHABLE, and a sentence was printed. */
bool call_many(struct session *session, enum ctl_service service, struct ask *asks, size_t count);
/* One item; NULL like above. */
const Tasheem__Common__V1__Answer *call_one(struct session *session, enum ctl_service service,
                                            uint32_t kind, const ProtobufCMessage *payload);
/* The exit status an answer means. */
enum ctl_exit call_status(const Tasheem__Common__V1__Answer *answer);
/* A read's reply, or NULL after a sentence on stderr. */
const ProtobufCMessage *call_read(struct session *session, enum ctl_service service, uint32_t kind,
                                  const ProtobufCMessage *payload,
                                  const ProtobufCMessageDescriptor *reply);
/* All pages of a read as one JSON object (repeated fields joined); the payload's field `page`
 * is counted up. NULL after a sentence on stderr. */
json_t *call_pages(struct session *session, enum ctl_service service, uint32_t kind,
                   ProtobufCMessage *payload, const ProtobufCMessageDescriptor *reply);
/* A command that shows what came of it: reasons, balances, version. The exit status. */
int call_command(struct session *session, enum ctl_service service, uint32_t kind,
                 const ProtobufCMessage *payload, const char *correlation_id);
/* Says on stderr what an answer says, with `subject` in front; nothing for accepted. */
void call_explain(struct ctl *ctl, const char *subject, const Tasheem__Common__V1__Answer *answer);
/* Waits until the daemons that follow `service` have come to ctl->seen; false when
 * they have not in time, their names in `who`. Daemons without endpoint are passed over. */
bool call_settle(struct session *session, enum ctl_service service, int64_t timeout_ms, char *who,
                 size_t who_size);
/* A text for a message's field, "" for NULL: protobuf-c's strings are not const, but nobody
 * writes them. */
static inline char *call_text(const char *text)
{
	return (char *)(uintptr_t)(text ? text : "");
}
/* Milliseconds that only go forward. */
int64_t call_clock_ms(void);

#endif

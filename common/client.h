/* A peer's side of the bus: the command-line tool, the solver, publishers in C.
 * Not for threads. */
#ifndef TASHEEM_CLIENT_H
#define TASHEEM_CLIENT_H

#include "arena.h"
#include "bytes.h"
#include "record.h"

struct client;

struct client_options {
	const char *endpoint;
	/* Z85; NULL server key: a local endpoint without CURVE. */
	const char *server_key;
	const char *public_key;
	const char *secret_key;
};

/* NULL with a sentence in error. */
MUST_CHECK struct client *client_open(const struct client_options *options, char *error,
                                      size_t error_size);
void client_close(struct client *client);
/* A fresh UUIDv7 of this instant (the simulated one, if TASHEEM_CLOCK_FILE is set). */
struct message_id client_message_id(struct client *client);
/* Wall time plus the offset of TASHEEM_CLOCK_FILE, ms. */
int64_t client_now_ms(const struct client *client);
/* One frame (a serialised Envelope); false when the outbox is full. */
MUST_CHECK bool client_send(struct client *client, struct bytes frame);
/* The next frame from the daemon (a serialised Reply), in memory good until the next call;
 * false after timeout_ms without one. */
MUST_CHECK bool client_receive(struct client *client, int64_t timeout_ms, struct bytes *frame);
/* The file descriptor to poll beside others, by client_receive(…, 0) until it is false. */
void *client_socket(struct client *client);

#endif

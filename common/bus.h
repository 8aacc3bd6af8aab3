/* The bus: one ROUTER with CURVE for everybody, one optional ROUTER on an ipc
 * path for co-located publishers (whoever may open the path is one configured
 * principal), and a DEALER to each stream that is followed.
 *
 * CURVE without an authenticator accepts every key, so the ZAP handler lives in
 * here: it lets in the keys that authorise knows and no other. Messages are
 * authorised one by one all the same, since open connections survive a
 * revocation. Every send is non-blocking; queues are bounded per peer.
 *
 * This header is a seam: the simulator links its own implementation. */
#ifndef TASHEEM_BUS_H
#define TASHEEM_BUS_H

#include "authorise.h"
#include "batch.h"
#include "bytes.h"

enum { BUS_MAX_SOURCES = 3, BUS_MAX_FRAME_BYTES = 1 << 20 };

enum bus_origin { BUS_CURVE = 0, BUS_LOCAL = 1, BUS_SOURCE = 2 };

struct bus_source {
	const char *stream;
	const char *endpoint;
	/* Z85 key of the daemon there. */
	struct public_key key;
};

struct bus_options {
	const char *name;
	const char *endpoints;
	const char *local_endpoint;
	/* Z85. */
	char secret_key[KEY_TEXT_SIZE];
	uint32_t source_count;
	struct bus_source sources[BUS_MAX_SOURCES];
	/* Also waited for: signals. */
	int wake_descriptor;
};

struct bus_frame {
	enum bus_origin origin;
	/* BUS_CURVE, BUS_LOCAL. */
	struct peer peer;
	/* BUS_CURVE: the sender's public key; NULL otherwise. */
	const char *key;
	/* BUS_SOURCE: which one. */
	uint32_t source;
	/* Until the next bus_receive. */
	struct bytes bytes;
};

enum bus_sent { BUS_SENT, BUS_FULL, BUS_GONE };

struct bus;

/* NULL with a sentence in error. Binds, connects, and proves on itself that a
 * stranger's key is refused. */
MUST_CHECK struct bus *bus_open(const struct bus_options *options,
                                const struct authorise *authorise, char *error, size_t error_size);
void bus_close(struct bus *bus);
/* Waits until a frame or the wake descriptor is readable, at most timeout_ms. */
void bus_wait(struct bus *bus, int64_t timeout_ms);
/* One waiting frame; false when there is none. */
MUST_CHECK bool bus_receive(struct bus *bus, struct bus_frame *frame);
/* While paused, sources are left unread. */
void bus_pause_sources(struct bus *bus, bool paused);
MUST_CHECK enum bus_sent bus_send(struct bus *bus, const struct peer *peer, struct bytes bytes);
MUST_CHECK enum bus_sent bus_source_send(struct bus *bus, uint32_t source, struct bytes bytes);
/* Strangers refused since start. */
uint64_t bus_refused(const struct bus *bus);

#endif

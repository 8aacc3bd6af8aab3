/* Shared by bus.c and bus_authenticate.c alone. */
#ifndef TASHEEM_BUS_INTERNAL_H
#define TASHEEM_BUS_INTERNAL_H

#include <zmq.h>

#include "bus.h"

struct bus {
	void *context;
	void *curve;
	void *local;
	void *zap;
	uint32_t source_count;
	void *sources[BUS_MAX_SOURCES];
	bool sources_paused;
	int wake_descriptor;
	/* Whose turn it is, and how many frames it still has. */
	uint32_t turn, turn_left;
	const struct authorise *authorise;
	/* The frame handed out last. */
	zmq_msg_t message;
	uint64_t refused;
	char public_key[KEY_TEXT_SIZE];
	/* The key of the self-test, not worth a warning. */
	char own_test_key[KEY_TEXT_SIZE];
};

/* Answers every authentication request that waits. */
void bus_answer_zap(struct bus *bus);
/* A random key knocks and must not get in. */
MUST_CHECK bool bus_self_test(struct bus *bus, char *error, size_t size);
/* Makes a socket a CURVE client. */
MUST_CHECK bool bus_curve_client(void *socket, const char *secret_key, const char *server_key);

#endif

/* A DEALER that speaks to one daemon; see client.h. */
#include "client.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "clock.h"

enum { HIGH_WATER = 4000, LINGER_MS = 1000, MAX_FRAME = (1 << 20) + 4096 };

struct client {
	void *context;
	void *socket;
	zmq_msg_t message;
	struct clock clock;
	int64_t id_ms;
	uint16_t id_counter;
};

static bool set_int(void *socket, int option, int value)
{
	return zmq_setsockopt(socket, option, &value, sizeof value) == 0;
}

static bool set_key(void *socket, int option, const char *key)
{
	return strlen(key) == 40 && zmq_setsockopt(socket, option, key, 41) == 0;
}

static bool prepare(struct client *client, const struct client_options *options)
{
	int64_t largest = MAX_FRAME;
	client->context = zmq_ctx_new();
	client->socket = client->context ? zmq_socket(client->context, ZMQ_DEALER) : NULL;
	if (!client->socket || !set_int(client->socket, ZMQ_SNDHWM, HIGH_WATER) ||
	    !set_int(client->socket, ZMQ_RCVHWM, HIGH_WATER) ||
	    !set_int(client->socket, ZMQ_LINGER, LINGER_MS) ||
	    !set_int(client->socket, ZMQ_RECONNECT_IVL, 50) ||
	    !set_int(client->socket, ZMQ_RECONNECT_IVL_MAX, 1000) ||
	    !set_int(client->socket, ZMQ_HEARTBEAT_IVL, 2000) ||
	    !set_int(client->socket, ZMQ_HEARTBEAT_TIMEOUT, 6000) ||
	    zmq_setsockopt(client->socket, ZMQ_MAXMSGSIZE, &largest, sizeof largest) != 0)
		return false;
	if (options->server_key &&
	    (!set_key(client->socket, ZMQ_CURVE_SERVERKEY, options->server_key) ||
	     !set_key(client->socket, ZMQ_CURVE_PUBLICKEY, options->public_key) ||
	     !set_key(client->socket, ZMQ_CURVE_SECRETKEY, options->secret_key)))
		return false;
	return zmq_connect(client->socket, options->endpoint) == 0;
}

struct client *client_open(const struct client_options *options, char *error, size_t error_size)
{
	struct client *client = calloc(1, sizeof *client);
	CHECK(client && sodium_init() >= 0);
	zmq_msg_init(&client->message);
	clock_open(&client->clock, getenv("TASHEEM_CLOCK_FILE"));
	if (prepare(client, options))
		return client;
	snprintf(error, error_size, "cannot connect to %s: %s", options->endpoint,
	         zmq_strerror(zmq_errno()));
	client_close(client);
	return NULL;
}

void client_close(struct client *client)
{
	if (client->socket)
		zmq_close(client->socket);
	zmq_msg_close(&client->message);
	if (client->context)
		zmq_ctx_term(client->context);
	free(client);
}

int64_t client_now_ms(const struct client *client)
{
	return clock_now_ms((struct clock *)(uintptr_t)&client->clock);
}

/* RFC 9562: 48 bits of ms, version 7, 12 bits here a counter within the ms, variant, random. */
struct message_id client_message_id(struct client *client)
{
	struct message_id id;
	int64_t now_ms = client_now_ms(client);
	/* The counter keeps ids of one client ascending; when it is used up, time is borrowed. */
	if (now_ms > client->id_ms || now_ms < client->id_ms - 1000) {
		client->id_ms = now_ms;
		client->id_counter = 0;
	} else if (++client->id_counter == 1 << 12) {
		client->id_ms++;
		client->id_counter = 0;
	}
	randombytes_buf(id.bytes, sizeof id.bytes);
	for (int at = 0; at < 6; at++)
		id.bytes[at] = (uint8_t)(client->id_ms >> (8 * (5 - at)));
	id.bytes[6] = (uint8_t)(0x70 | client->id_counter >> 8);
	id.bytes[7] = (uint8_t)client->id_counter;
	id.bytes[8] = (uint8_t)(0x80 | (id.bytes[8] & 0x3f));
	return id;
}

bool client_send(struct client *client, struct bytes frame)
{
	return zmq_send(client->socket, frame.data, frame.size, ZMQ_DONTWAIT) >= 0;
}

bool client_receive(struct client *client, int64_t timeout_ms, struct bytes *frame)
{
	if (zmq_msg_recv(&client->message, client->socket, ZMQ_DONTWAIT) < 0) {
		zmq_pollitem_t item = {client->socket, 0, ZMQ_POLLIN, 0};
		if (timeout_ms <= 0 || zmq_poll(&item, 1, (long)timeout_ms) <= 0 ||
		    zmq_msg_recv(&client->message, client->socket, ZMQ_DONTWAIT) < 0)
			return false;
	}
	*frame = (struct bytes){zmq_msg_data(&client->message), zmq_msg_size(&client->message)};
	return true;
}

void *client_socket(struct client *client)
{
	return client->socket;
}

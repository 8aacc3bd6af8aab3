/* Sockets, keys and the authenticator; see bus.h. */
#include "bus.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "bus_internal.h"
#include "log.h"

enum {
	HIGH_WATER = 4000,
	HANDSHAKE_MS = 2000,
	BACKLOG = 512,
	LINGER_MS = 1000,
	SOURCE_MAX_BYTES = 4 << 20
};

static bool option_int(void *socket, int option, int value)
{
	return zmq_setsockopt(socket, option, &value, sizeof value) == 0;
}

static bool options_common(void *socket, int64_t largest)
{
	return option_int(socket, ZMQ_SNDHWM, HIGH_WATER) &&
	       option_int(socket, ZMQ_RCVHWM, HIGH_WATER) &&
	       option_int(socket, ZMQ_LINGER, LINGER_MS) &&
	       option_int(socket, ZMQ_HANDSHAKE_IVL, HANDSHAKE_MS) &&
	       option_int(socket, ZMQ_HEARTBEAT_IVL, 2000) &&
	       option_int(socket, ZMQ_HEARTBEAT_TIMEOUT, 6000) &&
	       zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &largest, sizeof largest) == 0;
}

static bool fail(char *error, size_t size, const char *what, const char *about)
{
	snprintf(error, size, "%s %s: %s", what, about, zmq_strerror(zmq_errno()));
	return false;
}

static bool bind_all(void *socket, const char *endpoints, char *error, size_t size)
{
	char copy[1024], *rest = copy;
	if (snprintf(copy, sizeof copy, "%s", endpoints) >= (int)sizeof copy) {
		snprintf(error, size, "TASHEEM_ENDPOINT is longer than %zu", sizeof copy);
		return false;
	}
	for (char *one; (one = strtok_r(rest, " ", &rest));)
		if (zmq_bind(socket, one) != 0)
			return fail(error, size, "cannot bind", one);
	return true;
}

static bool open_curve(struct bus *bus, const struct bus_options *options, char *error, size_t size)
{
	bus->curve = zmq_socket(bus->context, ZMQ_ROUTER);
	if (!bus->curve || zmq_curve_public(bus->public_key, options->secret_key) != 0 ||
	    !options_common(bus->curve, BUS_MAX_FRAME_BYTES) ||
	    !option_int(bus->curve, ZMQ_ROUTER_MANDATORY, 1) ||
	    !option_int(bus->curve, ZMQ_BACKLOG, BACKLOG) ||
	    !option_int(bus->curve, ZMQ_CURVE_SERVER, 1) ||
	    zmq_setsockopt(bus->curve, ZMQ_CURVE_SECRETKEY, options->secret_key,
	                   strlen(options->secret_key) + 1) != 0 ||
	    zmq_setsockopt(bus->curve, ZMQ_ZAP_DOMAIN, "tasheem", 7) != 0)
		return fail(error, size, "cannot prepare the socket of", options->name);
	return bind_all(bus->curve, options->endpoints, error, size);
}

static bool open_local(struct bus *bus, const struct bus_options *options, char *error, size_t size)
{
	if (!*options->local_endpoint)
		return true;
	if (strncmp(options->local_endpoint, "ipc://", 6) != 0) {
		snprintf(error, size,
		         "TASHEEM_LOCAL_ENDPOINT=%s must be an ipc:// path: it has no "
		         "encryption",
		         options->local_endpoint);
		return false;
	}
	bus->local = zmq_socket(bus->context, ZMQ_ROUTER);
	if (!bus->local || !options_common(bus->local, BUS_MAX_FRAME_BYTES) ||
	    !option_int(bus->local, ZMQ_ROUTER_MANDATORY, 1))
		return fail(error, size, "cannot prepare the local socket of", options->name);
	return bind_all(bus->local, options->local_endpoint, error, size);
}

bool bus_curve_client(void *socket, const char *secret_key, const char *server_key)
{
	char public_key[KEY_TEXT_SIZE];
	return zmq_curve_public(public_key, secret_key) == 0 &&
	       zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, server_key, KEY_TEXT_SIZE) == 0 &&
	       zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, public_key, KEY_TEXT_SIZE) == 0 &&
	       zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, secret_key, KEY_TEXT_SIZE) == 0;
}

static bool open_sources(struct bus *bus, const struct bus_options *options, char *error,
                         size_t size)
{
	for (uint32_t at = 0; at < options->source_count; at++) {
		const struct bus_source *source = &options->sources[at];
		void *socket = zmq_socket(bus->context, ZMQ_DEALER);
		bus->sources[at] = socket;
		bus->source_count = at + 1;
		if (!socket || !options_common(socket, SOURCE_MAX_BYTES) ||
		    !option_int(socket, ZMQ_RECONNECT_IVL, 50) ||
		    !option_int(socket, ZMQ_RECONNECT_IVL_MAX, 1000) ||
		    !bus_curve_client(socket, options->secret_key, source->key.text) ||
		    zmq_connect(socket, source->endpoint) != 0)
			return fail(error, size, "cannot connect to", source->endpoint);
	}
	return true;
}

static bool open_all(struct bus *bus, const struct bus_options *options, char *error, size_t size)
{
	bus->context = zmq_ctx_new();
	bus->zap = bus->context ? zmq_socket(bus->context, ZMQ_REP) : NULL;
	if (!bus->zap || zmq_bind(bus->zap, "inproc://zeromq.zap.01") != 0)
		return fail(error, size, "cannot open the authenticator of", options->name);
	return open_curve(bus, options, error, size) && bus_self_test(bus, error, size) &&
	       open_local(bus, options, error, size) && open_sources(bus, options, error, size);
}

struct bus *bus_open(const struct bus_options *options, const struct authorise *authorise,
                     char *error, size_t error_size)
{
	struct bus *bus = calloc(1, sizeof *bus);
	CHECK(bus);
	bus->authorise = authorise;
	bus->wake_descriptor = options->wake_descriptor;
	zmq_msg_init(&bus->message);
	if (open_all(bus, options, error, error_size))
		return bus;
	bus_close(bus);
	return NULL;
}

static void close_socket(void *socket)
{
	if (socket)
		zmq_close(socket);
}

void bus_close(struct bus *bus)
{
	close_socket(bus->curve);
	close_socket(bus->local);
	for (uint32_t at = 0; at < bus->source_count; at++)
		close_socket(bus->sources[at]);
	close_socket(bus->zap);
	zmq_msg_close(&bus->message);
	if (bus->context)
		zmq_ctx_term(bus->context);
	free(bus);
}

void bus_wait(struct bus *bus, int64_t timeout_ms)
{
	zmq_pollitem_t items[4 + BUS_MAX_SOURCES] = {
	        {bus->zap, 0, ZMQ_POLLIN, 0},
	        {NULL, bus->wake_descriptor, ZMQ_POLLIN, 0},
	        {bus->curve, 0, ZMQ_POLLIN, 0},
	};
	int count = 3;
	if (bus->local)
		items[count++] = (zmq_pollitem_t){bus->local, 0, ZMQ_POLLIN, 0};
	for (uint32_t at = 0; at < bus->source_count && !bus->sources_paused; at++)
		items[count++] = (zmq_pollitem_t){bus->sources[at], 0, ZMQ_POLLIN, 0};
	zmq_poll(items, count, (long)timeout_ms);
	bus_answer_zap(bus);
}

/* One message of one socket: a routing id (routers only) and exactly one frame. What has
 * another shape comes out without bytes and is counted as malformed. */
static bool receive_from(struct bus *bus, void *socket, bool router, struct bus_frame *frame)
{
	if (router) {
		zmq_msg_t id;
		zmq_msg_init(&id);
		if (zmq_msg_recv(&id, socket, ZMQ_DONTWAIT) < 0) {
			zmq_msg_close(&id);
			return false;
		}
		/* A peer may choose a long routing id of its own; it is not served. */
		size_t size = zmq_msg_size(&id);
		if (size <= sizeof frame->peer.routing_id) {
			frame->peer.size = (uint8_t)size;
			memcpy(frame->peer.routing_id, zmq_msg_data(&id), size);
		}
		zmq_msg_close(&id);
	}
	if (zmq_msg_recv(&bus->message, socket, ZMQ_DONTWAIT) < 0)
		return false;
	if (zmq_msg_more(&bus->message)) {
		while (zmq_msg_more(&bus->message))
			if (zmq_msg_recv(&bus->message, socket, ZMQ_DONTWAIT) < 0)
				break;
		frame->bytes = (struct bytes){NULL, 0};
	} else {
		frame->bytes =
		        (struct bytes){zmq_msg_data(&bus->message), zmq_msg_size(&bus->message)};
	}
	return true;
}

static bool receive_router(struct bus *bus, enum bus_origin origin, struct bus_frame *frame)
{
	void *socket = origin == BUS_CURVE ? bus->curve : bus->local;
	memset(&frame->peer, 0, sizeof frame->peer);
	frame->origin = origin;
	frame->peer.socket = (uint8_t)origin;
	if (!socket || !receive_from(bus, socket, true, frame))
		return false;
	/* The key sits on the payload frame, not on the routing id. */
	frame->key = origin == BUS_CURVE ? zmq_msg_gets(&bus->message, "User-Id") : NULL;
	if (frame->peer.size == 0)
		frame->bytes = (struct bytes){NULL, 0};
	return true;
}

static bool receive_at(struct bus *bus, uint32_t at, struct bus_frame *frame)
{
	if (at < 2)
		return receive_router(bus, (enum bus_origin)at, frame);
	frame->origin = BUS_SOURCE;
	frame->source = at - 2;
	return receive_from(bus, bus->sources[frame->source], false, frame);
}

bool bus_receive(struct bus *bus, struct bus_frame *frame)
{
	/* Sockets take turns, so that none starves another; a turn is many frames, since asking
	 * an empty socket costs a system call. */
	enum { TURN_FRAMES = 64 };
	*frame = (struct bus_frame){0};
	uint32_t sockets = 2 + (bus->sources_paused ? 0 : bus->source_count);
	for (uint32_t tried = 0; tried <= sockets; tried++) {
		if (bus->turn_left == 0) {
			bus_answer_zap(bus);
			bus->turn = (bus->turn + 1) % sockets;
			bus->turn_left = TURN_FRAMES;
		}
		bus->turn_left--;
		if (bus->turn < sockets && receive_at(bus, bus->turn, frame))
			return true;
		bus->turn_left = 0;
	}
	return false;
}

void bus_pause_sources(struct bus *bus, bool paused)
{
	bus->sources_paused = paused;
}

enum bus_sent bus_send(struct bus *bus, const struct peer *peer, struct bytes bytes)
{
	void *socket = peer->socket == BUS_CURVE ? bus->curve : bus->local;
	if (zmq_send(socket, peer->routing_id, peer->size, ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0)
		return zmq_errno() == EAGAIN ? BUS_FULL : BUS_GONE;
	return zmq_send(socket, bytes.data, bytes.size, ZMQ_DONTWAIT) < 0 ? BUS_GONE : BUS_SENT;
}

enum bus_sent bus_source_send(struct bus *bus, uint32_t source, struct bytes bytes)
{
	return zmq_send(bus->sources[source], bytes.data, bytes.size, ZMQ_DONTWAIT) < 0 ? BUS_FULL
	                                                                                : BUS_SENT;
}

uint64_t bus_refused(const struct bus *bus)
{
	return bus->refused;
}

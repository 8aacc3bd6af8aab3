/* The ZAP handler (ZeroMQ RFC 27): the frames of a request are version, request
 * id, domain, address, identity, mechanism and, for CURVE, the client's public
 * key in 32 bytes. A known key gets 200 with itself in Z85 as User-Id, a
 * stranger 400. Other mechanisms come only from the local ipc endpoint, which
 * has no domain and so never asks. */
#include "bus_internal.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "log.h"

enum { ZAP_MIN_FRAMES = 7, ZAP_TEXT = 256, KEY_BYTES = 32 };

struct zap_request {
	char id[ZAP_TEXT];
	size_t id_size;
	char address[ZAP_TEXT];
	char mechanism[ZAP_TEXT];
	uint8_t key[KEY_BYTES];
	size_t key_size;
};

static size_t frame_take(void *socket, void *out, size_t room)
{
	int size = zmq_recv(socket, out, room, ZMQ_DONTWAIT);
	return size < 0 ? 0 : (size_t)size < room ? (size_t)size : room;
}

static bool more(void *socket)
{
	int value = 0;
	size_t size = sizeof value;
	return zmq_getsockopt(socket, ZMQ_RCVMORE, &value, &size) == 0 && value;
}

/* False when no request waits. */
static bool zap_receive(void *socket, struct zap_request *request)
{
	char scrap[ZAP_TEXT];
	memset(request, 0, sizeof *request);
	if (zmq_recv(socket, scrap, sizeof scrap, ZMQ_DONTWAIT) < 0)
		return false;
	for (int frame = 1; more(socket); frame++) {
		if (frame == 1)
			request->id_size = frame_take(socket, request->id, sizeof request->id);
		else if (frame == 3)
			frame_take(socket, request->address, sizeof request->address - 1);
		else if (frame == 5)
			frame_take(socket, request->mechanism, sizeof request->mechanism - 1);
		else if (frame == 6)
			request->key_size = frame_take(socket, request->key, sizeof request->key);
		else
			frame_take(socket, scrap, sizeof scrap);
	}
	return true;
}

static void zap_answer(void *socket, const struct zap_request *request, const char *code,
                       const char *user)
{
	zmq_send(socket, "1.0", 3, ZMQ_SNDMORE);
	zmq_send(socket, request->id, request->id_size, ZMQ_SNDMORE);
	zmq_send(socket, code, 3, ZMQ_SNDMORE);
	zmq_send(socket, "", 0, ZMQ_SNDMORE);
	zmq_send(socket, user, strlen(user), ZMQ_SNDMORE);
	zmq_send(socket, "", 0, 0);
}

void bus_answer_zap(struct bus *bus)
{
	struct zap_request request;
	while (zap_receive(bus->zap, &request)) {
		char key[KEY_TEXT_SIZE] = "";
		if (strcmp(request.mechanism, "CURVE") == 0 && request.key_size == KEY_BYTES)
			zmq_z85_encode(key, request.key, KEY_BYTES);
		bool known = *key && authorise_by_key(bus->authorise, key);
		zap_answer(bus->zap, &request, known ? "200" : "400", known ? key : "");
		if (known)
			continue;
		bus->refused++;
		if (strcmp(key, bus->own_test_key) != 0)
			log_warn("bus.stranger_refused",
			         "key=%s address=%s effect=\"no connection\" "
			         "action=\"register the key if it should have one\"",
			         log_quote(key), log_quote(request.address));
	}
}

static bool own_endpoint(struct bus *bus, char *endpoint, size_t room)
{
	size_t size = room;
	if (zmq_getsockopt(bus->curve, ZMQ_LAST_ENDPOINT, endpoint, &size) != 0)
		return false;
	/* A wildcard is not an address to connect to. */
	const char wildcard[] = "tcp://0.0.0.0:";
	if (strncmp(endpoint, wildcard, sizeof wildcard - 1) == 0) {
		char port[32];
		snprintf(port, sizeof port, "%.31s", endpoint + sizeof wildcard - 1);
		snprintf(endpoint, room, "tcp://127.0.0.1:%s", port);
	}
	return true;
}

/* The first handshake event of the knocking socket, 0 when none came in time. */
static uint16_t knock_result(struct bus *bus, void *monitor)
{
	int64_t until_ms = clock_monotonic_ms() + 5000;
	while (clock_monotonic_ms() < until_ms) {
		zmq_pollitem_t items[] = {{bus->zap, 0, ZMQ_POLLIN, 0},
		                          {monitor, 0, ZMQ_POLLIN, 0}};
		zmq_poll(items, 2, 100);
		bus_answer_zap(bus);
		uint8_t event[6];
		char address[256];
		while (zmq_recv(monitor, event, sizeof event, ZMQ_DONTWAIT) == (int)sizeof event) {
			uint16_t kind;
			memcpy(&kind, event, sizeof kind);
			zmq_recv(monitor, address, sizeof address, 0);
			if (kind != ZMQ_EVENT_MONITOR_STOPPED)
				return kind;
		}
	}
	return 0;
}

static bool self_test(struct bus *bus, void *knock, void *monitor, char *error, size_t size)
{
	char endpoint[512], secret[KEY_TEXT_SIZE];
	const int events = ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;
	int zero = 0;
	bool prepared = own_endpoint(bus, endpoint, sizeof endpoint) &&
	                zmq_curve_keypair(bus->own_test_key, secret) == 0 &&
	                bus_curve_client(knock, secret, bus->public_key) &&
	                zmq_setsockopt(knock, ZMQ_LINGER, &zero, sizeof zero) == 0 &&
	                zmq_socket_monitor(knock, "inproc://self-test", events) == 0 &&
	                zmq_connect(monitor, "inproc://self-test") == 0 &&
	                zmq_connect(knock, endpoint) == 0;
	uint16_t result = prepared ? knock_result(bus, monitor) : 0;
	if (prepared)
		zmq_socket_monitor(knock, NULL, 0);
	if (result == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH)
		return true;
	snprintf(error, size, "self-test: a stranger's key was %s at %s; nobody would be kept out",
	         result ? "let in" : "not refused in time", prepared ? endpoint : "?");
	return false;
}

bool bus_self_test(struct bus *bus, char *error, size_t size)
{
	void *knock = zmq_socket(bus->context, ZMQ_DEALER);
	void *monitor = zmq_socket(bus->context, ZMQ_PAIR);
	CHECK(knock && monitor);
	bool good = self_test(bus, knock, monitor, error, size);
	zmq_close(monitor);
	zmq_close(knock);
	bus->refused = 0;
	return good;
}

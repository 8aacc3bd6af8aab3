/* common/bus.h over the world's network. A peer's routing id is its address. */
#include <stdlib.h>
#include <string.h>

#include "common/bus.h"
#include "common/daemon_internal.h"
#include "tests/sim/world.h"

/* A daemon's bus is its node. */
static struct node *node_of(struct bus *bus)
{
	return (struct node *)bus;
}

static void peer_of(int address, struct peer *peer)
{
	memset(peer, 0, sizeof *peer);
	peer->size = 1;
	peer->routing_id[0] = (uint8_t)(address + 1);
}

static const char *name_of(const struct world *world, int address)
{
	return address < NODE_COUNT ? world->nodes[address].core->service.name
	                            : world->clients[address - FIRST_CLIENT].name.text;
}

/* Which of the node's sources a daemon is; -1 when it follows no such one. */
static int source_number(const struct node *node, int from)
{
	const char *const *sources = node->core->service.sources;
	for (int i = 0; sources[i]; i++)
		if (world_node_of(sources[i]) == from)
			return i;
	return -1;
}

bool bus_receive(struct bus *bus, struct bus_frame *frame)
{
	static char key[KEY_TEXT_SIZE];
	struct node *node = node_of(bus);
	free(node->reading);
	struct frame *next = node->first;
	node->reading = next;
	if (!next)
		return false;
	node->first = next->next;
	if (!node->first)
		node->last = NULL;
	memset(frame, 0, sizeof *frame);
	frame->bytes = (struct bytes){next->data, next->size};
	if (next->of_source) {
		int source = source_number(node, next->from);
		CHECK(source >= 0);
		frame->origin = BUS_SOURCE;
		frame->source = (uint32_t)source;
		return true;
	}
	frame->origin = BUS_CURVE;
	world_key(name_of(node->world, next->from), key);
	frame->key = key;
	peer_of(next->from, &frame->peer);
	return true;
}

enum bus_sent bus_send(struct bus *bus, const struct peer *peer, struct bytes bytes)
{
	struct node *node = node_of(bus);
	int to = peer->routing_id[0] - 1;
	world_send(node->world, node->number, to, to < NODE_COUNT, bytes);
	return BUS_SENT;
}

enum bus_sent bus_source_send(struct bus *bus, uint32_t source, struct bytes bytes)
{
	struct node *node = node_of(bus);
	int to = world_node_of(node->core->service.sources[source]);
	if (to >= 0 && node->world->nodes[to].core)
		world_send(node->world, node->number, to, false, bytes);
	return BUS_SENT;
}

uint64_t bus_refused(const struct bus *bus)
{
	(void)bus;
	return 0;
}

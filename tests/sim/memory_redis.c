/* The projector's rules (common/projector.h) over a Redis in memory, which outlives the
 * daemon's crashes and may be away, emptied, put back to an older copy or written by others. */
#include "tests/sim/memory_redis.h"

#include <stdlib.h>
#include <string.h>

#include "common/projector.h"
#include "tests/sim/marks.h"
#include "tests/sim/shown.h"

/* Keys and the cursor that stands among them: rows shown and the last one's hash. */
struct image {
	json_t *keys;
	uint32_t rows;
	uint8_t hash[DIGEST_BYTES];
};

struct memory_redis {
	struct image now, copy;
	bool away;
	/* What the daemon said last. */
	uint64_t head_sequence;
};

struct memory_redis *memory_redis_open(void)
{
	struct memory_redis *redis = calloc(1, sizeof *redis);
	CHECK(redis);
	redis->now.keys = json_object();
	redis->copy.keys = json_object();
	return redis;
}

void memory_redis_close(struct memory_redis *redis)
{
	json_decref(redis->now.keys);
	json_decref(redis->copy.keys);
	free(redis);
}

static void empty(struct image *image)
{
	json_object_clear(image->keys);
	image->rows = 0;
}

static bool cursor_right(const struct node *node)
{
	const struct image *image = &node->redis->now;
	return image->rows == 0 ||
	       (image->rows <= node->store.count &&
	        memcmp(image->hash, node->store.rows[image->rows - 1].hash, DIGEST_BYTES) == 0);
}

static void show(const struct node *node)
{
	struct memory_redis *redis = node->redis;
	if (redis->away)
		return;
	if (!cursor_right(node)) {
		SOMETIMES(redis_shown_anew, true);
		empty(&redis->now);
	}
	while (redis->now.rows < node->store.count) {
		const struct row *row = &node->store.rows[redis->now.rows];
		if (row->first_sequence + row->count - 1 > redis->head_sequence)
			return;
		(void)shown_row(node, row, redis->now.keys);
		memcpy(redis->now.hash, row->hash, DIGEST_BYTES);
		redis->now.rows++;
	}
}

void projector_notify(struct projector *projector, uint64_t head_sequence)
{
	const struct node *node = (const struct node *)(const void *)projector;
	node->redis->head_sequence = head_sequence;
	show(node);
}

void projector_status(struct projector *projector, uint64_t *sequence, bool *up)
{
	const struct node *node = (const struct node *)(const void *)projector;
	*sequence = node->redis->head_sequence;
	*up = !node->redis->away;
}

void memory_redis_trouble(struct world *world, struct node *node)
{
	struct memory_redis *redis = node->redis;
	switch (world_random(world, 5)) {
	case 0:
		redis->away = !redis->away;
		SOMETIMES(redis_away, redis->away);
		return;
	case 1:
		empty(&redis->now);
		SOMETIMES(redis_emptied, true);
		return;
	case 2:
		json_decref(redis->copy.keys);
		redis->copy = redis->now;
		redis->copy.keys = json_deep_copy(redis->now.keys);
		return;
	case 3:
		json_decref(redis->now.keys);
		redis->now = redis->copy;
		redis->now.keys = json_deep_copy(redis->copy.keys);
		SOMETIMES(redis_put_back, true);
		return;
	default:
		/* Somebody else's keys, and with them somebody else's cursor. */
		json_object_set_new(redis->now.keys, "tasheem:request:foreign", json_object());
		memset(redis->now.hash, 0xff, DIGEST_BYTES);
		redis->now.rows = redis->now.rows ? redis->now.rows : 1;
		SOMETIMES(redis_written_by_others, true);
		return;
	}
}

const json_t *memory_redis_settle(struct node *node)
{
	node->redis->away = false;
	show(node);
	return node->redis->now.keys;
}

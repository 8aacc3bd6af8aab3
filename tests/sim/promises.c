/* Journals against the answers that clients hold. */
#include "tests/sim/promises.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct kept_key {
	struct principal_name name;
	struct message_id id;
};

/* A journaled outcome. */
struct kept {
	struct kept_key key;
	uint64_t sequence;
	uint8_t answer[DIGEST_BYTES];
};

/* False when an id has two records. */
static bool read_journal(const struct node *node, struct table *table, struct arena *arena)
{
	for (uint32_t i = 0; i < node->store.count; i++) {
		const struct row *row = &node->store.rows[i];
		arena_reset(arena);
		const struct record *records = row_decode(arena, row);
		CHECK(records);
		for (uint32_t j = 0; j < row->count; j++) {
			struct kept_key key;
			if (!records[j].has_message_id)
				continue;
			memset(&key, 0, sizeof key);
			key.name = records[j].principal;
			key.id = records[j].message_id;
			struct kept *kept = table_put(table, &key);
			if (kept->sequence)
				return false;
			kept->sequence = records[j].sequence;
			digest_of(kept->answer, DIGEST_BYTES, records[j].answer);
		}
	}
	return true;
}

static bool is_kept(const struct world *world, const struct table *table,
                    const struct attempt *attempt, uint64_t sequence)
{
	struct kept_key key;
	uint8_t told[DIGEST_BYTES];
	memset(&key, 0, sizeof key);
	key.name = world->clients[attempt->from - FIRST_CLIENT].name;
	key.id = attempt->id;
	const struct kept *kept = table_find(table, &key);
	digest_of(told, DIGEST_BYTES, (struct bytes){attempt->answer, attempt->answer_size});
	return kept && kept->sequence == sequence && memcmp(kept->answer, told, DIGEST_BYTES) == 0;
}

static bool node_keeps(const struct world *world, const struct attempts *attempts, int number,
                       char failure[1024])
{
	const struct node *node = &world->nodes[number];
	struct table table;
	struct arena arena;
	CHECK(table_open(&table, "kept", sizeof(struct kept), sizeof(struct kept_key), 1 << 20));
	CHECK(arena_open(&arena, (size_t)1 << 30));
	if (!read_journal(node, &table, &arena))
		snprintf(failure, 1024, "%s: two records of one message id",
		         node->core->service.name);
	for (uint32_t i = 0; failure[0] == '\0' && i < attempts->count; i++) {
		const struct attempt *attempt = &attempts->list[i];
		if (attempt->to != number)
			continue;
		arena_reset(&arena);
		const Tasheem__Common__V1__Answer *answer = client_answer(&arena, attempt);
		if (answer && answer->sequence &&
		    !is_kept(world, &table, attempt, answer->sequence))
			snprintf(failure, 1024,
			         "%s: the answer told as %" PRIu64 " is not in the journal",
			         node->core->service.name, answer->sequence);
	}
	table_close(&table);
	arena_close(&arena);
	return failure[0] == '\0';
}

bool promises_kept(const struct world *world, const struct attempts *attempts, char failure[1024])
{
	for (int i = 0; i < NODE_COUNT; i++)
		if (world->nodes[i].daemon && !node_keeps(world, attempts, i, failure))
			return false;
	return true;
}

/* Views carried out on JSON objects instead of Redis. */
#include "tests/sim/shown.h"

#include <fnmatch.h>
#include <inttypes.h>
#include <string.h>

static json_t *object_at(json_t *shown, const char *key)
{
	json_t *object = json_object_get(shown, key);
	if (!object) {
		object = json_object();
		json_object_set_new(shown, key, object);
	}
	return object;
}

static void write_one(json_t *shown, const struct view_write *write, uint64_t sequence)
{
	switch (write->type) {
	case VIEW_HASH:
		for (const struct view_field *field = write->fields; field; field = field->next)
			json_object_set_new(object_at(shown, write->key), field->name,
			                    json_string(field->value));
		json_object_set_new(object_at(shown, write->key), "sequence",
		                    json_integer((json_int_t)sequence));
		return;
	case VIEW_DELETE:
		json_object_del(shown, write->key);
		return;
	case VIEW_SET_ADD:
		json_object_set_new(object_at(shown, write->key), write->value, json_true());
		return;
	case VIEW_SET_REMOVE:
		json_object_del(object_at(shown, write->key), write->value);
		return;
	case VIEW_PUBLISH:
		return;
	}
}

static bool in_families(const struct service *service, const char *key)
{
	for (const char *const *family = service->families; *family; family++)
		if (fnmatch(*family, key, 0) == 0)
			return true;
	return false;
}

const char *shown_row(const struct node *node, const struct row *row, json_t *shown)
{
	static char stranger[256];
	const char *found = NULL;
	struct arena *arena = &node->world->observing;
	arena_reset(arena);
	const struct record *records = row_decode(arena, row);
	CHECK(records);
	for (uint32_t i = 0; i < row->count; i++) {
		struct view view;
		view_begin(&view, arena, records[i].sequence);
		node->core->service.view(&view, &records[i]);
		for (const struct view_write *write = view.first; write; write = write->next) {
			write_one(shown, write, records[i].sequence);
			if (write->type != VIEW_PUBLISH &&
			    !in_families(&node->core->service, write->key)) {
				strncpy(stranger, write->key, sizeof stranger - 1);
				found = stranger;
			}
		}
	}
	return found;
}

json_t *shown_of(struct world *world, bool stutter)
{
	json_t *shown = json_object();
	for (int i = 0; i < NODE_COUNT; i++) {
		const struct node *node = &world->nodes[i];
		if (!node->daemon)
			continue;
		for (uint32_t at = 0; at < node->store.count; at++) {
			(void)shown_row(node, &node->store.rows[at], shown);
			if (stutter && world_random(world, 50) == 0)
				at -= world_random(world, at < 20 ? at + 1 : 20);
		}
	}
	return shown;
}

const char *shown_stranger(const struct world *world)
{
	const char *found = NULL;
	json_t *shown = json_object();
	for (int i = 0; i < NODE_COUNT && !found; i++) {
		const struct node *node = &world->nodes[i];
		for (uint32_t at = 0; node->daemon && at < node->store.count && !found; at++)
			found = shown_row(node, &node->store.rows[at], shown);
	}
	json_decref(shown);
	return found;
}

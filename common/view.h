/* What a record means for Redis: a list of writes, made by a service's view.c
 * from the record alone. Values are absolute (amounts after), so writing a
 * record again changes nothing and a rebuild from the journal gives the same.
 *
 *   view_hash(view, "tasheem:request:%s:%s", buyer, id)    names the hash
 *   view_text(view, "state", "%s", …)                      fields of the named hash
 *   view_int(view, "quantity_kg", kg)
 *   view_set_add(view, member, "tasheem:requests:%s", …)   membership in an index set
 *   view_publish(view, message, "tasheem:events")          a notice for subscribers
 *
 * Every hash gets the field `sequence` by itself. */
#ifndef TASHEEM_VIEW_H
#define TASHEEM_VIEW_H

#include "arena.h"
#include "record.h"

enum view_write_type { VIEW_HASH, VIEW_DELETE, VIEW_SET_ADD, VIEW_SET_REMOVE, VIEW_PUBLISH };

struct view_field {
	const char *name;
	const char *value;
	struct view_field *next;
};

struct view_write {
	enum view_write_type type;
	const char *key;
	/* Member of a set or message to publish. */
	const char *value;
	struct view_field *fields;
	struct view_field *last_field;
	struct view_write *next;
};

struct view {
	struct arena *arena;
	uint64_t sequence;
	uint32_t count;
	struct view_write *first;
	struct view_write *last;
};

void view_begin(struct view *view, struct arena *arena, uint64_t sequence);
void view_hash(struct view *view, const char *format, ...) PRINTF_LIKE(2, 3);
void view_delete(struct view *view, const char *format, ...) PRINTF_LIKE(2, 3);
void view_text(struct view *view, const char *name, const char *format, ...) PRINTF_LIKE(3, 4);
void view_int(struct view *view, const char *name, int64_t value);
void view_set_add(struct view *view, const char *member, const char *format, ...) PRINTF_LIKE(3, 4);
void view_set_remove(struct view *view, const char *member, const char *format, ...)
        PRINTF_LIKE(3, 4);
void view_publish(struct view *view, const char *message, const char *format, ...)
        PRINTF_LIKE(3, 4);

#endif

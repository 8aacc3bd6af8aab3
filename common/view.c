/* The list of Redis writes of one record, in the memory of its arena. */
#include "common/view.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/check.h"

static const char *format_list(struct arena *arena, const char *format, va_list arguments)
{
	va_list again;
	va_copy(again, arguments);
	int size = vsnprintf(NULL, 0, format, arguments);
	CHECK(size >= 0);
	char *text = arena_take(arena, (size_t)size + 1);
	vsnprintf(text, (size_t)size + 1, format, again);
	va_end(again);
	return text;
}

static const char *copy(struct arena *arena, const char *text)
{
	size_t size = strlen(text) + 1;
	return memcpy(arena_take(arena, size), text, size);
}

static struct view_write *write_add(struct view *view, enum view_write_type type, const char *key)
{
	struct view_write *write = ARENA_NEW(view->arena, struct view_write);
	write->type = type;
	write->key = key;
	if (view->last != NULL)
		view->last->next = write;
	else
		view->first = write;
	view->last = write;
	view->count++;
	return write;
}

static void field_add(struct view *view, const char *name, const char *value)
{
	struct view_write *write = view->last;
	CHECK(write != NULL && write->type == VIEW_HASH);
	struct view_field *field = ARENA_NEW(view->arena, struct view_field);
	field->name = name;
	field->value = value;
	if (write->last_field != NULL)
		write->last_field->next = field;
	else
		write->fields = field;
	write->last_field = field;
}

void view_begin(struct view *view, struct arena *arena, uint64_t sequence)
{
	*view = (struct view){.arena = arena, .sequence = sequence};
}

void view_hash(struct view *view, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	write_add(view, VIEW_HASH, format_list(view->arena, format, arguments));
	va_end(arguments);
	view_int(view, "sequence", (int64_t)view->sequence);
}

void view_delete(struct view *view, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	write_add(view, VIEW_DELETE, format_list(view->arena, format, arguments));
	va_end(arguments);
}

void view_text(struct view *view, const char *name, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	field_add(view, name, format_list(view->arena, format, arguments));
	va_end(arguments);
}

void view_int(struct view *view, const char *name, int64_t value)
{
	char text[24];
	snprintf(text, sizeof text, "%" PRId64, value);
	field_add(view, name, copy(view->arena, text));
}

void view_set_add(struct view *view, const char *member, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	struct view_write *write =
	        write_add(view, VIEW_SET_ADD, format_list(view->arena, format, arguments));
	va_end(arguments);
	write->value = copy(view->arena, member);
}

void view_set_remove(struct view *view, const char *member, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	struct view_write *write =
	        write_add(view, VIEW_SET_REMOVE, format_list(view->arena, format, arguments));
	va_end(arguments);
	write->value = copy(view->arena, member);
}

void view_publish(struct view *view, const char *message, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	struct view_write *write =
	        write_add(view, VIEW_PUBLISH, format_list(view->arena, format, arguments));
	va_end(arguments);
	write->value = copy(view->arena, message);
}

/* What was typed, checked: words, options, numbers, days; see ctl.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/calendar.h"
#include "services/ctl/call.h"
#include "services/ctl/message.h"
#include "services/ctl/show.h"

void ctl_misuse(struct ctl *ctl, enum text text, const char *detail)
{
	TALK(ctl, text, detail);
	TALK(ctl, TEXT_SEE_HELP, "");
	exit(CTL_USAGE);
}

const char *ctl_fold(struct ctl *ctl, const char *typed)
{
	const char *text = message_fold(&ctl->arena, typed);
	if (!text)
		ctl_misuse(ctl, TEXT_BAD_WORD, typed);
	return text;
}

const char *ctl_word(struct ctl *ctl, size_t number)
{
	return number < ctl->word_count ? ctl_fold(ctl, ctl->words[number]) : NULL;
}

const char *ctl_option(struct ctl *ctl, enum option_id id)
{
	return ctl->option[id] ? ctl_fold(ctl, ctl->option[id]) : NULL;
}

static _Noreturn void bad_option(struct ctl *ctl, enum option_id id)
{
	ctl_misuse(ctl, TEXT_BAD_OPTION, arena_format(&ctl->arena, "--%s", ctl_option_name(id)));
}

const char *ctl_need(struct ctl *ctl, enum option_id id)
{
	const char *value = ctl_option(ctl, id);
	if (!value)
		ctl_misuse(ctl, TEXT_NEED_OPTION,
		           arena_format(&ctl->arena, "--%s", ctl_option_name(id)));
	return value;
}

static bool digit_begins(const char *text)
{
	/* Persian digits begin with DB, Arabic ones with D9. */
	return (*text >= '0' && *text <= '9') || (uint8_t)*text == 0xdb || (uint8_t)*text == 0xd9;
}

/* Without the thousands separators that our own tables print between digits. */
static const char *ungrouped(struct ctl *ctl, const char *text)
{
	static const char *const separators[] = {",", "\u066c"};
	char *out = (char *)(uintptr_t)arena_format(&ctl->arena, "%s", text);
	for (size_t at = 0; at < sizeof separators / sizeof *separators; at++) {
		size_t size = strlen(separators[at]);
		for (char *found = out; (found = strstr(found, separators[at]));)
			if (found > out && digit_begins(found + size))
				memmove(found, found + size, strlen(found + size) + 1);
			else
				found += size;
	}
	return out;
}

int64_t ctl_number(struct ctl *ctl, enum option_id id, int64_t otherwise)
{
	char *end;
	if (!ctl->option[id])
		return otherwise;
	const char *text = ctl_fold(ctl, ungrouped(ctl, ctl->option[id]));
	errno = 0;
	long long number = strtoll(text, &end, 10);
	if (errno || *end || text[0] < '0' || text[0] > '9')
		bad_option(ctl, id);
	return number;
}

int32_t ctl_day(struct ctl *ctl, enum option_id id)
{
	const char *text = ctl_option(ctl, id);
	int32_t day = text ? calendar_day_parse(text) : 0;
	if (text && !day)
		bad_option(ctl, id);
	return day;
}

int32_t ctl_month(struct ctl *ctl, enum option_id id)
{
	const char *text = ctl_option(ctl, id);
	int32_t month = text ? calendar_month_parse(text) : 0;
	if (text && !month)
		bad_option(ctl, id);
	return month;
}

int64_t ctl_instant_parse(const char *text)
{
	char day_text[11];
	unsigned hour = 0, minute = 0;
	char rest;
	int taken = sscanf(text, "%10[0-9-] %2u:%2u%c", day_text, &hour, &minute, &rest);
	int32_t day = taken >= 1 ? calendar_day_parse(day_text) : 0;
	if (!day || hour > 23 || minute > 59 || (taken != 1 && taken != 3))
		return 0;
	return calendar_day_start_ms(day) + (int64_t)(hour * 60 + minute) * 60000;
}

int64_t ctl_instant(struct ctl *ctl, enum option_id id, int64_t otherwise)
{
	const char *text = ctl_option(ctl, id);
	int64_t instant = text ? ctl_instant_parse(text) : otherwise;
	if (text && !instant)
		bad_option(ctl, id);
	return instant;
}

int64_t ctl_now_ms(const struct ctl *ctl)
{
	struct timespec now;
	long long offset = 0;
	const char *path = ctl->option[OPTION_CLOCK_FILE];
	FILE *file = path ? fopen(path, "r") : NULL;
	clock_gettime(CLOCK_REALTIME, &now);
	if (file && fscanf(file, "%lld", &offset) != 1)
		offset = 0;
	if (file)
		fclose(file);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + offset;
}

struct session *ctl_session(struct ctl *ctl)
{
	struct key_pair key = {{0}, {0}};
	char error[512];
	if (ctl->session)
		return ctl->session;
	const char *path = ctl->option[OPTION_AS];
	if (path && !call_key_load(path, &key, error, sizeof error))
		ctl_misuse(ctl, TEXT_PLAIN, error);
	/* Without a key of one's own local endpoints and health are still open to us. */
	if (!path)
		call_key_make(&key);
	ctl->session = call_session_open(ctl, &key);
	return ctl->session;
}

/* The order of the demo's week; see demo.h. */
#include "services/ctl/demo.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/digest.h"
#include "services/ctl/file.h"
#include "services/ctl/round.h"
#include "services/ctl/show.h"

/* The morning the week begins. */
static const char demo_morning[] = "1404-09-02 08:00";

void demo_step(struct demo *demo, const char *sentence)
{
	struct ctl *ctl = demo->ctl;
	int64_t tenths = (call_clock_ms() - demo->started_ms) / 100;
	TALK(ctl, TEXT_DEMO_STEP, show_fraction(ctl, tenths, 10), sentence);
}

unsigned demo_chance(const char *id, const char *about)
{
	uint8_t out[DIGEST_SHORT_BYTES];
	struct digest digest;
	digest_begin(&digest, sizeof out);
	digest_add_text(&digest, id);
	digest_add_text(&digest, about);
	digest_end(&digest, out);
	return (unsigned)(out[0] | out[1] << 8) % 100;
}

void demo_pause(struct demo *demo)
{
	enum { PAUSE_MS = 20 };
	struct bytes frame;
	struct client *client = call_client(demo->operator, SERVICE_MATCHING);
	/* Nothing is expected: answers that come late are of no use to anyone. */
	if (client && client_receive(client, PAUSE_MS, &frame))
		return;
}

static bool write_offset(struct ctl *ctl, int64_t time_ms)
{
	const char *path = ctl->option[OPTION_CLOCK_FILE];
	/* Without a clock file it is wall time. */
	struct ctl wall = {.status = 0};
	int64_t offset_ms = time_ms - ctl_now_ms(&wall);
	const char *text = arena_format(&ctl->arena, "%lld\n", (long long)offset_ms);
	struct bytes bytes = {(const uint8_t *)text, strlen(text)};
	if (path && (file_save(path, bytes, 0644) || file_overwrite(path, bytes)))
		return true;
	TALK(ctl, TEXT_DEMO_NO_CLOCK, "");
	return false;
}

static bool daemon_lives_at(struct demo *demo, enum ctl_service service, int64_t time_ms)
{
	const ProtobufCMessage *message =
	        call_read(demo->operator, service, TASHEEM__COMMON__V1__KIND__KIND_HEALTH, NULL,
	                  &tasheem__common__v1__health__descriptor);
	const Tasheem__Common__V1__Health *health = (const Tasheem__Common__V1__Health *)message;
	return health && health->ready && health->time_ms >= time_ms - 60000;
}

static bool wait_for_daemons(struct demo *demo, int64_t time_ms)
{
	int64_t end_ms = call_clock_ms() + DEMO_WAIT_MS;
	for (int at = 0; at < SERVICE_COUNT; at++)
		while (!daemon_lives_at(demo, (enum ctl_service)at, time_ms)) {
			if (call_clock_ms() > end_ms) {
				TALK(demo->ctl, TEXT_DEMO_STUCK, ctl_service_names[at]);
				return false;
			}
			demo_pause(demo);
		}
	return true;
}

bool demo_clock_to(struct demo *demo, int64_t time_ms)
{
	struct ctl *ctl = demo->ctl;
	if (ctl_now_ms(ctl) < time_ms && !write_offset(ctl, time_ms))
		return false;
	DEMO_STEP(demo, TEXT_DEMO_CLOCK, show_instant(ctl, ctl_now_ms(ctl)));
	return wait_for_daemons(demo, time_ms);
}

static bool begin_clock(struct demo *demo)
{
	enum { HOUR_MS = 3600000 };
	struct ctl *ctl = demo->ctl;
	int64_t morning_ms = ctl_instant_parse(demo_morning);
	int64_t now_ms = ctl_now_ms(ctl);
	bool there = now_ms >= morning_ms && now_ms < morning_ms + HOUR_MS;
	if (!there && !write_offset(ctl, morning_ms))
		return false;
	DEMO_STEP(demo, TEXT_DEMO_CLOCK, show_instant(ctl, ctl_now_ms(ctl)));
	return wait_for_daemons(demo, ctl_now_ms(ctl));
}

int demo_clock(struct ctl *ctl)
{
	int64_t time_ms = ctl_instant(ctl, OPTION_AT, ctl_instant_parse(demo_morning));
	if (!write_offset(ctl, time_ms))
		return CTL_USAGE;
	TELL(ctl, TEXT_DEMO_CLOCK, show_instant(ctl, time_ms));
	return CTL_OK;
}

static struct session *open_named(struct demo *demo, const char *name)
{
	struct ctl *ctl = demo->ctl;
	struct key_pair key;
	char error[512];
	const char *path = arena_format(&ctl->arena, "%s/%s.secret", demo->keys, name);
	if (call_key_load(path, &key, error, sizeof error))
		return call_session_open(ctl, &key);
	TALK(ctl, TEXT_DEMO_NO_KEY, name, error);
	ctl->status = CTL_USAGE;
	return NULL;
}

/* --keys, or where the operator's own key lies. */
static const char *keys_folder(struct ctl *ctl)
{
	const char *own = ctl->option[OPTION_AS];
	const char *slash = own ? strrchr(own, '/') : NULL;
	if (ctl->option[OPTION_KEYS])
		return ctl->option[OPTION_KEYS];
	return slash ? arena_format(&ctl->arena, "%.*s", (int)(slash - own), own) : ".";
}

static bool open_sessions(struct demo *demo)
{
	demo->operator= open_named(demo, "operator");
	demo->authority = demo->operator? open_named(demo, "authority") : NULL;
	demo->clearing = demo->authority ? open_named(demo, "clearing") : NULL;
	return demo->clearing != NULL;
}

static bool is_fresh(struct demo *demo)
{
	json_t *rounds = round_read(demo->operator, NULL, DEMO_SESSION);
	bool fresh = rounds && !json_array_size(rounds);
	if (rounds && !fresh) {
		TALK(demo->ctl, TEXT_DEMO_USED, "");
		demo->ctl->status = CTL_CONFLICT;
	}
	json_decref(rounds);
	return fresh;
}

static void close_sessions(struct demo *demo)
{
	struct session *const sessions[] = {demo->operator, demo->authority, demo->clearing,
	                                    demo->broker};
	for (size_t at = 0; at < 4; at++)
		if (sessions[at])
			call_session_close(sessions[at]);
	for (size_t at = 0; at < demo->supplier_count; at++)
		call_session_close(demo->suppliers[at]);
}

int demo_run(struct ctl *ctl)
{
	struct demo *demo = ARENA_NEW(&ctl->arena, struct demo);
	demo->ctl = ctl;
	demo->started_ms = call_clock_ms();
	demo->data = ctl->option[OPTION_DATA] ? ctl->option[OPTION_DATA] : "deploy/demo/qom";
	demo->keys = keys_folder(ctl);
	demo->published = json_object();
	demo->verified = json_object();
	demo->ignored = json_object();
	demo->families = json_array();
	demo->all_verified = true;
	/* A daemon may be killed and restarted under us. */
	if (!ctl->option[OPTION_TIMEOUT])
		ctl->patience_ms = DEMO_WAIT_MS;
	bool good = open_sessions(demo) && is_fresh(demo) && begin_clock(demo) &&
	            demo_setup(demo) && demo_market(demo) && demo_rounds(demo) &&
	            demo_deliver(demo);
	int status = good ? demo_report(demo) : ctl->status ? ctl->status : CTL_INTERNAL;
	close_sessions(demo);
	return status;
}

/* The health answer: live, ready, and the numbers an operator asks for. */
#include <string.h>

#include "daemon_internal.h"
#include "wire.h"

#ifndef TASHEEM_VERSION
#define TASHEEM_VERSION "unknown"
#endif

bool daemon_ready(const struct daemon *daemon, const char **because)
{
	*because = "";
	for (uint32_t at = 0; at < daemon->source_count; at++)
		if (daemon->sources[at].forked)
			*because = "stream_forked";
	if (!**because && !source_all_caught_up(daemon))
		*because = "catching_up";
	if (!**because && daemon->disk_full)
		*because = "disk_full";
	if (!**because && daemon->stopping)
		*because = "stopping";
	return !**because;
}

void daemon_gauge(struct daemon *daemon, const char *name, int64_t value)
{
	for (uint32_t at = 0; at < daemon->gauge_count; at++)
		if (strcmp(daemon->gauges[at].name, name) == 0) {
			daemon->gauges[at].value = value;
			return;
		}
	CHECK(daemon->gauge_count < MAX_GAUGES);
	daemon->gauges[daemon->gauge_count++] = (struct gauge){name, value};
}

static void own_gauges(struct daemon *daemon)
{
	const struct counters *count = &daemon->count;
	daemon_gauge(daemon, "frames", (int64_t)count->frames);
	daemon_gauge(daemon, "malformed", (int64_t)count->malformed);
	daemon_gauge(daemon, "strangers", (int64_t)bus_refused(daemon->bus));
	daemon_gauge(daemon, "accepted", (int64_t)count->accepted);
	daemon_gauge(daemon, "refused", (int64_t)count->refused);
	daemon_gauge(daemon, "invalid", (int64_t)count->invalid);
	daemon_gauge(daemon, "denied", (int64_t)count->denied);
	daemon_gauge(daemon, "conflict", (int64_t)count->conflict);
	daemon_gauge(daemon, "overloaded", (int64_t)count->overloaded);
	daemon_gauge(daemon, "unavailable", (int64_t)count->unavailable);
	daemon_gauge(daemon, "repeated", (int64_t)count->repeated);
	daemon_gauge(daemon, "dropped_answers", (int64_t)count->dropped);
	daemon_gauge(daemon, "commits", (int64_t)count->commits);
	daemon_gauge(daemon, "message_ids", (int64_t)dedup_count(&daemon->dedup));
}

static Tasheem__Common__V1__Lag *lag_new(struct arena *arena, const char *name, uint64_t sequence,
                                         uint64_t head, bool connected)
{
	Tasheem__Common__V1__Lag *lag = ARENA_NEW(arena, Tasheem__Common__V1__Lag);
	tasheem__common__v1__lag__init(lag);
	lag->name = (char *)(uintptr_t)name;
	lag->sequence = sequence;
	lag->head_sequence = head;
	lag->connected = connected;
	return lag;
}

static void add_lags(struct daemon *daemon, struct arena *arena,
                     Tasheem__Common__V1__Health *health)
{
	health->sources = ARENA_ARRAY(arena, Tasheem__Common__V1__Lag *, BUS_MAX_SOURCES);
	health->followers = ARENA_ARRAY(arena, Tasheem__Common__V1__Lag *, MAX_FOLLOWERS);
	for (uint32_t at = 0; at < daemon->source_count; at++) {
		const struct source *source = &daemon->sources[at];
		health->sources[health->n_sources++] =
		        lag_new(arena, source->stream.text, source->sequence, source->head_sequence,
		                source->heard);
	}
	for (int at = 0; at < MAX_FOLLOWERS; at++) {
		const struct follower *follower = &daemon->followers[at];
		if (follower->used)
			health->followers[health->n_followers++] =
			        lag_new(arena, follower->name.text, follower->sent_sequence,
			                daemon->head_sequence, true);
	}
}

static void add_gauges(struct daemon *daemon, struct arena *arena,
                       Tasheem__Common__V1__Health *health)
{
	own_gauges(daemon);
	health->gauges = ARENA_ARRAY(arena, Tasheem__Common__V1__Gauge *, daemon->gauge_count);
	for (uint32_t at = 0; at < daemon->gauge_count; at++) {
		Tasheem__Common__V1__Gauge *gauge = ARENA_NEW(arena, Tasheem__Common__V1__Gauge);
		tasheem__common__v1__gauge__init(gauge);
		gauge->name = (char *)(uintptr_t)daemon->gauges[at].name;
		gauge->value = daemon->gauges[at].value;
		health->gauges[health->n_gauges++] = gauge;
	}
}

struct bytes health_body(struct daemon *daemon, struct arena *arena)
{
	Tasheem__Common__V1__Health health = TASHEEM__COMMON__V1__HEALTH__INIT;
	const char *because;
	health.service = (char *)(uintptr_t)daemon->service->name;
	health.version = (char *)(uintptr_t)TASHEEM_VERSION;
	health.live = true;
	health.ready = daemon_ready(daemon, &because);
	health.not_ready_because = (char *)(uintptr_t)because;
	health.head_sequence = batch_next_sequence(&daemon->batch) - 1;
	add_lags(daemon, arena, &health);
	if (daemon->projector) {
		bool up = false;
		projector_status(daemon->projector, &health.projected_sequence, &up);
		health.redis_up = up;
	}
	health.disk_free_bytes = daemon->disk_free_bytes;
	health.clock = (char *)(uintptr_t)(daemon->clock.suspect             ? "suspect"
	                                   : clock_simulated(&daemon->clock) ? "simulated"
	                                                                     : "wall");
	health.time_ms = daemon->batch.now_ms;
	health.uptime_ms = clock_monotonic_ms() - daemon->started_ms;
	add_gauges(daemon, arena, &health);
	health.state_digest = (ProtobufCBinaryData){DIGEST_BYTES, daemon->state_digest};
	return wire_encode(arena, &health.base);
}

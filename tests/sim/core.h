/* A service's core as the simulator drives it: what its main.c would call. One
 * small file per service fills this in, so that no two services' headers meet. */
#ifndef TESTS_SIM_CORE_H
#define TESTS_SIM_CORE_H

#include "common/daemon.h"

struct core {
	struct service service;
	/* A fresh, empty state. */
	void *(*open)(uint32_t capacity);
	void (*close)(void *state);
	void (*take)(void *state, struct batch *batch, const struct item *item);
	int64_t (*deadline)(const void *state);
	void (*due)(void *state, struct batch *batch);
	void (*apply_record)(void *state, const struct record *record);
	void (*digest)(const void *state, uint8_t out[DIGEST_BYTES]);
	struct authorise *(*authorise)(void *state);
};

extern const struct core core_membership;
extern const struct core core_quota __attribute__((weak));
extern const struct core core_matching __attribute__((weak));

/* CORE(membership, {NULL}) defines core_membership over struct membership_state. */
#define CORE(name, ...)                                                                            \
	static void *name##_core_open(uint32_t capacity)                                           \
	{                                                                                          \
		struct name##_state *state = calloc(1, sizeof *state);                             \
		CHECK(state &&name##_open(state, capacity));                                       \
		return state;                                                                      \
	}                                                                                          \
	static void name##_core_close(void *state)                                                 \
	{                                                                                          \
		name##_close(state);                                                               \
		free(state);                                                                       \
	}                                                                                          \
	static void name##_core_take(void *state, struct batch *batch, const struct item *item)    \
	{                                                                                          \
		name##_take(state, batch, item);                                                   \
	}                                                                                          \
	static int64_t name##_core_deadline(const void *state)                                     \
	{                                                                                          \
		return name##_deadline(state);                                                     \
	}                                                                                          \
	static void name##_core_due(void *state, struct batch *batch)                              \
	{                                                                                          \
		name##_due(state, batch);                                                          \
	}                                                                                          \
	static void name##_core_apply_record(void *state, const struct record *record)             \
	{                                                                                          \
		name##_apply_record(state, record);                                                \
	}                                                                                          \
	static void name##_core_digest(const void *state, uint8_t out[DIGEST_BYTES])               \
	{                                                                                          \
		name##_digest(state, out);                                                         \
	}                                                                                          \
	static struct authorise *name##_core_authorise(void *state)                                \
	{                                                                                          \
		return &((struct name##_state *)state)->authorise;                                 \
	}                                                                                          \
	const struct core core_##name = {                                                          \
	        .service = {#name, __VA_ARGS__, name##_view, name##_families},                     \
	        .open = name##_core_open,                                                          \
	        .close = name##_core_close,                                                        \
	        .take = name##_core_take,                                                          \
	        .deadline = name##_core_deadline,                                                  \
	        .due = name##_core_due,                                                            \
	        .apply_record = name##_core_apply_record,                                          \
	        .digest = name##_core_digest,                                                      \
	        .authorise = name##_core_authorise,                                                \
	}

#endif

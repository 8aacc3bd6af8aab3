/* quota's turn. */
#include "services/quota/quota.h"

#include "common/daemon.h"

static void gauges(struct daemon *daemon, const struct quota_state *state)
{
	daemon_gauge(daemon, "requests", state->requests.count);
	daemon_gauge(daemon, "ceilings", state->ceilings.count);
	daemon_gauge(daemon, "licences", state->licences.count);
	daemon_gauge(daemon, "allocations", state->allocations.count);
	daemon_gauge(daemon, "regimes", state->regimes.count);
}

static void tell_state(struct daemon *daemon, const struct quota_state *state)
{
	uint8_t digest[DIGEST_BYTES];
	if (!daemon_tells_state(daemon))
		return;
	quota_digest(state, digest);
	daemon_state(daemon, digest);
}

int main(int argc, char **argv)
{
	static const struct service service = {
	        "quota", {"membership", "matching", NULL}, quota_view, quota_families};
	static struct quota_state state;
	struct daemon *daemon = daemon_open(&service, argc, argv);
	int64_t capacity =
	        config_int("TASHEEM_CAPACITY", daemon_config(daemon)->capacity, 64, 1 << 29);
	CHECK(quota_open(&state, (uint32_t)capacity));

	const struct record *record;
	while ((record = daemon_replay(daemon)))
		quota_apply_record(&state, record);
	tell_state(daemon, &state);
	daemon_start(daemon, &state.authorise);

	struct batch *batch = daemon_batch(daemon);
	while (daemon_wait(daemon, quota_deadline(&state))) {
		const struct item *item;
		while ((item = daemon_next(daemon)))
			quota_take(&state, batch, item);
		while (daemon_due(daemon, quota_deadline(&state)))
			quota_due(&state, batch);
		gauges(daemon, &state);
		daemon_commit(daemon);
	}
	tell_state(daemon, &state);
	return daemon_close(daemon);
}

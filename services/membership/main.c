/* The registry's turn. */
#include "services/membership/membership.h"

#include "common/daemon.h"

static void tell_state(struct daemon *daemon, const struct membership_state *state)
{
	uint8_t digest[DIGEST_BYTES];
	if (!daemon_tells_state(daemon))
		return;
	membership_digest(state, digest);
	daemon_state(daemon, digest);
}

int main(int argc, char **argv)
{
	static const struct service service = {
	        "membership", {NULL}, membership_view, membership_families};
	static struct membership_state state;
	struct daemon *daemon = daemon_open(&service, argc, argv);
	int64_t capacity =
	        config_int("TASHEEM_CAPACITY", daemon_config(daemon)->capacity, 64, UINT32_MAX / 2);
	CHECK(membership_open(&state, (uint32_t)capacity));

	const struct record *record;
	while ((record = daemon_replay(daemon)))
		membership_apply_record(&state, record);
	tell_state(daemon, &state);
	daemon_start(daemon, &state.authorise);

	struct batch *batch = daemon_batch(daemon);
	while (daemon_wait(daemon, membership_deadline(&state))) {
		const struct item *item;
		while ((item = daemon_next(daemon)))
			membership_take(&state, batch, item);
		while (daemon_due(daemon, membership_deadline(&state)))
			membership_due(&state, batch);
		daemon_gauge(daemon, "parties", state.parties.count);
		daemon_gauge(daemon, "licences", state.licences.count);
		daemon_gauge(daemon, "memberships", state.memberships.count);
		daemon_commit(daemon);
	}
	tell_state(daemon, &state);
	return daemon_close(daemon);
}

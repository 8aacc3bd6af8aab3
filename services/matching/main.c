/* Matching's turn. */
#include "services/matching/matching.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/daemon.h"

/* The custodian's secret: BLAKE2b-256 of a label and the daemon's secret key, so that no second
 * secret has to be kept, and knowing one does not give away the other. */
static void load_secret(struct matching_state *state, const struct config *config)
{
	enum { EXIT_CONFIG = 78, KEY_SIZE = 128 };
	static const char label[] = "tasheem.matching.seed.v1";
	char key[KEY_SIZE] = "", error[256] = "";
	uint8_t secret[DIGEST_BYTES];
	if (!config_secret(config->secret_key_file, key, sizeof key, error, sizeof error)) {
		fprintf(stderr,
		        "matching: TASHEEM_SECRET_KEY_FILE: %s\n"
		        "Rounds' seeds follow from this key: make one with `tasheem key new`.\n",
		        error);
		exit(EXIT_CONFIG);
	}
	crypto_generichash_state hash;
	crypto_generichash_init(&hash, NULL, 0, DIGEST_BYTES);
	crypto_generichash_update(&hash, (const unsigned char *)label, sizeof label);
	crypto_generichash_update(&hash, (const unsigned char *)key, strlen(key));
	crypto_generichash_final(&hash, secret, sizeof secret);
	matching_set_secret(state, secret);
	sodium_memzero(key, sizeof key);
	sodium_memzero(secret, sizeof secret);
	sodium_memzero(&hash, sizeof hash);
}

static void tell_state(struct daemon *daemon, const struct matching_state *state)
{
	uint8_t digest[DIGEST_BYTES];
	if (!daemon_tells_state(daemon))
		return;
	matching_digest(state, digest);
	daemon_state(daemon, digest);
}

int main(int argc, char **argv)
{
	static const struct service service = {
	        "matching", {"membership", "quota", NULL}, matching_view, matching_families};
	static struct matching_state state;
	struct daemon *daemon = daemon_open(&service, argc, argv);
	const struct config *config = daemon_config(daemon);
	int64_t capacity = config_int("TASHEEM_CAPACITY", config->capacity, 64, UINT32_MAX / 2);
	CHECK(matching_open(&state, (uint32_t)capacity));
	load_secret(&state, config);

	const struct record *record;
	while ((record = daemon_replay(daemon)))
		matching_apply_record(&state, record);
	tell_state(daemon, &state);
	daemon_start(daemon, &state.authorise);

	struct batch *batch = daemon_batch(daemon);
	while (daemon_wait(daemon, matching_deadline(&state))) {
		const struct item *item;
		while ((item = daemon_next(daemon)))
			matching_take(&state, batch, item);
		while (daemon_due(daemon, matching_deadline(&state)))
			matching_due(&state, batch);
		daemon_gauge(daemon, "offers", state.offers.count);
		daemon_gauge(daemon, "rounds", state.rounds.count);
		daemon_gauge(daemon, "rounds_solving", state.solving);
		daemon_gauge(daemon, "requests", state.requests.count);
		daemon_gauge(daemon, "allocations", state.allocations.count);
		daemon_commit(daemon);
	}
	tell_state(daemon, &state);
	return daemon_close(daemon);
}

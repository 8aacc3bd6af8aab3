/* A site of three daemons for the benchmark; shared by bench_tasheem.c (processes),
 * bench_tasheem_registry.c (who there is) and bench_tasheem_load.c (requests). */
#ifndef TASHEEM_BENCH_TASHEEM_H
#define TASHEEM_BENCH_TASHEEM_H

#include "common/arena.h"
#include "common/client.h"
#include "common/wire.h"
#include "tasheem/common/v1/common.pb-c.h"
#include "tests/bench/bench_requests.h"

enum who { MEMBERSHIP, QUOTA, MATCHING, SOLVER, OPERATOR, AUTHORITY, PUBLISHER, PRINCIPALS };

struct site {
	char directory[PATH_BYTES];
	char endpoints[3][64];
	struct {
		char public_key[41], secret_key[41];
	} keys[PRINCIPALS];
	pid_t processes[3];
	/* Records that membership has. */
	uint64_t registered;
	struct arena arena;
};

void site_open(struct site *site);
void site_close(struct site *site);
struct client *site_client(const struct site *site, enum who as, enum who to, bool local);
/* The next reply, in site->arena until the next one. */
const Tasheem__Common__V1__Reply *site_receive(struct site *site, struct client *client);
void site_answer_check(const Tasheem__Common__V1__Answer *answer);
/* Parties, licences and mandates; the regime. */
void site_register(struct site *site);
void site_approve(struct site *site);
/* The national code of buyer i (its check digit right) and its licence. */
void buyer_id(uint32_t buyer, char out[11]);
void buyer_licence(uint32_t buyer, char out[16]);

#endif

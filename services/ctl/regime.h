/* Regime files: JSON with the proto's fields (deploy/regime.md), checked in full before
 * anything is sent. */
#ifndef TASHEEM_CTL_REGIME_H
#define TASHEEM_CTL_REGIME_H

#include "common/arena.h"
#include "services/ctl/message.h"
#include "tasheem/quota/v1/quota.pb-c.h"

/* The regime, or NULL; `errors` has every fault. A fault of JSON itself is one error with
 * path "line N, column N". Memory from the arena. */
const Tasheem__Quota__V1__Regime *regime_parse(struct arena *arena, const char *text, size_t size,
                                               struct message_errors *errors);
/* Ranges and references of a decoded regime; adds to `errors`. */
void regime_validate(const Tasheem__Quota__V1__Regime *regime, struct message_errors *errors);

struct ctl;
/* Reads and checks a file; NULL after sentences on stderr, ctl->status set. */
const Tasheem__Quota__V1__Regime *regime_load(struct ctl *ctl, const char *path);

#endif

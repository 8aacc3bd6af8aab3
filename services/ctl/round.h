/* Rounds and bundles, for the commands, `why` and the demo. */
#ifndef TASHEEM_CTL_ROUND_H
#define TASHEEM_CTL_ROUND_H

#include "services/ctl/call.h"
#include "tasheem/matching/v1/matching.pb-c.h"

/* RoundChanged as a JSON array; NULL or "" for any. A new reference, NULL after a sentence. */
json_t *round_read(struct session *session, const char *round, const char *session_id);
/* The published bytes of a draw, in ctl's arena; false when there are none. */
bool round_bundle(struct session *session, const char *round, uint32_t draw, struct bytes *bundle);
/* Checks a bundle in this process; says on stderr what is wrong. */
bool round_verify_bytes(struct ctl *ctl, struct bytes bundle, const char *name);

#endif

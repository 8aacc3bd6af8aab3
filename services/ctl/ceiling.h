/* Ceilings, for the commands and for `why`. */
#ifndef TASHEEM_CTL_CEILING_H
#define TASHEEM_CTL_CEILING_H

#include "services/ctl/call.h"
#include "tasheem/quota/v1/quota.pb-c.h"

/* CeilingChanged of these filters as a JSON array, each with free_kg; with licence and family
 * the derivation too. A new reference; NULL after a sentence on stderr. */
json_t *ceiling_read(struct session *session, const char *licence, const char *family,
                     int32_t month);
/* The derivation line by line on stdout. */
void ceiling_explain(struct ctl *ctl, const json_t *ceiling);

#endif

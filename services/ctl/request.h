/* Requests, for the commands and whoever else asks about them. */
#ifndef TASHEEM_CTL_REQUEST_H
#define TASHEEM_CTL_REQUEST_H

#include "services/ctl/call.h"
#include "tasheem/quota/v1/quota.pb-c.h"

/* "BUYER/REQUEST": what a request's commands are correlated by, so that refused ones, which
 * leave no noun behind, can be found in the journal. */
const char *request_correlation(struct arena *arena, const char *buyer, const char *request);
/* RequestChanged as JSON with the reasons of an exclusion; NULL when there is none (the
 * session's ctl->status says whether asking failed). A buyer of "" is any. */
json_t *request_find(struct session *session, const char *buyer, const char *request);

#endif

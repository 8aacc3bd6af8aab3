/* Explanations, for `why` and the demo's summary. All of them print on stdout. */
#ifndef TASHEEM_CTL_WHY_H
#define TASHEEM_CTL_WHY_H

#include "services/ctl/call.h"

/* A RequestChanged: class, lines, ceilings, shares, allocations. */
void why_request(struct ctl *ctl, struct session *session, const json_t *request);
/* What would have helped in the last draw the request was in, from its bundle: an array of
 * {change, grade, price_rial_per_kg, helps, solved, room, next_*, reach_*}; NULL when there is none
 * to read. why_menu.c */
json_t *why_menu(struct session *session, const json_t *share);
void why_menu_tell(struct ctl *ctl, const json_t *menu);
void why_allocation(struct ctl *ctl, const json_t *allocation);
/* The newest refusal of a request in quota's journal as a record, NULL when there is none. */
json_t *why_refusal(struct session *session, const char *request);
void why_refused(struct ctl *ctl, const char *request, const json_t *record);

/* What the registries and quota know of an id, by the name of its list ("parties", "licences",
 * "ceilings", "requests" …); NULL when none knows it. */
json_t *why_noun_find(struct session *session, const char *id);
void why_noun(struct ctl *ctl, const json_t *found);

#endif

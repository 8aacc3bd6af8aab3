/* Inside membership's decide: the state as it will be after the rows decided so
 * far. An import's later rows see its earlier ones; a single command sees the
 * state alone. */
#ifndef TASHEEM_MEMBERSHIP_DECIDE_H
#define TASHEEM_MEMBERSHIP_DECIDE_H

#include "services/membership/membership.h"

struct staged {
	const struct membership_state *state;
	const struct decide_context *context;
	/* What the rows so far will do, in order; each row adds at most one. */
	struct event *events;
	uint32_t count;
};

const struct party *staged_party(const struct staged *staged, const struct party_id *id);
const struct syndicate *staged_union(const struct staged *staged, const struct union_id *id);
const struct cooperative *staged_cooperative(const struct staged *staged,
                                             const struct party_id *id);
const struct membership *staged_membership(const struct staged *staged,
                                           const struct membership_key *key);
const struct licence *staged_licence(const struct staged *staged, const struct licence_id *id);
int32_t staged_active_members(const struct staged *staged, const struct party_id *cooperative_id);
/* The cooperative of this kind in which the party sits; NULL when in none. */
const struct party_id *staged_seat(const struct staged *staged, const struct party_id *party_id,
                                   enum cooperative_kind kind);
/* Whether one more row fits beside what is staged; else adds TABLE_FULL. */
bool staged_room(const struct staged *staged, const struct table *table, struct verdict *verdict);

/* One rule book per noun. True when the command is good and changes something: the event
 * is filled. Otherwise the verdict says why, or is accepted and nothing changes. */
bool decide_join(const struct staged *staged, const struct membership *wanted,
                 struct verdict *verdict, struct event *event);
bool decide_change(const struct staged *staged, const struct command *command,
                   struct verdict *verdict, struct event *event);
bool decide_licence(const struct staged *staged, const struct licence *wanted,
                    struct verdict *verdict, struct event *event);
bool decide_licence_revoke(const struct staged *staged, const struct licence_revoke *wanted,
                           struct verdict *verdict, struct event *event);
bool decide_principal(const struct staged *staged, const struct principal *wanted,
                      struct verdict *verdict, struct event *event);
bool decide_principal_revoke(const struct staged *staged, const struct principal_name *name,
                             struct verdict *verdict, struct event *event);
bool decide_mandate(const struct staged *staged, const struct mandate *wanted,
                    struct verdict *verdict, struct event *event);
bool decide_mandate_revoke(const struct staged *staged, const struct mandate_key *key,
                           struct verdict *verdict, struct event *event);

#endif

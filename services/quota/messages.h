/* Between protobuf and quota's structs; shared by the messages*.c files only. */
#ifndef TASHEEM_QUOTA_MESSAGES_H
#define TASHEEM_QUOTA_MESSAGES_H

#include "common/log.h"
#include "common/wire.h"
#include "services/quota/state.h"
#include "tasheem/common/v1/common.pb-c.h"
#include "tasheem/matching/v1/matching.pb-c.h"
#include "tasheem/membership/v1/membership.pb-c.h"
#include "tasheem/quota/v1/quota.pb-c.h"

/* Commands. False after naming in the verdict what is malformed or out of range. */
bool quota_ask_file(struct arena *arena, struct bytes payload, struct ask_request *ask,
                    struct verdict *verdict);
bool quota_ask_amend(struct arena *arena, struct bytes payload, struct ask_request *ask,
                     struct verdict *verdict);
bool quota_ask_cancel(struct arena *arena, struct bytes payload, struct ask_request *ask,
                      struct verdict *verdict);
bool quota_ask_purchase(struct arena *arena, struct bytes payload, struct ask_purchase *ask,
                        struct verdict *verdict);
bool quota_ask_regime(struct arena *arena, struct bytes payload, struct draft_regime *draft,
                      struct verdict *verdict);
/* False when the text is no family name. */
bool quota_family_set(struct family_name *family, const char *text);
/* A regime as a draft; false after naming what is wrong. */
bool quota_regime_draft(struct arena *arena, const Tasheem__Quota__V1__Regime *regime,
                        struct draft_regime *draft, struct verdict *verdict);

/* Events to bytes and back. The decoded event lives in the arena. */
struct wire_event quota_event_encode(const struct quota_state *state, struct arena *arena,
                                     const struct quota_event *event);
const struct quota_event *quota_event_decode(const struct quota_state *state, struct arena *arena,
                                             const struct wire_event *wire);
Tasheem__Quota__V1__RequestChanged *quota_request_message(const struct quota_state *state,
                                                          struct arena *arena,
                                                          const struct change_request *change);
Tasheem__Quota__V1__CeilingChanged *quota_ceiling_message(const struct quota_state *state,
                                                          struct arena *arena,
                                                          const struct change_ceiling *change);
Tasheem__Quota__V1__ExcludedReason **
quota_reasons_message(struct arena *arena, const struct reason *reasons, uint32_t count);
/* Events of membership, kept as they are. */
const struct quota_event *quota_registry_decode(struct arena *arena, enum quota_event_kind kind,
                                                struct bytes payload);

/* Takes one followed record in. */
void quota_follow(struct quota_state *state, struct batch *batch, const struct item *item);
/* Answers one read. */
void quota_read(const struct quota_state *state, struct batch *batch, const struct item *item);

#endif

/* Inside matching's messages*.c and desk.c: from and to the wire. */
#ifndef TASHEEM_MATCHING_MESSAGES_H
#define TASHEEM_MATCHING_MESSAGES_H

#include "services/matching/decide.h"

/* Fills a command whose every field is in its range; false with INVALID and reasons. */
bool matching_command_decode(struct arena *arena, uint32_t kind, struct bytes payload,
                             struct command *command, struct verdict *verdict);
/* Own events, but not the *_LEARNED whose payload is the source's own. */
struct wire_event matching_event_encode(struct arena *arena, const struct event *event);
/* Any event of this stream; stops the daemon at a kind it does not know. */
void matching_event_decode(struct arena *arena, const struct wire_event *wire, struct event *event);
/* matching's own event for an event of quota or membership; false when it is of no interest.
 * Stops the daemon at a kind it does not know. */
bool matching_learn(struct arena *arena, const struct stream_name *stream,
                    const struct wire_event *source, struct wire_event *learned);
/* Payloads of learned events, which are the sources' own messages. */
void matching_learned_decode(struct arena *arena, const struct wire_event *wire,
                             struct event *event);
/* The reply of a read, serialised; false with a verdict. */
bool matching_read(const struct matching_state *state, struct batch *batch, const struct item *item,
                   struct bytes *reply, struct verdict *verdict);
/* Encodes, records and applies what the clock brings. */
void matching_record_clock(struct matching_state *state, struct batch *batch,
                           const struct event *events, uint32_t count);
/* Ends the process: the daemon cannot go on with what it was told. */
_Noreturn void matching_stop(const char *event, const char *what, const char *action);

#endif

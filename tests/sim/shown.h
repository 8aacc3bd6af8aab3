/* What readers would see in Redis: the writes of every record's view, and what a
 * projector that lost its place makes of them. */
#ifndef TESTS_SIM_SHOWN_H
#define TESTS_SIM_SHOWN_H

#include <jansson.h>

#include "tests/sim/world.h"

/* Shows a row's records; a key outside the daemon's families, or NULL. */
const char *shown_row(const struct node *node, const struct row *row, json_t *shown);
/* A new reference: key → {field: text} or {member: true}, of all daemons, each record of
 * each journal shown once. With `stutter` a projector now and then begins again some records
 * earlier, as after a lost connection: the result must be the same. */
json_t *shown_of(struct world *world, bool stutter);
/* A key outside the families of its daemon, or NULL. */
const char *shown_stranger(const struct world *world);

#endif

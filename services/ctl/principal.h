/* Registering a key, for `key new --register` and the demo. */
#ifndef TASHEEM_CTL_PRINCIPAL_H
#define TASHEEM_CTL_PRINCIPAL_H

#include "services/ctl/call.h"
#include "tasheem/membership/v1/membership.pb-c.h"

struct principal_wish {
	const char *name;
	const char *public_key;
	/* Number of Role. */
	int role;
	/* NULL or "" for none. */
	const char *party;
};

/* The exit status; says on stderr what went wrong. */
int principal_register(struct session *session, const struct principal_wish *wish);

#endif

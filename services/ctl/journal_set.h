/* Journals as a set: what checking one tells, and copies that fit together. */
#ifndef TASHEEM_CTL_JOURNAL_SET_H
#define TASHEEM_CTL_JOURNAL_SET_H

#include "common/digest.h"
#include "services/ctl/ctl.h"

struct journal_chain {
	char stream[16];
	uint64_t rows;
	uint64_t head;
	uint8_t hash[DIGEST_BYTES];
	/* How far it has followed each stream. */
	uint64_t cursors[SERVICE_COUNT];
	/* The first fault: file, row, cause. */
	char fault[640];
};

/* Walks the whole chain of a file named like its stream; false with the first fault. */
bool journal_chain_check(struct ctl *ctl, const char *path, struct journal_chain *chain);

#endif

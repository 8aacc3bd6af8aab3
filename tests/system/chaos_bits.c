/* Flips single bits of a journal's file, or of its log, one after the other, and reads the
 * journal anew each time: it must be refused or give every row as before.
 *
 *   chaos_bits DATABASE TARGET STREAM FIRST STEP LAST
 *
 * TARGET is the file whose bits FIRST, FIRST+STEP, … below LAST (0: all) are flipped and put
 * back. Prints `named harmless lost silent first_silent_bit`: lost counts flips that cost
 * exactly the newest row, silent those that cost or change anything else unseen. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/journal.h"

struct told {
	uint64_t named, harmless, lost, silent;
	int64_t first_silent;
};

/* The head of a journal that reads well from its first row on; false when it does not. */
static bool read_all(const char *path, const char *stream, uint64_t *head,
                     uint8_t hash[DIGEST_BYTES])
{
	char error[512];
	uint64_t rows, records;
	struct journal *journal = journal_open(path, stream, JOURNAL_READ, error, sizeof error);
	if (journal == NULL) {
		if (strstr(error, path) == NULL)
			printf("not named: %s\n", error);
		return false;
	}
	bool good = journal_verify(journal, &rows, &records);
	if (!good && strstr(journal_error(journal), path) == NULL)
		printf("not named: %s\n", journal_error(journal));
	*head = journal_head(journal);
	memcpy(hash, journal_head_hash(journal), DIGEST_BYTES);
	journal_close(journal);
	return good && records == *head;
}

static void flip(int file, uint64_t bit)
{
	uint8_t byte;
	CHECK(pread(file, &byte, 1, (off_t)(bit / 8)) == 1);
	byte ^= (uint8_t)(1u << bit % 8);
	CHECK(pwrite(file, &byte, 1, (off_t)(bit / 8)) == 1);
}

int main(int argc, char **argv)
{
	uint8_t hash[DIGEST_BYTES], found_hash[DIGEST_BYTES];
	uint64_t head, found = 0;
	struct told told = {.first_silent = -1};
	struct stat facts;
	if (argc != 7)
		return 2;
	int file = open(argv[2], O_RDWR | O_CLOEXEC);
	CHECK(file >= 0 && fstat(file, &facts) == 0);
	CHECK(read_all(argv[1], argv[3], &head, hash));
	uint64_t step = strtoull(argv[5], NULL, 10), last = strtoull(argv[6], NULL, 10);
	uint64_t end = last > 0 ? last : (uint64_t)facts.st_size * 8;
	for (uint64_t bit = strtoull(argv[4], NULL, 10); bit < end; bit += step) {
		flip(file, bit);
		if (!read_all(argv[1], argv[3], &found, found_hash))
			told.named++;
		else if (found == head && memcmp(found_hash, hash, DIGEST_BYTES) == 0)
			told.harmless++;
		else if (found == head - 1)
			told.lost++;
		else if (told.silent++ == 0)
			told.first_silent = (int64_t)bit;
		flip(file, bit);
	}
	CHECK(read_all(argv[1], argv[3], &found, found_hash) && found == head);
	printf("%llu %llu %llu %llu %lld\n", (unsigned long long)told.named,
	       (unsigned long long)told.harmless, (unsigned long long)told.lost,
	       (unsigned long long)told.silent, (long long)told.first_silent);
	return 0;
}

/* What SQLite does not tell of its write-ahead log. Reading stops at the first frame whose
 * checksum is wrong: right after a crash in the middle of a commit, whose frames nobody was
 * told of; but a bit that rots in an older frame ends the log just as quietly, and with it
 * all commits behind it. The two can be told apart: a commit is synced before the next one
 * begins, so behind a torn commit lies nothing that continues it.
 *
 * Format (sqlite.org/fileformat2.html, "The WAL File"), all numbers big-endian:
 *
 *   header 32 bytes: magic, version, page size, checkpoint number, salt 1, salt 2,
 *                    checksum 1, checksum 2 (of the 24 bytes before)
 *   frame 24 bytes:  page number, pages after the commit or 0, salt 1, salt 2, checksum 1,
 *                    checksum 2; then the page
 *
 * Checksums run over the header, then the first 8 bytes of each frame and its page, each
 * from where the one before ended; the magic's last bit says in which byte order they read.
 * So a frame that continues a commit frame proves that this commit was synced: if the chain
 * from the header does not reach it, the log was altered. Only the very last commit cannot
 * be told from a torn one; followers have its hash (stream_forked). */
#include "common/journal_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEADER_BYTES = 32, FRAME_HEADER_BYTES = 24, MAGIC = 0x377f0682, TRIES = 5 };

struct checksum {
	uint32_t first, second;
};

struct log_file {
	int file;
	bool big_endian;
	uint32_t page_bytes;
	uint8_t header[HEADER_BYTES];
	uint8_t *frame;
};

static uint32_t read_big(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint32_t read_word(const struct log_file *log, const uint8_t *at)
{
	if (log->big_endian)
		return read_big(at);
	return (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}

static struct checksum checksum_add(const struct log_file *log, struct checksum sum,
                                    const uint8_t *bytes, size_t size)
{
	for (size_t at = 0; at < size; at += 8) {
		sum.first += read_word(log, bytes + at) + sum.second;
		sum.second += read_word(log, bytes + at + 4) + sum.first;
	}
	return sum;
}

static struct checksum checksum_read(const uint8_t *at)
{
	return (struct checksum){read_big(at), read_big(at + 4)};
}

static bool checksum_equal(struct checksum one, struct checksum other)
{
	return one.first == other.first && one.second == other.second;
}

static bool read_whole(int file, uint8_t *out, size_t size, off_t offset)
{
	return pread(file, out, size, offset) == (ssize_t)size;
}

/* The n-th frame, from 0; false at the end of the file. */
static bool frame_read(struct log_file *log, uint64_t number)
{
	size_t size = FRAME_HEADER_BYTES + log->page_bytes;
	return read_whole(log->file, log->frame, size, HEADER_BYTES + (off_t)(number * size));
}

/* Whether the frame read last continues `before`; `after` is its own checksum as stored. */
static bool frame_continues(const struct log_file *log, struct checksum before,
                            struct checksum *after)
{
	*after = checksum_read(log->frame + 16);
	struct checksum sum = checksum_add(log, before, log->frame, 8);
	sum = checksum_add(log, sum, log->frame + FRAME_HEADER_BYTES, log->page_bytes);
	return checksum_equal(sum, *after);
}

/* Frames from the header on that continue each other, with its salts. */
static uint64_t frames_sound(struct log_file *log, bool header_good)
{
	struct checksum sum = checksum_read(log->header + 24), after;
	uint64_t number = 0;
	while (header_good && frame_read(log, number) &&
	       memcmp(log->frame + 8, log->header + 16, 8) == 0 &&
	       frame_continues(log, sum, &after)) {
		sum = after;
		number++;
	}
	return number;
}

/* Whether from this frame on some commit is continued by another frame of the same salts. */
static bool commits_behind(struct log_file *log, uint64_t number, bool header_good)
{
	/* As the frame before says, and as its content says: either may be the altered one. */
	struct checksum said = {0}, found = {0}, after;
	uint8_t salts[8];
	bool commit = false;
	for (; frame_read(log, number); number++) {
		const uint8_t *expected = header_good ? log->header + 16 : salts;
		if (commit && memcmp(log->frame + 8, expected, 8) == 0 &&
		    (frame_continues(log, said, &after) || frame_continues(log, found, &after)))
			return true;
		found = checksum_add(log, said, log->frame, 8);
		found = checksum_add(log, found, log->frame + FRAME_HEADER_BYTES, log->page_bytes);
		said = checksum_read(log->frame + 16);
		commit = read_big(log->frame + 4) != 0;
		memcpy(salts, log->frame + 8, sizeof salts);
	}
	return false;
}

static bool header_read(struct log_file *log)
{
	struct checksum sum = {0};
	if (!read_whole(log->file, log->header, HEADER_BYTES, 0))
		return false;
	log->big_endian = read_big(log->header) & 1;
	sum = checksum_add(log, sum, log->header, 24);
	return (read_big(log->header) & ~1u) == MAGIC && read_big(log->header + 8) == PAGE_BYTES &&
	       checksum_equal(sum, checksum_read(log->header + 24));
}

/* 0 when the log is sound or torn, else the number of the bad frame, from 1. */
static uint64_t fault_find(struct log_file *log)
{
	bool header_good = header_read(log);
	/* The magic's byte order may be what was altered. */
	for (int order = 0; order < (header_good ? 1 : 2); order++) {
		if (!header_good)
			log->big_endian = order;
		uint64_t sound = frames_sound(log, header_good);
		if (commits_behind(log, sound, header_good))
			return sound + 1;
	}
	return 0;
}

bool journal_log_check(struct journal *journal)
{
	struct log_file log = {.page_bytes = PAGE_BYTES};
	char path[PATH_SIZE + 8];
	uint64_t fault = 0;
	snprintf(path, sizeof path, "%s-wal", journal->path);
	if (journal->db != NULL && !journal_pages_check(journal))
		return false;
	log.file = open(path, O_RDONLY | O_CLOEXEC);
	if (log.file < 0)
		return errno == ENOENT || journal_fail(journal, "its log %s cannot be read: %s",
		                                       path, strerror(errno));
	log.frame = malloc(FRAME_HEADER_BYTES + PAGE_BYTES);
	CHECK(log.frame != NULL);
	/* A writer may be at work meanwhile: what is wrong stays wrong. */
	for (int tries = 0; tries < TRIES && (fault = fault_find(&log)) != 0; tries++)
		;
	free(log.frame);
	close(log.file);
	if (fault == 0)
		return true;
	return journal_fail(journal,
	                    "frame %llu of its write-ahead log does not have the checksum of its "
	                    "content, and commits lie behind it: the file was altered or the disk "
	                    "is failing; restore it from a backup",
	                    (unsigned long long)fault);
}

/* The journal keeps what it said it kept: through crashes, bad disks and second writers.
 * links: libcommon libproto */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/journal.h"

static char directory[64];
static char path[96];
static char error[512];

static int setup(void **state)
{
	(void)state;
	strcpy(directory, "/tmp/tasheem-journal-XXXXXX");
	if (mkdtemp(directory) == NULL)
		return -1;
	snprintf(path, sizeof path, "%s/quota.journal", directory);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	static const char *const suffixes[] = {"", "-wal", "-shm", ".lock", ".ballast"};
	char file[128];
	/* Only a failed test leaves a file system mounted. */
	umount2(directory, MNT_DETACH);
	for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
		snprintf(file, sizeof file, "%s%s", path, suffixes[i]);
		unlink(file);
	}
	return rmdir(directory);
}

static struct journal *opened(enum journal_access access)
{
	struct journal *journal = journal_open(path, "quota", access, error, sizeof error);
	if (journal == NULL)
		print_message("%s\n", error);
	assert_non_null(journal);
	return journal;
}

static void refused(enum journal_access access, const char *part)
{
	struct journal *journal = journal_open(path, "quota", access, error, sizeof error);
	assert_null(journal);
	if (strstr(error, part) == NULL)
		fail_msg("%s", error);
}

/* A row of `count` records whose body tells its sequence. */
static bool append(struct journal *journal, uint32_t count, size_t body_size)
{
	uint8_t *body = malloc(body_size + 1);
	uint64_t first = journal_head(journal) + 1;
	memset(body, (int)(first & 0xff), body_size);
	struct row row = {
	        .first_sequence = first,
	        .count = count,
	        .time_ms = (int64_t)(1000 * first),
	        .body = {body, body_size},
	};
	bool good = journal_append(journal, &row);
	journal_maintain(journal);
	free(body);
	return good;
}

static uint64_t verified(struct journal *journal)
{
	uint64_t rows, records;
	if (!journal_verify(journal, &rows, &records))
		fail_msg("%s", journal_error(journal));
	return records;
}

static void test_rows_come_back(void **state)
{
	(void)state;
	struct journal *journal = opened(JOURNAL_WRITE);
	assert_int_equal(journal_head(journal), 0);
	for (uint32_t i = 1; i <= 1000; i++)
		assert_true(append(journal, i % 7 + 1, i));
	uint64_t head = journal_head(journal);
	uint8_t hash[DIGEST_BYTES];
	memcpy(hash, journal_head_hash(journal), DIGEST_BYTES);
	assert_int_equal(verified(journal), head);
	journal_close(journal);

	journal = opened(JOURNAL_WRITE);
	assert_int_equal(journal_head(journal), head);
	assert_memory_equal(journal_head_hash(journal), hash, DIGEST_BYTES);
	assert_true(journal_head_time_ms(journal) > 0);
	struct row row;
	bool failed;
	uint64_t next = 1;
	while (journal_next(journal, &row, &failed)) {
		assert_int_equal(row.first_sequence, next);
		assert_int_equal(row.time_ms, 1000 * next);
		for (size_t i = 0; i < row.body.size; i++)
			assert_int_equal(row.body.data[i], next & 0xff);
		next += row.count;
	}
	assert_false(failed);
	assert_int_equal(next, head + 1);
	journal_close(journal);
}

static void test_rows_of_one_commit_stand_or_fall_together(void **state)
{
	(void)state;
	int status;
	pid_t child = fork();
	if (child == 0) {
		struct journal *journal =
		        journal_open(path, "quota", JOURNAL_WRITE, error, sizeof error);
		bool good = journal != NULL && journal_begin(journal) && append(journal, 4, 300) &&
		            append(journal, 2, 30000) && journal_commit(journal) &&
		            journal_begin(journal) && append(journal, 5, 300) &&
		            append(journal, 1, 30000);
		_exit(good ? 0 : 1);
	}
	waitpid(child, &status, 0);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	struct journal *journal = opened(JOURNAL_WRITE);
	assert_int_equal(journal_head(journal), 6);
	assert_int_equal(verified(journal), 6);
	journal_close(journal);
}

static void test_seek_finds_the_row_that_holds(void **state)
{
	(void)state;
	struct journal *journal = opened(JOURNAL_WRITE);
	for (int i = 0; i < 100; i++)
		assert_true(append(journal, 10, 40));
	struct row row;
	bool failed;
	for (uint64_t sequence = 1; sequence <= 1000; sequence++) {
		assert_true(journal_seek(journal, sequence));
		assert_true(journal_next(journal, &row, &failed));
		assert_int_equal(row.first_sequence, (sequence - 1) / 10 * 10 + 1);
	}
	assert_true(journal_seek(journal, 1001));
	assert_false(journal_next(journal, &row, &failed));
	assert_false(failed);
	assert_true(append(journal, 3, 5));
	assert_true(journal_next(journal, &row, &failed));
	assert_int_equal(row.first_sequence, 1001);
	journal_close(journal);
}

static void test_a_reader_follows_the_writer(void **state)
{
	(void)state;
	struct journal *writer = opened(JOURNAL_WRITE);
	assert_true(append(writer, 1, 10));
	struct journal *reader = opened(JOURNAL_READ);
	struct row row;
	bool failed;
	assert_int_equal(journal_head(reader), 1);
	assert_true(journal_next(reader, &row, &failed));
	assert_false(journal_next(reader, &row, &failed));
	assert_true(append(writer, 5, 300000));
	assert_true(append(writer, 1, 10));
	assert_true(journal_next(reader, &row, &failed));
	assert_int_equal(row.body.size, 300000);
	assert_true(journal_next(reader, &row, &failed));
	assert_true(journal_refresh(reader));
	assert_int_equal(journal_head(reader), 7);
	assert_memory_equal(journal_head_hash(reader), journal_head_hash(writer), DIGEST_BYTES);
	journal_close(reader);
	journal_close(writer);
	reader = opened(JOURNAL_READ);
	assert_int_equal(verified(reader), 7);
	journal_close(reader);
}

static void test_files_are_private(void **state)
{
	(void)state;
	static const char *const suffixes[] = {"", "-wal", "-shm", ".lock", ".ballast"};
	mode_t before = umask(0);
	struct journal *journal = opened(JOURNAL_WRITE);
	umask(before);
	assert_true(append(journal, 1, 10));
	for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
		char file[128];
		struct stat facts;
		snprintf(file, sizeof file, "%s%s", path, suffixes[i]);
		assert_int_equal(stat(file, &facts), 0);
		assert_int_equal(facts.st_mode & 0777, 0600);
	}
	journal_close(journal);
}

static void test_a_second_writer_is_refused(void **state)
{
	(void)state;
	char holder[64];
	struct journal *journal = opened(JOURNAL_WRITE);
	snprintf(holder, sizeof holder, "(process %ld)", (long)getpid());
	refused(JOURNAL_WRITE, holder);
	journal_close(journal);
	journal_close(opened(JOURNAL_WRITE));
}

static void test_strange_files_are_refused(void **state)
{
	(void)state;
	refused(JOURNAL_READ, "No such file");
	struct journal *journal = opened(JOURNAL_WRITE);
	assert_true(append(journal, 1, 10));
	journal_close(journal);
	assert_null(journal_open(path, "matching", JOURNAL_WRITE, error, sizeof error));
	assert_non_null(strstr(error, "another stream than matching"));
	sqlite3 *db;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	sqlite3_exec(db, "PRAGMA user_version=9", NULL, NULL, NULL);
	sqlite3_close(db);
	refused(JOURNAL_WRITE, "format 9");
	int file = open(path, O_WRONLY | O_TRUNC);
	assert_int_equal(write(file, "this is a letter, not a journal; it is long enough\n", 51),
	                 51);
	close(file);
	refused(JOURNAL_WRITE, "not a database");
}

/* Runs `sql` on the closed journal, as a hand on the disk would. */
static void tamper(const char *sql)
{
	sqlite3 *db;
	char *words = NULL;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &words) != SQLITE_OK)
		fail_msg("%s", words);
	assert_true(sqlite3_changes(db) > 0);
	sqlite3_close(db);
}

static void written(uint32_t rows)
{
	struct journal *journal = opened(JOURNAL_WRITE);
	for (uint32_t i = 0; i < rows; i++)
		assert_true(append(journal, 2, 64));
	journal_close(journal);
}

/* The change is seen when the chain is read, and the sentence names the place. */
static void seen(const char *sql, const char *part)
{
	uint64_t rows, records;
	teardown(NULL);
	setup(NULL);
	written(10);
	tamper(sql);
	struct journal *journal = opened(JOURNAL_READ);
	assert_false(journal_verify(journal, &rows, &records));
	if (strstr(journal_error(journal), part) == NULL)
		fail_msg("%s: %s", sql, journal_error(journal));
	journal_close(journal);
}

static void test_every_change_is_seen(void **state)
{
	(void)state;
	seen("UPDATE row SET body=zeroblob(64) WHERE first_sequence=5", "at sequence 5 ");
	seen("UPDATE row SET body=substr(body,1,63) WHERE first_sequence=7", "at sequence 7 ");
	seen("UPDATE row SET time_ms=time_ms+1 WHERE first_sequence=3", "at sequence 3 ");
	seen("UPDATE row SET count=3 WHERE first_sequence=3", "at sequence 3 ");
	seen("UPDATE row SET hash=zeroblob(32) WHERE first_sequence=9", "at sequence 9 ");
	seen("UPDATE row SET hash=x'00' WHERE first_sequence=9", "at sequence 9 ");
	seen("UPDATE row SET previous_hash=zeroblob(32) WHERE first_sequence=11",
	     "at sequence 11 ");
	seen("DELETE FROM row WHERE first_sequence=9", "sequence 9 is missing");
	seen("DELETE FROM row WHERE first_sequence=1", "sequence 1 is missing");
}

static void test_a_bad_newest_row_stops_the_opening(void **state)
{
	(void)state;
	written(10);
	tamper("UPDATE row SET body=zeroblob(64) WHERE first_sequence=19");
	refused(JOURNAL_WRITE, "at sequence 19 ");
}

/* A bit flipped anywhere in the file is either seen or changed nothing that counts. */
static void test_flipped_bits_change_nothing_unseen(void **state)
{
	(void)state;
	written(40);
	struct stat facts;
	assert_int_equal(stat(path, &facts), 0);
	unsigned random = 7;
	int found = 0;
	for (int i = 0; i < 200; i++) {
		random = random * 1664525U + 1013904223U;
		off_t at = (off_t)(random >> 8) % facts.st_size;
		uint8_t byte, flipped;
		int file = open(path, O_RDWR);
		assert_int_equal(pread(file, &byte, 1, at), 1);
		flipped = (uint8_t)(byte ^ (1U << (random & 7)));
		assert_int_equal(pwrite(file, &flipped, 1, at), 1);
		uint64_t rows = 0, records = 0;
		struct journal *journal =
		        journal_open(path, "quota", JOURNAL_READ, error, sizeof error);
		if (journal == NULL || !journal_verify(journal, &rows, &records))
			found++;
		else
			assert_int_equal(records, 80);
		journal_close(journal);
		assert_int_equal(pwrite(file, &byte, 1, at), 1);
		close(file);
	}
	assert_true(found > 20);
}

/* Writes until killed, saying over the pipe what was acknowledged. */
static void write_until_killed(int said)
{
	struct journal *journal = journal_open(path, "quota", JOURNAL_WRITE, error, sizeof error);
	while (journal != NULL && append(journal, 3, 5000)) {
		uint64_t head = journal_head(journal);
		if (write(said, &head, sizeof head) != sizeof head)
			break;
	}
	_exit(1);
}

static void test_what_was_acknowledged_survives_a_kill(void **state)
{
	(void)state;
	uint64_t acknowledged = 0, head;
	for (int life = 0; life < 20; life++) {
		int ends[2];
		assert_int_equal(pipe(ends), 0);
		pid_t child = fork();
		if (child == 0)
			write_until_killed(ends[1]);
		close(ends[1]);
		for (int i = 0; i < 3 * life + 1; i++)
			if (read(ends[0], &head, sizeof head) == sizeof head)
				acknowledged = head;
		kill(child, SIGKILL);
		while (read(ends[0], &head, sizeof head) == sizeof head)
			acknowledged = head;
		waitpid(child, NULL, 0);
		close(ends[0]);
		struct journal *journal = opened(JOURNAL_WRITE);
		assert_true(journal_head(journal) >= acknowledged);
		assert_true(journal_head(journal) <= acknowledged + 3);
		assert_int_equal(verified(journal), journal_head(journal));
		journal_close(journal);
	}
	assert_true(acknowledged > 100);
}

/* In a child: the limit would hit the test's own output too. */
static int fill_to_the_limit(void)
{
	struct journal *journal = journal_open(path, "quota", JOURNAL_WRITE, error, sizeof error);
	struct rlimit limit = {1 << 20, 1 << 20};
	signal(SIGXFSZ, SIG_IGN);
	if (journal == NULL || setrlimit(RLIMIT_FSIZE, &limit) != 0)
		return 1;
	int rows = 0;
	while (rows < 1000 && append(journal, 1, 20000))
		rows++;
	/* It must have failed, and have a sentence with the place. */
	if (rows < 5 || rows == 1000)
		return 2;
	return strstr(journal_error(journal), "writing the row after sequence") != NULL ? 0 : 3;
}

static void test_a_full_disk_fails_and_keeps_the_rest(void **state)
{
	(void)state;
	int status;
	pid_t child = fork();
	if (child == 0)
		_exit(fill_to_the_limit());
	waitpid(child, &status, 0);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	struct journal *journal = opened(JOURNAL_WRITE);
	assert_true(journal_head(journal) >= 5);
	assert_int_equal(verified(journal), journal_head(journal));
	assert_true(append(journal, 1, 20000));
	journal_close(journal);
}

/* A file system of its own, full to the last byte; only where mounting is allowed. */
static void test_the_ballast_lets_a_full_disk_open(void **state)
{
	(void)state;
	char fill[128];
	static const char zeros[1 << 16];
	if (mount("tmpfs", directory, "tmpfs", 0, "size=40m") != 0)
		skip();
	written(50);
	snprintf(fill, sizeof fill, "%s/fill", directory);
	int file = open(fill, O_WRONLY | O_CREAT, 0600);
	while (write(file, zeros, sizeof zeros) > 0)
		continue;
	close(file);
	struct journal *journal = opened(JOURNAL_WRITE);
	assert_int_equal(verified(journal), 100);
	snprintf(fill, sizeof fill, "%s.ballast", path);
	assert_int_equal(access(fill, F_OK), -1);
	journal_close(journal);
	assert_int_equal(umount(directory), 0);
}

static void test_the_write_ahead_log_stays_bounded(void **state)
{
	(void)state;
	char log[128];
	struct stat facts;
	struct journal *writer = opened(JOURNAL_WRITE_UNSYNCED);
	struct journal *reader = opened(JOURNAL_READ);
	snprintf(log, sizeof log, "%s-wal", path);
	off_t most = 0;
	struct row row;
	bool failed;
	for (int i = 0; i < 1500; i++) {
		assert_true(append(writer, 1, 200000));
		assert_true(journal_next(reader, &row, &failed));
		assert_int_equal(stat(log, &facts), 0);
		most = facts.st_size > most ? facts.st_size : most;
	}
	/* 300 MB went through it. */
	assert_true(most < 160 << 20);
	journal_close(reader);
	journal_close(writer);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	        CASE(test_rows_come_back),
	        CASE(test_rows_of_one_commit_stand_or_fall_together),
	        CASE(test_seek_finds_the_row_that_holds),
	        CASE(test_a_reader_follows_the_writer),
	        CASE(test_files_are_private),
	        CASE(test_a_second_writer_is_refused),
	        CASE(test_strange_files_are_refused),
	        CASE(test_every_change_is_seen),
	        CASE(test_a_bad_newest_row_stops_the_opening),
	        CASE(test_flipped_bits_change_nothing_unseen),
	        CASE(test_what_was_acknowledged_survives_a_kill),
	        CASE(test_a_full_disk_fails_and_keeps_the_rest),
	        CASE(test_the_ballast_lets_a_full_disk_open),
	        CASE(test_the_write_ahead_log_stays_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* journal backup | restore.
 *
 * A backup copies every journal by SQLite's backup interface while the daemons run, then
 * trims the copies to the largest cut in which no cursor is ahead of its source: a row
 * whose cursor names a record the source's copy does not hold goes, with all rows behind it;
 * repeated until nothing goes, because a trimmed journal is a source as well.
 *
 * A restore takes all journals of a backup or none: it checks every chain and every cursor
 * first, copies beside the present files under other names, takes each daemon's lock, and
 * only then puts the present set aside and the copies in its place. What went wrong before
 * that touched nothing; what goes wrong in it is undone. */
#include "services/ctl/journal_set.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/journal.h"
#include "services/ctl/file.h"
#include "services/ctl/show.h"
#include "services/ctl/stream.h"

static bool sqlite_fail(struct ctl *ctl, sqlite3 *db, const char *path)
{
	TALK(ctl, TEXT_SQLITE, show_id(ctl, path), db ? sqlite3_errmsg(db) : "no memory");
	return false;
}

static bool copy_pages(sqlite3 *from, sqlite3 *to)
{
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
	if (!backup)
		return false;
	int code = SQLITE_OK;
	/* All pages in one step: one consistent instant of a journal that is being written. */
	for (int turn = 0; turn < 100 && code != SQLITE_DONE; turn++) {
		code = sqlite3_backup_step(backup, -1);
		if (code != SQLITE_DONE && code != SQLITE_BUSY && code != SQLITE_LOCKED)
			break;
	}
	return sqlite3_backup_finish(backup) == SQLITE_OK && code == SQLITE_DONE;
}

/* One self-contained file, mode 0600, synced. */
static bool copy_journal(struct ctl *ctl, const char *from_path, const char *to_path)
{
	sqlite3 *from = NULL;
	sqlite3 *to = NULL;
	int file = open(to_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (file < 0) {
		TALK(ctl, TEXT_CANNOT_WRITE, show_id(ctl, to_path));
		return false;
	}
	close(file);
	bool good = sqlite3_open_v2(from_path, &from, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK ||
	            sqlite3_open_v2(from_path, &from, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK;
	if (good)
		sqlite3_db_config(from, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	if (!good)
		sqlite_fail(ctl, from, from_path);
	if (good && (sqlite3_open_v2(to_path, &to, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK ||
	             !copy_pages(from, to) ||
	             sqlite3_exec(to, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL) != SQLITE_OK))
		good = sqlite_fail(ctl, to, to_path);
	sqlite3_close(from);
	sqlite3_close(to);
	return good;
}

static const char *copy_path(struct ctl *ctl, const char *folder, int service)
{
	return arena_format(&ctl->arena, "%s/%s.sqlite", folder, ctl_service_names[service]);
}

/* The first sequence of the first row that has followed a source further than its head, 0
 * when there is none. */
static bool first_ahead(struct ctl *ctl, const char *folder, int service,
                        const struct journal_chain *chains, uint64_t *first)
{
	struct arena arena;
	char error[512];
	struct row row;
	bool failed = false;
	*first = 0;
	struct journal *journal =
	        journal_open(copy_path(ctl, folder, service), ctl_service_names[service],
	                     JOURNAL_READ, error, sizeof error);
	if (!journal) {
		TALK(ctl, TEXT_PLAIN, error);
		return false;
	}
	CHECK(arena_open(&arena, (size_t)1 << 30));
	bool good = journal_seek(journal, 1);
	while (good && !*first && journal_next(journal, &row, &failed)) {
		const struct record *records = row_decode(&arena, &row);
		for (uint32_t at = 0; records && at < row.count; at++)
			for (int source = 0; source < SERVICE_COUNT; source++)
				if (!strcmp(records[at].cursor.stream.text,
				            chains[source].stream) &&
				    records[at].cursor.sequence > chains[source].head)
					*first = row.first_sequence;
		arena_reset(&arena);
	}
	arena_close(&arena);
	journal_close(journal);
	return good && !failed;
}

static bool trim(struct ctl *ctl, const char *path, uint64_t first)
{
	sqlite3 *db = NULL;
	char sql[96];
	snprintf(sql, sizeof sql, "DELETE FROM row WHERE first_sequence >= %llu",
	         (unsigned long long)first);
	bool good = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
	            sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
	if (!good)
		sqlite_fail(ctl, db, path);
	sqlite3_close(db);
	return good;
}

static bool check_set(struct ctl *ctl, const char *folder, struct journal_chain *chains)
{
	for (int at = 0; at < SERVICE_COUNT; at++)
		if (!journal_chain_check(ctl, copy_path(ctl, folder, at), &chains[at])) {
			TALK(ctl, TEXT_JOURNAL_BAD, show_id(ctl, chains[at].fault));
			return false;
		}
	return true;
}

/* Trims until no cursor is ahead; bounded, because every turn removes a row. */
static bool trim_set(struct ctl *ctl, const char *folder, struct journal_chain *chains)
{
	for (;;) {
		bool trimmed = false;
		for (int at = 0; at < SERVICE_COUNT; at++) {
			const char *path = copy_path(ctl, folder, at);
			uint64_t first;
			if (!first_ahead(ctl, folder, at, chains, &first))
				return false;
			if (!first)
				continue;
			if (!trim(ctl, path, first) || !journal_chain_check(ctl, path, &chains[at]))
				return false;
			trimmed = true;
		}
		if (!trimmed)
			return true;
	}
}

static void show_set(struct ctl *ctl, const char *folder, const struct journal_chain *chains)
{
	json_t *list = json_array();
	for (int at = 0; at < SERVICE_COUNT; at++) {
		char hex[2 * DIGEST_BYTES + 1];
		sodium_bin2hex(hex, sizeof hex, chains[at].hash, DIGEST_BYTES);
		json_array_append_new(list,
		                      json_pack("{s:s, s:s, s:I, s:s}", "stream", chains[at].stream,
		                                "file", copy_path(ctl, folder, at), "head_sequence",
		                                (json_int_t)chains[at].head, "hash", hex));
	}
	show_list(ctl, list, "stream head_sequence hash file");
	json_decref(list);
}

int chain_backup(struct ctl *ctl)
{
	const char *folder = ctl->words[0];
	struct journal_chain *chains =
	        ARENA_ARRAY(&ctl->arena, struct journal_chain, SERVICE_COUNT);
	if (mkdir(folder, 0700) != 0) {
		TALK(ctl, TEXT_CANNOT_MAKE, show_id(ctl, folder), strerror(errno));
		return CTL_USAGE;
	}
	for (int at = 0; at < SERVICE_COUNT; at++) {
		const char *from = stream_path(ctl, (enum ctl_service)at);
		if (!from)
			ctl_misuse(ctl, TEXT_NO_JOURNAL, ctl_service_names[at]);
		if (!copy_journal(ctl, from, copy_path(ctl, folder, at)))
			return CTL_INTERNAL;
	}
	if (!check_set(ctl, folder, chains))
		return CTL_DIFFERENT;
	if (!trim_set(ctl, folder, chains))
		return CTL_INTERNAL;
	show_set(ctl, folder, chains);
	return CTL_OK;
}

static bool set_fits(struct ctl *ctl, const char *folder, const struct journal_chain *chains)
{
	for (int at = 0; at < SERVICE_COUNT; at++) {
		uint64_t first;
		if (!first_ahead(ctl, folder, at, chains, &first))
			return false;
		if (first) {
			TALK(ctl, TEXT_SET_AHEAD, ctl_service_names[at]);
			return false;
		}
	}
	return true;
}

/* The locks the daemons hold while they run. */
static bool take_locks(struct ctl *ctl, const char *folder, int *locks)
{
	for (int at = 0; at < SERVICE_COUNT; at++) {
		const char *path = arena_format(&ctl->arena, "%s.lock", copy_path(ctl, folder, at));
		locks[at] = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		if (locks[at] < 0 || flock(locks[at], LOCK_EX | LOCK_NB) != 0) {
			TALK(ctl, TEXT_RUNNING, ctl_service_names[at]);
			return false;
		}
	}
	return true;
}

static bool move(const char *from, const char *to)
{
	return rename(from, to) == 0 || errno == ENOENT;
}

/* The files of one journal, there and back again. */
static bool put_aside(struct ctl *ctl, const char *folder, const char *aside, bool back)
{
	static const char *const suffixes[] = {"", "-wal", "-shm"};
	bool good = true;
	for (int at = 0; at < SERVICE_COUNT; at++)
		for (size_t one = 0; one < 3; one++) {
			const char *here = arena_format(&ctl->arena, "%s%s",
			                                copy_path(ctl, folder, at), suffixes[one]);
			const char *there = arena_format(&ctl->arena, "%s%s",
			                                 copy_path(ctl, aside, at), suffixes[one]);
			good = (back ? move(there, here) : move(here, there)) && good;
		}
	return good;
}

static bool put_in_place(struct ctl *ctl, const char *folder)
{
	for (int at = 0; at < SERVICE_COUNT; at++) {
		const char *path = copy_path(ctl, folder, at);
		if (rename(arena_format(&ctl->arena, "%s.restored", path), path) != 0)
			return false;
	}
	int directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool good = directory >= 0 && fsync(directory) == 0;
	if (directory >= 0)
		close(directory);
	return good;
}

static int exchange(struct ctl *ctl, const char *folder)
{
	const char *aside = arena_format(&ctl->arena, "%s/before-restore-%lld", folder,
	                                 (long long)ctl_now_ms(ctl));
	if (mkdir(aside, 0700) != 0) {
		TALK(ctl, TEXT_CANNOT_MAKE, show_id(ctl, aside), strerror(errno));
		return CTL_INTERNAL;
	}
	if (put_aside(ctl, folder, aside, false) && put_in_place(ctl, folder)) {
		TALK(ctl, TEXT_RESTORED, show_id(ctl, aside));
		return CTL_OK;
	}
	bool back = put_aside(ctl, folder, aside, true);
	TALK(ctl, back ? TEXT_RESTORE_UNDONE : TEXT_RESTORE_BROKEN, show_id(ctl, aside));
	return CTL_INTERNAL;
}

int chain_restore(struct ctl *ctl)
{
	const char *from = ctl->words[0];
	const char *folder = ctl->option[OPTION_JOURNALS];
	struct journal_chain *chains =
	        ARENA_ARRAY(&ctl->arena, struct journal_chain, SERVICE_COUNT);
	int locks[SERVICE_COUNT] = {-1, -1, -1};
	if (!folder)
		ctl_misuse(ctl, TEXT_NEED_OPTION, "--journals");
	if (!check_set(ctl, from, chains) || !set_fits(ctl, from, chains))
		return CTL_DIFFERENT;
	if (!take_locks(ctl, folder, locks))
		return CTL_REFUSED;
	for (int at = 0; at < SERVICE_COUNT; at++) {
		const char *to =
		        arena_format(&ctl->arena, "%s.restored", copy_path(ctl, folder, at));
		unlink(to);
		if (!copy_journal(ctl, copy_path(ctl, from, at), to))
			return CTL_INTERNAL;
	}
	int status = exchange(ctl, folder);
	if (status == CTL_OK)
		show_set(ctl, folder, chains);
	for (int at = 0; at < SERVICE_COUNT; at++)
		close(locks[at]);
	return status;
}

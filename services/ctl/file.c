/* Whole files in memory; see file.h. */
#include "services/ctl/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX_BYTES = 256 << 20 };

bool file_load(struct arena *arena, const char *path, struct bytes *bytes)
{
	struct stat status;
	int file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return false;
	bool good = fstat(file, &status) == 0 && S_ISREG(status.st_mode) &&
	            status.st_size <= FILE_MAX_BYTES;
	size_t size = good ? (size_t)status.st_size : 0;
	uint8_t *data = good ? arena_try(arena, size + 1) : NULL;
	size_t used = 0;
	ssize_t got = 1;
	while (data && used < size && got > 0) {
		got = read(file, data + used, size - used);
		used += got > 0 ? (size_t)got : 0;
	}
	close(file);
	*bytes = (struct bytes){data, used};
	return data && used == size;
}

static bool write_all(int file, struct bytes bytes)
{
	size_t done = 0;
	while (done < bytes.size) {
		ssize_t wrote = write(file, bytes.data + done, bytes.size - done);
		if (wrote < 0 && errno != EINTR)
			return false;
		done += wrote > 0 ? (size_t)wrote : 0;
	}
	return fsync(file) == 0;
}

bool file_save(const char *path, struct bytes bytes, unsigned mode)
{
	char part[4096];
	int size = snprintf(part, sizeof part, "%s.part", path);
	if (size < 0 || (size_t)size >= sizeof part)
		return false;
	unlink(part);
	int file = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)mode);
	if (file < 0)
		return false;
	bool good = fchmod(file, (mode_t)mode) == 0 && write_all(file, bytes);
	good = close(file) == 0 && good;
	good = good && rename(part, path) == 0;
	if (!good)
		unlink(part);
	return good;
}

bool file_overwrite(const char *path, struct bytes bytes)
{
	int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	if (file < 0)
		return false;
	bool good = write_all(file, bytes) && ftruncate(file, (off_t)bytes.size) == 0;
	return close(file) == 0 && good;
}

bool file_is_directory(const char *path)
{
	struct stat status;
	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

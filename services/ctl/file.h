/* Whole files in memory. */
#ifndef TASHEEM_CTL_FILE_H
#define TASHEEM_CTL_FILE_H

#include "common/arena.h"
#include "common/bytes.h"

/* At most 256 MiB; false with errno when it cannot be read. */
MUST_CHECK bool file_load(struct arena *arena, const char *path, struct bytes *bytes);
/* Replaces the file in one step, with this mode; false with errno. */
MUST_CHECK bool file_save(const char *path, struct bytes bytes, unsigned mode);
/* The same in place, for a file that is mounted by itself and cannot be replaced. */
MUST_CHECK bool file_overwrite(const char *path, struct bytes bytes);
/* Whether the path is a directory. */
bool file_is_directory(const char *path);

#endif

/* The end of a process that found itself wrong. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>

_Noreturn void check_failed(const char *expression, const char *file, int line)
{
	fprintf(stderr,
	        "level=error event=check.failed what=\"%s\" at=%s:%d effect=\"the daemon stops; "
	        "nothing unacknowledged counts\" action=\"restart replays the journal; report this "
	        "line\"\n",
	        expression, file, line);
	abort();
}

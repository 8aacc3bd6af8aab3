/* Programs of the benchmark: started in a directory of their own, ended by their id. */
#include "tests/bench/bench_requests.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/check.h"

enum { MOST = 32, PATIENCE_MS = 10000, PAUSE_MS = 10 };

static pid_t running[MOST];
static char directories[MOST][PATH_BYTES];
static size_t directory_count;

static int remove_one(const char *path, const struct stat *facts, int type, struct FTW *where)
{
	(void)facts, (void)type, (void)where;
	return remove(path);
}

static void leave_nothing(void)
{
	for (size_t i = 0; i < MOST; i++)
		if (running[i] != 0)
			process_stop(running[i]);
	for (size_t i = 0; i < directory_count && getenv("KEEP") == NULL; i++)
		nftw(directories[i], remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void leave_by_signal(int number)
{
	(void)number;
	exit(1);
}

static void leave_prepare(void)
{
	static bool done;
	if (done)
		return;
	done = true;
	atexit(leave_nothing);
	signal(SIGINT, leave_by_signal);
	signal(SIGTERM, leave_by_signal);
	signal(SIGPIPE, SIG_IGN);
}

void directory_make(char out[PATH_BYTES])
{
	leave_prepare();
	CHECK(directory_count < MOST);
	/* Not /tmp, which may be memory. */
	snprintf(out, PATH_BYTES, "/var/tmp/tasheem-bench-XXXXXX");
	if (mkdtemp(out) == NULL)
		die("no directory under /var/tmp");
	chmod(out, 0755);
	memcpy(directories[directory_count++], out, PATH_BYTES);
}

pid_t process_start(const char *directory, const char *name, char *const arguments[],
                    char *const environment[])
{
	char log[PATH_BYTES * 2];
	leave_prepare();
	snprintf(log, sizeof log, "%s/%s.log", directory, name);
	pid_t process = fork();
	if (process < 0)
		die("cannot start %s", name);
	if (process == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		int file = open(log, O_WRONLY | O_CREAT | O_APPEND, 0644);
		dup2(file, STDOUT_FILENO);
		dup2(file, STDERR_FILENO);
		if (environment != NULL)
			execvpe(arguments[0], arguments, environment);
		else
			execvp(arguments[0], arguments);
		_exit(127);
	}
	for (size_t i = 0; i < MOST; i++)
		if (running[i] == 0) {
			running[i] = process;
			return process;
		}
	die("too many processes");
}

bool process_runs(pid_t process)
{
	if (waitpid(process, NULL, WNOHANG) == 0)
		return true;
	for (size_t i = 0; i < MOST; i++)
		if (running[i] == process)
			running[i] = 0;
	return false;
}

void process_stop(pid_t process)
{
	kill(process, SIGTERM);
	for (int waited = 0; process_runs(process); waited += PAUSE_MS) {
		if (waited >= PATIENCE_MS)
			kill(process, SIGKILL);
		poll(NULL, 0, PAUSE_MS);
	}
}

/* Parent and CPU seconds (own and of waited-for children); false when it is gone. */
static bool process_facts(pid_t process, pid_t *parent, double *cpu_s)
{
	char path[64], text[1024];
	snprintf(path, sizeof path, "/proc/%d/stat", (int)process);
	FILE *file = fopen(path, "r");
	if (file == NULL)
		return false;
	size_t size = fread(text, 1, sizeof text - 1, file);
	fclose(file);
	text[size] = '\0';
	const char *at = strrchr(text, ')');
	int parent_id;
	unsigned long long user, system;
	long long child_user, child_system;
	if (at == NULL ||
	    sscanf(at + 1, " %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %lld %lld",
	           &parent_id, &user, &system, &child_user, &child_system) != 5)
		return false;
	*parent = parent_id;
	*cpu_s = (double)(user + system) / (double)sysconf(_SC_CLK_TCK) +
	         (double)(child_user + child_system) / (double)sysconf(_SC_CLK_TCK);
	return true;
}

double process_cpu_s(pid_t process)
{
	double total_s = 0, cpu_s;
	pid_t parent;
	DIR *list = opendir("/proc");
	CHECK(list != NULL);
	for (const struct dirent *entry; (entry = readdir(list)) != NULL;) {
		pid_t id = (pid_t)atoi(entry->d_name);
		if (id > 0 && process_facts(id, &parent, &cpu_s) &&
		    (id == process || parent == process))
			total_s += cpu_s;
	}
	closedir(list);
	return total_s;
}

/* Deployment facts, from the environment (TASHEEM_*), overridden by flags
 * (--endpoint for TASHEEM_ENDPOINT, …). Unknown TASHEEM_* variables are errors.
 * CONFIG_LIST is the reference: name, default, what it is. */
#ifndef TASHEEM_CONFIG_H
#define TASHEEM_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONFIG_LIST(X)                                                                             \
	X(ENDPOINT, endpoint, "", "endpoints to bind with CURVE, space-separated")                 \
	X(LOCAL_ENDPOINT, local_endpoint, "",                                                      \
	  "ipc endpoint without CURVE for TASHEEM_LOCAL_PRINCIPAL")                                \
	X(LOCAL_PRINCIPAL, local_principal, "",                                                    \
	  "principal that everyone on the local endpoint is")                                      \
	X(SECRET_KEY_FILE, secret_key_file, "", "file with this daemon's CURVE secret key, Z85")   \
	X(PRINCIPALS_FILE, principals_file, "",                                                    \
	  "file with fixed principals: name role key [party]")                                     \
	X(JOURNAL, journal, "", "path of the journal")                                             \
	X(REDIS, redis, "", "host:port or unix path of Redis; empty for none")                     \
	X(REDIS_USER, redis_user, "", "Redis ACL user")                                            \
	X(REDIS_PASSWORD_FILE, redis_password_file, "", "file with its password")                  \
	X(MEMBERSHIP, membership, "", "endpoint of membership")                                    \
	X(QUOTA, quota, "", "endpoint of quota")                                                   \
	X(MATCHING, matching, "", "endpoint of matching")                                          \
	X(DISK_RESERVE, disk_reserve, "67108864", "free bytes below which writes are refused")     \
	X(CLOCK_FILE, clock_file, "", "file with an offset in ms that is added to the clock")      \
	X(LOG_FORMAT, log_format, "logfmt", "logfmt or json")                                      \
	X(CAPACITY, capacity, "1048576", "rows that the largest tables may grow to")               \
	X(STATE_DIGEST, state_digest, "off",                                                       \
	  "on: digest of the state in log and health at start and stop")                           \
	X(SYNC, sync, "full", "full, or off for measurements only")

#define CONFIG_OPTIONS 18

struct config {
#define X(variable, field, default_value, help) const char *field;
	CONFIG_LIST(X)
#undef X
};

/* Fills from environment and flags. On a wrong configuration prints what is wrong
 * and what to do on stderr and exits with 78; --help, --version and --print-config
 * print and exit with 0. */
void config_load(struct config *config, const char *program, int argc, char **argv);
/* A whole number option in range, else exit 78. */
int64_t config_int(const char *variable, const char *text, int64_t low, int64_t high);
/* First line of a file, for secrets; false with a sentence. */
bool config_secret(const char *path, char *out, size_t out_size, char *error, size_t error_size);

#endif

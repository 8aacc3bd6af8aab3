/* Redis 7, every write synced before its answer (appendfsync always), the request decided
 * in Lua. Commands under way share a pipeline, so that Redis syncs them together. */
#include "tests/bench/bench_requests.h"

#include <hiredis/hiredis.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "common/check.h"

/* ARGV: grade, kg, then buyer and number of each request. */
static const char script[] =
        "local answers = {} "
        "for i = 3, #ARGV, 2 do "
        "  local buyer, key = ARGV[i], 'request:' .. ARGV[i] .. ':' .. ARGV[i + 1] "
        "  local kg = tonumber(ARGV[2]) "
        "  if redis.call('EXISTS', key) == 1 then answers[#answers + 1] = -1 else "
        "    local licence = redis.call('HMGET', 'licence:' .. buyer, 'state', 'grade', 'until') "
        "    local ceiling = redis.call('HMGET', 'ceiling:' .. buyer, 'ceiling', 'reserved') "
        "    local free = tonumber(ceiling[1]) - tonumber(ceiling[2]) - kg "
        "    if licence[1] ~= 'valid' or licence[2] ~= ARGV[1] or tonumber(licence[3]) < 14050902 "
        "      or free < 0 or kg % 1000 ~= 0 then answers[#answers + 1] = -2 else "
        "      redis.call('HINCRBY', 'ceiling:' .. buyer, 'reserved', kg) "
        "      redis.call('HSET', key, 'buyer', buyer, 'grade', ARGV[1], 'quantity', kg, "
        "'minimum', 0, "
        "        'price', 900000, 'licence', buyer, 'state', 'open', 'version', 1) "
        "      answers[#answers + 1] = free "
        "    end "
        "  end "
        "end "
        "return answers";

static redisContext *redis_connect(const char *path, pid_t process)
{
	for (int i = 0; i < 1000 && process_runs(process); i++) {
		redisContext *context = redisConnectUnix(path);
		if (context != NULL && context->err == 0)
			return context;
		redisFree(context);
		poll(NULL, 0, 10);
	}
	die("redis-server did not start");
}

static void redis_prepare(redisContext *redis, char sha[64])
{
	redisReply *reply = redisCommand(redis, "SCRIPT LOAD %s", script);
	if (reply == NULL || reply->type != REDIS_REPLY_STRING)
		die("Redis does not take the script");
	snprintf(sha, 64, "%s", reply->str);
	freeReplyObject(reply);
	for (int i = 0; i < BUYERS; i++) {
		freeReplyObject(redisCommand(
		        redis, "HSET licence:%010d state valid grade HDPE until 14200101", i));
		freeReplyObject(redisCommand(
		        redis, "HSET ceiling:%010d ceiling 1000000000000 reserved 0", i));
	}
}

static void redis_send(redisContext *redis, const char *sha, struct meter *meter, uint32_t batch,
                       uint64_t base)
{
	enum { HEAD = 5, MOST = 1000 };
	static char texts[2 * MOST][16];
	static const char *arguments[HEAD + 2 * MOST];
	CHECK(batch <= MOST);
	const char *const head[HEAD] = {"EVALSHA", sha, "0", "HDPE", "1000"};
	memcpy(arguments, head, sizeof head);
	for (uint32_t i = 0; i < batch; i++) {
		uint64_t number = base + meter_sent(meter);
		snprintf(texts[2 * i], sizeof texts[0], "%010u", (unsigned)(number % BUYERS));
		snprintf(texts[2 * i + 1], sizeof texts[0], "R%011llu", (unsigned long long)number);
		arguments[HEAD + 2 * i] = texts[2 * i];
		arguments[HEAD + 2 * i + 1] = texts[2 * i + 1];
	}
	redisAppendCommandArgv(redis, HEAD + 2 * (int)batch, arguments, NULL);
}

static void redis_take(struct meter *meter, redisReply *reply)
{
	if (reply == NULL || reply->type != REDIS_REPLY_ARRAY)
		die("Redis: %s", reply != NULL && reply->str != NULL ? reply->str : "no answer");
	for (size_t i = 0; i < reply->elements; i++) {
		if (reply->element[i]->integer < 0)
			die("Redis refused a request");
		meter_done(meter, meter->done);
	}
	freeReplyObject(reply);
}

static void redis_run(redisContext *redis, const char *sha, const struct run *run, pid_t process)
{
	static uint64_t base;
	struct meter meter;
	meter_begin(&meter, run, process_cpu_s(process));
	do {
		void *reply = NULL;
		while (meter_may_send(&meter, run))
			redis_send(redis, sha, &meter, run->batch, base);
		if (meter.done == meter.sent)
			break;
		if (redisGetReply(redis, &reply) != REDIS_OK)
			die("Redis: %s", redis->errstr);
		while (reply != NULL) {
			redis_take(&meter, reply);
			reply = NULL;
			redisGetReplyFromReader(redis, &reply);
		}
	} while (true);
	base += meter.sent;
	meter_end(&meter, run, "redis", process_cpu_s(process));
}

void bench_redis(const struct run *runs, size_t count)
{
	char directory[PATH_BYTES], path[PATH_BYTES + 16], sha[64];
	directory_make(directory);
	snprintf(path, sizeof path, "%s/redis", directory);
	char *arguments[] = {"redis-server",
	                     "--port",
	                     "0",
	                     "--unixsocket",
	                     path,
	                     "--dir",
	                     directory,
	                     "--save",
	                     "",
	                     "--appendonly",
	                     "yes",
	                     "--appendfsync",
	                     "always",
	                     "--auto-aof-rewrite-percentage",
	                     "0",
	                     NULL};
	pid_t process = process_start(directory, "redis", arguments, NULL);
	redisContext *redis = redis_connect(path, process);
	redis_prepare(redis, sha);
	for (size_t i = 0; i < count; i++)
		redis_run(redis, sha, &runs[i], process);
	redisFree(redis);
	process_stop(process);
}

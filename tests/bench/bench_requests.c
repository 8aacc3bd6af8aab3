/* make bench-requests: options, measuring, the table. Options by environment:
 * DEPTH, BATCH (one combination instead of the usual ones), DURATION in seconds,
 * CONTENDERS (words of: tasheem redis postgres), SYNC=off for Tasheem's daemons, KEEP=1 to keep
 * the directories with logs and journals. */
#include "tests/bench/bench_requests.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/check.h"

int64_t clock_ns(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

void say(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	fputs("bench-requests: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
}

_Noreturn void die(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	fputs("bench-requests: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
	exit(1);
}

void meter_begin(struct meter *meter, const struct run *run, double cpu_s)
{
	uint64_t room = 1;
	while (room < 2 * (uint64_t)run->depth)
		room *= 2;
	*meter = (struct meter){.mask = room - 1, .cpu_began_s = cpu_s};
	meter->sent_ns = calloc(room, sizeof *meter->sent_ns);
	meter->took = calloc(LATENCY_US + 1, sizeof *meter->took);
	CHECK(meter->sent_ns != NULL && meter->took != NULL);
	meter->began_ns = clock_ns();
	meter->ended_ns = meter->began_ns + run->duration_ns;
}

bool meter_may_send(const struct meter *meter, const struct run *run)
{
	return meter->sent - meter->done + run->batch <= run->depth && clock_ns() < meter->ended_ns;
}

uint64_t meter_sent(struct meter *meter)
{
	uint64_t number = meter->sent++;
	meter->sent_ns[number & meter->mask] = clock_ns();
	return number;
}

void meter_done(struct meter *meter, uint64_t number)
{
	int64_t took_us = (clock_ns() - meter->sent_ns[number & meter->mask]) / 1000;
	meter->took[took_us < LATENCY_US ? took_us : LATENCY_US]++;
	meter->done++;
}

/* The latency that `share` of all requests do not exceed, µs. */
static uint32_t meter_quantile(const struct meter *meter, double share)
{
	uint64_t wanted = (uint64_t)((double)meter->done * share), seen = 0;
	for (uint32_t us = 0; us < LATENCY_US; us++) {
		seen += meter->took[us];
		if (seen > wanted)
			return us;
	}
	return LATENCY_US;
}

void meter_end(struct meter *meter, const struct run *run, const char *contender, double cpu_s)
{
	double took_s = (double)(clock_ns() - meter->began_ns) * 1e-9;
	CHECK(meter->done == meter->sent && meter->done > 0);
	printf("%s\t%u\t%u\t%.0f\t%u\t%u\t%.3f\n", contender, run->depth, run->batch,
	       (double)meter->done / took_s, meter_quantile(meter, 0.5),
	       meter_quantile(meter, 0.99),
	       (cpu_s - meter->cpu_began_s) / (double)meter->done * 1e6);
	fflush(stdout);
	free(meter->sent_ns);
	free(meter->took);
}

static uint32_t option(const char *name, uint32_t otherwise, uint32_t most)
{
	const char *text = getenv(name);
	if (text == NULL || *text == '\0')
		return otherwise;
	char *end;
	unsigned long value = strtoul(text, &end, 10);
	if (*end != '\0' || value < 1 || value > most)
		die("%s=%s is not a number from 1 to %u", name, text, most);
	return (uint32_t)value;
}

static size_t runs_choose(struct run *runs)
{
	static const uint32_t usual[][2] = {{1, 1}, {64, 1}, {1024, 1}, {1024, 16}, {4096, 256}};
	enum { USUAL = sizeof usual / sizeof usual[0] };
	int64_t duration_ns = (int64_t)option("DURATION", 3, 3600) * 1000000000;
	uint32_t depth = option("DEPTH", 0, 1 << 20), batch = option("BATCH", 0, 1000);
	if (depth != 0 || batch != 0) {
		batch = batch != 0 ? batch : 1;
		depth = depth != 0 ? depth : 4 * batch;
		if (depth < batch)
			die("DEPTH=%u is less than BATCH=%u", depth, batch);
		runs[0] = (struct run){depth, batch, duration_ns};
		return 1;
	}
	for (size_t i = 0; i < USUAL; i++)
		runs[i] = (struct run){usual[i][0], usual[i][1], duration_ns};
	return USUAL;
}

int main(void)
{
	struct run runs[8];
	size_t count = runs_choose(runs);
	const char *contenders = getenv("CONTENDERS");
	if (contenders == NULL || *contenders == '\0')
		contenders = "tasheem redis postgres";
	printf("contender\tdepth\tbatch\tdurable_per_s\tp50_us\tp99_us\tcpu_s_per_million\n");
	fflush(stdout);
	if (strstr(contenders, "tasheem") != NULL)
		bench_tasheem(runs, count);
	if (strstr(contenders, "redis") != NULL)
		bench_redis(runs, count);
	if (strstr(contenders, "postgres") != NULL)
		bench_postgres(runs, count);
	return 0;
}

/* The solver daemon: stateless, untrusted, as many as you like.
 *
 * It connects to matching as a client and says that it is free (SOLVER_READY)
 * about every second and after each answer. A problem arrives in parts
 * (Reply.task); when all are there and their digest is the task's name it is
 * solved, and the solution goes back in parts (SOLUTION_PART). Nothing is kept:
 * killing a solver costs time, never correctness, so SIGTERM in the middle of a
 * problem ends the process at once. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

#include "common/authorise.h"
#include "common/client.h"
#include "common/clock.h"
#include "common/config.h"
#include "common/log.h"
#include "common/wire.h"
#include "services/solver/solver.h"
#include "tasheem/common/v1/common.pb-c.h"
#include "tasheem/matching/v1/matching.pb-c.h"

enum {
	READY_MS = 1000,
	CHUNK_BYTES = 512 << 10,
	TASK_MAX_PARTS = 4096,
	SEND_TRIES = 50,
	SEND_WAIT_MS = 100,
	STATUS_CONFIG = 78,
};
/* The largest problem may take this part of the machine's memory. */
enum { MEMORY_PART = 2 };
#define WIRE_BYTES ((size_t)16 << 20)

static volatile sig_atomic_t stopping, solving;

static void on_stop(int number)
{
	(void)number;
	stopping = 1;
	if (solving)
		_exit(0);
}

struct solver {
	struct client *client;
	/* Of the problem at hand: its parts, then everything the core takes. */
	struct arena memory;
	/* Of one frame. */
	struct arena wire;
	uint8_t task_id[DIGEST_SHORT_BYTES];
	uint32_t part_count;
	uint32_t parts_seen;
	struct bytes *parts;
	int64_t ready_ms;
};

static int64_t monotonic_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool send_frame(struct solver *solver, struct bytes frame)
{
	for (int tries = 0; tries < SEND_TRIES && !stopping; tries++) {
		if (client_send(solver->client, frame))
			return true;
		zmq_pollitem_t item = {client_socket(solver->client), 0, ZMQ_POLLOUT, 0};
		zmq_poll(&item, 1, SEND_WAIT_MS);
	}
	return false;
}

static bool send_item(struct solver *solver, uint32_t kind, struct bytes payload)
{
	Tasheem__Common__V1__Envelope envelope;
	Tasheem__Common__V1__Item item, *items = &item;
	struct message_id id = client_message_id(solver->client);
	tasheem__common__v1__envelope__init(&envelope);
	tasheem__common__v1__item__init(&item);
	item.id = (ProtobufCBinaryData){sizeof id.bytes, id.bytes};
	item.kind = kind;
	item.payload = (ProtobufCBinaryData){payload.size, (uint8_t *)(uintptr_t)payload.data};
	envelope.n_items = 1;
	envelope.items = &items;
	return send_frame(solver, wire_encode(&solver->wire, &envelope.base));
}

static void send_ready(struct solver *solver)
{
	arena_reset(&solver->wire);
	if (!send_item(solver, TASHEEM__MATCHING__V1__COMMAND_KIND__COMMAND_KIND_SOLVER_READY,
	               (struct bytes){NULL, 0}))
		log_warn("solver.ready.unsent", "what=%s", log_quote("matching takes no frames"));
	solver->ready_ms = monotonic_ms() + READY_MS;
}

static bool send_solution(struct solver *solver, struct bytes answer)
{
	uint32_t count = (uint32_t)((answer.size + CHUNK_BYTES - 1) / CHUNK_BYTES);
	for (uint32_t index = 0; index < count; index++) {
		size_t first = (size_t)index * CHUNK_BYTES, size = answer.size - first;
		Tasheem__Matching__V1__SolutionPart part;
		tasheem__matching__v1__solution_part__init(&part);
		part.task_id = (ProtobufCBinaryData){DIGEST_SHORT_BYTES, solver->task_id};
		part.index = index;
		part.count = count;
		part.chunk.len = size < CHUNK_BYTES ? size : CHUNK_BYTES;
		part.chunk.data = (uint8_t *)(uintptr_t)answer.data + first;
		arena_reset(&solver->wire);
		if (!send_item(solver,
		               TASHEEM__MATCHING__V1__COMMAND_KIND__COMMAND_KIND_SOLUTION_PART,
		               wire_encode(&solver->wire, &part.base)))
			return false;
	}
	return true;
}

static const char *hex(const uint8_t *bytes, size_t size, char *out)
{
	for (size_t k = 0; k < size; k++)
		snprintf(out + 2 * k, 3, "%02x", bytes[k]);
	return out;
}

static void refuse(const struct solver_failure *failure, const char *task)
{
	log_error("solver.refused",
	          "task=%s code=%s subject=%s needed_bytes=%" PRIu64 " what=%s effect=%s action=%s",
	          task, solver_error_name(failure->error), log_quote(failure->subject),
	          failure->needed_bytes, log_quote(solver_error_sentence(failure->error)),
	          log_quote("the round stays unsolved"),
	          log_quote("correct the book or give the solver more memory"));
}

static void solve(struct solver *solver, struct bytes task)
{
	char name[2 * DIGEST_SHORT_BYTES + 1];
	struct solver_failure failure;
	struct bytes answer;
	int64_t start_ms = monotonic_ms();
	hex(solver->task_id, DIGEST_SHORT_BYTES, name);
	solving = 1;
	bool solved = messages_solve(&solver->memory, task, &answer, &failure);
	solving = 0;
	if (!solved) {
		refuse(&failure, name);
		return;
	}
	bool sent = send_solution(solver, answer);
	log_info("solver.solved",
	         "task=%s problem_bytes=%zu solution_bytes=%zu ms=%" PRId64 " sent=%s", name,
	         task.size, answer.size, monotonic_ms() - start_ms, sent ? "true" : "false");
}

static void task_forget(struct solver *solver)
{
	arena_reset(&solver->memory);
	solver->part_count = solver->parts_seen = 0;
	solver->parts = NULL;
}

/* All parts are there: one run of bytes whose digest must be the task's name. */
static void task_finish(struct solver *solver)
{
	size_t size = 0, filled = 0;
	uint8_t digest[DIGEST_SHORT_BYTES];
	for (uint32_t k = 0; k < solver->part_count; k++)
		size += solver->parts[k].size;
	uint8_t *whole = arena_take(&solver->memory, size + 1);
	for (uint32_t k = 0; k < solver->part_count; k++) {
		memcpy(whole + filled, solver->parts[k].data, solver->parts[k].size);
		filled += solver->parts[k].size;
	}
	digest_of(digest, sizeof digest, (struct bytes){whole, size});
	if (memcmp(digest, solver->task_id, sizeof digest) == 0)
		solve(solver, (struct bytes){whole, size});
	else
		log_error("solver.task.damaged", "what=%s effect=%s action=%s",
		          log_quote("the parts do not have the task's digest"),
		          log_quote("the task is dropped"),
		          log_quote("none, matching sends it again"));
	task_forget(solver);
	send_ready(solver);
}

static bool part_valid(const Tasheem__Common__V1__TaskPart *part)
{
	return part->task_id.len == DIGEST_SHORT_BYTES && part->count >= 1 &&
	       part->count <= TASK_MAX_PARTS && part->index < part->count && part->chunk.len >= 1 &&
	       part->chunk.len <= CHUNK_BYTES;
}

static void task_take(struct solver *solver, const Tasheem__Common__V1__TaskPart *part)
{
	if (!part_valid(part)) {
		log_warn("solver.task.malformed", "what=%s", log_quote("a part out of range"));
		return;
	}
	if (memcmp(part->task_id.data, solver->task_id, sizeof solver->task_id) != 0 ||
	    part->count != solver->part_count) {
		task_forget(solver);
		memcpy(solver->task_id, part->task_id.data, sizeof solver->task_id);
		solver->part_count = part->count;
		solver->parts = ARENA_ARRAY(&solver->memory, struct bytes, part->count);
	}
	struct bytes *slot = &solver->parts[part->index];
	if (slot->data != NULL)
		return;
	uint8_t *chunk = arena_take(&solver->memory, part->chunk.len);
	memcpy(chunk, part->chunk.data, part->chunk.len);
	*slot = (struct bytes){chunk, part->chunk.len};
	/* While parts arrive the solver is not free. */
	solver->ready_ms = monotonic_ms() + READY_MS;
	if (++solver->parts_seen == solver->part_count)
		task_finish(solver);
}

static void frame_take(struct solver *solver, struct bytes frame)
{
	arena_reset(&solver->wire);
	const Tasheem__Common__V1__Reply *reply = WIRE_DECODE(
	        &solver->wire, Tasheem__Common__V1__Reply, tasheem__common__v1__reply, frame);
	if (reply == NULL) {
		log_warn("solver.frame.malformed", "bytes=%zu", frame.size);
		return;
	}
	for (size_t k = 0; k < reply->n_answers; k++) {
		const Tasheem__Common__V1__Answer *answer = reply->answers[k];
		if (answer->code != TASHEEM__COMMON__V1__CODE__CODE_ACCEPTED)
			log_warn("solver.answer", "code=%d reason=%d", (int)answer->code,
			         answer->n_reasons ? (int)answer->reasons[0]->code : 0);
	}
	if (reply->task != NULL)
		task_take(solver, reply->task);
}

static struct client *connect_matching(const struct config *config)
{
	char error[256] = "", secret[64], public_key[KEY_TEXT_SIZE];
	static struct authorise authorise;
	struct principal_name name;
	if (config->principals_file[0] == '\0') {
		struct client_options local = {.endpoint = config->matching};
		struct client *client = client_open(&local, error, sizeof error);
		if (client == NULL)
			fprintf(stderr, "solver: %s\n", error);
		return client;
	}
	CHECK(principal_name_set(&name, "matching"));
	if (!authorise_open(&authorise, 4096, 16) ||
	    !authorise_load(&authorise, config->principals_file, error, sizeof error) ||
	    !config_secret(config->secret_key_file, secret, sizeof secret, error, sizeof error)) {
		fprintf(stderr, "solver: %s\n", error);
		return NULL;
	}
	const struct principal *matching = authorise_by_name(&authorise, &name);
	if (matching == NULL || strlen(secret) != KEY_TEXT_SIZE - 1 ||
	    zmq_curve_public(public_key, secret) != 0) {
		fprintf(stderr, "solver: no principal matching in %s, or no Z85 key in %s\n",
		        config->principals_file, config->secret_key_file);
		return NULL;
	}
	struct client_options options = {config->matching, matching->key.text, public_key, secret};
	struct client *client = client_open(&options, error, sizeof error);
	if (client == NULL)
		fprintf(stderr, "solver: %s\n", error);
	sodium_memzero(secret, sizeof secret);
	return client;
}

int main(int argc, char **argv)
{
	struct config config;
	struct solver solver = {0};
	struct sigaction action = {.sa_handler = on_stop};
	config_load(&config, "solver", argc, argv);
	solver.client = connect_matching(&config);
	if (solver.client == NULL)
		return STATUS_CONFIG;
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	size_t memory = (size_t)sysconf(_SC_PHYS_PAGES) * (size_t)sysconf(_SC_PAGESIZE);
	CHECK(arena_open(&solver.memory, memory / MEMORY_PART) &&
	      arena_open(&solver.wire, WIRE_BYTES));
	struct clock clock;
	clock_open(&clock, config.clock_file);
	log_open("solver", strcmp(config.log_format, "json") == 0);
	log_clock(clock.offset_ms);
	log_info("solver.start", "version=%s clock=%s matching=%s", TASHEEM_VERSION,
	         clock_simulated(&clock) ? "simulated" : "wall", log_quote(config.matching));
	while (!stopping) {
		struct bytes frame;
		int64_t wait_ms = solver.ready_ms - monotonic_ms();
		clock_now_ms(&clock);
		log_clock(clock.offset_ms);
		if (wait_ms <= 0)
			send_ready(&solver);
		else if (client_receive(solver.client, wait_ms, &frame))
			frame_take(&solver, frame);
	}
	log_info("solver.stop", "clean=true");
	client_close(solver.client);
	log_close();
	arena_close(&solver.wire);
	arena_close(&solver.memory);
	return 0;
}

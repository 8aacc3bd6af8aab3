/* Tasheem's own daemons, started from build/release as in production but for Redis:
 * membership holds the registry, quota decides the requests. The bench is operator
 * (registry), authority (regime) and a publisher mandated by every buyer. matching runs
 * until quota has caught up with it, as a start requires, and is stopped then. */
#include "tests/bench/bench_tasheem.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

#include "common/check.h"

enum { PATIENCE_MS = 30000 };

static const char *const names[PRINCIPALS] = {"membership", "quota",     "matching", "solver",
                                              "operator",   "authority", "bench"};
static const char *const roles[PRINCIPALS] = {"service",  "service",   "service",  "solver",
                                              "operator", "authority", "publisher"};

static void file_write(const char *directory, const char *name, const char *text)
{
	char path[PATH_BYTES * 2];
	snprintf(path, sizeof path, "%s/%s", directory, name);
	int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (file < 0 || write(file, text, strlen(text)) != (ssize_t)strlen(text))
		die("cannot write %s", path);
	close(file);
}

static void keys_make(struct site *site)
{
	char list[PRINCIPALS * 128] = "", name[64];
	for (int i = 0; i < PRINCIPALS; i++) {
		CHECK(zmq_curve_keypair(site->keys[i].public_key, site->keys[i].secret_key) == 0);
		snprintf(name, sizeof name, "%s.key", names[i]);
		file_write(site->directory, name, site->keys[i].secret_key);
		size_t used = strlen(list);
		snprintf(list + used, sizeof list - used, "%s %s %s\n", names[i], roles[i],
		         site->keys[i].public_key);
	}
	file_write(site->directory, "principals", list);
}

static void daemon_start(struct site *site, enum who who, const char *local_principal)
{
	enum { VARIABLES = 16, SIZE = 2 * PATH_BYTES };
	static char texts[VARIABLES][SIZE];
	char *environment[VARIABLES + 1] = {0};
	char path[PATH_BYTES];
	int count = 0;
	const char *directory = site->directory;
	snprintf(path, sizeof path, "build/release/%s", names[who]);
	snprintf(texts[count++], SIZE, "PATH=%s", getenv("PATH"));
	snprintf(texts[count++], SIZE, "TASHEEM_ENDPOINT=%s", site->endpoints[who]);
	snprintf(texts[count++], SIZE, "TASHEEM_LOCAL_ENDPOINT=ipc://%s/%s.ipc", directory,
	         names[who]);
	snprintf(texts[count++], SIZE, "TASHEEM_LOCAL_PRINCIPAL=%s", local_principal);
	snprintf(texts[count++], SIZE, "TASHEEM_SECRET_KEY_FILE=%s/%s.key", directory, names[who]);
	snprintf(texts[count++], SIZE, "TASHEEM_PRINCIPALS_FILE=%s/principals", directory);
	snprintf(texts[count++], SIZE, "TASHEEM_JOURNAL=%s/%s.journal", directory, names[who]);
	snprintf(texts[count++], SIZE, "TASHEEM_MEMBERSHIP=%s", site->endpoints[MEMBERSHIP]);
	snprintf(texts[count++], SIZE, "TASHEEM_QUOTA=%s", site->endpoints[QUOTA]);
	snprintf(texts[count++], SIZE, "TASHEEM_MATCHING=%s", site->endpoints[MATCHING]);
	snprintf(texts[count++], SIZE, "TASHEEM_CAPACITY=16777216");
	snprintf(texts[count++], SIZE, "TASHEEM_SYNC=%s",
	         getenv("SYNC") != NULL ? getenv("SYNC") : "full");
	for (int i = 0; i < count; i++)
		environment[i] = texts[i];
	char *arguments[] = {path, NULL};
	site->processes[who] = process_start(directory, names[who], arguments, environment);
}

struct client *site_client(const struct site *site, enum who as, enum who to, bool local)
{
	char error[256], endpoint[PATH_BYTES * 2];
	struct client_options options = {
	        .endpoint = site->endpoints[to],
	        .server_key = site->keys[to].public_key,
	        .public_key = site->keys[as].public_key,
	        .secret_key = site->keys[as].secret_key,
	};
	if (local) {
		snprintf(endpoint, sizeof endpoint, "ipc://%s/%s.ipc", site->directory, names[to]);
		options = (struct client_options){.endpoint = endpoint};
	}
	struct client *client = client_open(&options, error, sizeof error);
	if (client == NULL)
		die("%s", error);
	return client;
}

const Tasheem__Common__V1__Reply *site_receive(struct site *site, struct client *client)
{
	struct bytes frame;
	arena_reset(&site->arena);
	for (int waited = 0; !client_receive(client, 1000, &frame); waited += 1000)
		if (waited >= PATIENCE_MS || !process_runs(site->processes[QUOTA]) ||
		    !process_runs(site->processes[MEMBERSHIP]))
			die("no answer, or a daemon ended; run with KEEP=1 and read %s/*.log",
			    site->directory);
	const Tasheem__Common__V1__Reply *reply = WIRE_DECODE_TRUSTED(
	        &site->arena, Tasheem__Common__V1__Reply, tasheem__common__v1__reply, frame);
	CHECK(reply != NULL);
	return reply;
}

void site_answer_check(const Tasheem__Common__V1__Answer *answer)
{
	if (answer->code == TASHEEM__COMMON__V1__CODE__CODE_ACCEPTED)
		return;
	for (size_t i = 0; i < answer->n_reasons; i++)
		say("code %d, reason %d, subject %s, value %lld, limit %lld", answer->code,
		    answer->reasons[i]->code, answer->reasons[i]->subject,
		    (long long)answer->reasons[i]->value, (long long)answer->reasons[i]->limit);
	die("a command was answered with code %d", answer->code);
}

static const Tasheem__Common__V1__Answer *health_ask(struct site *site, struct client *client)
{
	struct message_id id = client_message_id(client);
	Tasheem__Common__V1__Item item = TASHEEM__COMMON__V1__ITEM__INIT;
	Tasheem__Common__V1__Item *items[] = {&item};
	Tasheem__Common__V1__Envelope envelope = TASHEEM__COMMON__V1__ENVELOPE__INIT;
	item.id = (ProtobufCBinaryData){sizeof id.bytes, id.bytes};
	item.kind = TASHEEM__COMMON__V1__KIND__KIND_HEALTH;
	envelope.n_items = 1;
	envelope.items = items;
	arena_reset(&site->arena);
	if (!client_send(client, wire_encode(&site->arena, &envelope.base)))
		die("quota takes nothing");
	const Tasheem__Common__V1__Reply *reply = site_receive(site, client);
	CHECK(reply->n_answers == 1);
	return reply->answers[0];
}

/* Until quota is ready and has followed membership to the end. */
static void quota_wait(struct site *site)
{
	struct client *client = site_client(site, OPERATOR, QUOTA, false);
	for (int waited = 0; waited < PATIENCE_MS; waited += 20) {
		const Tasheem__Common__V1__Answer *answer = health_ask(site, client);
		const Tasheem__Common__V1__Health *health = WIRE_DECODE_TRUSTED(
		        &site->arena, Tasheem__Common__V1__Health, tasheem__common__v1__health,
		        ((struct bytes){answer->body.data, answer->body.len}));
		bool ready = health != NULL && health->ready;
		for (size_t i = 0; ready && i < health->n_sources; i++)
			if (strcmp(health->sources[i]->name, "membership") == 0)
				ready = health->sources[i]->sequence >= site->registered;
		if (ready) {
			client_close(client);
			return;
		}
		poll(NULL, 0, 20);
	}
	die("quota did not become ready");
}

/* Ports of loopback that are free now. */
static void endpoints_choose(struct site *site)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t size = sizeof address;
	int sockets[3];
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (int i = 0; i < 3; i++) {
		address.sin_port = 0;
		sockets[i] = socket(AF_INET, SOCK_STREAM, 0);
		if (sockets[i] < 0 || bind(sockets[i], (struct sockaddr *)&address, size) != 0 ||
		    getsockname(sockets[i], (struct sockaddr *)&address, &size) != 0)
			die("no free port");
		snprintf(site->endpoints[i], sizeof site->endpoints[i], "tcp://127.0.0.1:%d",
		         ntohs(address.sin_port));
	}
	for (int i = 0; i < 3; i++)
		close(sockets[i]);
}

void site_open(struct site *site)
{
	memset(site, 0, sizeof *site);
	CHECK(arena_open(&site->arena, (size_t)1 << 28));
	directory_make(site->directory);
	keys_make(site);
	endpoints_choose(site);
	daemon_start(site, MEMBERSHIP, "operator");
	daemon_start(site, QUOTA, "bench");
	daemon_start(site, MATCHING, "operator");
	site_register(site);
	quota_wait(site);
	site_approve(site);
	process_stop(site->processes[MATCHING]);
}

void site_close(struct site *site)
{
	process_stop(site->processes[QUOTA]);
	process_stop(site->processes[MEMBERSHIP]);
	arena_close(&site->arena);
}

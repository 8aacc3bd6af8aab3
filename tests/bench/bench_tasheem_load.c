/* Requests to quota. A request of each buyer is serialised once; sending one copies it and
 * puts id and number in, so that the bench takes little of the machine it measures. */
#include "tests/bench/bench_tasheem.h"

#include <stdlib.h>
#include <string.h>

#include "common/check.h"
#include "tasheem/quota/v1/quota.pb-c.h"

enum { TEMPLATE_BYTES = 256, NUMBER_DIGITS = 11 };

/* An item of an envelope, tag and length included. */
struct template
{
	uint8_t bytes[TEMPLATE_BYTES];
	size_t size, id_at, number_at;
};

struct load {
	struct site *site;
	struct client *client;
	struct template templates[BUYERS];
	uint64_t base;
	struct meter meter;
	uint8_t frame[1000 * TEMPLATE_BYTES];
};

static const char id_place[] = "0123456789abcdef", number_place[] = "R00000000000";

static size_t place_of(const struct template *template, const char *text)
{
	const uint8_t *at = memmem(template->bytes, template->size, text, strlen(text));
	CHECK(at != NULL);
	return (size_t)(at - template->bytes);
}

static void template_make(struct site *site, uint32_t buyer, struct template *template)
{
	Tasheem__Quota__V1__RequestLine line = TASHEEM__QUOTA__V1__REQUEST_LINE__INIT;
	Tasheem__Quota__V1__RequestLine *lines[] = {&line};
	Tasheem__Quota__V1__Request request = TASHEEM__QUOTA__V1__REQUEST__INIT;
	Tasheem__Quota__V1__RequestFile file = TASHEEM__QUOTA__V1__REQUEST_FILE__INIT;
	Tasheem__Common__V1__Item item = TASHEEM__COMMON__V1__ITEM__INIT, *items[] = {&item};
	Tasheem__Common__V1__Envelope envelope = TASHEEM__COMMON__V1__ENVELOPE__INIT;
	char id[11], licence[16];
	buyer_id(buyer, id);
	buyer_licence(buyer, licence);
	line.party_id = request.buyer_id = id;
	line.licence_id = licence;
	line.wanted_kg = request.quantity_kg = REQUEST_KG;
	request.request_id = (char *)(uintptr_t)number_place;
	request.grade = "HDPE";
	request.max_price_rial_per_kg = 900000;
	request.n_lines = 1;
	request.lines = lines;
	file.request = &request;
	arena_reset(&site->arena);
	struct bytes payload = wire_encode(&site->arena, &file.base);
	item.id = (ProtobufCBinaryData){MESSAGE_ID_BYTES, (uint8_t *)(uintptr_t)id_place};
	item.kind = TASHEEM__QUOTA__V1__COMMAND_KIND__COMMAND_KIND_REQUEST_FILE;
	item.payload = (ProtobufCBinaryData){payload.size, (uint8_t *)(uintptr_t)payload.data};
	envelope.n_items = 1;
	envelope.items = items;
	struct bytes whole = wire_encode(&site->arena, &envelope.base);
	CHECK(whole.size <= TEMPLATE_BYTES);
	memcpy(template->bytes, whole.data, whole.size);
	template->size = whole.size;
	template->id_at = place_of(template, id_place);
	template->number_at = place_of(template, number_place) + 1;
}

/* A UUIDv7 whose last eight bytes are variant and request number. */
static void id_put(uint8_t *id, int64_t now_ms, uint64_t number)
{
	for (int i = 0; i < 6; i++)
		id[i] = (uint8_t)(now_ms >> (8 * (5 - i)));
	id[6] = 0x70;
	id[7] = 0;
	for (int i = 0; i < 8; i++)
		id[8 + i] = (uint8_t)(number >> (8 * (7 - i)));
	id[8] = 0x80;
}

static uint64_t id_number(const uint8_t *id)
{
	uint64_t number = 0;
	for (int i = 1; i < 8; i++)
		number = number << 8 | id[8 + i];
	return number;
}

static size_t request_put(const struct template *template, uint8_t *out, int64_t now_ms,
                          uint64_t number)
{
	uint64_t rest = number;
	memcpy(out, template->bytes, template->size);
	id_put(out + template->id_at, now_ms, number);
	for (int i = NUMBER_DIGITS - 1; i >= 0; i--, rest /= 10)
		out[template->number_at + (size_t)i] = (uint8_t)('0' + rest % 10);
	return template->size;
}

static void requests_send(struct load *load, uint32_t batch)
{
	size_t size = 0;
	int64_t now_ms = client_now_ms(load->client);
	for (uint32_t i = 0; i < batch; i++) {
		uint64_t number = load->base + meter_sent(&load->meter);
		size += request_put(&load->templates[number % BUYERS], load->frame + size, now_ms,
		                    number);
	}
	if (!client_send(load->client, (struct bytes){load->frame, size}))
		die("quota's queue is full");
}

static void answers_take(struct load *load)
{
	const Tasheem__Common__V1__Reply *reply = site_receive(load->site, load->client);
	for (size_t i = 0; i < reply->n_answers; i++) {
		if (reply->answers[i]->code != TASHEEM__COMMON__V1__CODE__CODE_ACCEPTED)
			site_answer_check(reply->answers[i]);
		CHECK(reply->answers[i]->id.len == MESSAGE_ID_BYTES);
		meter_done(&load->meter, id_number(reply->answers[i]->id.data) - load->base);
	}
}

static void load_run(struct load *load, const struct run *run, const char *contender)
{
	pid_t quota = load->site->processes[QUOTA];
	meter_begin(&load->meter, run, contender != NULL ? process_cpu_s(quota) : 0);
	do {
		while (meter_may_send(&load->meter, run))
			requests_send(load, run->batch);
		if (load->meter.done < load->meter.sent)
			answers_take(load);
	} while (load->meter.done < load->meter.sent || meter_may_send(&load->meter, run));
	load->base += load->meter.sent;
	if (contender != NULL)
		meter_end(&load->meter, run, contender, process_cpu_s(quota));
}

static void runs_take(const struct run *runs, size_t count, bool local)
{
	/* Not measured: the first request of each buyer finds its ceiling not yet derived. */
	static const struct run warm = {1, 1, 300000000};
	struct site site;
	struct load *load = calloc(1, sizeof *load);
	CHECK(load != NULL);
	site_open(&site);
	load->site = &site;
	load->client = site_client(&site, PUBLISHER, QUOTA, local);
	for (uint32_t i = 0; i < BUYERS; i++)
		template_make(&site, i, &load->templates[i]);
	load_run(load, &warm, NULL);
	for (size_t i = 0; i < count; i++)
		load_run(load, &runs[i], local ? "tasheem" : "tasheem-curve");
	client_close(load->client);
	site_close(&site);
	free(load);
}

void bench_tasheem(const struct run *runs, size_t count)
{
	runs_take(runs, count, true);
	runs_take(runs, count, false);
}

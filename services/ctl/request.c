/* request file | show | list | amend | cancel. A request is filed by its buyer or by a principal
 * the buyer gave a mandate. */
#include "services/ctl/request.h"

#include <stdlib.h>
#include <string.h>

#include "common/wire.h"
#include "services/ctl/call.h"
#include "services/ctl/message.h"
#include "services/ctl/show.h"

#define KIND(name) TASHEEM__QUOTA__V1__COMMAND_KIND__COMMAND_KIND_##name
#define REPLY tasheem__quota__v1__request_read_reply__descriptor

const char *request_correlation(struct arena *arena, const char *buyer, const char *request)
{
	return arena_format(arena, "%s/%s", buyer, request);
}

/* PARTY:LICENCE:KG */
static Tasheem__Quota__V1__RequestLine *line_parse(struct ctl *ctl, const char *text)
{
	Tasheem__Quota__V1__RequestLine *line =
	        ARENA_NEW(&ctl->arena, Tasheem__Quota__V1__RequestLine);
	char *copy = (char *)(uintptr_t)arena_format(&ctl->arena, "%s", text);
	char *licence = strchr(copy, ':');
	char *kg = licence ? strchr(licence + 1, ':') : NULL;
	char *end = NULL;
	tasheem__quota__v1__request_line__init(line);
	if (!kg)
		ctl_misuse(ctl, TEXT_BAD_OPTION, "--line");
	*licence++ = '\0';
	*kg++ = '\0';
	line->party_id = copy;
	line->licence_id = licence;
	line->wanted_kg = strtoll(kg, &end, 10);
	if (!*kg || *end)
		ctl_misuse(ctl, TEXT_BAD_OPTION, "--line");
	return line;
}

static void lines_fill(struct ctl *ctl, Tasheem__Quota__V1__Request *request)
{
	size_t count = ctl->line_count ? ctl->line_count : 1;
	request->lines = ARENA_ARRAY(&ctl->arena, Tasheem__Quota__V1__RequestLine *, count);
	request->n_lines = count;
	for (size_t at = 0; at < ctl->line_count; at++)
		request->lines[at] = line_parse(ctl, ctl_fold(ctl, ctl->lines[at]));
	if (ctl->line_count)
		return;
	/* A direct buyer: one line of its own. */
	const char *text =
	        arena_format(&ctl->arena, "%s:%s:%lld", request->buyer_id,
	                     ctl_need(ctl, OPTION_LICENCE), (long long)request->quantity_kg);
	request->lines[0] = line_parse(ctl, text);
}

static char *text_option(struct ctl *ctl, enum option_id id)
{
	return call_text(ctl_need(ctl, id));
}

static void request_from_options(struct ctl *ctl, Tasheem__Quota__V1__Request *request)
{
	tasheem__quota__v1__request__init(request);
	request->request_id =
	        ctl->word_count ? call_text(ctl_word(ctl, 0)) : text_option(ctl, OPTION_REQUEST);
	request->buyer_id = text_option(ctl, OPTION_BUYER);
	request->grade = text_option(ctl, OPTION_GRADE);
	ctl_need(ctl, OPTION_KG);
	request->quantity_kg = ctl_number(ctl, OPTION_KG, 0);
	request->minimum_kg = ctl_number(ctl, OPTION_MINIMUM_KG, 0);
	ctl_need(ctl, OPTION_MAX_PRICE);
	request->max_price_rial_per_kg = ctl_number(ctl, OPTION_MAX_PRICE, 0);
	request->max_landed_rial_per_kg = ctl_number(ctl, OPTION_MAX_LANDED, 0);
	request->delivery_from_jalali = ctl_day(ctl, OPTION_FROM);
	request->delivery_to_jalali = ctl_day(ctl, OPTION_TO);
	lines_fill(ctl, request);
}

int request_file(struct ctl *ctl)
{
	Tasheem__Quota__V1__Request request;
	Tasheem__Quota__V1__RequestFile file = TASHEEM__QUOTA__V1__REQUEST_FILE__INIT;
	request_from_options(ctl, &request);
	file.request = &request;
	return call_command(ctl_session(ctl), SERVICE_QUOTA, KIND(REQUEST_FILE), &file.base,
	                    request_correlation(&ctl->arena, request.buyer_id, request.request_id));
}

json_t *request_find(struct session *session, const char *buyer, const char *request)
{
	Tasheem__Quota__V1__RequestRead read = TASHEEM__QUOTA__V1__REQUEST_READ__INIT;
	read.buyer_id = call_text(buyer);
	read.request_id = call_text(request);
	json_t *reply = call_pages(session, SERVICE_QUOTA, KIND(REQUEST_READ), &read.base, &REPLY);
	if (!reply)
		return NULL;
	const json_t *list = json_object_get(reply, "requests");
	json_t *found = NULL;
	if (json_array_size(list)) {
		found = json_deep_copy(json_array_get(list, 0));
		json_object_set(found, "reasons", json_object_get(reply, "reasons"));
	}
	json_decref(reply);
	return found;
}

/* The version on record, for those who do not say which one they have seen. */
static int64_t version_seen(struct ctl *ctl, const char *buyer, const char *request)
{
	if (ctl->option[OPTION_EXPECT])
		return ctl_number(ctl, OPTION_EXPECT, 0);
	json_t *found = request_find(ctl_session(ctl), buyer, request);
	int64_t version = found ? json_number(found, "version") : 0;
	json_decref(found);
	return version;
}

int request_amend(struct ctl *ctl)
{
	Tasheem__Quota__V1__Request request;
	Tasheem__Quota__V1__RequestAmend amend = TASHEEM__QUOTA__V1__REQUEST_AMEND__INIT;
	request_from_options(ctl, &request);
	amend.request = &request;
	amend.expected_version = (uint32_t)version_seen(ctl, request.buyer_id, request.request_id);
	return call_command(ctl_session(ctl), SERVICE_QUOTA, KIND(REQUEST_AMEND), &amend.base,
	                    request_correlation(&ctl->arena, request.buyer_id, request.request_id));
}

int request_cancel(struct ctl *ctl)
{
	Tasheem__Quota__V1__RequestCancel cancel = TASHEEM__QUOTA__V1__REQUEST_CANCEL__INIT;
	cancel.request_id = call_text(ctl_word(ctl, 0));
	cancel.buyer_id = text_option(ctl, OPTION_BUYER);
	cancel.expected_version = (uint32_t)version_seen(ctl, cancel.buyer_id, cancel.request_id);
	return call_command(ctl_session(ctl), SERVICE_QUOTA, KIND(REQUEST_CANCEL), &cancel.base,
	                    request_correlation(&ctl->arena, cancel.buyer_id, cancel.request_id));
}

int request_show(struct ctl *ctl)
{
	const char *buyer = ctl_option(ctl, OPTION_BUYER);
	json_t *found = request_find(ctl_session(ctl), buyer ? buyer : "", ctl_word(ctl, 0));
	if (!found) {
		if (!ctl->status)
			TALK(ctl, TEXT_NOT_FOUND, show_id(ctl, ctl_word(ctl, 0)));
		return ctl->status ? ctl->status : CTL_REFUSED;
	}
	show_object(ctl, found);
	json_decref(found);
	return CTL_OK;
}

int request_list(struct ctl *ctl)
{
	Tasheem__Quota__V1__RequestRead read = TASHEEM__QUOTA__V1__REQUEST_READ__INIT;
	const char *buyer = ctl_option(ctl, OPTION_BUYER);
	const char *family = ctl_option(ctl, OPTION_FAMILY);
	const char *round = ctl_option(ctl, OPTION_ROUND);
	read.buyer_id = call_text(buyer);
	read.family = call_text(family);
	read.round_id = call_text(round);
	json_t *reply =
	        call_pages(ctl_session(ctl), SERVICE_QUOTA, KIND(REQUEST_READ), &read.base, &REPLY);
	if (!reply)
		return ctl->status;
	show_list(ctl, json_object_get(reply, "requests"),
	          "request.request_id request.buyer_id family request.grade request.quantity_kg "
	          "request.minimum_kg priority_class version state");
	json_decref(reply);
	return CTL_OK;
}

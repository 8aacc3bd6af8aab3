/* The table of kinds, and words to messages; see payload.h. */
#include "tests/sim/payload.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/authorise.h"
#include "common/wire.h"
#include "services/ctl/message.h"
#include "tasheem/common/v1/common.pb-c.h"
#include "tasheem/matching/v1/matching.pb-c.h"
#include "tasheem/membership/v1/membership.pb-c.h"
#include "tasheem/quota/v1/quota.pb-c.h"
#include "tests/sim/world.h"

#define MEMBERSHIP(message) &tasheem__membership__v1__##message##__descriptor
#define QUOTA(message) &tasheem__quota__v1__##message##__descriptor
#define MATCHING(message) &tasheem__matching__v1__##message##__descriptor

static const struct payload_kind kinds[] = {
        {"party_register", 100, MEMBERSHIP(party_register), NULL},
        {"union_register", 101, MEMBERSHIP(union_register), NULL},
        {"cooperative_register", 102, MEMBERSHIP(cooperative_register), NULL},
        {"membership_join", 103, MEMBERSHIP(membership_join), NULL},
        {"membership_suspend", 104, MEMBERSHIP(membership_change), NULL},
        {"membership_resume", 105, MEMBERSHIP(membership_change), NULL},
        {"membership_end", 106, MEMBERSHIP(membership_change), NULL},
        {"licence_register", 107, MEMBERSHIP(licence_register), NULL},
        {"licence_revoke", 108, MEMBERSHIP(licence_revoke), NULL},
        {"principal_register", 109, MEMBERSHIP(principal_register), NULL},
        {"principal_revoke", 110, MEMBERSHIP(principal_revoke), NULL},
        {"mandate_grant", 111, MEMBERSHIP(mandate_grant), NULL},
        {"mandate_revoke", 112, MEMBERSHIP(mandate_revoke), NULL},
        {"registry_read", 150, MEMBERSHIP(registry_read), MEMBERSHIP(registry_read_reply)},
        {"regime_approve", 200, QUOTA(regime_approve), NULL},
        {"purchase_record", 201, QUOTA(purchase_record), NULL},
        {"request_file", 202, QUOTA(request_file), NULL},
        {"request_amend", 203, QUOTA(request_amend), NULL},
        {"request_cancel", 204, QUOTA(request_cancel), NULL},
        {"request_read", 250, QUOTA(request_read), QUOTA(request_read_reply)},
        {"ceiling_read", 251, QUOTA(ceiling_read), QUOTA(ceiling_read_reply)},
        {"ceiling_why", 252, QUOTA(ceiling_read), QUOTA(ceiling_read_reply)},
        {"regime_read", 253, QUOTA(regime_read), QUOTA(regime_read_reply)},
        {"supplier_register", 300, MATCHING(supplier_register), NULL},
        {"offer_publish", 301, MATCHING(offer_publish), NULL},
        {"offer_withdraw", 302, MATCHING(offer_withdraw), NULL},
        {"round_plan", 303, MATCHING(round_plan), NULL},
        {"round_close", 304, MATCHING(round_close), NULL},
        {"round_void", 305, MATCHING(round_void), NULL},
        {"allocation_accept", 306, MATCHING(allocation_answer), NULL},
        {"allocation_decline", 307, MATCHING(allocation_answer), NULL},
        {"allocation_paid", 308, MATCHING(allocation_paid), NULL},
        {"allocation_delivered", 309, MATCHING(allocation_delivered), NULL},
        {"distribution_confirm", 310, MATCHING(distribution_confirm), NULL},
        {"solution_part", 320, MATCHING(solution_part), NULL},
        {"offer_read", 350, MATCHING(offer_read), MATCHING(offer_read_reply)},
        {"round_read", 351, MATCHING(round_read), MATCHING(round_read_reply)},
        {"allocation_read", 352, MATCHING(allocation_read), MATCHING(allocation_read_reply)},
        {"bundle_read", 353, MATCHING(bundle_read), MATCHING(bundle_read_reply)},
        {"supplier_read", 355, MATCHING(supplier_read), MATCHING(supplier_read_reply)},
};

const struct payload_kind *payload_kind(const char *name)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

const struct payload_kind *payload_kind_at(uint32_t kind)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (kinds[i].kind == kind)
			return &kinds[i];
	return NULL;
}

/* now, now+3d, now-90m. */
static json_t *instant_value(const char *text, int64_t now_ms)
{
	static const char units[] = "smhd";
	static const int64_t unit_ms[] = {1000, 60000, 3600000, 86400000};
	if (strcmp(text, "now") == 0)
		return json_integer(now_ms);
	char *end;
	long long amount = strtoll(text + 3, &end, 10);
	const char *unit = *end ? strchr(units, *end) : NULL;
	if (!unit || end[1])
		return NULL;
	return json_integer(now_ms + amount * unit_ms[unit - units]);
}

static json_t *value_of(const char *text, int64_t now_ms)
{
	char key[KEY_TEXT_SIZE];
	if (strncmp(text, "now", 3) == 0 && (text[3] == '\0' || text[3] == '+' || text[3] == '-'))
		return instant_value(text, now_ms);
	if (strncmp(text, "key:", 4) == 0) {
		world_key(text + 4, key);
		return json_string(key);
	}
	if (text[0] == '[' || text[0] == '{')
		return json_loads(text, 0, NULL);
	if (text[0] == '@') {
		char path[256];
		snprintf(path, sizeof path, "tests/scenarios/worlds/%s.json", text + 1);
		return json_load_file(path, 0, NULL);
	}
	if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
		return json_boolean(text[0] == 't');
	return json_string(text);
}

/* The container that holds the last step of the path; makes what is missing. */
static json_t *step_into(json_t *at, const char *step, bool next_is_number)
{
	json_t *child = json_is_array(at) ? json_array_get(at, strtoul(step, NULL, 10))
	                                  : json_object_get(at, step);
	if (child)
		return child;
	child = next_is_number ? json_array() : json_object();
	if (json_is_array(at))
		json_array_append_new(at, child);
	else
		json_object_set_new(at, step, child);
	return child;
}

static bool is_number(const char *step)
{
	return step && *step >= '0' && *step <= '9';
}

bool payload_word(json_t *object, const char *word, int64_t now_ms)
{
	char path[256];
	const char *equals = strchr(word, '=');
	if (!equals || (size_t)(equals - word) >= sizeof path)
		return false;
	memcpy(path, word, (size_t)(equals - word));
	path[equals - word] = '\0';
	json_t *value = value_of(equals + 1, now_ms);
	if (!value)
		return false;
	char *rest = NULL;
	char *step = strtok_r(path, ".", &rest);
	char *next = strtok_r(NULL, ".", &rest);
	while (next) {
		object = step_into(object, step, is_number(next));
		step = next;
		next = strtok_r(NULL, ".", &rest);
	}
	if (!json_is_array(object))
		return step && json_object_set_new(object, step, value) == 0;
	size_t at = strtoul(step, NULL, 10);
	return at < json_array_size(object) ? json_array_set_new(object, at, value) == 0
	                                    : json_array_append_new(object, value) == 0;
}

bool payload_build(struct arena *arena, const struct payload_kind *kind, const json_t *object,
                   struct bytes *bytes, char error[256])
{
	struct message_errors errors;
	memset(&errors, 0, sizeof errors);
	const ProtobufCMessage *message = message_from_json(arena, kind->payload, object, &errors);
	if (!message || errors.count) {
		snprintf(error, 256, "%s: %s does not take `%s`", kind->name,
		         errors.count ? errors.list[0].path : "payload",
		         errors.count ? errors.list[0].value : "");
		return false;
	}
	*bytes = wire_encode(arena, message);
	return true;
}

const char *payload_lookup(struct arena *arena, const json_t *object, const char *path)
{
	char copy[256];
	snprintf(copy, sizeof copy, "%s", path);
	char *rest = NULL;
	for (char *step = strtok_r(copy, ".", &rest); step && object;
	     step = strtok_r(NULL, ".", &rest)) {
		if (strcmp(step, "count") == 0 && json_is_array(object))
			return arena_format(arena, "%zu", json_array_size(object));
		object = json_is_array(object) ? json_array_get(object, strtoul(step, NULL, 10))
		                               : json_object_get(object, step);
	}
	if (json_is_string(object))
		return json_string_value(object);
	if (json_is_integer(object))
		return arena_format(arena, "%" JSON_INTEGER_FORMAT, json_integer_value(object));
	if (json_is_boolean(object))
		return json_is_true(object) ? "true" : "false";
	return NULL;
}

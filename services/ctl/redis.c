/* redis verify: does Redis show exactly what the journals say? The views are rebuilt in
 * memory by the daemons' own view functions and compared key by key. */
#include "services/ctl/redis.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/config.h"
#include "common/projection_check.h"
#include "services/ctl/show.h"
#include "services/ctl/stream.h"

/* What the daemons' X.h declare: the command links their view.o and nothing else. */
extern const char *const membership_families[];
extern const char *const quota_families[];
extern const char *const matching_families[];
void membership_view(struct view *view, const struct record *record);
void quota_view(struct view *view, const struct record *record);
void matching_view(struct view *view, const struct record *record);

static const struct {
	void (*view)(struct view *view, const struct record *record);
	const char *const *families;
} views[SERVICE_COUNT] = {
        {membership_view, membership_families},
        {quota_view, quota_families},
        {matching_view, matching_families},
};

enum { CATCH_UP_MS = 10000 };

static bool check_one(struct ctl *ctl, enum ctl_service service, const char *password,
                      struct projection_report *report)
{
	char error[512];
	struct projector_options options = {
	        .journal_path = stream_path(ctl, service),
	        .stream = ctl_service_names[service],
	        .redis = ctl->option[OPTION_REDIS],
	        .redis_user = getenv("TASHEEM_REDIS_USER"),
	        .redis_password = password,
	        .view = views[service].view,
	        .families = views[service].families,
	};
	if (!options.journal_path) {
		TALK(ctl, TEXT_NO_JOURNAL, ctl_service_names[service]);
		return false;
	}
	if (projection_check(&options, CATCH_UP_MS, report, error, sizeof error))
		return true;
	TALK(ctl, TEXT_PLAIN, error);
	return false;
}

static json_t *report_json(enum ctl_service service, const struct projection_report *report)
{
	return json_pack("{s:s, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:s, s:s}", "stream",
	                 ctl_service_names[service], "equal", projection_equal(report), "sequence",
	                 (json_int_t)report->sequence, "head_sequence", (json_int_t)report->head,
	                 "keys", (json_int_t)report->keys, "missing", (json_int_t)report->missing,
	                 "different", (json_int_t)report->different, "extra",
	                 (json_int_t)report->extra, "first_key", report->first_key,
	                 "first_difference", report->first_difference);
}

json_t *redis_compare(struct ctl *ctl)
{
	char password[256] = "";
	char error[256];
	const char *path = getenv("TASHEEM_REDIS_PASSWORD_FILE");
	if (path && *path && !config_secret(path, password, sizeof password, error, sizeof error)) {
		TALK(ctl, TEXT_PLAIN, error);
		return NULL;
	}
	if (!ctl->option[OPTION_REDIS]) {
		TALK(ctl, TEXT_NO_REDIS, "");
		return NULL;
	}
	json_t *list = json_array();
	for (int at = 0; at < SERVICE_COUNT; at++) {
		struct projection_report report = {0};
		if (!check_one(ctl, (enum ctl_service)at, password, &report)) {
			json_decref(list);
			return NULL;
		}
		json_array_append_new(list, report_json((enum ctl_service)at, &report));
	}
	return list;
}

bool redis_all_equal(const json_t *list)
{
	for (size_t at = 0; at < json_array_size(list); at++)
		if (!json_is_true(json_object_get(json_array_get(list, at), "equal")))
			return false;
	return json_array_size(list) > 0;
}

int redis_verify(struct ctl *ctl)
{
	json_t *list = redis_compare(ctl);
	if (!list)
		return CTL_UNREACHABLE;
	bool equal = redis_all_equal(list);
	show_list(ctl, list, "stream equal sequence head_sequence keys missing different extra");
	for (size_t at = 0; at < json_array_size(list); at++) {
		const json_t *one = json_array_get(list, at);
		if (*json_text(one, "first_key"))
			TALK(ctl, TEXT_REDIS_DIFFERS, show_id(ctl, json_text(one, "first_key")),
			     show_id(ctl, json_text(one, "first_difference")));
	}
	json_decref(list);
	return equal ? CTL_OK : CTL_DIFFERENT;
}

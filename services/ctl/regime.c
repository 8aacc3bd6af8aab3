/* regime check | approve | show. */
#include "services/ctl/regime.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "services/ctl/call.h"
#include "services/ctl/file.h"
#include "services/ctl/show.h"

#define KIND(name) TASHEEM__QUOTA__V1__COMMAND_KIND__COMMAND_KIND_##name

static json_t *errors_json(const struct message_errors *errors)
{
	json_t *list = json_array();
	for (uint32_t at = 0; at < errors->count && at < MESSAGE_MAX_ERRORS; at++) {
		const struct message_error *error = &errors->list[at];
		json_array_append_new(list,
		                      json_pack("{s:s, s:s, s:s}", "field", error->path, "code",
		                                reason_name(error->code), "value", error->value));
	}
	return list;
}

static void tell_errors(struct ctl *ctl, const char *path, const struct message_errors *errors)
{
	if (ctl->json) {
		json_t *list = errors_json(errors);
		show_json(list);
		json_decref(list);
	}
	for (uint32_t at = 0; at < errors->count && at < MESSAGE_MAX_ERRORS; at++) {
		const struct message_error *error = &errors->list[at];
		TALK(ctl, TEXT_FIELD_ERROR, show_id(ctl, path), show_id(ctl, error->path),
		     show_id(ctl, reason_name(error->code)), show_id(ctl, error->value));
	}
	if (errors->count)
		TALK(ctl, TEXT_FAULTS, show_number(ctl, errors->count));
}

const Tasheem__Quota__V1__Regime *regime_load(struct ctl *ctl, const char *path)
{
	struct message_errors *errors = ARENA_NEW(&ctl->arena, struct message_errors);
	struct bytes text;
	if (!file_load(&ctl->arena, path, &text)) {
		TALK(ctl, TEXT_CANNOT_READ, show_id(ctl, path));
		ctl->status = CTL_USAGE;
		return NULL;
	}
	const Tasheem__Quota__V1__Regime *regime =
	        regime_parse(&ctl->arena, (const char *)text.data, text.size, errors);
	ctl->status = regime ? CTL_OK : CTL_DIFFERENT;
	if (!regime)
		tell_errors(ctl, path, errors);
	return regime;
}

int regime_check(struct ctl *ctl)
{
	const Tasheem__Quota__V1__Regime *regime = regime_load(ctl, ctl->words[0]);
	if (!regime)
		return ctl->status;
	if (ctl->json)
		printf("[]\n");
	else
		TELL(ctl, TEXT_REGIME_GOOD, show_id(ctl, ctl->words[0]),
		     show_number(ctl, regime->version),
		     show_number(ctl, (int64_t)regime->n_families),
		     show_number(ctl, (int64_t)regime->n_products),
		     show_number(ctl, (int64_t)regime->n_grades));
	return CTL_OK;
}

int regime_approve(struct ctl *ctl)
{
	Tasheem__Quota__V1__RegimeApprove command = TASHEEM__QUOTA__V1__REGIME_APPROVE__INIT;
	const Tasheem__Quota__V1__Regime *regime = regime_load(ctl, ctl->words[0]);
	if (!regime)
		return ctl->status;
	memcpy(&command.regime, &regime, sizeof regime);
	const char *correlation = arena_format(&ctl->arena, "regime/%" PRIu32, regime->version);
	return call_command(ctl_session(ctl), SERVICE_QUOTA, KIND(REGIME_APPROVE), &command.base,
	                    correlation);
}

static void show_regime(struct ctl *ctl, json_t *reply)
{
	json_t *approved = json_object_get(reply, "regime");
	json_t *regime = json_object_get(approved, "regime");
	TELL(ctl, TEXT_REGIME_HEAD, show_number(ctl, json_number(regime, "version")),
	     json_text(regime, "title"), json_text(regime, "source"),
	     show_digits(ctl, json_text(regime, "effective_from_jalali")),
	     show_instant(ctl, json_number(approved, "approved_ms")),
	     show_id(ctl, json_text(approved, "approved_by")));
	show_table(ctl, json_object_get(regime, "families"),
	           "family formula record_months floor_percent window_months window_anchor_month "
	           "cooperative_multiplier policy rounding small_unit_reserve_percent");
	json_t *rest = json_copy(regime);
	static const char *const shown[] = {"families",    "products", "grades",
	                                    "substitutes", "freights", "version",
	                                    "title",       "source",   "effective_from_jalali"};
	for (size_t at = 0; at < sizeof shown / sizeof *shown; at++)
		json_object_del(rest, shown[at]);
	show_object(ctl, rest);
	json_decref(rest);
}

int regime_show(struct ctl *ctl)
{
	Tasheem__Quota__V1__RegimeRead read = TASHEEM__QUOTA__V1__REGIME_READ__INIT;
	const char *version = ctl_word(ctl, 0);
	read.version = version ? (uint32_t)strtoul(version, NULL, 10) : 0;
	read.day_jalali = ctl_day(ctl, OPTION_DAY);
	json_t *reply = call_pages(ctl_session(ctl), SERVICE_QUOTA, KIND(REGIME_READ), &read.base,
	                           &tasheem__quota__v1__regime_read_reply__descriptor);
	if (!reply)
		return ctl->status;
	bool found = json_is_object(json_object_get(reply, "regime"));
	if (ctl->json)
		show_json(reply);
	else if (found)
		show_regime(ctl, reply);
	else
		TALK(ctl, TEXT_NOT_FOUND, version ? show_id(ctl, version) : "regime");
	json_decref(reply);
	return found ? CTL_OK : CTL_REFUSED;
}

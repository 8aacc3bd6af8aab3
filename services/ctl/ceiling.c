/* ceiling show | why: what a unit may buy, and the derivation line by line. */
#include "services/ctl/ceiling.h"

#include "common/calendar.h"
#include "services/ctl/message.h"
#include "services/ctl/show.h"

#define KIND(name) TASHEEM__QUOTA__V1__COMMAND_KIND__COMMAND_KIND_##name

json_t *ceiling_read(struct session *session, const char *licence, const char *family,
                     int32_t month)
{
	Tasheem__Quota__V1__CeilingRead read = TASHEEM__QUOTA__V1__CEILING_READ__INIT;
	read.licence_id = call_text(licence);
	read.family = call_text(family);
	read.month = month;
	uint32_t kind = licence && family ? KIND(CEILING_WHY) : KIND(CEILING_READ);
	json_t *reply = call_pages(session, SERVICE_QUOTA, kind, &read.base,
	                           &tasheem__quota__v1__ceiling_read_reply__descriptor);
	if (!reply)
		return NULL;
	json_t *list = json_incref(json_object_get(reply, "ceilings"));
	json_decref(reply);
	for (size_t at = 0; at < json_array_size(list); at++) {
		json_t *one = json_array_get(list, at);
		int64_t free_kg = json_number(one, "ceiling_kg") - json_number(one, "reserved_kg") -
		                  json_number(one, "used_kg");
		json_object_set_new(one, "free_kg", json_integer(free_kg > 0 ? free_kg : 0));
	}
	return list;
}

int ceiling_show(struct ctl *ctl)
{
	json_t *list = ceiling_read(ctl_session(ctl), ctl_word(ctl, 0), ctl_word(ctl, 1),
	                            ctl_month(ctl, OPTION_MONTH));
	if (!list)
		return ctl->status;
	show_list(ctl, list,
	          "licence_id family window_month ceiling_kg reserved_kg used_kg free_kg");
	json_decref(list);
	return CTL_OK;
}

static const char *month_of(struct ctl *ctl, const json_t *object, const char *field)
{
	return show_digits(ctl, json_text(object, field));
}

static const char *kg(struct ctl *ctl, const json_t *object, const char *field)
{
	return show_number(ctl, json_number(object, field));
}

static void explain_record(struct ctl *ctl, const json_t *how)
{
	TELL(ctl, TEXT_WHY_NEED, kg(ctl, how, "capacity_kg_per_year"),
	     kg(ctl, how, "nominal_need_kg_per_year"));
	TELL(ctl, TEXT_WHY_RECORD, month_of(ctl, how, "record_first_month"),
	     month_of(ctl, how, "record_last_month"), kg(ctl, how, "recorded_kg"),
	     kg(ctl, how, "record_based_kg_per_year"));
	if (json_number(how, "floor_kg_per_year"))
		TELL(ctl, TEXT_WHY_FLOOR, kg(ctl, how, "floor_kg_per_year"));
	TELL(ctl, TEXT_WHY_ANNUAL, kg(ctl, how, "annual_ceiling_kg"));
}

void ceiling_explain(struct ctl *ctl, const json_t *ceiling)
{
	const json_t *how = json_object_get(ceiling, "derivation");
	const json_t *ratio = json_object_get(how, "multiplier");
	TELL(ctl, TEXT_WHY_CEILING, show_id(ctl, json_text(ceiling, "licence_id")),
	     show_id(ctl, json_text(ceiling, "family")), month_of(ctl, ceiling, "window_month"),
	     kg(ctl, ceiling, "ceiling_kg"));
	if (json_is_object(how)) {
		TELL(ctl, TEXT_WHY_FORMULA, show_number(ctl, json_number(how, "regime_version")),
		     show_word(ctl, json_text(how, "formula")));
		explain_record(ctl, how);
		TELL(ctl, TEXT_WHY_WINDOW, kg(ctl, how, "window_ceiling_kg"));
		if (json_array_size(ratio) == 2 &&
		    !json_equal(json_array_get(ratio, 0), json_array_get(ratio, 1)))
			TELL(ctl, TEXT_WHY_MULTIPLIER, show_value(ctl, "multiplier", ratio),
			     kg(ctl, how, "ceiling_kg"));
		if (json_number(how, "joint_limit_kg"))
			TELL(ctl, TEXT_WHY_JOINT, kg(ctl, how, "joint_limit_kg"));
	}
	TELL(ctl, TEXT_WHY_BALANCE, kg(ctl, ceiling, "reserved_kg"), kg(ctl, ceiling, "used_kg"),
	     kg(ctl, ceiling, "free_kg"));
}

int ceiling_why(struct ctl *ctl)
{
	json_t *list = ceiling_read(ctl_session(ctl), ctl_word(ctl, 0), ctl_word(ctl, 1),
	                            ctl_month(ctl, OPTION_MONTH));
	if (!list)
		return ctl->status;
	size_t count = json_array_size(list);
	if (ctl->json)
		show_json(list);
	for (size_t at = 0; at < count && !ctl->json; at++)
		ceiling_explain(ctl, json_array_get(list, at));
	if (!count)
		TALK(ctl, TEXT_NOT_FOUND,
		     show_id(ctl, arena_format(&ctl->arena, "%s/%s", ctl_word(ctl, 0),
		                               ctl_word(ctl, 1))));
	json_decref(list);
	return count ? CTL_OK : CTL_REFUSED;
}

/* Regime files: what a good one becomes, and every fault by its field.
 * links: services/ctl/regime_check.c services/ctl/message.c services/ctl/message_parse.c
 *        libcommon libproto */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "services/ctl/regime.h"

static struct arena arena;
static struct message_errors errors;

static int setup(void **state)
{
	(void)state;
	return arena_open(&arena, 64 << 20) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	arena_close(&arena);
	return 0;
}

#define GOOD_FAMILY                                                                                \
	"{\"family\": \"HDPE\", \"formula\": \"floored_record\", \"capacity_basis\": \"file\","    \
	" \"record_months\": 12, \"floor_percent\": 30, \"window_months\": 3,"                     \
	" \"window_anchor_month\": \"1404-09\", \"cooperative_multiplier\": [2, 1],"               \
	" \"policy\": \"weighted\", \"rounding\": \"offset\","                                     \
	" \"priorities\": [{\"fact\": \"newcomer\", \"priority_class\": 1}]}"
#define REST                                                                                       \
	" \"version\": 1, \"title\": \"آزمایش\", \"source\": \"بخشنامه\","            \
	" \"effective_from_jalali\": \"۱۴۰۴-۰۹-۰۱\", \"minimum_active_members\": 7,"       \
	" \"default_province\": \"قم\", \"payment_hour\": 13, \"distribution_days\": 15, "       \
	"\"maximum_draws\": 3,"                                                                    \
	" \"products\": [{\"product_code\": \"2520120020\", \"title\": \"لوله\","              \
	" \"family\": \"HDPE\", \"consumption_coefficient\": [51, 50]}],"                          \
	" \"grades\": [{\"grade\": \"EX5\", \"family\": \"HDPE\", \"allocation_base_kg\": 5500,"   \
	" \"base_price_rial_per_kg\": 370000}, {\"grade\": \"EX3\", \"family\": \"HDPE\","         \
	" \"allocation_base_kg\": 5500, \"base_price_rial_per_kg\": 371000}],"                     \
	" \"substitutes\": [{\"grade\": \"EX5\", \"substitute_grade\": \"EX3\"}]}"

static const Tasheem__Quota__V1__Regime *parse(const char *text)
{
	memset(&errors, 0, sizeof errors);
	return regime_parse(&arena, text, strlen(text), &errors);
}

static bool has_error(const char *path, enum reason_code code)
{
	for (uint32_t at = 0; at < errors.count && at < MESSAGE_MAX_ERRORS; at++)
		if (!strcmp(errors.list[at].path, path) && errors.list[at].code == code)
			return true;
	return false;
}

static void a_good_file(void **state)
{
	(void)state;
	const Tasheem__Quota__V1__Regime *regime = parse("{\"families\": [" GOOD_FAMILY "]," REST);
	assert_non_null(regime);
	assert_int_equal(regime->version, 1);
	assert_int_equal(regime->effective_from_jalali, 14040901);
	assert_int_equal(regime->n_families, 1);
	const Tasheem__Quota__V1__FamilyRule *rule = regime->families[0];
	assert_string_equal(rule->family, "HDPE");
	assert_int_equal(rule->formula, 3);
	assert_int_equal(rule->window_anchor_month, 140409);
	assert_int_equal(rule->cooperative_multiplier->numerator, 2);
	assert_int_equal(rule->policy, 1);
	assert_int_equal(rule->rounding, 1);
	assert_int_equal(rule->priorities[0]->priority_class, 1);
	assert_int_equal(regime->grades[1]->base_price_rial_per_kg, 371000);
}

static void syntax_faults_name_line_and_column(void **state)
{
	(void)state;
	assert_null(parse("{\"version\": 1,\n \"title\": oops}"));
	assert_int_equal(errors.count, 1);
	assert_true(!strncmp(errors.list[0].path, "line 2, column ", 15));
	assert_null(parse("{\"version\": 1, \"version\": 2}"));
	assert_null(parse(""));
}

static void every_fault_is_named_by_its_field(void **state)
{
	(void)state;
	assert_null(
	        parse("{\"families\": [{\"family\": \"A B\", \"formula\": \"guess\"}], \"oops\": 1,"
	              "\"holidays_jalali\": [\"1404-13-01\"], \"version\": \"x\"}"));
	assert_true(has_error("families[0].formula", REASON_UNKNOWN_KIND));
	assert_true(has_error("oops", REASON_UNKNOWN_KIND));
	assert_true(has_error("holidays_jalali[0]", REASON_MALFORMED));
	assert_true(has_error("version", REASON_MALFORMED));
}

static void ranges_and_references(void **state)
{
	(void)state;
	assert_null(parse("{\"families\": [" GOOD_FAMILY "," GOOD_FAMILY "]," REST));
	assert_true(has_error("families[1].family", REASON_ID_DUPLICATE));
	assert_null(parse("{\"families\": [{\"family\": \"PP\"}]," REST));
	assert_true(has_error("families[0].formula", REASON_OUT_OF_RANGE));
	assert_true(has_error("families[0].window_months", REASON_OUT_OF_RANGE));
	assert_true(has_error("families[0].cooperative_multiplier", REASON_MALFORMED));
	assert_true(has_error("products[0].family", REASON_NOT_FOUND));
	assert_true(has_error("grades[0].family", REASON_NOT_FOUND));
	assert_null(parse("{\"payment_hour\": 24, \"families\": [" GOOD_FAMILY "]}"));
	assert_true(has_error("payment_hour", REASON_OUT_OF_RANGE));
	assert_true(has_error("maximum_draws", REASON_OUT_OF_RANGE));
	assert_true(has_error("title", REASON_MALFORMED));
}

static void wrong_types(void **state)
{
	(void)state;
	assert_null(parse("[]"));
	assert_null(parse("{\"families\": {}}"));
	assert_null(parse("{\"families\": [3], \"title\": 4, \"version\": 99999999999}"));
	assert_true(has_error("families[0]", REASON_MALFORMED));
	assert_true(has_error("title", REASON_MALFORMED));
	assert_true(has_error("version", REASON_OUT_OF_RANGE));
}

/* What a message becomes as JSON is what it is read from. */
static void there_and_back(void **state)
{
	(void)state;
	const Tasheem__Quota__V1__Regime *regime = parse("{\"families\": [" GOOD_FAMILY "]," REST);
	assert_non_null(regime);
	json_t *json = message_to_json(&regime->base);
	assert_string_equal(json_string_value(json_object_get(json, "effective_from_jalali")),
	                    "1404-09-01");
	char *text = json_dumps(json, JSON_COMPACT);
	const Tasheem__Quota__V1__Regime *again = parse(text);
	assert_non_null(again);
	json_t *twice = message_to_json(&again->base);
	assert_true(json_equal(json, twice));
	json_decref(json);
	json_decref(twice);
	free(text);
}

static void folding(void **state)
{
	(void)state;
	assert_string_equal(message_fold(&arena, " ۱۴۰۴-٠٩-02 "), "1404-09-02");
	/* Arabic yeh and kaf, a half-space that stays. */
	assert_string_equal(message_fold(&arena, "كيسه‌باف"), "کیسه‌باف");
	assert_null(message_fold(&arena, "\xff"));
	assert_null(message_fold(&arena, "a\nb"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_good_file),
	        cmocka_unit_test(syntax_faults_name_line_and_column),
	        cmocka_unit_test(every_fault_is_named_by_its_field),
	        cmocka_unit_test(ranges_and_references),
	        cmocka_unit_test(wrong_types),
	        cmocka_unit_test(there_and_back),
	        cmocka_unit_test(folding),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}

/* links: common/verdict.c libproto */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "common/verdict.h"
#include "tasheem/common/v1/common.pb-c.h"

static void names_and_numbers_are_those_of_the_contract(void **state)
{
	(void)state;
	const ProtobufCEnumDescriptor *reasons = &tasheem__common__v1__reason_code__descriptor;
	for (unsigned i = 0; i < reasons->n_values; i++) {
		const ProtobufCEnumValue *value = &reasons->values[i];
		if (value->value == 0)
			continue;
		assert_int_equal(strncmp(value->name, "REASON_CODE_", 12), 0);
		assert_string_equal(reason_name((enum reason_code)value->value), value->name + 12);
	}
	unsigned known = 0;
#define X(name, number) known++;
	REASON_LIST(X)
#undef X
	assert_int_equal(known + 1, reasons->n_values);
	assert_int_equal(CODE_ACCEPTED, TASHEEM__COMMON__V1__CODE__CODE_ACCEPTED);
	assert_int_equal(CODE_REFUSED, TASHEEM__COMMON__V1__CODE__CODE_REFUSED);
	assert_int_equal(CODE_INVALID, TASHEEM__COMMON__V1__CODE__CODE_INVALID);
	assert_int_equal(CODE_DENIED, TASHEEM__COMMON__V1__CODE__CODE_DENIED);
	assert_int_equal(CODE_CONFLICT, TASHEEM__COMMON__V1__CODE__CODE_CONFLICT);
	assert_int_equal(CODE_OVERLOADED, TASHEEM__COMMON__V1__CODE__CODE_OVERLOADED);
	assert_int_equal(CODE_UNAVAILABLE, TASHEEM__COMMON__V1__CODE__CODE_UNAVAILABLE);
}

static void strangers_have_a_name_too(void **state)
{
	(void)state;
	assert_string_equal(reason_name(REASON_NONE), "NONE");
	assert_string_equal(reason_name((enum reason_code)9999), "NONE");
	assert_string_equal(code_name(CODE_OVERLOADED), "overloaded");
	assert_string_equal(code_name((enum code)99), "unknown");
}

static void every_reason_is_kept_and_the_first_code_stays(void **state)
{
	(void)state;
	struct verdict verdict = {.code = CODE_ACCEPTED};
	verdict_refuse(&verdict, REASON_CEILING_EXCEEDED, "L00001", 11000, 3120);
	verdict_add(&verdict, CODE_OVERLOADED, REASON_TABLE_FULL, "request", 0, 0);
	assert_int_equal(verdict.code, CODE_REFUSED);
	assert_int_equal(verdict.reason_count, 2);
	assert_int_equal(verdict.reasons[0].value, 11000);
	assert_int_equal(verdict.reasons[0].limit, 3120);
	assert_string_equal(verdict.reasons[1].subject, "request");
	for (int i = 0; i < 40; i++)
		verdict_refuse(&verdict, REASON_NOT_FOUND, "x", i, 0);
	assert_int_equal(verdict.reason_count, VERDICT_MAX_REASONS);
}

static void a_long_subject_is_cut_between_characters(void **state)
{
	(void)state;
	struct verdict verdict = {.code = CODE_ACCEPTED};
	char text[200] = "a";
	for (int i = 0; i < 60; i++)
		strcat(text, "ی");
	verdict_refuse(&verdict, REASON_NOT_FOUND, text, 0, 0);
	/* 1 + 31 characters of two bytes fill the 63 exactly. */
	assert_int_equal(strlen(verdict.reasons[0].subject), 63);
	verdict_refuse(&verdict, REASON_NOT_FOUND, text + 1, 0, 0);
	assert_int_equal(strlen(verdict.reasons[1].subject), 62);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(names_and_numbers_are_those_of_the_contract),
	        cmocka_unit_test(strangers_have_a_name_too),
	        cmocka_unit_test(every_reason_is_kept_and_the_first_code_stays),
	        cmocka_unit_test(a_long_subject_is_cut_between_characters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

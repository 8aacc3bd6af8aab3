/* Who may do what: default deny, own or mandated parties, the fixed file wins.
 * links: common/authorise.c common/table.c common/digest.c common/check.c libproto */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/authorise.h"

enum { REQUEST_FILE = 202, ROUND_CLOSE = 304, PAID = 308, FOLLOW = 1, MANDATE_GRANT = 111 };

static struct authorise authorise;

static struct principal principal_new(const char *name, enum role role, const char *party, char key)
{
	struct principal principal;
	memset(&principal, 0, sizeof principal);
	assert_true(principal_name_set(&principal.name, name));
	assert_true(party_id_set(&principal.party_id, party));
	memset(principal.key.text, key, KEY_TEXT_SIZE - 1);
	principal.role = role;
	return principal;
}

static struct party_id party(const char *text)
{
	struct party_id id;
	assert_true(party_id_set(&id, text));
	return id;
}

static int setup(void **context)
{
	(void)context;
	return authorise_open(&authorise, 64, 64) ? 0 : -1;
}

static int teardown(void **context)
{
	(void)context;
	authorise_close(&authorise);
	return 0;
}

static void kinds_outside_the_table_are_denied(void **context)
{
	(void)context;
	for (unsigned role = 0; role < 32; role++)
		for (uint32_t kind = 0; kind < 2000; kind++)
			if (kind >= 400 || (kind >= 5 && kind < 100))
				assert_false(authorise_role((enum role)role, kind));
	assert_true(authorise_role(ROLE_PUBLISHER, REQUEST_FILE));
	assert_false(authorise_role(ROLE_OPERATOR, REQUEST_FILE));
	assert_false(authorise_role(ROLE_PUBLISHER, ROUND_CLOSE));
	assert_false(authorise_role(ROLE_PUBLISHER, PAID));
	assert_true(authorise_role(ROLE_CLEARING, PAID));
	assert_false(authorise_role(ROLE_PUBLISHER, FOLLOW));
	assert_true(authorise_role(ROLE_SERVICE, FOLLOW));
}

static void publishers_act_for_own_and_mandating_parties(void **context)
{
	(void)context;
	struct principal own = principal_new("workshop", ROLE_PUBLISHER, "10380284790", 'a');
	struct principal broker = principal_new("broker", ROLE_PUBLISHER, "", 'b');
	struct party_id mine = party("10380284790"), none = party("");
	authorise_put_principal(&authorise, &own);
	authorise_put_principal(&authorise, &broker);
	assert_true(authorise_party(&authorise, &own, &mine, REQUEST_FILE, 0));
	assert_false(authorise_party(&authorise, &broker, &mine, REQUEST_FILE, 0));
	assert_false(authorise_party(&authorise, &broker, &none, REQUEST_FILE, 0));

	struct mandate mandate;
	memset(&mandate, 0, sizeof mandate);
	mandate.key.party_id = mine;
	mandate.key.principal = broker.name;
	mandate.kind_count = 1;
	mandate.kinds[0] = REQUEST_FILE;
	mandate.until_ms = 1000;
	authorise_put_mandate(&authorise, &mandate);
	assert_true(authorise_party(&authorise, &broker, &mine, REQUEST_FILE, 1000));
	assert_false(authorise_party(&authorise, &broker, &mine, REQUEST_FILE, 1001));
	assert_false(authorise_party(&authorise, &broker, &mine, REQUEST_FILE + 1, 1000));
	mandate.revoked = true;
	authorise_put_mandate(&authorise, &mandate);
	assert_false(authorise_party(&authorise, &broker, &mine, REQUEST_FILE, 1000));
}

static void only_the_party_itself_or_an_operator_grants_its_mandate(void **context)
{
	(void)context;
	struct principal own = principal_new("own", ROLE_PUBLISHER, "10380284790", 'c');
	struct principal other = principal_new("other", ROLE_PUBLISHER, "14026085760", 'd');
	struct principal office = principal_new("office", ROLE_OPERATOR, "", 'e');
	struct party_id mine = party("10380284790");
	assert_true(authorise_party(&authorise, &own, &mine, MANDATE_GRANT, 0));
	assert_false(authorise_party(&authorise, &other, &mine, MANDATE_GRANT, 0));
	assert_true(authorise_party(&authorise, &office, &mine, MANDATE_GRANT, 0));
}

static void revoked_keys_are_strangers(void **context)
{
	(void)context;
	struct principal leaver = principal_new("leaver", ROLE_PUBLISHER, "", 'f');
	authorise_put_principal(&authorise, &leaver);
	assert_non_null(authorise_by_key(&authorise, leaver.key.text));
	leaver.revoked = true;
	authorise_put_principal(&authorise, &leaver);
	assert_null(authorise_by_key(&authorise, leaver.key.text));
	assert_null(authorise_by_key(&authorise, ""));
	assert_null(authorise_by_key(&authorise,
	                             "a key that is far longer than a key of forty characters is"));
}

static bool load(const char *text, char *error, size_t size)
{
	char path[] = "/tmp/tasheem-principals-XXXXXX";
	int descriptor = mkstemp(path);
	assert_true(descriptor >= 0);
	assert_int_equal(write(descriptor, text, strlen(text)), strlen(text));
	close(descriptor);
	bool good = authorise_load(&authorise, path, error, size);
	unlink(path);
	return good;
}

static void the_fixed_file_wins(void **context)
{
	(void)context;
	char error[256];
	assert_true(load("# daemons\nboss operator gggggggggggggggggggggggggggggggggggggggg\n\n",
	                 error, sizeof error));
	struct principal usurper = principal_new("boss", ROLE_SOLVER, "", 'h');
	authorise_put_principal(&authorise, &usurper);
	struct principal thief = principal_new("thief", ROLE_AUDITOR, "", 'g');
	authorise_put_principal(&authorise, &thief);
	const struct principal *boss = authorise_by_key(&authorise, thief.key.text);
	assert_non_null(boss);
	assert_string_equal(boss->name.text, "boss");
	assert_int_equal(boss->role, ROLE_OPERATOR);
}

static void wrong_lines_are_named(void **context)
{
	(void)context;
	char error[256];
	assert_false(load("one operator\n", error, sizeof error));
	assert_non_null(strstr(error, "line 1"));
	assert_false(load("#\none king gggggggggggggggggggggggggggggggggggggggg\n", error,
	                  sizeof error));
	assert_non_null(strstr(error, "line 2: unknown role"));
	assert_false(load("one operator short\n", error, sizeof error));
	assert_false(authorise_load(&authorise, "/nonexistent/principals", error, sizeof error));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(kinds_outside_the_table_are_denied, setup,
	                                        teardown),
	        cmocka_unit_test_setup_teardown(publishers_act_for_own_and_mandating_parties, setup,
	                                        teardown),
	        cmocka_unit_test_setup_teardown(
	                only_the_party_itself_or_an_operator_grants_its_mandate, setup, teardown),
	        cmocka_unit_test_setup_teardown(revoked_keys_are_strangers, setup, teardown),
	        cmocka_unit_test_setup_teardown(the_fixed_file_wins, setup, teardown),
	        cmocka_unit_test_setup_teardown(wrong_lines_are_named, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

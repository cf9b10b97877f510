/* Goal: a connection string that libpq would read otherwise than it is meant, mostly for a password that is not encoded, is
 * refused in words that quote nothing. Method: rows of strings. */
#include "unit.h"

#include "common/conninfo.h"

static void what_is_meant_is_read(void **state)
{
	static const char *const rows[] = {
		"postgresql:///syncline",
		"postgresql://u:secret@db/syncline",
		"postgres://u:s%40cr%2Fet@[::1]:5433/syncline?sslmode=require",
		"postgresql://u@db1:5432,db2:5433/syncline?target_session_attrs=read-write",
		"postgresql://%2Frun%2Fpostgresql/syncline",
		"host=/run/postgresql dbname=syncline user=u password='two words'",
		"host=db password=hun@ter/2",
		"postgresql://u:pa#ss@db/syncline",
		"postgresql://u:pa?ss@db/syncline",
		"postgresql://db/syncline?user=me@server&password=p@ss",
		"postgresql:///syncline?host=/run/postgresql&options=-c%20search_path%3Dmusic",
		"syncline",
		"",
	};
	struct err err;
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		if (conninfo_check(rows[i], &err))
			fail_msg("%s: %s", rows[i], err.text);
	}
}

static void what_would_be_read_otherwise_is_refused_and_nothing_of_it_is_told(void **state)
{
	static const char *const rows[] = {
		"postgresql://u:100%-canary@db/d",
		"postgresql://u:can@ary@db/d",
		"postgresql://u:can/ary@db/d",
		"postgresql://u:5432/canary@db/d",
		"postgresql://u:can?a/ry@db/d",
		"postgresql://u:canary@db:54x/d",
		"password=two canary",
		"password=x canary=y",
		"postgresql//u:canary@db/d",
		"u:canary@db",
	};
	struct err err;
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		if (!conninfo_check(rows[i], &err))
			fail_msg("%s is read", rows[i]);
		assert_int_equal(err.class, ERR_CONFIG);
		assert_null(strstr(err.text, "ary"));
		assert_null(strstr(err.text, "ry@"));
		assert_non_null(strstr(err.text, "%40 for @"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_meant_is_read),
		cmocka_unit_test(what_would_be_read_otherwise_is_refused_and_nothing_of_it_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

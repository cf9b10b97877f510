/* Goal: what is typed for an account is refused or tidied before anything is stored. Method: rows of input and result. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/span.h"
#include "ctl/account_input.h"
#include "ctl/args.h"

static void good_addresses_lose_their_trailing_slash_and_rest(void **state)
{
	static const struct {
		const char *url, *want;
	} rows[] = {
		{"http://nas:4533", "http://nas:4533"},
		{"http://nas:4533/", "http://nas:4533"},
		{"https://Music.Example.ORG/Navidrome/", "https://music.example.org/Navidrome"},
		{"HTTP://nas/rest", "http://nas"},
		{"http://nas/rest/", "http://nas"},
		{"http://nas/music/REST//", "http://nas/music"},
		{"http://nas/forest", "http://nas/forest"},
		{"http://rest", "http://rest"},
		{"http://[::1]:4533/x@y", "http://[::1]:4533/x@y"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char tidy[LIMIT_URL];
		struct err err;
		assert_int_equal(account_check_url(rows[i].url, tidy, &err), 0);
		assert_string_equal(tidy, rows[i].want);
	}
}

static void bad_addresses_are_refused_with_a_reason(void **state)
{
	static const struct {
		const char *url, *reason;
	} rows[] = {
		{"", "http://"},
		{"nas:4533", "http://"},
		{"ftp://nas", "http://"},
		{"file:///etc/passwd", "http://"},
		{"http://", "no host"},
		{"http:///x", "no host"},
		{"https://:443/", "no host"},
		{"http://anna:geheim@nas/", "before the @"},
		{"http://anna@nas", "before the @"},
		{"http://nas/?u=anna", "without ?"},
		{"http://nas#x", "without ?"},
		{"http://nas /", "space"},
		{"http://nas/\t", "space"},
		{"http://nas\\x", "backslash"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char tidy[LIMIT_URL];
		struct err err = {0};
		assert_int_equal(account_check_url(rows[i].url, tidy, &err), -1);
		assert_int_equal(err.class, ERR_CONFIG);
		assert_non_null(strstr(err.text, rows[i].reason));
	}
}

static void a_password_in_an_address_is_not_repeated(void **state)
{
	char tidy[LIMIT_URL];
	struct err err = {0};
	(void)state;
	assert_int_equal(account_check_url("http://anna:geheim@nas/", tidy, &err), -1);
	assert_null(strstr(err.text, "geheim"));
	assert_null(strstr(err.text, "anna"));
}

static void an_address_at_the_limit_is_refused_not_cut(void **state)
{
	char url[LIMIT_URL + 1] = "http://nas/", tidy[LIMIT_URL];
	struct err err;
	(void)state;
	memset(url + 11, 'x', LIMIT_URL - 11);
	assert_int_equal(account_check_url(url, tidy, &err), -1);
	url[LIMIT_URL - 1] = '\0';
	assert_int_equal(account_check_url(url, tidy, &err), 0);
}

static void names_are_slugs(void **state)
{
	static const char *const good[] = {"home", "0", "a.b_c-d",
	                                   "x123456789012345678901234567890123456789012345678901234567890ab"};
	static const char *const bad[] =
		{"",    "Home",     "-x",
	     ".x",  "_x",       "a b",
	     "a/b", "\xc3\xa4", "x1234567890123456789012345678901234567890123456789012345678901234"};
	struct err err;
	(void)state;
	for (size_t i = 0; i < COUNT_OF(good); i++)
		assert_int_equal(account_check_name(good[i], &err), 0);
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		assert_int_equal(account_check_name(bad[i], &err), -1);
}

struct read {
	struct ctl ctl;
	bool yes;
	const char *mode, *words[2];
	int64_t limit;
	struct err err;
};

static int read_words(struct read *read, int count, const char *const *argv)
{
	static const char *const names[] = {"the account"};
	const struct option_spec options[] = {{"yes", OPTION_FLAG, &read->yes, 0},
	                                      {"mode", OPTION_TEXT, &read->mode, 0},
	                                      {"limit", OPTION_NUMBER, &read->limit, 100}};
	const struct args args = {&read->ctl, options, COUNT_OF(options), true, 1, 2, names};
	char *words[8];
	for (int i = 0; i < count; i++)
		words[i] = (char *)(uintptr_t)argv[i];
	return args_read(&args, count, words, read->words, &read->err);
}

static void options_and_words_may_be_mixed(void **state)
{
	static const char *const argv[] = {"--mode", "full", "home", "--yes", "--limit=7", "--json", "--", "--odd"};
	struct read read = {0};
	(void)state;
	assert_int_equal(read_words(&read, 8, argv), 0);
	assert_string_equal(read.mode, "full");
	assert_string_equal(read.words[0], "home");
	assert_string_equal(read.words[1], "--odd");
	assert_true(read.yes && read.ctl.json);
	assert_int_equal(read.limit, 7);
}

static void what_is_not_understood_is_refused(void **state)
{
	static const struct {
		const char *argv[4];
		int count;
		const char *reason;
	} rows[] = {
		{{"home", "--mod", "full"}, 3, "did you mean --mode"},
		{{"home", "--zzzzzz"}, 2, "unknown option"},
		{{"home", "--mode"}, 2, "needs a value"},
		{{"home", "--yes=1"}, 2, "takes no value"},
		{{"home", "--limit", "0"}, 3, "from 1 to 100"},
		{{"home", "--limit", "101"}, 3, "from 1 to 100"},
		{{"home", "--limit", "7x"}, 3, "from 1 to 100"},
		{{"a", "b", "c"}, 3, "too many"},
		{{"--yes"}, 1, "the account is missing"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct read read = {0};
		assert_int_equal(read_words(&read, rows[i].count, rows[i].argv), -1);
		assert_non_null(strstr(read.err.text, rows[i].reason));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_addresses_lose_their_trailing_slash_and_rest),
		cmocka_unit_test(bad_addresses_are_refused_with_a_reason),
		cmocka_unit_test(a_password_in_an_address_is_not_repeated),
		cmocka_unit_test(an_address_at_the_limit_is_refused_not_cut),
		cmocka_unit_test(names_are_slugs),
		cmocka_unit_test(options_and_words_may_be_mixed),
		cmocka_unit_test(what_is_not_understood_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

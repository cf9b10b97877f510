/* Goal: what is given for a sign-in is judged without asking anybody, and the field that is wrong is named, by names that options
 * and pages share. Method: rows of what is given, new and again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ctl/sign_in.h"

#define URL "http://nas:4533"

/* A sign-in with the account's name; what else is given stands in the row. */
struct row {
	const char *provider, *name;
	struct sign_in given;
	const char *field, *words; /* NULL: it is good */
};

static void judge(const struct row *row, const struct account *stored)
{
	static const struct settings settings;
	struct account account = *stored;
	struct sign_in sign_in = row->given;
	struct err err = {0};
	const struct sign_in_way *way = sign_in_find(row->provider);
	assert_non_null(way);
	if (row->name)
		snprintf(account.name, sizeof account.name, "%s", row->name);
	sign_in.settings = &settings;
	sign_in.account = &account;
	int result = sign_in_check(way, &sign_in, &err);
	if (row->field) {
		assert_int_equal(result, -1);
		assert_int_equal(err.class, ERR_CONFIG);
		assert_non_null(sign_in.field);
		assert_string_equal(sign_in.field, row->field);
		assert_non_null(strstr(err.text, row->words));
	} else {
		assert_int_equal(result, 0);
		assert_null(sign_in.field);
	}
	sign_in_done(&sign_in);
}

static void of_a_new_account_the_first_wrong_field_is_named(void **state)
{
	(void)state;
	static const struct account nothing;
	static const struct row rows[] = {
		{"opensubsonic", "home", {.url = URL, .user = "anna"}, NULL, NULL},
		{"opensubsonic", "home", {.url = URL, .auth = "apikey"}, NULL, NULL},
		{"opensubsonic", "", {.url = URL, .user = "anna"}, "name", "must be 1 to 63"},
		{"opensubsonic", "Home", {.url = URL, .user = "anna"}, "name", "must be 1 to 63"},
		{"opensubsonic", "home", {.user = "anna"}, "url", "is missing"},
		{"opensubsonic", "home", {.url = "nas", .user = "anna"}, "url", "must begin with"},
		{"opensubsonic", "home", {.url = URL}, "user", "is missing"},
		{"opensubsonic",
	     "home",
	     {.url = URL, .user = "anna", .auth = "magic"},
	     "auth",
	     "must be auto, token, password or"},
		{"jellyfin", "tv", {.url = URL, .user = "anna"}, NULL, NULL},
		{"jellyfin", "tv", {.url = URL, .auth = "apikey"}, "user", "whose library"},
		{"jellyfin", "tv", {.url = URL, .user = "anna", .auth = "token"}, "auth", "must be auto, password or apikey"},
		{"spotify", "anna", {.client_id = "0123456789abcdef"}, NULL, NULL},
		{"spotify", "anna", {.url = "https://elsewhere", .client_id = "c"}, NULL, NULL},
		{"spotify", "anna", {0}, "client-id", "is missing"},
		{"spotify", "anna", {.client_id = "a\nb"}, "client-id", "is not the id of an app"},
		{"spotify", "anna", {.client_id = "c", .client_secret = "a\nb"}, "client-secret", "holds characters"},
		{"applemusic", "ben", {0}, "key-file", "is missing"},
		{"applemusic", "ben", {.team_id = "T", .key_id = "K"}, "key-file", "is missing"},
		{"applemusic", "ben", {.team_id = "T", .private_key = "x"}, "key-id", "is missing"},
		{"applemusic", "ben", {.private_key = "x"}, "team-id", "is missing"},
		{"applemusic", "ben", {.team_id = "T", .key_id = "K", .private_key = "x"}, "key-file", "is no good"},
		{"applemusic", "ben", {.developer_token = "word"}, "developer-token-file", "no JWT"},
		{"applemusic",
	     "ben",
	     {.team_id = "T", .developer_token = "word"},
	     "developer-token-file",
	     "not wanted beside a key"},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		judge(&rows[i], &nothing);
}

static void of_a_stored_account_what_is_not_given_is_kept(void **state)
{
	(void)state;
	static const struct account home = {.name = "home",
	                                    .provider = "opensubsonic",
	                                    .url = URL,
	                                    .username = "anna",
	                                    .auth = "token"};
	static const struct account spotify = {.name = "anna",
	                                       .provider = "spotify",
	                                       .auth = "oauth",
	                                       .secret = "{\"client_id\":\"app1\",\"refresh_token\":\"r\"}"};
	static const struct account lost = {.name = "anna", .provider = "spotify", .auth = "oauth"};
	static const struct row kept[] = {
		{"opensubsonic", NULL, {.again = true}, NULL, NULL},
		{"opensubsonic", NULL, {.again = true, .auth = "magic"}, "auth", "must be"},
	};
	static const struct row app = {"spotify", NULL, {.again = true}, NULL, NULL};
	static const struct row gone = {"spotify", NULL, {.again = true}, "client-id", "cannot be read"};
	judge(&kept[0], &home);
	judge(&kept[1], &home);
	judge(&app, &spotify);
	judge(&gone, &lost);
}

static void another_app_does_not_get_the_secret_of_the_one_before(void **state)
{
	(void)state;
	static const struct settings settings;
	struct account account = {.name = "anna",
	                          .provider = "spotify",
	                          .secret =
	                              "{\"client_id\":\"app1\",\"client_secret\":\"secret1\",\"refresh_token\":\"r\"}"};
	struct sign_in sign_in = {.settings = &settings, .account = &account, .again = true, .client_id = "app1"};
	struct err err;
	assert_int_equal(sign_in_check(sign_in_find("spotify"), &sign_in, &err), 0);
	assert_string_equal(sign_in.credentials.client_secret, "secret1");
	sign_in.client_id = "app2";
	assert_int_equal(sign_in_check(sign_in_find("spotify"), &sign_in, &err), 0);
	assert_string_equal(sign_in.credentials.client_secret, "");
	sign_in_done(&sign_in);
	assert_string_equal(account.secret, "");
}

static void no_field_of_a_way_is_unknown_and_each_way_is_found(void **state)
{
	(void)state;
	static const char *const fields[] = {"url",
	                                     "user",
	                                     "auth",
	                                     "password",
	                                     "client-id",
	                                     "client-secret",
	                                     "team-id",
	                                     "key-id",
	                                     "key-file",
	                                     "developer-token-file",
	                                     "user-token-file",
	                                     "other-user"};
	for (size_t i = 0; sign_in_ways[i]; i++) {
		assert_ptr_equal(sign_in_find(sign_in_ways[i]->provider), sign_in_ways[i]);
		assert_non_null(strstr(sign_in_providers(), sign_in_ways[i]->provider));
		size_t known = 0, count = 0;
		while (sign_in_ways[i]->fields[count])
			count++;
		for (size_t f = 0; f < COUNT_OF(fields); f++)
			known += sign_in_has_field(sign_in_ways[i], fields[f]);
		assert_int_equal(known, count);
	}
	assert_null(sign_in_find("tidal"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_a_new_account_the_first_wrong_field_is_named),
		cmocka_unit_test(of_a_stored_account_what_is_not_given_is_kept),
		cmocka_unit_test(another_app_does_not_get_the_secret_of_the_one_before),
		cmocka_unit_test(no_field_of_a_way_is_unknown_and_each_way_is_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

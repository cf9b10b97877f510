/* Goal: what a provider's sign-in gave survives being stored, nothing half is taken for whole, and no value is ever
 * quoted. Method: rows of stored texts, a round trip of full-size values, hostile characters, errors searched for
 * canaries. */
#include "unit.h"

#include "fetcher/credentials.h"

#define CANARY "canary-5ecret-4b1f"

static void what_was_written_is_read_again(void **state)
{
	(void)state;
	static struct credentials in, out;
	static char text[LIMIT_SECRET + 1], again[LIMIT_SECRET + 1];
	struct err err;
	in = (struct credentials){.client_id = "c1",
	                          .client_secret = "s\"\\1",
	                          .refresh_token = "r1",
	                          .access_token = "a1",
	                          .scope = "user-library-read user-follow-read",
	                          .expires_at = 1790000000123,
	                          .authorized_at = 1780000000456};
	assert_int_equal(credentials_text(&in, text, &err), 0);
	assert_int_equal(credentials_parse("spotify", text, &out, &err), 0);
	assert_int_equal(credentials_text(&out, again, &err), 0);
	assert_string_equal(again, text);
	assert_string_equal(out.client_secret, "s\"\\1");
	assert_true(out.expires_at == 1790000000123 && out.authorized_at == 1780000000456);
	in = (struct credentials){.team_id = "T",
	                          .key_id = "K",
	                          .user_token = "u",
	                          .user_token_at = 1,
	                          .private_key = "-----BEGIN PRIVATE KEY-----\nMIG+/=\n-----END PRIVATE KEY-----\n"};
	assert_int_equal(credentials_text(&in, text, &err), 0);
	assert_int_equal(credentials_parse("applemusic", text, &out, &err), 0);
	assert_int_equal(credentials_text(&out, again, &err), 0);
	assert_string_equal(again, text);
	assert_string_equal(out.private_key, in.private_key);
}

static void values_that_are_not_there_are_left_out(void **state)
{
	(void)state;
	static char text[LIMIT_SECRET + 1];
	struct err err;
	struct credentials in = {.client_id = "c1", .refresh_token = "r1"};
	assert_int_equal(credentials_text(&in, text, &err), 0);
	assert_string_equal(text, "{\"client_id\":\"c1\",\"refresh_token\":\"r1\"}");
}

struct row {
	const char *name, *provider, *secret, *words; /* words: in the error; NULL: it is taken */
};

static void each_provider_says_what_it_needs(void **state)
{
	(void)state;
	/* clang-format off */
	static const struct row rows[] = {
		{"a sign-in", "spotify", "{\"client_id\":\"c\",\"refresh_token\":\"r\"}", NULL},
		{"unknown members and null", "spotify",
		 "{\"client_id\":\"c\",\"refresh_token\":\"r\",\"x\":[1],\"scope\":null}", NULL},
		{"no refresh token", "spotify", "{\"client_id\":\"c\",\"access_token\":\"" CANARY "\"}", "client_id and refresh_token"},
		{"an empty refresh token", "spotify", "{\"client_id\":\"c\",\"refresh_token\":\"\"}", "client_id and refresh_token"},
		{"no client", "spotify", "{\"refresh_token\":\"" CANARY "\"}", "client_id and refresh_token"},
		{"a password", "spotify", CANARY, "not a JSON object"},
		{"a list", "spotify", "[\"" CANARY "\"]", "not a JSON object"},
		{"nothing", "spotify", "", "not a JSON object"},
		{"cut", "spotify", "{\"client_id\":\"" CANARY, "not a JSON object"},
		{"a number for a token", "spotify", "{\"client_id\":1,\"refresh_token\":\"r\"}", "client_id is no text"},
		{"a header in a token", "spotify", "{\"client_id\":\"c\",\"refresh_token\":\"" CANARY "\\r\\nX: y\"}",
		 "refresh_token is no text"},
		{"NUL in a token", "spotify", "{\"client_id\":\"c\",\"refresh_token\":\"" CANARY "\\u0000\"}",
		 "refresh_token is no text"},
		{"a moment as text", "spotify", "{\"client_id\":\"c\",\"refresh_token\":\"r\",\"expires_at\":\"1\"}", "expires_at must be"},
		{"a moment before 1970", "spotify", "{\"client_id\":\"c\",\"refresh_token\":\"r\",\"expires_at\":-1}",
		 "expires_at must be"},
		{"a key", "applemusic", "{\"team_id\":\"T\",\"key_id\":\"K\",\"private_key\":\"P\",\"user_token\":\"u\"}", NULL},
		{"a token pair", "applemusic", "{\"developer_token\":\"d\",\"user_token\":\"u\"}", NULL},
		{"a key without its id", "applemusic", "{\"team_id\":\"T\",\"private_key\":\"" CANARY "\",\"user_token\":\"u\"}",
		 "team_id, key_id and private_key or a developer_token"},
		{"no user token", "applemusic", "{\"developer_token\":\"" CANARY "\"}", "needs user_token"},
		{"a provider with a password", "opensubsonic", "{\"client_id\":\"" CANARY "\"}", "no such credentials"},
	};
	/* clang-format on */
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		static struct credentials out;
		struct err err = {.text = ""};
		out = (struct credentials){.client_id = "untouched"};
		int result = credentials_parse(rows[i].provider, rows[i].secret, &out, &err);
		assert_row(&rows[i], result == (rows[i].words ? -1 : 0));
		if (!rows[i].words)
			continue;
		assert_err(&err, ERR_CONFIG, rows[i].words);
		assert_row(&rows[i], !strstr(err.text, "canary"));
		assert_row(&rows[i], strcmp(out.client_id, "untouched") == 0);
	}
}

static void a_value_of_full_length_is_taken_and_one_more_is_not(void **state)
{
	(void)state;
	static struct credentials out;
	static char secret[LIMIT_SECRET + 1];
	struct err err;
	for (int more = 0; more < 2; more++) {
		int used = snprintf(secret, sizeof secret, "{\"client_id\":\"c\",\"refresh_token\":\"");
		memset(secret + used, 'x', CREDENTIALS_TOKEN + (size_t)more);
		snprintf(secret + used + CREDENTIALS_TOKEN + more, 8, "\"}");
		assert_int_equal(credentials_parse("spotify", secret, &out, &err), more ? -1 : 0);
	}
	assert_err(&err, ERR_CONFIG, "refresh_token is no text of at most 2048");
}

static void what_does_not_fit_the_vault_is_refused(void **state)
{
	(void)state;
	static struct credentials in;
	static char text[LIMIT_SECRET + 1];
	struct err err;
	memset(in.access_token, 'a', CREDENTIALS_TOKEN);
	memset(in.refresh_token, 'r', CREDENTIALS_TOKEN);
	assert_int_equal(credentials_text(&in, text, &err), -1);
	assert_err(&err, ERR_CONFIG, "longer than 4096 bytes together");
}

static void text_of_the_worst_shape_within_the_limit_can_be_parsed(void **state)
{
	(void)state;
	static struct credentials out;
	static char secret[LIMIT_SECRET + 1];
	struct err err;
	int used = snprintf(secret, sizeof secret, "{\"client_id\":\"c\",\"refresh_token\":\"r\",\"x\":[0");
	while (used < LIMIT_SECRET - 4)
		used += snprintf(secret + used, 3, ",1");
	snprintf(secret + used, 3, "]}");
	assert_int_equal(credentials_parse("spotify", secret, &out, &err), 0);
}

static void a_throttle_belongs_to_the_app_and_tells_no_secret(void **state)
{
	(void)state;
	char text[CREDENTIALS_THROTTLE];
	static struct credentials in;
	in = (struct credentials){.client_id = "c1", .client_secret = CANARY};
	assert_string_equal(credentials_throttle_key("spotify", &in, text), "spotify:c1");
	in = (struct credentials){.team_id = "T", .key_id = "K", .private_key = CANARY};
	assert_string_equal(credentials_throttle_key("applemusic", &in, text), "applemusic:T/K");
	in = (struct credentials){.developer_token = CANARY};
	assert_string_equal(credentials_throttle_key("applemusic", &in, text), "applemusic:31686134227e20df");
}

static void wiped_credentials_hold_nothing(void **state)
{
	(void)state;
	static struct credentials in;
	static const struct credentials nothing;
	in = (struct credentials){.client_id = "c1", .user_token_at = 4};
	credentials_wipe(&in);
	assert_memory_equal(&in, &nothing, sizeof in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_written_is_read_again),
		cmocka_unit_test(values_that_are_not_there_are_left_out),
		cmocka_unit_test(each_provider_says_what_it_needs),
		cmocka_unit_test(a_value_of_full_length_is_taken_and_one_more_is_not),
		cmocka_unit_test(what_does_not_fit_the_vault_is_refused),
		cmocka_unit_test(text_of_the_worst_shape_within_the_limit_can_be_parsed),
		cmocka_unit_test(a_throttle_belongs_to_the_app_and_tells_no_secret),
		cmocka_unit_test(wiped_credentials_hold_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Goal: only addresses that may be told are taken, what is shown of them holds no secret, and a receiver that is down for a night
 * misses nothing. Method: tables of what people type; the policy's own figures. */
#include "unit.h"

#include <unistd.h>

#include "console/delivery.h"
#include "console/webhook.h"

static void an_address_is_taken_or_refused_for_what_it_shows(void **state)
{
	static const struct {
		const char *url;
		bool internal;
		const char *target; /* NULL: refused ... */
		const char *words;  /* ... with these */
	} rows[] = {
		{"https://hooks.example.org/a/b?token=x", false, "https://hooks.example.org", NULL},
		{"https://hooks.example.org:8443", false, "https://hooks.example.org:8443", NULL},
		{"HTTPS://Hooks.Example.org/", false, "https://Hooks.Example.org", NULL},
		{"https://8.8.8.8/x", false, "https://8.8.8.8", NULL},
		{"https://[2606:2800:220:1::1]/x", false, "https://[2606:2800:220:1::1]", NULL},
		{"http://hooks.example.org/", false, NULL, "https://"},
		{"http://hooks.example.org/", true, "http://hooks.example.org", NULL},
		{"http://127.0.0.1:8123/x", true, "http://127.0.0.1:8123", NULL},
		{"https://127.0.0.1/", false, NULL, "--allow-internal"},
		{"https://localhost/", false, NULL, "--allow-internal"},
		{"https://192.168.1.4/", false, NULL, "--allow-internal"},
		{"https://169.254.169.254/latest/meta-data", false, NULL, "--allow-internal"},
		{"https://[::1]/", false, NULL, "--allow-internal"},
		{"https://[::ffff:10.0.0.1]/", false, NULL, "--allow-internal"},
		{"https://2130706433/", false, NULL, "--allow-internal"},
		{"https://0x7f.1/", false, NULL, "--allow-internal"},
		{"https://user:canary-pw@hooks.example.org/", false, NULL, "before the @"},
		{"https://user@hooks.example.org/", true, NULL, "before the @"},
		{"ftp://hooks.example.org/", true, NULL, "https://HOST"},
		{"file:///etc/passwd", true, NULL, "https://HOST"},
		{"hooks.example.org/x", true, NULL, "understood"},
		{"https://", true, NULL, "understood"},
		{"https:///x", true, "https://x", NULL}, /* as libcurl reads it, which also sends it */
		{"", true, NULL, "understood"},
		{"https://hooks.example.org/a b", false, NULL, "space"},
		{"https://hooks.example.org/a\nb", false, NULL, "space"},
		{"https://hooks.example.org\\@127.0.0.1/", false, NULL, "backslash"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char target[WEBHOOK_TARGET] = "";
		struct err err = {0};
		int result = webhook_check_url(rows[i].url, rows[i].internal, target, &err);
		if ((result == 0) != (rows[i].target != NULL))
			fail_msg("%s: %s", rows[i].url, result ? err.text : "was taken");
		if (rows[i].target) {
			assert_string_equal(target, rows[i].target);
			continue;
		}
		assert_err(&err, ERR_CONFIG, rows[i].words);
		assert_null(strstr(err.text, "canary"));
	}
}

static void an_address_has_a_longest(void **state)
{
	char url[LIMIT_URL + 1], target[WEBHOOK_TARGET];
	struct err err;
	(void)state;
	memset(url, 'a', sizeof url);
	memcpy(url, "https://hooks.example.org/", 26);
	url[LIMIT_URL] = '\0';
	assert_int_equal(webhook_check_url(url, false, target, &err), -1);
	assert_err(&err, ERR_CONFIG, "longer than");
	url[LIMIT_URL - 1] = '\0';
	assert_int_equal(webhook_check_url(url, false, target, &err), 0);
	memset(url + 8, 'b', 400);
	assert_int_equal(webhook_check_url(url, false, target, &err), -1);
	assert_err(&err, ERR_CONFIG, "");
}

static void events_are_read_by_word_or_by_type_and_written_again(void **state)
{
	static const char all[] = "{sync.complete,sync.partial,sync.failed,account.needs_auth,removals.held}";
	static const struct {
		const char *words, *types, *again;
	} rows[] = {
		{NULL, all, "all"},
		{"", all, "all"},
		{"partial", "{sync.partial}", "partial"},
		{"held, failed,failed", "{sync.failed,removals.held}", "failed, held"},
		{"removals.held,sync.complete", "{sync.complete,removals.held}", "complete, held"},
		{",needs_auth,", "{account.needs_auth}", "needs_auth"},
		{"complete,partial,failed,needs_auth,held", all, "all"},
	};
	char types[WEBHOOK_TYPES], words[WEBHOOK_TYPES];
	struct err err;
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		if (webhook_read_events(rows[i].words, types, &err))
			fail_msg("%s: %s", rows[i].words, err.text);
		assert_string_equal(types, rows[i].types);
		assert_string_equal(webhook_write_events(types, words), rows[i].again);
	}
	static const char *const bad[] = {"done", "sync", "partial,Done", "partial;failed", ",", "sync.partialx"};
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		assert_int_equal(webhook_read_events(bad[i], types, &err), -1);
		assert_err(&err, ERR_CONFIG, "complete, partial, failed, needs_auth and held");
	}
}

static void ids_are_numbers_that_fit(void **state)
{
	static const char *const good[] = {"1", "42", "999999999"}, *const bad[] = {"",   "0",          "007", "-1", "1x",
	                                                                            " 1", "9999999999", "1e3", "1;"};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(good); i++)
		assert_true(webhook_is_id(good[i]));
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		assert_false(webhook_is_id(bad[i]));
}

static void tries_begin_after_seconds_and_go_on_for_a_night(void **state)
{
	enum { HOUR = 3600 * 1000 };
	static const uint32_t randoms[] = {0, 500, 999};
	(void)state;
	for (size_t r = 0; r < COUNT_OF(randoms); r++) {
		int64_t total_ms = 0, before_ms = 0, wait_ms;
		int tries = 0;
		while ((wait_ms = backoff_next_ms(&delivery_backoff, tries, randoms[r])) >= 0) {
			assert_true(wait_ms >= before_ms);
			if (tries == 0)
				assert_in_range(wait_ms, 3000, 7000);
			assert_true(wait_ms <= 3 * HOUR);
			total_ms += wait_ms;
			before_ms = wait_ms;
			tries++;
		}
		assert_int_equal(tries, 14);
		assert_in_range(total_ms, 6 * HOUR, 12 * HOUR);
	}
}

static void what_was_sealed_for_one_receiver_is_none_of_another(void **state)
{
	char folder[] = "/tmp/syncline-webhook-XXXXXX", file[sizeof folder + 8], secret[WEBHOOK_SECRET], url[LIMIT_URL];
	struct vault *vault = NULL;
	struct err err;
	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(file, sizeof file, "%s/key", folder);
	assert_int_equal(vault_create_key(file, &err), 0);
	assert_int_equal(vault_open(file, &vault, &err), 0);
	static const char plain[] = "whsec_x\nhttps://hooks.example.org/path", name[] = "webhook https://hooks.example.org";
	unsigned char sealed[VAULT_SEALED_MAX];
	char hex[2 * VAULT_SEALED_MAX + 3] = "\\x";
	size_t len = 0;
	assert_int_equal(vault_seal(vault, span_of(name), span_of(plain), sealed, &len, &err), 0);
	for (size_t i = 0; i < len; i++)
		snprintf(hex + 2 + 2 * i, 3, "%02x", sealed[i]);
	assert_int_equal(webhook_unseal(vault, "https://hooks.example.org", hex, secret, url, &err), 0);
	assert_string_equal(secret, "whsec_x");
	assert_string_equal(url, "https://hooks.example.org/path");
	static const char *const rows[] = {"https://hooks.example.com", "http://hooks.example.org", ""};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_int_equal(webhook_unseal(vault, rows[i], hex, secret, url, &err), -1);
		assert_err(&err, ERR_CONFIG, "add it again");
	}
	for (size_t cut = 0; cut < strlen(hex); cut += 7) {
		char broken[sizeof hex];
		snprintf(broken, sizeof broken, "%.*s", (int)cut, hex);
		assert_int_equal(webhook_unseal(vault, "https://hooks.example.org", broken, secret, url, &err), -1);
	}
	vault_close(&vault);
	unlink(file);
	rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_is_taken_or_refused_for_what_it_shows),
		cmocka_unit_test(an_address_has_a_longest),
		cmocka_unit_test(events_are_read_by_word_or_by_type_and_written_again),
		cmocka_unit_test(ids_are_numbers_that_fit),
		cmocka_unit_test(tries_begin_after_seconds_and_go_on_for_a_night),
		cmocka_unit_test(what_was_sealed_for_one_receiver_is_none_of_another),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

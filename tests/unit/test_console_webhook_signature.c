/* Goal: a receiver that follows Standard Webhooks accepts our signature, and no other. Method: the vector of the standard's own
 * libraries, and everything it depends on, changed. */
#include "unit.h"

#include <sodium.h>

#include "console/webhook_signature.h"

static const char secret[] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", message_id[] = "msg_p5jXN8AQM9LWM0D4loKWxJek";
static const char body[] = "{\"test\": 2432232314}", want[] = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
enum { TIMESTAMP = 1614265330 };

static void must_sign(const char *key, const char *id, int64_t timestamp_s, const char *text,
                      char signature[WEBHOOK_SIGNATURE])
{
	struct err err;
	if (webhook_sign(key, id, timestamp_s, span_of(text), signature, &err))
		fail_msg("%s", err.text);
}

static void the_vector_of_the_standard_comes_out(void **state)
{
	char signature[WEBHOOK_SIGNATURE];
	(void)state;
	must_sign(secret, message_id, TIMESTAMP, body, signature);
	assert_string_equal(signature, want);
}

static void the_signature_depends_on_each_part(void **state)
{
	static const struct {
		const char *name, *secret, *id;
		int64_t timestamp_s;
		const char *body;
	} rows[] = {
		{"secret", "whsec_NfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", message_id, TIMESTAMP, body},
		{"id", secret, "msg_p5jXN8AQM9LWM0D4loKWxJel", TIMESTAMP, body},
		{"timestamp", secret, message_id, TIMESTAMP + 1, body},
		{"body", secret, message_id, TIMESTAMP, "{\"test\": 2432232315}"},
		{"no body", secret, message_id, TIMESTAMP, ""},
	};
	char signature[WEBHOOK_SIGNATURE];
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		must_sign(rows[i].secret, rows[i].id, rows[i].timestamp_s, rows[i].body, signature);
		if (strcmp(signature, want) == 0)
			fail_msg("another %s gives the same signature", rows[i].name);
	}
}

static void each_new_secret_is_another_and_signs(void **state)
{
	char one[WEBHOOK_SECRET], other[WEBHOOK_SECRET], signature[WEBHOOK_SIGNATURE];
	unsigned char key[64];
	size_t len = 0;
	(void)state;
	webhook_secret_new(one);
	webhook_secret_new(other);
	assert_string_not_equal(one, other);
	assert_memory_equal(one, "whsec_", 6);
	assert_int_equal(sodium_base642bin(key, sizeof key, one + 6, strlen(one + 6), NULL, &len, NULL,
	                                   sodium_base64_VARIANT_ORIGINAL),
	                 0);
	assert_int_equal(len, WEBHOOK_SECRET_BYTES);
	must_sign(one, message_id, TIMESTAMP, body, signature);
	assert_string_not_equal(signature, want);
}

static void what_is_no_secret_signs_nothing(void **state)
{
	static const char *const rows[] = {
		"",
		"whsec_",
		"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
		"whsec_MfKQ",
		"whsec_!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!",
		"WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
	};
	char signature[WEBHOOK_SIGNATURE];
	struct err err;
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_int_equal(webhook_sign(rows[i], message_id, TIMESTAMP, span_of(body), signature, &err), -1);
		assert_err(&err, ERR_FATAL, "secret");
		if (strlen(rows[i]) > 10)
			assert_null(strstr(err.text, rows[i]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_vector_of_the_standard_comes_out),
		cmocka_unit_test(the_signature_depends_on_each_part),
		cmocka_unit_test(each_new_secret_is_another_and_signs),
		cmocka_unit_test(what_is_no_secret_signs_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

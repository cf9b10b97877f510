/* Goal: the address that a user opens is what Spotify and RFC 7636 want and holds no secret; and of what comes back only the
 * answer to this very sign-in is taken. Method: RFC 7636's own example, parameters taken apart, rows of redirects. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "ctl/authorize.h"

#define STATE "0123456789abcdef0123456789abcdef"

static void the_challenge_is_the_verifiers_digest_as_in_rfc_7636(void **state)
{
	(void)state;
	char url[AUTHORIZE_URL];
	struct authorize authorize = {.verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
	                              .state = STATE,
	                              .redirect_uri = "http://127.0.0.1:8917/callback"};
	authorize_url(&authorize, "https://api.spotify.com", "c1", "a-b c-d", url);
	assert_string_equal(url, "https://accounts.spotify.com/authorize?response_type=code&client_id=c1&scope=a-b%20c-d"
	                         "&redirect_uri=http%3A%2F%2F127.0.0.1%3A8917%2Fcallback&state=" STATE
	                         "&code_challenge_method=S256&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
	assert_null(strstr(url, authorize.verifier));
}

static void each_sign_in_has_its_own_verifier_and_state(void **state)
{
	(void)state;
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
	char uri[AUTHORIZE_REDIRECT];
	struct authorize one, other;
	struct err err;
	assert_int_equal(authorize_begin(authorize_loopback(8917, uri), &one, &err), 0);
	assert_int_equal(authorize_begin(authorize_loopback(65535, uri), &other, &err), 0);
	assert_string_not_equal(one.verifier, other.verifier);
	assert_string_not_equal(one.state, other.state);
	assert_in_range(strlen(one.verifier), 43, 128);
	assert_int_equal(strspn(one.verifier, allowed), strlen(one.verifier));
	assert_int_equal(strlen(one.state), 32);
	assert_string_equal(one.redirect_uri, "http://127.0.0.1:8917/callback");
	assert_string_equal(other.redirect_uri, "http://127.0.0.1:65535/callback");
}

struct row {
	const char *redirect, *code, *words; /* code: NULL when refused with these words */
	enum err_class class;
};

static void only_the_answer_to_this_sign_in_is_taken(void **state)
{
	(void)state;
	/* clang-format off */
	static const struct row rows[] = {
		{"code=abc&state=" STATE, "abc", NULL, 0},
		{"state=" STATE "&code=abc", "abc", NULL, 0},
		{"http://127.0.0.1:8917/callback?code=a%2Fb%3d+c&state=" STATE, "a/b= c", NULL, 0},
		{"  http://127.0.0.1:8917/callback?code=abc&state=" STATE "#_=_ \r", "abc", NULL, 0},
		{"\"http://127.0.0.1:8917/callback?code=abc&state=" STATE "\"", "abc", NULL, 0},
		{"http://127.0.0.1:8917/callback?code=abc&state=" STATE "#code=other", "abc", NULL, 0},
		{"code=abc&state=ffffffffffffffffffffffffffffffff", NULL, "another sign-in", ERR_REJECT},
		{"code=abc&state=" STATE "0", NULL, "another sign-in", ERR_REJECT},
		{"code=abc&state=", NULL, "another sign-in", ERR_REJECT},
		{"error=access_denied&state=ffffffffffffffffffffffffffffffff", NULL, "another sign-in", ERR_REJECT},
		{"code=abc", NULL, "no state", ERR_REJECT},
		{"mystate=" STATE "&code=abc", NULL, "no state", ERR_REJECT},
		{"", NULL, "no state", ERR_REJECT},
		{"https://www.example.org/", NULL, "no state", ERR_REJECT},
		{"state=" STATE, NULL, "no code", ERR_REJECT},
		{"code=&state=" STATE, NULL, "no code", ERR_REJECT},
		{"code=%00&state=" STATE, NULL, "no code", ERR_REJECT},
		{"code=a%2&state=" STATE, NULL, "no code", ERR_REJECT},
		{"code=a%zz&state=" STATE, NULL, "no code", ERR_REJECT},
		{"error=access_denied&state=" STATE, NULL, "answered with Cancel", ERR_CONFIG},
		{"error=invalid_scope&state=" STATE, NULL, "refused the sign-in: invalid_scope", ERR_CONFIG},
		{"error=%ff%1b&state=" STATE, NULL, "refused the sign-in: ?", ERR_CONFIG},
	};
	/* clang-format on */
	struct authorize authorize = {.state = STATE};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char code[AUTHORIZE_CODE + 1] = "untouched";
		struct err err = {.text = ""};
		int result = authorize_read(&authorize, span_of(rows[i].redirect), code, &err);
		if (result != (rows[i].code ? 0 : -1) || strcmp(code, rows[i].code ? rows[i].code : "untouched") != 0)
			fail_msg("'%s': %d, '%s', %s", rows[i].redirect, result, code, err.text);
		if (!rows[i].code && (err.class != rows[i].class || !strstr(err.text, rows[i].words)))
			fail_msg("'%s': %s", rows[i].redirect, err.text);
		assert_null(strstr(err.text, "abc"));
		assert_null(strstr(err.text, STATE));
	}
}

static void a_code_of_full_length_is_taken_and_a_longer_one_is_not(void **state)
{
	(void)state;
	struct authorize authorize = {.state = STATE};
	for (int more = 0; more < 2; more++) {
		char redirect[AUTHORIZE_CODE + 100] = "state=" STATE "&code=", code[AUTHORIZE_CODE + 1];
		struct err err;
		size_t used = strlen(redirect);
		memset(redirect + used, 'x', AUTHORIZE_CODE + (size_t)more);
		redirect[used + AUTHORIZE_CODE + (size_t)more] = '\0';
		assert_int_equal(authorize_read(&authorize, span_of(redirect), code, &err), more ? -1 : 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_challenge_is_the_verifiers_digest_as_in_rfc_7636),
		cmocka_unit_test(each_sign_in_has_its_own_verifier_and_state),
		cmocka_unit_test(only_the_answer_to_this_sign_in_is_taken),
		cmocka_unit_test(a_code_of_full_length_is_taken_and_a_longer_one_is_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

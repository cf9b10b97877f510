/* Goal: the token endpoint is asked as RFC 6749 and Spotify want it, and no answer but invalid_grant ever sends a person
 * to sign in again. Method: forms compared as text; rows of answers with what they mean; canaries looked for in causes. */
#include "unit.h"

#include "fetcher/oauth.h"

#define CANARY "canary-5ecret-4b1f"
enum { NOW = 1000000 };

static void spotify_itself_has_its_endpoints_on_another_host(void **state)
{
	(void)state;
	char url[OAUTH_URL];
	assert_string_equal(oauth_token_url("https://api.spotify.com", url), "https://accounts.spotify.com/api/token");
	assert_string_equal(oauth_authorize_url("https://api.spotify.com", url), "https://accounts.spotify.com/authorize");
	assert_string_equal(oauth_token_url("http://127.0.0.1:9", url), "http://127.0.0.1:9/api/token");
	assert_string_equal(oauth_authorize_url("http://127.0.0.1:9", url), "http://127.0.0.1:9/authorize");
}

static void a_refresh_without_client_secret_names_the_client_in_the_form(void **state)
{
	(void)state;
	static struct oauth_request request;
	struct credentials credentials = {.client_id = "c1", .refresh_token = "a+b/c=&d"};
	oauth_refresh(SPOTIFY_URL, &credentials, &request);
	assert_string_equal(request.form, "grant_type=refresh_token&refresh_token=a%2Bb%2Fc%3D%26d&client_id=c1");
	assert_string_equal(request.authorization, "");
}

static void a_client_secret_goes_into_a_header_and_not_into_the_form(void **state)
{
	(void)state;
	static struct oauth_request request;
	struct credentials credentials = {.client_id = "c1", .client_secret = "s1", .refresh_token = "r1"};
	oauth_refresh(SPOTIFY_URL, &credentials, &request);
	assert_string_equal(request.form, "grant_type=refresh_token&refresh_token=r1");
	assert_string_equal(request.authorization, "Basic YzE6czE="); /* c1:s1 */
}

static void a_code_is_redeemed_with_its_verifier_and_the_same_redirect(void **state)
{
	(void)state;
	static struct oauth_request request;
	struct credentials credentials = {.client_id = "c1"};
	oauth_redeem("http://127.0.0.1:9", &credentials, "code1", "verifier1", "http://127.0.0.1:8/callback", &request);
	assert_string_equal(request.url, "http://127.0.0.1:9/api/token");
	assert_string_equal(request.form,
	                    "grant_type=authorization_code&code=code1&"
	                    "redirect_uri=http%3A%2F%2F127.0.0.1%3A8%2Fcallback&code_verifier=verifier1&client_id=c1");
}

static void the_longest_values_fit_a_request(void **state)
{
	(void)state;
	static struct oauth_request request;
	static struct credentials credentials;
	memset(credentials.client_id, '/', CREDENTIALS_ID);
	memset(credentials.refresh_token, '/', CREDENTIALS_TOKEN);
	oauth_refresh(SPOTIFY_URL, &credentials, &request);
	assert_int_equal(strlen(request.form), strlen("grant_type=refresh_token&refresh_token=&client_id=") +
	                                           3 * (CREDENTIALS_ID + CREDENTIALS_TOKEN));
	memset(credentials.client_secret, 's', CREDENTIALS_ID);
	oauth_refresh(SPOTIFY_URL, &credentials, &request);
	assert_int_equal(strlen(request.authorization), 6 + (2 * CREDENTIALS_ID + 1 + 2) / 3 * 4);
}

struct row {
	const char *name;
	long status;
	const char *body, *retry_after;
	enum outcome outcome;
	const char *words; /* in the cause */
	int64_t wait_ms;   /* -1: not told */
};

static void answers_mean_what_the_standard_and_the_field_say(void **state)
{
	(void)state;
	/* clang-format off */
	static const struct row rows[] = {
		{"a token", 200, "{\"access_token\":\"a2\",\"token_type\":\"Bearer\",\"expires_in\":3600}", "", OUTCOME_OK, "", -1},
		{"a token of type bearer", 200, "{\"access_token\":\"a2\",\"token_type\":\"bearer\"}", "", OUTCOME_OK, "", -1},
		{"a dead refresh token", 400, "{\"error\":\"invalid_grant\",\"error_description\":\"Refresh token revoked\"}", "",
		 OUTCOME_NEEDS_AUTH, "no longer valid: Refresh token revoked (HTTP 400)", -1},
		{"an unknown app", 400, "{\"error\":\"invalid_client\",\"error_description\":\"Invalid client\"}", "",
		 OUTCOME_OPERATOR, "Invalid client", -1},
		{"an unknown app, as 401", 401, "{\"error\":\"invalid_client\"}", "", OUTCOME_OPERATOR, "not known", -1},
		{"a JSON body was sent", 400, "{\"error\":\"unsupported_grant_type\"}", "", OUTCOME_OPERATOR, "not understood", -1},
		{"500", 500, "", "", OUTCOME_RETRY, "HTTP 500", -1},
		{"502 with a page", 502, "<html>bad gateway</html>", "", OUTCOME_RETRY, "HTTP 502", -1},
		{"503", 503, "{\"error\":\"temporarily_unavailable\"}", "", OUTCOME_RETRY, "HTTP 503", -1},
		{"503 with a pause", 503, "", "7", OUTCOME_THROTTLED, "HTTP 503", 7000},
		{"500 that says invalid_grant", 500, "{\"error\":\"invalid_grant\"}", "", OUTCOME_RETRY, "HTTP 500", -1},
		{"429", 429, "{\"error\":\"rate\"}", "30", OUTCOME_THROTTLED, "fewer requests", 30000},
		{"429 without a pause", 429, "", "", OUTCOME_THROTTLED, "fewer requests", -1},
		{"busy as 400", 400, "{\"error\":\"temporarily_unavailable\"}", "", OUTCOME_RETRY, "busy", -1},
		{"400 of a proxy", 400, "<html>bad request</html>", "", OUTCOME_RETRY, "no answer of a token endpoint", -1},
		{"403 of a proxy", 403, "", "", OUTCOME_RETRY, "no answer of a token endpoint", -1},
		{"an error of the API's shape", 400, "{\"error\":{\"status\":400}}", "", OUTCOME_RETRY, "no answer of", -1},
		{"another address", 404, "", "", OUTCOME_OPERATOR, "no token endpoint", -1},
		{"moved", 302, "", "", OUTCOME_OPERATOR, "elsewhere", -1},
		{"a login page", 200, "<html>welcome</html>", "", OUTCOME_RETRY, "no answer of a token endpoint", -1},
		{"half a body", 200, "{\"access_token\":\"" CANARY, "", OUTCOME_RETRY, "no answer of a token endpoint", -1},
		{"no token in it", 200, "{\"token_type\":\"Bearer\"}", "", OUTCOME_RETRY, "no answer of a token endpoint", -1},
		{"an empty token", 200, "{\"access_token\":\"\"}", "", OUTCOME_RETRY, "no answer of a token endpoint", -1},
		{"a header in the token", 200, "{\"access_token\":\"" CANARY "\\r\\nX: y\"}", "", OUTCOME_RETRY, "no answer of", -1},
		{"another kind of token", 200, "{\"access_token\":\"" CANARY "\",\"token_type\":\"mac\"}", "", OUTCOME_RETRY,
		 "no answer of", -1},
		{"a token that has expired", 200, "{\"access_token\":\"a2\",\"expires_in\":0}", "", OUTCOME_RETRY, "no answer of", -1},
		{"a server that repeats the secret", 400,
		 "{\"error\":\"invalid_grant\",\"error_description\":\"" CANARY " is unknown\"}", "", OUTCOME_NEEDS_AUTH,
		 "no longer valid: ****************** is unknown (HTTP 400)", -1},
	};
	/* clang-format on */
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct credentials credentials = {.refresh_token = CANARY, .access_token = "a1"};
		struct verdict verdict;
		struct answer answer = {.status = rows[i].status, .body = span_of(rows[i].body)};
		snprintf(answer.retry_after, sizeof answer.retry_after, "%s", rows[i].retry_after);
		oauth_judge(&answer, NOW, &credentials, &verdict);
		if (verdict.outcome != rows[i].outcome || !strstr(verdict.cause, rows[i].words))
			fail_msg("row '%s': outcome %d, cause '%s'", rows[i].name, (int)verdict.outcome, verdict.cause);
		assert_row(&rows[i], verdict.retry_after_ms == rows[i].wait_ms);
		assert_row(&rows[i], !strstr(verdict.cause, "canary"));
		assert_row(&rows[i], verdict.next_step != NULL);
		assert_row(&rows[i], strcmp(credentials.access_token, verdict.outcome == OUTCOME_OK ? "a2" : "a1") == 0);
		assert_row(&rows[i], strcmp(credentials.refresh_token, CANARY) == 0);
	}
}

static void an_endpoint_that_does_not_answer_is_asked_again(void **state)
{
	(void)state;
	static const CURLcode codes[] = {CURLE_OPERATION_TIMEDOUT, CURLE_COULDNT_CONNECT, CURLE_GOT_NOTHING,
	                                 CURLE_PARTIAL_FILE};
	for (size_t i = 0; i < COUNT_OF(codes); i++) {
		struct credentials credentials = {.refresh_token = "r1"};
		struct verdict verdict;
		struct answer answer = {.code = codes[i]};
		oauth_judge(&answer, NOW, &credentials, &verdict);
		assert_int_equal(verdict.outcome, OUTCOME_RETRY);
	}
}

static void judge_ok(struct credentials *credentials, const char *body)
{
	struct verdict verdict;
	struct answer answer = {.status = 200, .body = span_of(body)};
	oauth_judge(&answer, NOW, credentials, &verdict);
	assert_int_equal(verdict.outcome, OUTCOME_OK);
}

static void a_refresh_token_that_is_absent_stays_and_a_new_one_replaces_it(void **state)
{
	(void)state;
	struct credentials credentials = {.refresh_token = "r1", .scope = "s1"};
	judge_ok(&credentials, "{\"access_token\":\"a2\",\"expires_in\":60}");
	assert_string_equal(credentials.refresh_token, "r1");
	assert_string_equal(credentials.scope, "s1");
	assert_true(credentials.expires_at == NOW + 60000);
	judge_ok(&credentials, "{\"access_token\":\"a3\",\"refresh_token\":\"\",\"scope\":\"\"}");
	assert_string_equal(credentials.refresh_token, "r1");
	assert_true(credentials.expires_at == NOW + 3600000);
	judge_ok(&credentials, "{\"access_token\":\"a4\",\"refresh_token\":\"r2\",\"scope\":\"s2 s3\"}");
	assert_string_equal(credentials.refresh_token, "r2");
	assert_string_equal(credentials.scope, "s2 s3");
}

static void an_absurd_lifetime_is_not_believed(void **state)
{
	(void)state;
	struct credentials credentials = {.refresh_token = "r1"};
	judge_ok(&credentials, "{\"access_token\":\"a2\",\"expires_in\":9223372036854775807}");
	assert_true(credentials.expires_at == NOW + 30LL * 24 * 3600 * 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spotify_itself_has_its_endpoints_on_another_host),
		cmocka_unit_test(a_refresh_without_client_secret_names_the_client_in_the_form),
		cmocka_unit_test(a_client_secret_goes_into_a_header_and_not_into_the_form),
		cmocka_unit_test(a_code_is_redeemed_with_its_verifier_and_the_same_redirect),
		cmocka_unit_test(the_longest_values_fit_a_request),
		cmocka_unit_test(answers_mean_what_the_standard_and_the_field_say),
		cmocka_unit_test(an_endpoint_that_does_not_answer_is_asked_again),
		cmocka_unit_test(a_refresh_token_that_is_absent_stays_and_a_new_one_replaces_it),
		cmocka_unit_test(an_absurd_lifetime_is_not_believed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Goal: every error of Spotify and Apple Music leads to the one right next step. Method: rows of provider, what was asked for,
 * status and body, as the services were seen to send them. */
#include "unit.h"

#include "fetcher/outcome.h"

enum what { LIST, ENTRIES, HELLO };

struct row {
	const char *name;
	enum what asked;
	long status;
	const char *body;
	enum outcome want;
	const char *cause, *next_step; /* words of them */
};

static void judge(const struct provider *provider, enum what asked, const struct answer *answer,
                  struct verdict *verdict)
{
	struct buf scratch;
	yyjson_doc *doc = NULL;
	const struct request *request = asked == HELLO     ? provider->hello
	                                : asked == ENTRIES ? provider->plans[CATEGORY_PLAYLISTS][0].child
	                                                   : provider->plans[CATEGORY_TRACKS][0].list;
	const struct session session = {.provider = provider};
	buf_init(&scratch, LIMIT_BODY_BYTES);
	outcome_judge(&session, request, answer, &scratch, verdict, &doc);
	yyjson_doc_free(doc);
	buf_done(&scratch);
}

static void check_rows(const char *name, const struct row *rows, size_t count)
{
	const struct provider *provider = provider_find(name);
	assert_non_null(provider);
	for (size_t i = 0; i < count; i++) {
		const struct answer answer = {.status = rows[i].status, .body = span_of(rows[i].body)};
		struct verdict verdict;
		judge(provider, rows[i].asked, &answer, &verdict);
		if (verdict.outcome != rows[i].want || !strstr(verdict.cause, rows[i].cause) ||
		    !strstr(verdict.next_step, rows[i].next_step))
			fail_msg("%s: outcome %d, cause '%s', next '%s'", rows[i].name, (int)verdict.outcome, verdict.cause,
			         verdict.next_step);
	}
}

/* clang-format off */
#define SPOTIFY(status, message) "{\"error\":{\"status\":" status ",\"message\":\"" message "\"}}"
#define QUOTA "{\"error\":{\"status\":429,\"message\":\"Too many requests\",\"reason\":\"QUOTA_EXCEEDED\"}}"
#define LOGIN "syncline account login NAME"

static void spotifys_errors_have_one_meaning_each(void **state)
{
	static const struct row rows[] = {
		{"a page", LIST, 200, "{\"items\":[]}", OUTCOME_OK, "", ""},
		{"an access token that has ended", LIST, 401, SPOTIFY("401", "The access token expired"),
			OUTCOME_TOKEN_EXPIRED, "The access token expired", LOGIN},
		{"the same at the very beginning", HELLO, 401, SPOTIFY("401", "Bad or expired token"), OUTCOME_TOKEN_EXPIRED, "", LOGIN},
		{"401 without a body", ENTRIES, 401, "", OUTCOME_TOKEN_EXPIRED, "HTTP 401", LOGIN},
		{"a scope that was not given", LIST, 403, SPOTIFY("403", "Insufficient client scope"),
			OUTCOME_FORBIDDEN, "Insufficient client scope", "agree to user-library-read"},
		{"a user who is not on the app's list, in plain text", LIST, 403, "User not registered in the Developer Dashboard",
			OUTCOME_FORBIDDEN, "refuses this part", "name you among its users"},
		{"a playlist of somebody else's (2026)", ENTRIES, 403, SPOTIFY("403", "Forbidden"),
			OUTCOME_FORBIDDEN, "does not give this playlist", "the others are read"},
		{"a playlist of Spotify's own", ENTRIES, 404, SPOTIFY("404", "Resource not found"),
			OUTCOME_FORBIDDEN, "does not give this playlist", "the others are read"},
		{"a playlist that this app may not reach", ENTRIES, 400, SPOTIFY("400", "Invalid base62 id"),
			OUTCOME_FORBIDDEN, "does not give this playlist", "the others are read"},
		{"a list that is not there for a moment", LIST, 404, SPOTIFY("404", "Resource not found"),
			OUTCOME_RETRY, "no such list", "later"},
		{"too many requests", LIST, 429, SPOTIFY("429", "API rate limit exceeded"), OUTCOME_THROTTLED, "HTTP 429", ""},
		{"too many requests, in plain text", LIST, 429, "Too many requests", OUTCOME_THROTTLED, "HTTP 429", ""},
		{"the quota of the developer's account", ENTRIES, 429, QUOTA, OUTCOME_THROTTLED, "quota", "an app of your own"},
		{"a server error", LIST, 500, SPOTIFY("500", "Server error."), OUTCOME_RETRY, "HTTP 500", ""},
		{"a gateway's page", LIST, 502, "<html>502</html>", OUTCOME_RETRY, "HTTP 502", ""},
		{"not available", LIST, 503, "", OUTCOME_RETRY, "HTTP 503", ""},
		{"too late", LIST, 504, "", OUTCOME_RETRY, "HTTP 504", ""},
		{"200 with a page of somebody else's", LIST, 200, "<html>captive portal</html>", OUTCOME_RETRY, "not an answer", ""},
		{"200 with half a page", LIST, 200, "{\"items\":[{\"track\":", OUTCOME_RETRY, "not valid JSON", ""},
		{"a redirect", LIST, 301, "", OUTCOME_OPERATOR, "sends us elsewhere", ""},
	};
	(void)state;
	check_rows("spotify", rows, COUNT_OF(rows));
}

#define APPLE(status, code, title) \
	"{\"errors\":[{\"id\":\"X\",\"title\":\"" title "\",\"detail\":\"d\",\"status\":\"" status "\",\"code\":\"" code "\"}]}"

static void apples_errors_have_one_meaning_each(void **state)
{
	static const struct row rows[] = {
		{"a page", LIST, 200, "{\"data\":[]}", OUTCOME_OK, "", ""},
		{"a developer token that is not taken", HELLO, 401, "", OUTCOME_OPERATOR, "developer token", "key file"},
		{"a user token that has ended", LIST, 403, APPLE("403", "40300", "Forbidden"), OUTCOME_NEEDS_AUTH, "user token", LOGIN},
		{"the same at a playlist", ENTRIES, 403, APPLE("403", "40300", "Forbidden"), OUTCOME_NEEDS_AUTH, "user token", LOGIN},
		{"what only subscribers may read", LIST, 403, APPLE("403", "40015", "Insufficient Privileges"), OUTCOME_FORBIDDEN,
			"Insufficient Privileges", "subscribe"},
		{"the same with another status", ENTRIES, 400, APPLE("400", "40015", "Insufficient Privileges"), OUTCOME_FORBIDDEN,
			"subscription", "subscribe"},
		{"an empty playlist, or past its end", ENTRIES, 404, APPLE("404", "40403", "No related resources"),
			OUTCOME_EMPTY, "empty", ""},
		{"a playlist that is gone", ENTRIES, 404, APPLE("404", "40400", "Resource Not Found"), OUTCOME_MISSING,
			"does not find", "others"},
		{"a playlist that is not there, without a body", ENTRIES, 404, "", OUTCOME_MISSING, "does not find", ""},
		{"a request that it does not take", ENTRIES, 400, APPLE("400", "40005", "Invalid Parameter Value"), OUTCOME_OPERATOR,
			"Invalid Parameter Value", "authors"},
		{"an empty library, or a slip in the middle of one", LIST, 404, APPLE("404", "40400", "Resource Not Found"),
			OUTCOME_EMPTY, "nothing", "later"},
		{"the same without a body", LIST, 404, "", OUTCOME_EMPTY, "HTTP 404", "later"},
		{"a proxy's page says nothing about a library", LIST, 404, "<html>nginx</html>", OUTCOME_RETRY, "in front of", "later"},
		{"nor JSON of somebody else", LIST, 404, "{\"message\":\"no route\"}", OUTCOME_RETRY, "in front of", "later"},
		{"nor about a playlist", ENTRIES, 404, "<html>nginx</html>", OUTCOME_RETRY, "in front of", "later"},
		{"deep in the list", LIST, 504, "<html>Gateway Timeout</html>", OUTCOME_TOO_SLOW, "too long", "later"},
		{"in a playlist", ENTRIES, 504, "", OUTCOME_TOO_SLOW, "HTTP 504", "later"},
		{"a failure that passes", LIST, 500, APPLE("500", "50000", "Internal Service Error"), OUTCOME_RETRY, "HTTP 500", ""},
		{"too many requests, without a time", LIST, 429, APPLE("429", "42900", "Too Many Requests"), OUTCOME_THROTTLED,
			"HTTP 429", ""},
		{"not available", LIST, 503, "", OUTCOME_RETRY, "HTTP 503", ""},
		{"a page that is no object", LIST, 200, "[]", OUTCOME_RETRY, "envelope", ""},
		{"a redirect, which user tokens must not follow", LIST, 302, "", OUTCOME_OPERATOR, "sends us elsewhere", ""},
	};
	(void)state;
	check_rows("applemusic", rows, COUNT_OF(rows));
}
/* clang-format on */

static void a_used_up_quota_is_waited_for_and_a_told_time_is_believed(void **state)
{
	const struct provider *spotify = provider_find("spotify");
	struct answer answer = {.status = 429, .body = span_of(QUOTA)};
	struct verdict verdict;
	(void)state;
	judge(spotify, LIST, &answer, &verdict);
	assert_int_equal(verdict.retry_after_ms, 3600 * 1000);
	memcpy(answer.retry_after, "79892", 6);
	judge(spotify, LIST, &answer, &verdict);
	assert_int_equal(verdict.retry_after_ms, 79892 * 1000);
}

/* Which list, and what its user must have agreed to. */
static void a_list_that_is_refused_tells_the_scope_it_needs(void **state)
{
	static const char *const scopes[CATEGORY_COUNT][2] = {
		[CATEGORY_ARTISTS] = {"agree to user-follow-read:", LOGIN},
		[CATEGORY_ALBUMS] = {"agree to user-library-read:", LOGIN},
		[CATEGORY_TRACKS] = {"agree to user-library-read:", LOGIN},
		[CATEGORY_PLAYLISTS] = {"agree to playlist-read-private and playlist-read-collaborative:", LOGIN},
	};
	const struct provider *spotify = provider_find("spotify");
	(void)state;
	for (unsigned i = 0; i < CATEGORY_COUNT; i++) {
		const struct answer answer = {.status = 403, .body = span_of(SPOTIFY("403", "Insufficient client scope"))};
		const struct session session = {.provider = spotify};
		struct verdict verdict;
		struct buf scratch;
		yyjson_doc *doc = NULL;
		buf_init(&scratch, LIMIT_BODY_BYTES);
		outcome_judge(&session, spotify->plans[i][0].list, &answer, &scratch, &verdict, &doc);
		yyjson_doc_free(doc);
		buf_done(&scratch);
		assert_int_equal(verdict.outcome, OUTCOME_FORBIDDEN);
		for (size_t word = 0; word < 2; word++) {
			if (!strstr(verdict.next_step, scopes[i][word]))
				fail_msg("%s: '%s'", category_name((enum category)i), verdict.next_step);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spotifys_errors_have_one_meaning_each),
		cmocka_unit_test(apples_errors_have_one_meaning_each),
		cmocka_unit_test(a_list_that_is_refused_tells_the_scope_it_needs),
		cmocka_unit_test(a_used_up_quota_is_waited_for_and_a_told_time_is_believed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

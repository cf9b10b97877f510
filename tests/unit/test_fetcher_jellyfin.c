/* Goal: Jellyfin is asked for all of a user's library and nothing else, its answers are read to their real end, and each of
 * its errors has one meaning. Method: requests sent to a small server of our own; pages and errors as rows. */
#include "fetcher_support.h"

#include "common/clock.h"
#include "fetcher/fence.h"
#include "fetcher/outcome.h"
#include "fetcher/page.h"
#include "fetcher/promise.h"
#include "fetcher/query.h"

static struct small_server server;
static struct transfer_set *set;
static struct transfer *transfer;
static struct account account = {.name = "tv", .provider = "jellyfin"};
static struct credentials credentials = {.user_id = "5f2b", .access_token = "c0ffee\"x"};
static struct session session = {.account = &account, .credentials = &credentials};

static int open_all(void **state)
{
	struct settings settings = {.request_timeout_ms = 5000, .connect_timeout_ms = 5000};
	struct err err;
	(void)state;
	session.provider = provider_find("jellyfin");
	if (!session.provider)
		return -1;
	small_server_open(&server);
	snprintf(account.url, sizeof account.url, "%s/jelly", server.url);
	return transfer_set_open(&settings, &set, &err) || transfer_open(set, &server, &transfer, &err);
}

static int close_all(void **state)
{
	(void)state;
	transfer_close(&transfer);
	transfer_set_close(&set);
	small_server_close(&server);
	return 0;
}

static const struct request *list_of(enum category category)
{
	return session.provider->plans[category][0].list;
}

static const struct request *entries(void)
{
	return session.provider->plans[CATEGORY_PLAYLISTS][0].child;
}

/* ---- requests ---- */

/* What arrived. */
static const char *send_query(const struct request *request, const struct query_args *args)
{
	const struct answer *answer;
	int64_t until_ms = clock_ms() + 10000;
	struct err err;
	small_server_begin(&server, span_of("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"));
	if (query_send(&session, request, args, transfer, &err))
		fail_msg("%s", err.text);
	while (!transfer_finished(set, &answer)) {
		assert_true(clock_ms() < until_ms);
		transfer_wait(set, NULL, 0, 100);
	}
	small_server_end(&server);
	return server.request;
}

static void assert_sent(const struct request *request, const struct query_args *args, const char *first_line,
                        const char *query)
{
	const char *sent = send_query(request, args);
	if (strncmp(sent, first_line, strlen(first_line)) != 0)
		fail_msg("sent: %.200s", sent);
	if (!strstr(sent, query))
		fail_msg("no '%s' in %.400s", query, sent);
}

static void every_request_says_whose_library_it_means_and_keeps_the_token_out_of_the_address(void **state)
{
	(void)state;
	const struct query_args args = {.size = 500};
	const struct request *const all[] = {session.provider->hello,
	                                     session.provider->extras,
	                                     list_of(CATEGORY_ARTISTS),
	                                     list_of(CATEGORY_ALBUMS),
	                                     list_of(CATEGORY_TRACKS),
	                                     list_of(CATEGORY_PLAYLISTS),
	                                     entries()};
	for (size_t i = 0; i < COUNT_OF(all); i++) {
		const char *sent = send_query(all[i], &args);
		size_t line = strcspn(sent, "\r");
		assert_non_null(strstr(sent, "userId=5f2b"));
		/* Escaped, so that no quote ends it early. */
		assert_non_null(strstr(sent, "\r\nAuthorization: MediaBrowser Token=\"c0ffee%22x\"\r\n"));
		assert_true(strstr(sent, "c0ffee") > sent + line);
	}
}

static void lists_come_oldest_first_in_pages_that_overlap(void **state)
{
	(void)state;
	const struct query_args first = {.size = 500}, next = {.size = 200, .offset = 200};
	assert_sent(list_of(CATEGORY_TRACKS), &first, "GET /jelly/Items?", "&startIndex=0&limit=500 ");
	assert_sent(list_of(CATEGORY_TRACKS), &next, "GET /jelly/Items?", "&startIndex=199&limit=201 ");
	assert_sent(list_of(CATEGORY_TRACKS), &next, "GET /jelly/Items?", "&sortBy=DateCreated,SortName,Album&");
	assert_sent(list_of(CATEGORY_TRACKS), &next, "GET /jelly/Items?", "recursive=true&includeItemTypes=Audio&");
	assert_sent(list_of(CATEGORY_ALBUMS), &next, "GET /jelly/Items?", "includeItemTypes=MusicAlbum&");
	assert_sent(list_of(CATEGORY_ARTISTS), &next, "GET /jelly/Artists?", "&startIndex=199&limit=201 ");
}

/* jellyfin/jellyfin#14603: with a limit, other users' playlists are taken out of the page after it was cut. */
static void playlists_are_asked_for_without_a_limit(void **state)
{
	(void)state;
	const struct query_args args = {.size = 500};
	const char *sent = send_query(list_of(CATEGORY_PLAYLISTS), &args);
	assert_non_null(strstr(sent, "includeItemTypes=Playlist"));
	assert_null(strstr(sent, "limit="));
	assert_int_equal(list_of(CATEGORY_PLAYLISTS)->paging, PAGING_NONE);
}

static void entries_come_in_pages_without_overlap(void **state)
{
	(void)state;
	const struct query_args args = {.size = 500, .offset = 500, .id = "9a/1"};
	assert_sent(entries(), &args, "GET /jelly/Playlists/9a%2F1/Items?", "&startIndex=500&limit=500 ");
}

/* ---- pages ---- */

static const struct page_row {
	const char *name, *body;
	int64_t offset;
	bool good, goes_on;
	int64_t next_offset;
	enum promise promise;
} pages[] = {
	{"a page in the middle", "{\"Items\":[{\"Id\":\"a\"},{\"Id\":\"b\"}],\"TotalRecordCount\":5}", 0, true, true, 2,
     PROMISE_KEPT},
	{"a page shorter than asked for", "{\"Items\":[{\"Id\":\"a\"}],\"TotalRecordCount\":5}", 0, true, true, 1,
     PROMISE_KEPT},
	{"the last page", "{\"Items\":[{\"Id\":\"d\"},{\"Id\":\"e\"}],\"TotalRecordCount\":5}", 3, true, false, 5,
     PROMISE_KEPT},
	{"the last page, begun too early",
     "{\"Items\":[{\"Id\":\"c\"},{\"Id\":\"d\"},{\"Id\":\"e\"}],\"TotalRecordCount\":5}", 3, true, false, 6,
     PROMISE_CHANGED},
	{"nothing in the middle", "{\"Items\":[],\"TotalRecordCount\":5}", 1, true, true, -1, PROMISE_EMPTY},
	{"nothing where the last ones must be", "{\"Items\":[],\"TotalRecordCount\":5}", 2, true, false, -1, PROMISE_EARLY},
	{"nothing at the beginning", "{\"Items\":[],\"TotalRecordCount\":5}", 0, true, true, -1, PROMISE_EMPTY},
	{"an empty playlist", "{\"Items\":[],\"TotalRecordCount\":0,\"StartIndex\":0}", 0, true, false, -1, PROMISE_KEPT},
	{"another length than before", "{\"Items\":[{\"Id\":\"c\"}],\"TotalRecordCount\":4}", 2, true, true, 3,
     PROMISE_CHANGED},
	{"no length", "{\"Items\":[{\"Id\":\"a\"}]}", 0, false, false, -1, PROMISE_KEPT},
	{"a length that is none", "{\"Items\":[{\"Id\":\"a\"}],\"TotalRecordCount\":-1}", 0, false, false, -1,
     PROMISE_KEPT},
	{"no list", "{\"TotalRecordCount\":5}", 0, false, false, -1, PROMISE_KEPT},
	{"another server's answer", "{}", 0, false, false, -1, PROMISE_KEPT},
};

static int read_page(const struct request *request, const char *body, struct page_facts *facts)
{
	struct err err;
	yyjson_doc *doc = yyjson_read(body, strlen(body), 0);
	int result = page_read(request, yyjson_doc_get_root(doc), facts, &err);
	yyjson_doc_free(doc);
	return result;
}

static void entries_end_where_their_number_says_so_however_short_a_page_is(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(pages); i++) {
		const struct page_row *row = &pages[i];
		const struct promised promised = {row->offset, 3, row->offset ? 5 : 0, ""};
		struct page_facts facts;
		assert_row(row, (read_page(entries(), row->body, &facts) == 0) == row->good);
		if (!row->good)
			continue;
		page_goes_on(entries(), row->offset, promised.size, &facts);
		assert_row(row, facts.goes_on == row->goes_on && facts.next_offset == row->next_offset);
		assert_row(row, promise_check(entries(), &promised, &facts) == row->promise);
	}
}

static void a_list_without_its_items_is_no_empty_library(void **state)
{
	(void)state;
	struct page_facts facts;
	assert_int_equal(read_page(list_of(CATEGORY_TRACKS), "{\"Items\":[],\"TotalRecordCount\":0}", &facts), 0);
	assert_int_equal(facts.entries, 0);
	assert_int_equal(read_page(list_of(CATEGORY_TRACKS), "{}", &facts), -1);
	assert_int_equal(read_page(list_of(CATEGORY_PLAYLISTS), "{\"StartIndex\":0}", &facts), -1);
}

/* ---- fence ---- */

static const char *read_fence(enum category category, const char *body, char text[LIMIT_FENCE])
{
	struct fence fence;
	yyjson_doc *doc = yyjson_read(body, strlen(body), 0);
	fence_begin(&fence, session.provider, category, true);
	while (fence_request(&fence, &session))
		fence_take(&fence, &session, yyjson_doc_get_root(doc));
	yyjson_doc_free(doc);
	return fence_text(&fence, text);
}

#define NEWEST(total, id, more) \
	"{\"Items\":[{\"Name\":\"N\",\"Id\":\"" id "\",\"DateCreated\":\"2024-01-01T00:00:00.0000000Z\"" more \
	"}],\"TotalRecordCount\":" total ",\"StartIndex\":0}"

static void additions_and_removals_move_the_fence_and_playing_does_not(void **state)
{
	(void)state;
	char before[LIMIT_FENCE], after[LIMIT_FENCE];
	read_fence(CATEGORY_TRACKS, NEWEST("10", "t1", ""), before);
	assert_true(fence_same_library(before, read_fence(CATEGORY_TRACKS, NEWEST("10", "t1", ""), after)));
	assert_false(fence_same_library(before, read_fence(CATEGORY_TRACKS, NEWEST("9", "t1", ""), after)));
	assert_false(fence_same_library(before, read_fence(CATEGORY_TRACKS, NEWEST("10", "t2", ""), after)));
	read_fence(CATEGORY_TRACKS, NEWEST("10", "t1", ",\"UserData\":{\"PlayCount\":3}"), before);
	read_fence(CATEGORY_TRACKS, NEWEST("10", "t1", ",\"UserData\":{\"PlayCount\":4}"), after);
	assert_true(fence_same_library(before, after));
	/* It cannot tell that nothing changed at all: tags may have been written anew. */
	assert_false(fence_unchanged(before, before));
}

static void a_playlist_that_is_edited_moves_the_fence_of_playlists(void **state)
{
	(void)state;
	char before[LIMIT_FENCE], after[LIMIT_FENCE];
	read_fence(CATEGORY_PLAYLISTS, NEWEST("1", "p1", ",\"Etag\":\"e1\",\"ChildCount\":3"), before);
	read_fence(CATEGORY_PLAYLISTS, NEWEST("1", "p1", ",\"Etag\":\"e2\",\"ChildCount\":3"), after);
	assert_false(fence_same_library(before, after));
	read_fence(CATEGORY_PLAYLISTS, NEWEST("1", "p1", ",\"Etag\":\"e1\",\"ChildCount\":2"), after);
	assert_false(fence_same_library(before, after));
	/* Tracks taken out of the library leave playlists without a sign: so they are read each time. */
	assert_false(fence_unchanged(before, before));
}

/* ---- errors ---- */

#define PROBLEM(title) "{\"type\":\"https://tools.ietf.org/html/rfc9110\",\"title\":\"" title "\",\"traceId\":\"00\"}"
#define LOGIN "syncline account login NAME"

static void each_error_has_one_meaning(void **state)
{
	static const struct {
		const char *name;
		enum category category;
		bool child;
		long status;
		const char *body;
		enum outcome want;
		const char *cause, *next_step;
	} rows[] = {
		{"a page", CATEGORY_TRACKS, false, 200, "{\"Items\":[]}", OUTCOME_OK, "", ""},
		{"a token that was revoked", CATEGORY_TRACKS, false, 401, "", OUTCOME_NEEDS_AUTH, "refused the token", LOGIN},
		{"the same in plain text", CATEGORY_PLAYLISTS, true, 401, "Error processing request.", OUTCOME_NEEDS_AUTH,
	     "HTTP 401", LOGIN},
		{"the same as a problem of ASP.NET", CATEGORY_TRACKS, false, 401, PROBLEM("Unauthorized"), OUTCOME_NEEDS_AUTH,
	     "Unauthorized", LOGIN},
		{"no user", CATEGORY_TRACKS, false, 400, "\"userId is required\"", OUTCOME_OPERATOR,
	     "does not give this library", LOGIN},
		{"another user", CATEGORY_ALBUMS, false, 403, "Error processing request.", OUTCOME_OPERATOR, "HTTP 403", LOGIN},
		{"a user who is gone", CATEGORY_ARTISTS, false, 404, "Error processing request.", OUTCOME_OPERATOR, "HTTP 404",
	     "address and user"},
		{"a playlist that is no longer shared", CATEGORY_PLAYLISTS, true, 403, "", OUTCOME_FORBIDDEN,
	     "does not give this playlist", "the others are read"},
		{"a playlist that is gone", CATEGORY_PLAYLISTS, true, 404, "\"Playlist not found\"", OUTCOME_MISSING, "is gone",
	     ""},
		{"a failure that passes", CATEGORY_TRACKS, false, 500, "Error processing request.", OUTCOME_RETRY, "HTTP 500",
	     ""},
		{"a server that is just starting", CATEGORY_TRACKS, false, 503, "<html>Jellyfin is starting</html>",
	     OUTCOME_RETRY, "HTTP 503", ""},
		{"a proxy's limit", CATEGORY_TRACKS, false, 429, "slow down", OUTCOME_THROTTLED, "HTTP 429", ""},
		{"200 with the web client's page", CATEGORY_TRACKS, false, 200, "<!doctype html>", OUTCOME_RETRY,
	     "not an answer", ""},
		{"a redirect to https", CATEGORY_TRACKS, false, 308, "", OUTCOME_OPERATOR, "sends us elsewhere", ""},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct answer answer = {.status = rows[i].status, .body = span_of(rows[i].body)};
		struct verdict verdict;
		struct buf scratch;
		yyjson_doc *doc = NULL;
		buf_init(&scratch, LIMIT_BODY_BYTES);
		outcome_judge(&session, rows[i].child ? entries() : list_of(rows[i].category), &answer, &scratch, &verdict,
		              &doc);
		yyjson_doc_free(doc);
		buf_done(&scratch);
		if (verdict.outcome != rows[i].want || !strstr(verdict.cause, rows[i].cause) ||
		    !strstr(verdict.next_step, rows[i].next_step))
			fail_msg("%s: outcome %d, cause '%s', next '%s'", rows[i].name, (int)verdict.outcome, verdict.cause,
			         verdict.next_step);
	}
}

static void the_server_says_which_version_it_is_and_need_not(void **state)
{
	(void)state;
	const char about[] = "{\"ServerName\":\"nas\",\"Version\":\"10.11.2\",\"ProductName\":\"Jellyfin Server\"}";
	yyjson_doc *doc = yyjson_read(about, sizeof about - 1, 0);
	provider_learn(session.provider->hello, NULL, &session);
	assert_string_equal(session.server, "Jellyfin");
	provider_learn(session.provider->extras, yyjson_doc_get_root(doc), &session);
	assert_string_equal(session.server, "Jellyfin 10.11.2");
	yyjson_doc_free(doc);
}

static void servers_of_peoples_own_have_a_limit_each(void **state)
{
	(void)state;
	char text[CREDENTIALS_THROTTLE] = "http://nas:8096";
	assert_string_equal(credentials_throttle_key("jellyfin", &credentials, text), "http://nas:8096");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_request_says_whose_library_it_means_and_keeps_the_token_out_of_the_address),
		cmocka_unit_test(lists_come_oldest_first_in_pages_that_overlap),
		cmocka_unit_test(playlists_are_asked_for_without_a_limit),
		cmocka_unit_test(entries_come_in_pages_without_overlap),
		cmocka_unit_test(entries_end_where_their_number_says_so_however_short_a_page_is),
		cmocka_unit_test(a_list_without_its_items_is_no_empty_library),
		cmocka_unit_test(additions_and_removals_move_the_fence_and_playing_does_not),
		cmocka_unit_test(a_playlist_that_is_edited_moves_the_fence_of_playlists),
		cmocka_unit_test(each_error_has_one_meaning),
		cmocka_unit_test(the_server_says_which_version_it_is_and_need_not),
		cmocka_unit_test(servers_of_peoples_own_have_a_limit_each),
	};
	return cmocka_run_group_tests(tests, open_all, close_all);
}

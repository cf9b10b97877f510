/* Goal: Spotify is asked what its reference documents and new apps may ask, at its own host alone, and its pages are gone
 * through to the end and no further. Method: the requests of its table as they arrive at a small server; pages of the
 * documented shape, and what the walk learns from them. What its errors mean: test_fetcher_errors.c; what its items become:
 * test_parser_spotify.c. */
#include "fetcher_support.h"

#include "common/clock.h"
#include "fetcher/fence.h"
#include "fetcher/page.h"
#include "fetcher/promise.h"
#include "fetcher/query.h"

static struct small_server server;
static struct transfer_set *set;
static struct transfer *transfer;
static struct account account;
static struct credentials credentials = {.access_token = "BQAccess-1_x"};
static struct session session = {.account = &account, .credentials = &credentials};

static int open_all(void **state)
{
	struct settings settings = {.request_timeout_ms = 5000, .connect_timeout_ms = 5000};
	struct err err;
	(void)state;
	session.provider = provider_find("spotify");
	if (!session.provider)
		return -1;
	small_server_open(&server);
	snprintf(account.url, sizeof account.url, "%s", server.url);
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

/* What arrived, of an answer's whole head and body. */
static const char *ask(const struct request *request, const struct query_args *args, const char *response,
                       const struct answer **answer)
{
	int64_t until_ms = clock_ms() + 10000;
	struct err err;
	small_server_begin(&server, span_of(response));
	if (query_send(&session, request, args, transfer, &err))
		fail_msg("%s", err.text);
	while (!transfer_finished(set, answer)) {
		assert_true(clock_ms() < until_ms);
		transfer_wait(set, NULL, 0, 100);
	}
	small_server_end(&server);
	return server.request;
}

static void check_request(const struct request *request, const struct query_args *args, const char *want)
{
	const struct answer *answer;
	char line[400];
	const char *got = ask(request, args, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", &answer);
	snprintf(line, sizeof line, "GET /v1/%s HTTP/1.1\r\n", want);
	if (strncmp(got, line, strlen(line)) != 0)
		fail_msg("expected %s, got %.300s", line, got);
	assert_non_null(strstr(got, "\r\nAuthorization: Bearer BQAccess-1_x\r\n"));
	assert_null(strstr(line, "BQAccess"));
}

static void every_list_is_asked_for_as_documented_and_in_the_largest_pages(void **state)
{
	(void)state;
	const struct query_args first = {.size = 500}, later = {.size = 50, .offset = 100},
							behind = {.size = 50, .after = "a9"};
	check_request(session.provider->hello, &first, "me");
	check_request(list_of(CATEGORY_ARTISTS), &first, "me/following?type=artist&limit=50");
	check_request(list_of(CATEGORY_ARTISTS), &behind, "me/following?type=artist&limit=50&after=a9");
	check_request(list_of(CATEGORY_ALBUMS), &first, "me/albums?limit=50&offset=0");
	check_request(list_of(CATEGORY_ALBUMS), &later, "me/albums?limit=50&offset=100");
	check_request(list_of(CATEGORY_TRACKS), &later, "me/tracks?limit=50&offset=100");
	check_request(list_of(CATEGORY_PLAYLISTS), &later, "me/playlists?limit=50&offset=100");
}

/* Without additional_types episodes would come as tracks. */
static void entries_are_asked_for_with_episodes_at_the_path_of_2026_and_else_at_the_old_one(void **state)
{
	(void)state;
	const struct query_args args = {.size = 50, .offset = 50, .id = "37i9dQZF1DXcBWIGoYBM5M"};
	check_request(entries(), &args,
	              "playlists/37i9dQZF1DXcBWIGoYBM5M/items?limit=50&offset=50&additional_types=track,episode");
	check_request(entries()->instead, &args,
	              "playlists/37i9dQZF1DXcBWIGoYBM5M/tracks?limit=50&offset=50&additional_types=track,episode");
	assert_null(entries()->instead->instead);
}

static void an_id_of_any_letters_stays_inside_its_path(void **state)
{
	(void)state;
	const struct query_args args = {.size = 50,
	                                .id = "espa\xc3\xb1"
	                                      "a/../me?x"};
	check_request(entries(), &args,
	              "playlists/espa%C3%B1a%2F..%2Fme%3Fx/items?limit=50&offset=0&additional_types=track,episode");
}

static void a_fence_costs_one_item_where_the_list_is_not_needed_whole(void **state)
{
	static const char *const wants[] = {"me/following?type=artist&limit=1", "me/albums?limit=1&offset=0",
	                                    "me/tracks?limit=1&offset=0"};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(wants); i++)
		check_request(session.provider->fences[i][0].request, &(struct query_args){.size = 50}, wants[i]);
}

/* Apps in development mode lost batch reads, users' playlists and whole albums; entries that a playlist holds itself come in
 * other pages than those of its list, and both together would double some. */
static void nothing_is_asked_that_new_apps_may_not_ask(void **state)
{
	static const char *const paths[] = {"/v1/me",        "/v1/me/following", "/v1/me/albums",
	                                    "/v1/me/tracks", "/v1/me/playlists", "/v1/playlists/{id}/items"};
	const struct request *asked[2 * CATEGORY_COUNT + 2] = {session.provider->hello, entries()};
	size_t count = 2;
	(void)state;
	for (int i = 0; i < CATEGORY_COUNT; i++) {
		asked[count++] = list_of((enum category)i);
		asked[count++] = session.provider->fences[i][0].request;
		assert_null(session.provider->fences[i][1].request);
		assert_null(session.provider->plans[i][1].list);
	}
	assert_null(session.provider->extras);
	for (size_t i = 0; i < count; i++) {
		bool known = false;
		for (size_t n = 0; n < COUNT_OF(paths); n++)
			known |= strcmp(asked[i]->path, paths[n]) == 0;
		assert_row(asked[i], known && !strstr(asked[i]->query, "ids=") && !strstr(asked[i]->query, "market"));
	}
}

static void a_token_goes_to_no_other_host(void **state)
{
	const struct answer *answer;
	int before = server.requests;
	(void)state;
	ask(list_of(CATEGORY_TRACKS), &(struct query_args){.size = 50},
	    "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/v1/me/tracks\r\nContent-Length: 0\r\n\r\n",
	    &answer);
	assert_int_equal(server.requests, before + 1);
	assert_int_equal(answer->code, CURLE_OK);
	assert_int_equal(answer->status, 307);
}

/* ---- pages ---- */

static yyjson_doc *doc_of(const char *body)
{
	yyjson_doc *doc = yyjson_read(body, strlen(body), 0);
	if (!doc)
		fail_msg("no JSON: %s", body);
	return doc;
}

static int read_page(const struct request *request, const char *body, struct page_facts *facts, struct err *err)
{
	yyjson_doc *doc = doc_of(body);
	int result = page_read(request, yyjson_doc_get_root(doc), facts, err);
	yyjson_doc_free(doc);
	return result;
}

static struct page_facts facts_of(enum category category, const char *body)
{
	struct page_facts facts;
	struct err err;
	if (read_page(list_of(category), body, &facts, &err))
		fail_msg("%s: %s", body, err.text);
	return facts;
}

#define PAGE(items, next, more) "{\"items\":[" items "],\"limit\":50,\"next\":" next more "}"
#define TRACK "{\"track\":{\"id\":\"t1\"}}"
#define API "https://api.spotify.com/v1/"

static void a_next_link_tells_where_the_list_goes_on_and_nothing_else(void **state)
{
	static const struct {
		const char *name, *body;
		bool goes_on;
		int64_t offset;
	} rows[] = {
		{"the list itself", PAGE(TRACK, "\"" API "me/tracks?offset=50&limit=50\"", ""), true, 50},
		{"the number last", PAGE(TRACK, "\"" API "me/tracks?limit=50&offset=100\"", ""), true, 100},
		{"a path that new apps may not ask", PAGE(TRACK, "\"" API "users/u/playlists?offset=48&limit=48\"", ""), true,
	     48},
		{"a user's id that looks like one", PAGE(TRACK, "\"" API "users/offset=7/playlists?limit=48&offset=48\"", ""),
	     true, 48},
		{"another host", PAGE(TRACK, "\"https://evil.example/v1/me/tracks?offset=50\"", ""), true, 50},
		{"no place", PAGE(TRACK, "\"" API "me/tracks\"", ""), true, -1},
		{"a place below zero", PAGE(TRACK, "\"" API "me/tracks?offset=-50\"", ""), true, -1},
		{"a place beyond 64 bits", PAGE(TRACK, "\"" API "me/tracks?offset=99999999999999999999\"", ""), true, -1},
		{"the last page", PAGE(TRACK, "null", ""), false, -1},
		{"the last page, which does not say so", "{\"items\":[" TRACK "]}", false, -1},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct page_facts facts = facts_of(CATEGORY_TRACKS, rows[i].body);
		assert_row(&rows[i], facts.goes_on == rows[i].goes_on && facts.next_offset == rows[i].offset);
	}
}

static void a_total_is_believed_where_it_is_one(void **state)
{
	static const struct {
		const char *name, *body;
		int64_t total;
	} rows[] = {
		{"told", PAGE(TRACK, "null", ",\"total\":5320"), 5320},
		{"of nothing", PAGE("", "null", ",\"total\":0"), 0},
		{"absent", PAGE(TRACK, "null", ""), -1},
		{"null", PAGE(TRACK, "null", ",\"total\":null"), -1},
		{"below zero", PAGE(TRACK, "null", ",\"total\":-1"), -1},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_row(&rows[i], facts_of(CATEGORY_TRACKS, rows[i].body).total == rows[i].total);
}

#define FOLLOWING(items, next, cursors, total) \
	"{\"artists\":{\"items\":[" items "],\"next\":" next ",\"cursors\":" cursors total ",\"limit\":50}}"
#define NEXT_ARTISTS "\"" API "me/following?type=artist&limit=50&after=a1\""

static void followed_artists_go_on_behind_the_artist_that_is_named(void **state)
{
	static const struct {
		const char *name, *body, *after;
		bool goes_on;
		int64_t total;
	} rows[] = {
		{"a page", FOLLOWING("{\"id\":\"a1\"}", NEXT_ARTISTS, "{\"after\":\"a1\"}", ",\"total\":83"), "a1", true, 83},
		{"the last page", FOLLOWING("{\"id\":\"a1\"}", "null", "{\"after\":null}", ",\"total\":83"), "", false, 83},
		{"the last page, without a total", FOLLOWING("{\"id\":\"a1\"}", "null", "{\"after\":null}", ""), "", false, -1},
		{"the last page, without a place", "{\"artists\":{\"items\":[{\"id\":\"a1\"}],\"next\":null}}", "", false, -1},
		{"nobody followed", FOLLOWING("", "null", "{\"after\":null}", ",\"total\":0"), "", false, 0},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct page_facts facts = facts_of(CATEGORY_ARTISTS, rows[i].body);
		assert_row(&rows[i], facts.goes_on == rows[i].goes_on && facts.total == rows[i].total);
		assert_row(&rows[i], strcmp(facts.after, rows[i].after) == 0);
	}
}

/* 47 of 48 with a next is a page like all others: what is left out counts in Spotify's offsets. */
static void items_that_are_null_or_left_out_move_no_place(void **state)
{
	const struct page_facts nulls = facts_of(CATEGORY_ALBUMS, PAGE("{\"album\":{\"id\":\"x\"}},null,null", "null", ""));
	const struct page_facts shorter = facts_of(CATEGORY_TRACKS,
	                                           PAGE(TRACK, "\"" API "me/tracks?offset=50\"", ",\"total\":90"));
	const struct promised begin = {0, 50, 0, ""};
	(void)state;
	assert_int_equal(nulls.entries, 3);
	assert_string_equal(nulls.first_id, "x");
	assert_int_equal(promise_check(list_of(CATEGORY_TRACKS), &begin, &shorter), PROMISE_KEPT);
	assert_int_equal(promise_next_offset(&shorter, 0, 50), 50);
}

static void an_error_in_the_place_of_a_list_is_never_an_empty_library(void **state)
{
	static const char *const bodies[] = {
		"{\"error\":{\"status\":404,\"message\":\"Resource not found\"}}", /* under HTTP 200: status and body may disagree */
		"{\"items\":null,\"total\":0}",
		"{\"items\":{},\"total\":0}",
		"{\"total\":0}",
		"{\"artists\":{\"items\":[]}}",
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(bodies); i++) {
		struct page_facts facts;
		struct err err;
		assert_int_equal(read_page(list_of(CATEGORY_TRACKS), bodies[i], &facts, &err), -1);
		assert_err(&err, ERR_REJECT, "lacks its list");
	}
}

/* ---- playlists ---- */

#define PLAYLIST(id, owner, snapshot, count) \
	"{\"id\":\"" id "\",\"owner\":{\"id\":\"" owner "\"},\"snapshot_id\":" snapshot "," count "}"

#define COUNTED_2025 PLAYLIST("p1", "u", "\"A\"", "\"tracks\":{\"href\":\"h\",\"total\":84}")
#define COUNTED_2026 PLAYLIST("p2", "u", "\"B\"", "\"items\":{\"href\":\"h\",\"total\":7}")
#define COUNTED_BOTH PLAYLIST("p3", "u", "\"C\"", "\"items\":{\"total\":2},\"tracks\":{\"total\":2}")
#define UNCOUNTED PLAYLIST("p4", "v", "\"D\"", "\"items\":null")
#define PLAYLISTS COUNTED_2025 ",null," COUNTED_2026 "," COUNTED_BOTH "," UNCOUNTED

static void playlists_tell_how_many_entries_are_to_come_in_both_shapes(void **state)
{
	const struct page_facts facts = facts_of(CATEGORY_PLAYLISTS, PAGE(PLAYLISTS, "null", ",\"total\":5"));
	(void)state;
	assert_int_equal(facts.entries, 5);
	assert_int_equal(facts.counted, 84 + 7 + 2);
}

static void a_snapshot_is_a_version_but_for_playlists_of_spotifys_own(void **state)
{
	static const struct {
		const char *name, *item, *version;
	} rows[] = {
		{"one's own", PLAYLIST("p", "u", "\"AAAA/b+c=\"", "\"x\":1"), "AAAA/b+c="},
		{"Spotify's", PLAYLIST("p", "spotify", "\"A\"", "\"x\":1"), ""},
		{"a person's with such a name: ids differ by case", PLAYLIST("p", "Spotify", "\"A\"", "\"x\":1"), "A"},
		{"not told", PLAYLIST("p", "u", "null", "\"x\":1"), ""},
		{"nobody's", "{\"id\":\"p\",\"snapshot_id\":\"A\"}", "A"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		yyjson_doc *doc = doc_of(rows[i].item);
		const struct span version = version_of(&list_of(CATEGORY_PLAYLISTS)->version, yyjson_doc_get_root(doc));
		assert_row(&rows[i], span_equal(version, span_of(rows[i].version)));
		yyjson_doc_free(doc);
	}
}

/* ---- fences ---- */

static void read_fence(enum category category, const char *body, char text[LIMIT_FENCE])
{
	struct fence fence;
	yyjson_doc *doc = doc_of(body);
	fence_begin(&fence, session.provider, category, true);
	assert_non_null(fence_request(&fence, &session));
	fence_take(&fence, &session, yyjson_doc_get_root(doc));
	assert_null(fence_request(&fence, &session));
	fence_text(&fence, text);
	yyjson_doc_free(doc);
}

#define NEWEST(id, at, total) \
	PAGE("{\"added_at\":\"" at "\",\"track\":{\"id\":\"" id "\"}}", "null", ",\"total\":" total)

/* Saved tracks stand newest first: saving one moves the head, and removing one the total. */
static void head_and_total_tell_every_change_of_the_saved_tracks(void **state)
{
	char rest[LIMIT_FENCE], again[LIMIT_FENCE], other[LIMIT_FENCE];
	static const char *const others[] = {
		NEWEST("t1", "2026-01-02T00:00:00Z", "799"), NEWEST("t2", "2026-01-03T00:00:00Z", "800"),
		NEWEST("t1", "2026-01-03T00:00:00Z", "800"), /* removed, and saved again */
	};
	(void)state;
	read_fence(CATEGORY_TRACKS, NEWEST("t1", "2026-01-02T00:00:00Z", "800"), rest);
	read_fence(CATEGORY_TRACKS, NEWEST("t1", "2026-01-02T00:00:00Z", "800"), again);
	assert_true(fence_unchanged(rest, again));
	for (size_t i = 0; i < COUNT_OF(others); i++) {
		read_fence(CATEGORY_TRACKS, others[i], other);
		assert_false(fence_same_library(rest, other));
	}
}

/* Saved albums are in no order of dates, and followed artists have none: their first item may stay while others change. */
static void albums_and_artists_are_never_skipped_because_their_head_is_the_same(void **state)
{
	char text[LIMIT_FENCE];
	(void)state;
	read_fence(CATEGORY_ALBUMS,
	           PAGE("{\"added_at\":\"2026-02-12T00:00:00Z\",\"album\":{\"id\":\"x\"}}", "null", ",\"total\":45"), text);
	assert_true(fence_same_library(text, text));
	assert_false(fence_unchanged(text, text));
	read_fence(CATEGORY_ARTISTS, FOLLOWING("{\"id\":\"a1\"}", NEXT_ARTISTS, "{\"after\":\"a1\"}", ",\"total\":83"),
	           text);
	assert_true(fence_same_library(text, text));
	assert_false(fence_unchanged(text, text));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_list_is_asked_for_as_documented_and_in_the_largest_pages),
		cmocka_unit_test(entries_are_asked_for_with_episodes_at_the_path_of_2026_and_else_at_the_old_one),
		cmocka_unit_test(an_id_of_any_letters_stays_inside_its_path),
		cmocka_unit_test(a_fence_costs_one_item_where_the_list_is_not_needed_whole),
		cmocka_unit_test(nothing_is_asked_that_new_apps_may_not_ask),
		cmocka_unit_test(a_token_goes_to_no_other_host),
		cmocka_unit_test(a_next_link_tells_where_the_list_goes_on_and_nothing_else),
		cmocka_unit_test(a_total_is_believed_where_it_is_one),
		cmocka_unit_test(followed_artists_go_on_behind_the_artist_that_is_named),
		cmocka_unit_test(items_that_are_null_or_left_out_move_no_place),
		cmocka_unit_test(an_error_in_the_place_of_a_list_is_never_an_empty_library),
		cmocka_unit_test(playlists_tell_how_many_entries_are_to_come_in_both_shapes),
		cmocka_unit_test(a_snapshot_is_a_version_but_for_playlists_of_spotifys_own),
		cmocka_unit_test(head_and_total_tell_every_change_of_the_saved_tracks),
		cmocka_unit_test(albums_and_artists_are_never_skipped_because_their_head_is_the_same),
	};
	return cmocka_run_group_tests(tests, open_all, close_all);
}

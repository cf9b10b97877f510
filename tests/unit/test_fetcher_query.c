/* Goal: a server is asked for just the items that are wanted, with the overlap that proves nothing was lost, and ids
 * reach it unchanged. Method: each request is sent to a small server of our own, and what arrives is compared. */
#include "fetcher_support.h"

#include "common/clock.h"
#include "fetcher/query.h"

static struct small_server server;
static struct transfer_set *set;
static struct transfer *transfer;
static struct account account = {.auth = "apikey", .secret = "k"};
static struct session session = {.account = &account};

static int open_all(void **state)
{
	struct settings settings = {.request_timeout_ms = 5000, .connect_timeout_ms = 5000};
	struct err err;
	(void)state;
	session.provider = provider_find("opensubsonic");
	if (!session.provider)
		return -1;
	session.sign_mode = provider_first_sign_mode(session.provider, &account);
	small_server_open(&server);
	snprintf(account.url, sizeof account.url, "%s/music", server.url);
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
	assert_int_equal(answer->code, CURLE_OK);
	small_server_end(&server);
	return server.request;
}

static const struct request plain = {.name = "ping", .path = "/rest/ping", .query = ""};
static const struct request list = {.name = "getList",
                                    .path = "/rest/getList",
                                    .query = "type=a&size={size}&offset={offset}",
                                    .paging = PAGING_OFFSET};
static const struct request child = {.name = "getAlbum", .path = "/rest/getAlbum", .query = "id={id}"};
static const struct request past = {.name = "getIndexes",
                                    .path = "/rest/getIndexes",
                                    .query = "ifModifiedSince={past}"};
static const struct request strange = {.name = "odd", .path = "/rest/odd", .query = "a={b}&{size&x={id}{id}&q=%22"};
static const struct request next = {.name = "next",
                                    .path = "/rest/next",
                                    .query = "s={size}&o={offset}",
                                    .paging = PAGING_NEXT};
static const struct request after = {.name = "after",
                                     .path = "/rest/after",
                                     .query = "s={size}{&after}",
                                     .paging = PAGING_AFTER};
static const struct request below = {.name = "below", .path = "/rest/lists/{id}/items", .query = "s={size}"};
/* Offsets without overlaps: not PAGING_OFFSET. */
static const struct request once = {.name = "once", .path = "/rest/once", .query = "o={offset}&s={size}"};

#define SIGNED "?v=1.16.1&c=syncline&f=json&apiKey=k"

static const struct {
	const char *name;
	const struct request *request;
	struct query_args args;
	const char *want; /* behind /music/rest/ */
} rows[] = {
	{"no parameters", &plain, {.size = 500}, "ping" SIGNED},
	{"the first page", &list, {.size = 100}, "getList" SIGNED "&type=a&size=100&offset=0"},
	{"a later page begins one early and asks for one more",
     &list,
     {.size = 100, .offset = 100},
     "getList" SIGNED "&type=a&size=101&offset=99"},
	{"the second item", &list, {.size = 1, .offset = 1}, "getList" SIGNED "&type=a&size=2&offset=0"},
	{"the largest page", &list, {.size = 500}, "getList" SIGNED "&type=a&size=500&offset=0"},
	{"the largest page stays the largest",
     &list,
     {.size = 500, .offset = 499},
     "getList" SIGNED "&type=a&size=500&offset=498"},
	{"more than the provider gives", &list, {.size = 900}, "getList" SIGNED "&type=a&size=500&offset=0"},
	{"far behind", &list, {.size = 500, .offset = 10000000000}, "getList" SIGNED "&type=a&size=500&offset=9999999999"},
	{"exactly there",
     &list,
     {.size = 100, .offset = 300, .exactly = true},
     "getList" SIGNED "&type=a&size=101&offset=300"},
	{"exactly at the beginning", &list, {.size = 100, .exactly = true}, "getList" SIGNED "&type=a&size=100&offset=0"},
	{"a request without overlaps", &once, {.size = 10, .offset = 20}, "once" SIGNED "&o=20&s=10"},
	{"a later page of a list with a next", &next, {.size = 50, .offset = 100}, "next" SIGNED "&s=50&o=100"},
	{"the beginning of a list that goes on behind an item", &after, {.size = 50, .after = ""}, "after" SIGNED "&s=50"},
	{"behind an item", &after, {.size = 50, .after = "a&b"}, "after" SIGNED "&s=50&after=a%26b"},
	{"a child in the path", &below, {.size = 50, .id = "../x?y"}, "lists/..%2Fx%3Fy/items" SIGNED "&s=50"},
	{"a child", &child, {.id = "al-17"}, "getAlbum" SIGNED "&id=al-17"},
	{"an id of anything",
     &child,
     {.id = "/a b&c=d#e?f%g+h\xc3\xa9"},
     "getAlbum" SIGNED "&id=%2Fa%20b%26c%3Dd%23e%3Ff%25g%2Bh%C3%A9"},
	{"an id that looks like a place", &child, {.id = "{size}{id}"}, "getAlbum" SIGNED "&id=%7Bsize%7D%7Bid%7D"},
	{"no id", &child, {0}, "getAlbum" SIGNED "&id="},
	{"a time behind all libraries", &past, {0}, "getIndexes" SIGNED "&ifModifiedSince=4102444800000"},
	{"braces of no meaning", &strange, {.id = "1"}, "odd" SIGNED "&a={b}&{size&x=11&q=%22"},
};

static void a_request_asks_for_what_is_wanted(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char want[400];
		snprintf(want, sizeof want, "GET /music/rest/%s HTTP/1.1\r\n", rows[i].want);
		const char *got = send_query(rows[i].request, &rows[i].args);
		if (strncmp(got, want, strlen(want)) != 0)
			fail_msg("%s: expected %s, got %.300s", rows[i].name, want, got);
	}
}

static void a_form_carries_the_same_parameters(void **state)
{
	(void)state;
	session.form_post = true;
	const char *got = send_query(&list, &(struct query_args){.size = 100, .offset = 100});
	session.form_post = false;
	assert_int_equal(strncmp(got, "POST /music/rest/getList HTTP/1.1\r\n", 35), 0);
	assert_string_equal(strstr(got, "\r\n\r\n") + 4, "v=1.16.1&c=syncline&f=json&apiKey=k&type=a&size=101&offset=99");
}

static void the_longest_request_arrives_whole(void **state)
{
	static char id[LIMIT_ID + 1];
	char secret[sizeof account.secret];
	(void)state;
	memcpy(secret, account.secret, sizeof secret);
	memset(account.secret, '&', LIMIT_SECRET);
	account.secret[LIMIT_SECRET] = '\0';
	memset(id, '%', LIMIT_ID);
	const char *got = send_query(&child, &(struct query_args){.id = id}), *end = strstr(got, " HTTP/1.1\r\n");
	memcpy(account.secret, secret, sizeof secret);
	assert_non_null(end);
	assert_int_equal(end - got, (ssize_t)strlen("GET /music/rest/getAlbum?v=1.16.1&c=syncline&f=json&apiKey=&id=") +
	                                3 * LIMIT_SECRET + 3 * LIMIT_ID);
}

static void check_line(const struct request *request, const struct query_args *args, const char *want)
{
	char line[400];
	snprintf(line, sizeof line, "GET /music/rest/%s HTTP/1.1\r\n", want);
	const char *got = send_query(request, args);
	if (strncmp(got, line, strlen(line)) != 0)
		fail_msg("expected %s, got %.300s", line, got);
}

/* Names and parameters of opensubsonic/open-subsonic-api, Endpoints. */
static void a_subsonic_server_is_asked_as_documented_for_the_largest_pages(void **state)
{
	const struct query_args first = {.size = 500}, entries = {.id = "7"};
	const struct plan *playlists = &session.provider->plans[CATEGORY_PLAYLISTS][0];
	(void)state;
	check_line(session.provider->hello, &first, "ping" SIGNED);
	check_line(session.provider->extras, &first, "getOpenSubsonicExtensions" SIGNED);
	check_line(session.provider->plans[CATEGORY_ARTISTS][0].list, &first, "getArtists" SIGNED);
	check_line(session.provider->plans[CATEGORY_ALBUMS][0].list, &first,
	           "getAlbumList2" SIGNED "&type=alphabeticalByName&size=500&offset=0");
	check_line(playlists->list, &first, "getPlaylists" SIGNED);
	check_line(playlists->child, &entries, "getPlaylist" SIGNED "&id=7");
}

/* Which servers want which: an empty query (the specification, supysonic, gonic), two quotes (older Navidrome), none at all. */
static void songs_are_asked_for_in_three_ways_one_after_another(void **state)
{
	const struct query_args first = {.size = 500}, tracks = {.id = "al-1"};
	const struct plan *plans = session.provider->plans[CATEGORY_TRACKS];
	(void)state;
	check_line(plans[0].list, &first, "search3" SIGNED "&query=&artistCount=0&albumCount=0&songCount=500&songOffset=0");
	check_line(plans[1].list, &first,
	           "search3" SIGNED "&query=%22%22&artistCount=0&albumCount=0&songCount=500&songOffset=0");
	check_line(plans[2].list, &first, "getAlbumList2" SIGNED "&type=alphabeticalByName&size=500&offset=0");
	check_line(plans[2].child, &tracks, "getAlbum" SIGNED "&id=al-1");
	assert_false(plans[2].list_is_published);
	assert_null(plans[3].list);
}

static void a_fence_asks_for_the_time_of_the_last_scan_the_newest_album_and_the_stars(void **state)
{
	static const char *const wants[] = {"getIndexes" SIGNED "&ifModifiedSince=4102444800000", "getScanStatus" SIGNED,
	                                    "getAlbumList2" SIGNED "&type=newest&size=1&offset=0", "getStarred2" SIGNED};
	const struct fence_part *parts = session.provider->fences[CATEGORY_TRACKS];
	(void)state;
	for (size_t i = 0; i < COUNT_OF(wants); i++)
		check_line(parts[i].request, &(struct query_args){.size = 500}, wants[i]);
	assert_null(parts[COUNT_OF(wants)].request);
	assert_true(parts[3].for_skip_only); /* stars come and go without moving a page */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_asks_for_what_is_wanted),
		cmocka_unit_test(a_subsonic_server_is_asked_as_documented_for_the_largest_pages),
		cmocka_unit_test(songs_are_asked_for_in_three_ways_one_after_another),
		cmocka_unit_test(a_fence_asks_for_the_time_of_the_last_scan_the_newest_album_and_the_stars),
		cmocka_unit_test(a_form_carries_the_same_parameters),
		cmocka_unit_test(the_longest_request_arrives_whole),
	};
	return cmocka_run_group_tests(tests, open_all, close_all);
}

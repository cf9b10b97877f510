/* Goal: Apple Music is asked in the one way that reads a library whole: by our own query, whatever a `next` leaves out or leads
 * to, with both tokens, in one language. Method: the provider's own tables drive requests to a small server of our own, and
 * what arrives is compared; pages are of the shapes that were recorded. */
#include "fetcher_support.h"

#include "common/clock.h"
#include "common/json.h"
#include "fetcher/fence.h"
#include "fetcher/promise.h"
#include "fetcher/query.h"

static struct small_server server;
static struct transfer_set *set;
static struct transfer *transfer;
static struct account account;
static struct credentials credentials = {.access_token = "developer.token.x", .user_token = "user-token"};
static struct session session = {.account = &account, .credentials = &credentials};

static int open_all(void **state)
{
	struct settings settings = {.request_timeout_ms = 5000, .connect_timeout_ms = 5000};
	struct err err;
	(void)state;
	session.provider = provider_find("applemusic");
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

static int new_session(void **state)
{
	(void)state;
	session.server[0] = session.language[0] = '\0';
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

static void assert_asked(const char *name, const char *got, const char *want)
{
	char line[300];
	snprintf(line, sizeof line, "GET %s HTTP/1.1\r\n", want);
	if (strncmp(got, line, strlen(line)) != 0)
		fail_msg("%s: expected %s, got %.300s", name, want, got);
}

static const struct request *list_of(enum category category)
{
	return session.provider->plans[category][0].list;
}

static const struct request *entries(void)
{
	return session.provider->plans[CATEGORY_PLAYLISTS][0].child;
}

static void each_list_is_asked_for_whole_with_what_its_items_are_related_to(void **state)
{
	(void)state;
	static const struct {
		enum category category;
		struct query_args args;
		const char *want;
	} rows[] = {
		{CATEGORY_ARTISTS, {.size = 100}, "artists?limit=100&offset=0&include=catalog"},
		{CATEGORY_ALBUMS, {.size = 100}, "albums?limit=100&offset=0&include=catalog,artists"},
		{CATEGORY_TRACKS, {.size = 100}, "songs?limit=100&offset=0&include=catalog,albums,artists"},
		{CATEGORY_PLAYLISTS, {.size = 100}, "playlists?limit=100&offset=0&include=catalog"},
		/* More than 100 is refused for a playlist's entries (code 40005), and cut for lists. */
		{CATEGORY_TRACKS, {.size = 500, .offset = 300}, "songs?limit=100&offset=300&include=catalog,albums,artists"},
		{CATEGORY_TRACKS, {.size = 50, .offset = 96000}, "songs?limit=50&offset=96000&include=catalog,albums,artists"},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char want[200];
		snprintf(want, sizeof want, "/v1/me/library/%s", rows[i].want);
		assert_asked(rows[i].want, send_query(list_of(rows[i].category), &rows[i].args), want);
	}
	const struct query_args later = {.size = 500, .offset = 100, .id = "p.QvDQEebsVbAeokL"};
	assert_asked("a playlist's entries", send_query(entries(), &later),
	             "/v1/me/library/playlists/p.QvDQEebsVbAeokL/tracks?limit=100&offset=100&include=catalog");
}

static void a_request_carries_both_tokens_as_headers_and_none_in_its_address(void **state)
{
	(void)state;
	const char *got = send_query(session.provider->hello, &(struct query_args){0});
	assert_asked("the storefront", got, "/v1/me/storefront");
	assert_non_null(strstr(got, "\r\nAuthorization: Bearer developer.token.x\r\n"));
	assert_non_null(strstr(got, "\r\nMusic-User-Token: user-token\r\n"));
}

/* Of a body, as a walk reads it. */
static struct page_facts facts_of(const struct request *request, const char *body)
{
	yyjson_doc *doc = NULL;
	struct page_facts facts;
	struct err err;
	if (json_read(span_of(body), &doc, &err) || page_read(request, yyjson_doc_get_root(doc), &facts, &err))
		fail_msg("%s: %s", body, err.text);
	yyjson_doc_free(doc);
	return facts;
}

#define PAGE(next, data, meta) "{" next "\"data\":[" data "]" meta "}"
#define NEXT(text) "\"next\":\"" text "\","
#define SONG "{\"id\":\"i.a\",\"type\":\"library-songs\"}"

/* The link drops limit and include, and lead wherever it may: what is asked for is our own query at its offset. */
static void of_a_next_link_only_the_offset_is_used(void **state)
{
	(void)state;
	static const char *const links[] = {
		"/v1/me/library/songs?offset=100",
		"/v1/me/library/songs?l=en-US&offset=100",
		"//elsewhere.example/v1/me/library/songs?offset=100",
		"https://elsewhere.example/?offset=100&limit=1",
		"/v1/me/library/songs?offset=100&xoffset=7",
	};
	for (size_t i = 0; i < COUNT_OF(links); i++) {
		char body[300];
		snprintf(body, sizeof body, "{\"next\":\"%s\",\"data\":[" SONG "],\"meta\":{\"total\":1158}}", links[i]);
		const struct page_facts facts = facts_of(list_of(CATEGORY_TRACKS), body);
		const struct query_args args = {.size = 100, .offset = promise_next_offset(&facts, 0, 100)};
		assert_asked(links[i], send_query(list_of(CATEGORY_TRACKS), &args),
		             "/v1/me/library/songs?limit=100&offset=100&include=catalog,albums,artists");
	}
}

static void a_list_goes_on_and_ends_as_its_pages_say(void **state)
{
	(void)state;
	static const struct {
		const char *name, *body;
		struct promised promised;
		enum promise want;
		int64_t next; /* -1: it is the end */
	} rows[] = {
		{"a short page that goes on: by its link, not by what was counted",
	     PAGE(NEXT("/v1/me/library/songs?offset=100"), SONG "," SONG, ",\"meta\":{\"total\":192}"),
	     {0, 100, 0, ""},
	     PROMISE_KEPT,
	     100},
		{"the last page has no next",
	     PAGE("", SONG, ",\"meta\":{\"total\":101}"),
	     {100, 100, 101, ""},
	     PROMISE_KEPT,
	     -1},
		{"a total is not always there", PAGE("", SONG, ""), {100, 100, 0, ""}, PROMISE_KEPT, -1},
		{"an empty library", PAGE("", "", ",\"meta\":{\"total\":0}"), {0, 100, 0, ""}, PROMISE_KEPT, -1},
		{"an empty library without a total", PAGE("", "", ""), {0, 100, 0, ""}, PROMISE_KEPT, -1},
		{"an empty page behind a promise is no end", PAGE("", "", ""), {100, 100, 0, ""}, PROMISE_EMPTY, -1},
		{"nor with a total", PAGE("", "", ",\"meta\":{\"total\":1158}"), {100, 100, 1158, ""}, PROMISE_EMPTY, -1},
		{"an offset that does not advance",
	     PAGE(NEXT("/v1/x?offset=100"), SONG, ""),
	     {100, 100, 0, ""},
	     PROMISE_BACK,
	     100},
		{"a song more than before: the library moved",
	     PAGE(NEXT("/v1/x?offset=200"), SONG, ",\"meta\":{\"total\":1159}"),
	     {100, 100, 1158, ""},
	     PROMISE_CHANGED,
	     200},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct request *request = list_of(CATEGORY_TRACKS);
		const struct page_facts facts = facts_of(request, rows[i].body);
		enum promise promise = promise_check(request, &rows[i].promised, &facts);
		int64_t next = facts.goes_on ? promise_next_offset(&facts, rows[i].promised.offset, 100) : -1;
		if (promise != rows[i].want || next != rows[i].next)
			fail_msg("%s: promise %d, next %lld", rows[i].name, (int)promise, (long long)next);
	}
}

/* A library album's own list leaves songs out (11 of 12 were missing), and so does its count. */
static void which_songs_an_album_has_is_asked_of_the_songs(void **state)
{
	const struct provider *apple = provider_find("applemusic");
	(void)state;
	for (unsigned i = 0; i < CATEGORY_COUNT; i++) {
		for (const struct plan *plan = apple->plans[i]; plan->list; plan++) {
			assert_null(strstr(plan->list->path, "albums/{id}"));
			assert_true(!plan->child || !strstr(plan->child->path, "albums/{id}"));
		}
	}
	assert_non_null(strstr(list_of(CATEGORY_TRACKS)->query, "include=catalog,albums"));
}

/* {} with status 200 was seen in the middle of lists: taken for an end, it would lose the rest. */
static void an_answer_without_a_list_is_no_page(void **state)
{
	(void)state;
	static const char *const bodies[] = {"{}", "{\"data\":null}", "{\"data\":{}}", "{\"errors\":[]}"};
	for (size_t i = 0; i < COUNT_OF(bodies); i++) {
		yyjson_doc *doc = NULL;
		struct page_facts facts;
		struct err err;
		assert_int_equal(json_read(span_of(bodies[i]), &doc, &err), 0);
		if (page_read(list_of(CATEGORY_TRACKS), yyjson_doc_get_root(doc), &facts, &err) == 0)
			fail_msg("%s is taken for a page", bodies[i]);
		yyjson_doc_free(doc);
	}
}

static void learn(const char *body)
{
	yyjson_doc *doc = NULL;
	struct err err;
	assert_int_equal(json_read(span_of(body), &doc, &err), 0);
	provider_learn(session.provider->hello, yyjson_doc_get_root(doc), &session);
	yyjson_doc_free(doc);
}

#define STOREFRONT(id, attributes) \
	"{\"data\":[{\"id\":\"" id "\",\"type\":\"storefronts\",\"href\":\"/v1/storefronts/" id "\"" attributes "}]}"
#define LANGUAGE(tag) \
	",\"attributes\":{\"defaultLanguageTag\":\"" tag "\",\"supportedLanguageTags\":[\"fr-FR\",\"en-US\"]}"

static void names_are_asked_for_in_the_one_language_of_the_users_storefront(void **state)
{
	(void)state;
	learn(STOREFRONT("de", LANGUAGE("de-DE")));
	assert_string_equal(session.server, "Apple Music (de, de-DE)");
	assert_asked("a list", send_query(list_of(CATEGORY_ARTISTS), &(struct query_args){.size = 100}),
	             "/v1/me/library/artists?limit=100&offset=0&include=catalog&l=de-DE");
	assert_asked("entries", send_query(entries(), &(struct query_args){.size = 100, .id = "p.1"}),
	             "/v1/me/library/playlists/p.1/tracks?limit=100&offset=0&include=catalog&l=de-DE");
}

static void a_storefront_that_tells_no_language_leaves_it_to_apple(void **state)
{
	(void)state;
	static const struct {
		const char *body, *server;
	} rows[] = {
		{STOREFRONT("us", ""), "Apple Music (us)"},
		{STOREFRONT("us", LANGUAGE("")), "Apple Music (us)"},
		{STOREFRONT("us", LANGUAGE("much-longer-than-any-tag")), "Apple Music (us)"},
		{"{\"data\":[]}", "Apple Music"},
		{"{\"data\":[{\"id\":7}]}", "Apple Music"},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		new_session(NULL);
		learn(rows[i].body);
		assert_string_equal(session.server, rows[i].server);
		assert_asked(rows[i].body, send_query(list_of(CATEGORY_ARTISTS), &(struct query_args){.size = 100}),
		             "/v1/me/library/artists?limit=100&offset=0&include=catalog");
	}
}

/* ---- what a sync that finds nothing new costs ---- */

/* The fence of a category when Apple answers with these pages, and how many were asked for. */
static int read_fence(enum category category, const char *const *pages, char text[LIMIT_FENCE])
{
	struct fence fence;
	int asked = 0;
	fence_begin(&fence, session.provider, category, true);
	for (; fence_request(&fence, &session); asked++) {
		yyjson_doc *doc = NULL;
		struct err err;
		assert_int_equal(json_read(span_of(pages[asked]), &doc, &err), 0);
		fence_take(&fence, &session, yyjson_doc_get_root(doc));
		yyjson_doc_free(doc);
	}
	fence_text(&fence, text);
	return asked;
}

#define NAMED(id, name) "{\"id\":\"" id "\",\"attributes\":{\"name\":\"" name "\"}}"
#define DATED(id, date) "{\"id\":\"" id "\",\"attributes\":{\"name\":\"P\",\"lastModifiedDate\":\"" date "\"}}"
#define TOTAL(number) ",\"meta\":{\"total\":" number "}"
#define MORE NEXT("/v1/me/library/playlists?offset=100")

static void a_list_whose_length_and_beginning_are_as_they_were_is_likely_unchanged(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		enum category category;
		const char *before[3], *now[3];
		bool unchanged;
	} rows[] = {
		{"nothing",
	     CATEGORY_TRACKS,
	     {PAGE("", NAMED("i.a", "A"), TOTAL("7"))},
	     {PAGE("", NAMED("i.a", "A"), TOTAL("7"))},
	     true},
		{"one more, behind the beginning",
	     CATEGORY_TRACKS,
	     {PAGE("", NAMED("i.a", "A"), TOTAL("7"))},
	     {PAGE("", NAMED("i.a", "A"), TOTAL("8"))},
	     false},
		{"another at the beginning",
	     CATEGORY_ALBUMS,
	     {PAGE("", NAMED("l.a", "A"), TOTAL("7"))},
	     {PAGE("", NAMED("l.b", "A"), TOTAL("7"))},
	     false},
		{"renamed at the beginning",
	     CATEGORY_ARTISTS,
	     {PAGE("", NAMED("r.a", "A"), TOTAL("7"))},
	     {PAGE("", NAMED("r.a", "B"), TOTAL("7"))},
	     false},
		{"a beginning alone says too little",
	     CATEGORY_TRACKS,
	     {PAGE("", NAMED("i.a", "A"), "")},
	     {PAGE("", NAMED("i.a", "A"), "")},
	     false},
		{"no playlist changed",
	     CATEGORY_PLAYLISTS,
	     {PAGE(MORE, DATED("p.a", "1"), ""), PAGE("", DATED("p.b", "1"), "")},
	     {PAGE(MORE, DATED("p.a", "1"), ""), PAGE("", DATED("p.b", "1"), "")},
	     true},
		{"a playlist on the second page",
	     CATEGORY_PLAYLISTS,
	     {PAGE(MORE, DATED("p.a", "1"), ""), PAGE("", DATED("p.b", "1"), "")},
	     {PAGE(MORE, DATED("p.a", "1"), ""), PAGE("", DATED("p.b", "2"), "")},
	     false},
		{"a playlist that does not tell when it changed",
	     CATEGORY_PLAYLISTS,
	     {PAGE(MORE, DATED("p.a", "1"), ""), PAGE("", NAMED("p.b", "P"), "")},
	     {PAGE(MORE, DATED("p.a", "1"), ""), PAGE("", NAMED("p.b", "P"), "")},
	     false},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char before[LIMIT_FENCE], now[LIMIT_FENCE];
		int asked = read_fence(rows[i].category, rows[i].before, before);
		assert_int_equal(asked, rows[i].before[1] ? 2 : 1);
		assert_int_equal(read_fence(rows[i].category, rows[i].now, now), asked);
		assert_true(*before != '!'); /* it proves no removal */
		if (fence_unchanged(before, now) != rows[i].unchanged)
			fail_msg("%s: %s and %s", rows[i].name, before, now);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(each_list_is_asked_for_whole_with_what_its_items_are_related_to, new_session),
		cmocka_unit_test_setup(a_request_carries_both_tokens_as_headers_and_none_in_its_address, new_session),
		cmocka_unit_test_setup(of_a_next_link_only_the_offset_is_used, new_session),
		cmocka_unit_test_setup(a_list_goes_on_and_ends_as_its_pages_say, new_session),
		cmocka_unit_test_setup(which_songs_an_album_has_is_asked_of_the_songs, new_session),
		cmocka_unit_test_setup(an_answer_without_a_list_is_no_page, new_session),
		cmocka_unit_test_setup(names_are_asked_for_in_the_one_language_of_the_users_storefront, new_session),
		cmocka_unit_test_setup(a_list_whose_length_and_beginning_are_as_they_were_is_likely_unchanged, new_session),
		cmocka_unit_test_setup(a_storefront_that_tells_no_language_leaves_it_to_apple, new_session),
	};
	return cmocka_run_group_tests(tests, open_all, close_all);
}

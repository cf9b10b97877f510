/* Goal: equal fences mean that nothing changed, and different ones that something did; a fence that cannot tell all never
 * claims to. Method: the provider's own table is driven as a sync drives it, with answers of real servers' kinds. */
#include "unit.h"

#include "common/json.h"
#include "fetcher/fence.h"

static const struct provider *provider;
static struct session session;

static int find_provider(void **state)
{
	(void)state;
	provider = provider_find("opensubsonic");
	return provider ? 0 : -1;
}

static int new_session(void **state)
{
	(void)state;
	session = (struct session){.provider = provider};
	return 0;
}

static yyjson_doc *read_body(const char *body)
{
	yyjson_doc *doc = NULL;
	struct err err;
	if (json_read(span_of(body), &doc, &err))
		fail_msg("%s: %s", body, err.text);
	return doc;
}

/* What a server answers to each request, in the order of the table; NULL: it fails. */
struct library {
	const char *indexes, *scan, *newest, *starred, *playlists;
};

static const char *answer_of(const struct library *library, const struct request *request)
{
	if (strcmp(request->name, "getIndexes") == 0)
		return library->indexes;
	if (strcmp(request->name, "getScanStatus") == 0)
		return library->scan;
	if (strcmp(request->name, "getAlbumList2") == 0)
		return library->newest;
	if (strcmp(request->name, "getPlaylists") == 0)
		return library->playlists;
	assert_string_equal(request->name, "getStarred2");
	return library->starred;
}

static const char *read_fence(const struct library *library, enum category category, bool with_skip_parts,
                              char text[LIMIT_FENCE])
{
	struct fence fence;
	const struct request *request;
	int asked = 0;
	fence_begin(&fence, provider, category, with_skip_parts);
	while ((request = fence_request(&fence, &session))) {
		const char *body = answer_of(library, request);
		yyjson_doc *doc = body ? read_body(body) : NULL;
		fence_take(&fence, &session, yyjson_doc_get_root(doc));
		yyjson_doc_free(doc);
		assert_true(++asked <= FENCE_PARTS_MAX);
	}
	return fence_text(&fence, text);
}

#define WRAP(members) "{\"subsonic-response\":{\"status\":\"ok\"," members "}}"
#define INDEXES(time) WRAP("\"indexes\":{\"lastModified\":" time "}")
#define SCAN(members) WRAP("\"scanStatus\":{" members "}")
#define NEWEST(albums) WRAP("\"albumList2\":{\"album\":" albums "}")
#define STARRED(members) WRAP("\"starred2\":{" members "}")
#define PLAYLISTS(list) WRAP("\"playlists\":{\"playlist\":" list "}")

static const struct library navidrome = {
	.indexes = INDEXES("1764000000000"),
	.scan = SCAN("\"scanning\":false,\"count\":6000,\"lastScan\":\"2026-11-23T14:05:06Z\""),
	.newest = NEWEST("[{\"id\":\"al-1\",\"name\":\"One\",\"songCount\":10,\"duration\":2400}]"),
	.starred = STARRED("\"song\":[{\"id\":\"t1\",\"starred\":\"2026-01-01T00:00:00Z\"}]"),
	.playlists = PLAYLISTS(
		"[{\"id\":\"p1\",\"name\":\"Mix\",\"songCount\":12,\"duration\":3000,\"changed\":\"2026-01-01\"}]"),
};

static void a_library_at_rest_has_one_fence(void **state)
{
	char first[LIMIT_FENCE], second[LIMIT_FENCE], after[LIMIT_FENCE];
	(void)state;
	read_fence(&navidrome, CATEGORY_ALBUMS, true, first);
	read_fence(&navidrome, CATEGORY_ALBUMS, true, second);
	read_fence(&navidrome, CATEGORY_ALBUMS, false, after);
	assert_string_equal(first, second);
	assert_true(fence_unchanged(first, second));
	assert_true(fence_same_library(first, after));
	assert_int_equal(strspn(first, "!"), 1);
	assert_non_null(strstr(first, "1764000000000"));
	assert_null(strpbrk(first, " \t\n"));
}

struct change_row {
	const char *name;
	struct library library; /* members that are NULL are navidrome's */
	bool same_library;
};

static const struct change_row change_rows[] = {
	{"a later scan", {.indexes = INDEXES("1764000000001")}, false},
	{"one item more", {.scan = SCAN("\"scanning\":false,\"count\":6001,\"lastScan\":\"2026-11-23T14:05:06Z\"")}, false},
	{"another scan", {.scan = SCAN("\"scanning\":false,\"count\":6000,\"lastScan\":\"2026-11-23T15:05:06Z\"")}, false},
	{"a new album",
     {.newest = NEWEST("[{\"id\":\"al-2\",\"name\":\"One\",\"songCount\":10,\"duration\":2400}]")},
     false},
	{"the album renamed",
     {.newest = NEWEST("[{\"id\":\"al-1\",\"name\":\"Two\",\"songCount\":10,\"duration\":2400}]")},
     false},
	{"the album grown",
     {.newest = NEWEST("[{\"id\":\"al-1\",\"name\":\"One\",\"songCount\":11,\"duration\":2400}]")},
     false},
	{"digits moved from one value to the next",
     {.newest = NEWEST("[{\"id\":\"al-1\",\"name\":\"One\",\"songCount\":102,\"duration\":400}]")},
     false},
	{"the album gone", {.newest = NEWEST("[]")}, false},
	{"a favourite more",
     {.starred = STARRED("\"song\":[{\"id\":\"t1\",\"starred\":\"2026-01-01T00:00:00Z\"},{\"id\":\"t2\"}]")},
     true},
	{"a favourite of another kind",
     {.starred = STARRED("\"song\":[],\"album\":[{\"id\":\"t1\",\"starred\":\"2026-01-01T00:00:00Z\"}]")},
     true},
	{"no favourite", {.starred = STARRED("")}, true},
};

static struct library changed(const struct library *by)
{
	struct library library = navidrome;
	const char **to = &library.indexes;
	const char *const *from = &by->indexes;
	for (size_t i = 0; i < sizeof library / sizeof *to; i++) {
		if (from[i])
			to[i] = from[i];
	}
	return library;
}

static void any_change_is_seen(void **state)
{
	char before[LIMIT_FENCE], now[LIMIT_FENCE], after[LIMIT_FENCE];
	(void)state;
	read_fence(&navidrome, CATEGORY_TRACKS, true, before);
	for (size_t i = 0; i < COUNT_OF(change_rows); i++) {
		struct library library = changed(&change_rows[i].library);
		read_fence(&library, CATEGORY_TRACKS, true, now);
		read_fence(&library, CATEGORY_TRACKS, false, after);
		assert_row(&change_rows[i], !fence_unchanged(before, now));
		assert_row(&change_rows[i], fence_same_library(before, after) == change_rows[i].same_library);
	}
}

static const struct {
	const char *name, *list, *other; /* two states of the playlists */
	bool tells_all, unequal;
} playlist_rows[] = {
	{"nothing changed", "[{\"id\":\"1\",\"changed\":\"a\"}]", "[{\"id\":\"1\",\"changed\":\"a\"}]", true, false},
	{"one changed", "[{\"id\":\"1\",\"changed\":\"a\"}]", "[{\"id\":\"1\",\"changed\":\"b\"}]", true, true},
	{"one more", "[{\"id\":\"1\",\"changed\":\"a\"}]",
     "[{\"id\":\"1\",\"changed\":\"a\"},{\"id\":\"2\",\"changed\":\"a\"}]", true, true},
	{"another order", "[{\"id\":\"1\",\"changed\":\"a\"},{\"id\":\"2\",\"changed\":\"b\"}]",
     "[{\"id\":\"2\",\"changed\":\"b\"},{\"id\":\"1\",\"changed\":\"a\"}]", true, true},
	{"a member of no meaning", "[{\"id\":\"1\",\"changed\":\"a\",\"coverArt\":\"x\"}]",
     "[{\"id\":\"1\",\"changed\":\"a\",\"coverArt\":\"y\"}]", true, false},
	{"a number for its digits", "[{\"id\":\"1\",\"changed\":\"a\"}]", "[{\"id\":1,\"changed\":\"a\"}]", true, false},
	{"one alone, without a list", "{\"id\":\"1\",\"changed\":\"a\"}", "{\"id\":\"1\",\"changed\":\"b\"}", true, true},
	{"without times of change (supysonic)", "[{\"id\":\"1\",\"songCount\":3}]", "[{\"id\":\"1\",\"songCount\":3}]",
     false, false},
	{"one of them without", "[{\"id\":\"1\",\"changed\":\"a\"},{\"id\":\"2\"}]",
     "[{\"id\":\"1\",\"changed\":\"a\"},{\"id\":\"2\"}]", false, false},
	{"a list that is evaluated when asked for", "[{\"id\":\"1\",\"changed\":\"a\",\"validUntil\":\"x\"}]",
     "[{\"id\":\"1\",\"changed\":\"b\",\"validUntil\":\"y\"}]", false, false},
	{"... that is seen to be longer", "[{\"id\":\"1\",\"songCount\":1,\"changed\":\"a\",\"validUntil\":\"x\"}]",
     "[{\"id\":\"1\",\"songCount\":2,\"changed\":\"a\",\"validUntil\":\"x\"}]", false, true},
	{"the first has what the second had",
     "[{\"id\":\"1\",\"name\":\"\",\"changed\":\"a\"},{\"id\":\"23\",\"changed\":\"a\"}]",
     "[{\"id\":\"1\",\"name\":\"a2\",\"changed\":\"\"},{\"id\":\"3\",\"changed\":\"a\"}]", true, true},
	{"a name that is another's id", "[{\"id\":\"12\",\"name\":\"3\",\"changed\":\"a\"}]",
     "[{\"id\":\"1\",\"name\":\"23\",\"changed\":\"a\"}]", true, true},
	{"a name that is all the rest", "[{\"id\":\"1\",\"name\":\"a\",\"changed\":\"b\"}]",
     "[{\"id\":\"1\",\"name\":\"achangedb\",\"changed\":\"\"}]", true, true},
	{"a name that is the next value's name too", "[{\"changed\":\"a\",\"id\":\"1\",\"name\":\"2\"}]",
     "[{\"changed\":\"a\",\"id\":\"1name2\"}]", true, true},
	{"two that are one", "[{\"id\":\"1\",\"changed\":\"a\"},{\"name\":\"2\",\"changed\":\"b\"}]",
     "[{\"id\":\"1\",\"changed\":\"a\",\"name\":\"2\",\"changed\":\"b\"}]", true, true},
	{"a value under another name", "[{\"id\":\"1\",\"songCount\":5,\"changed\":\"a\"}]",
     "[{\"id\":\"1\",\"duration\":5,\"changed\":\"a\"}]", true, true},
};

static void playlists_tell_their_changes_as_far_as_they_know_them(void **state)
{
	char body[400], first[LIMIT_FENCE], second[LIMIT_FENCE];
	(void)state;
	for (size_t i = 0; i < COUNT_OF(playlist_rows); i++) {
		struct library library = {.playlists = body};
		snprintf(body, sizeof body, PLAYLISTS("%s"), playlist_rows[i].list);
		read_fence(&library, CATEGORY_PLAYLISTS, true, first);
		snprintf(body, sizeof body, PLAYLISTS("%s"), playlist_rows[i].other);
		read_fence(&library, CATEGORY_PLAYLISTS, true, second);
		assert_row(&playlist_rows[i], (strcmp(first, second) != 0) == playlist_rows[i].unequal);
		assert_row(&playlist_rows[i], (*first == '!') == playlist_rows[i].tells_all);
		assert_row(&playlist_rows[i],
		           fence_unchanged(first, second) == (playlist_rows[i].tells_all && !playlist_rows[i].unequal));
	}
}

/* gonic: lastModified is 0; a count that stays says nothing about names. */
static void a_fence_of_counts_alone_never_claims_that_nothing_changed(void **state)
{
	struct library gonic = changed(&(struct library){.indexes = INDEXES("0")});
	char first[LIMIT_FENCE], second[LIMIT_FENCE];
	(void)state;
	read_fence(&gonic, CATEGORY_ARTISTS, true, first);
	read_fence(&gonic, CATEGORY_ARTISTS, true, second);
	assert_string_equal(first, second);
	assert_true(*first != '!');
	assert_false(fence_unchanged(first, second));
	assert_true(fence_same_library(first, second));
}

static void a_library_in_motion_is_never_the_same(void **state)
{
	struct library library = changed(
		&(struct library){.scan = SCAN("\"scanning\":true,\"count\":6000,\"lastScan\":\"2026-11-23T14:05:06Z\"")});
	char moving[LIMIT_FENCE], resting[LIMIT_FENCE];
	(void)state;
	read_fence(&library, CATEGORY_ALBUMS, true, moving);
	read_fence(&navidrome, CATEGORY_ALBUMS, true, resting);
	assert_false(fence_same_library(moving, moving));
	assert_false(fence_same_library(moving, resting));
	assert_false(fence_same_library(resting, moving));
	assert_false(fence_unchanged(moving, moving));
	library.indexes = NULL; /* and without the part that tells all */
	read_fence(&library, CATEGORY_ALBUMS, true, moving);
	assert_false(fence_same_library(moving, moving));
}

static void a_part_that_failed_is_not_asked_for_again(void **state)
{
	struct library none = {0};
	struct fence fence;
	char before[LIMIT_FENCE], after[LIMIT_FENCE];
	(void)state;
	read_fence(&none, CATEGORY_ALBUMS, true, before);
	assert_string_equal(before, "");
	fence_begin(&fence, provider, CATEGORY_TRACKS, true);
	assert_null(fence_request(&fence, &session));
	assert_true(fence_same_library(before, fence_text(&fence, after))); /* the overlap of pages is left as proof */
	assert_false(fence_unchanged(before, after));
	fence_begin(&fence, provider, CATEGORY_PLAYLISTS, true); /* of another table: still to be asked */
	assert_non_null(fence_request(&fence, &session));
}

static void after_a_walk_only_what_must_hold_still_is_asked(void **state)
{
	struct fence fence;
	const struct request *request;
	(void)state;
	fence_begin(&fence, provider, CATEGORY_ALBUMS, false);
	for (int asked = 0; (request = fence_request(&fence, &session)); asked++) {
		assert_true(asked < 3);
		assert_string_not_equal(request->name, "getStarred2");
		yyjson_doc *doc = read_body(answer_of(&navidrome, request));
		fence_take(&fence, &session, yyjson_doc_get_root(doc));
		yyjson_doc_free(doc);
	}
}

/* The longest values and the strangest characters: still one word below the limit, and no separator comes from a value. */
static void a_fence_is_one_short_word_whatever_the_server_says(void **state)
{
	static char body[9000];
	char value[2000], text[LIMIT_FENCE], scanned[LIMIT_FENCE];
	static const char *const strange[] = {"a b\\tc", "x|y;z", "\xc3\xa9\xe2\x82\xac", "~!", "\\u0001"};
	(void)state;
	memset(value, 'v', sizeof value);
	value[sizeof value - 1] = '\0';
	for (size_t i = 0; i < COUNT_OF(strange) + 1; i++) {
		const char *put = i < COUNT_OF(strange) ? strange[i] : value;
		snprintf(body, sizeof body, SCAN("\"count\":\"%s\",\"lastScan\":\"%s\",\"scanning\":\"%s\""), put, put, put);
		struct library library = changed(&(struct library){.scan = body});
		read_fence(&library, CATEGORY_ALBUMS, true, text);
		assert_true(strlen(text) < LIMIT_FENCE - 1);
		assert_int_equal(sscanf(text, "%511s", scanned), 1);
		assert_string_equal(scanned, text);
		assert_int_equal(strcspn(text, "|"), strrchr(text, '|') - text);
		assert_true(strncmp(text, "!?I=", 4) == 0);
		size_t separators = 0;
		for (const char *c = text; *c; c++)
			separators += *c == ';';
		assert_int_equal(separators, 2); /* of three parts */
	}
}

static void fences_are_compared_by_the_part_that_must_hold_still(void **state)
{
	static const struct {
		const char *name, *before, *after;
		bool same_library, unchanged;
	} rows[] = {
		{"equal", "!i=1;s=2|x=3", "!i=1;s=2|x=3", true, true},
		{"without the parts for skipping", "!i=1;s=2|x=3", "!i=1;s=2", true, false},
		{"a favourite", "!i=1|x=3", "!i=1|x=4", true, false},
		{"a scan", "!i=1|x=3", "!i=2|x=3", false, false},
		{"longer", "!i=1|x=3", "!i=12|x=3", false, false},
		{"shorter", "!i=12", "!i=1", false, false},
		{"a part lost in between", "!i=1;s=2", "!i=1", false, false},
		{"weak", "s=2", "s=2", true, false},
		{"likely", "?s=2", "?s=2", true, true},
		{"likely, another", "?s=2", "?s=3", false, false},
		{"weak then likely", "s=2", "?s=2", false, false},
		{"likely and in motion", "?~s=2", "?~s=2", false, false},
		{"weak then strong", "i=1", "!i=1", false, false},
		{"in motion", "!~i=1", "!~i=1", false, false},
		{"weak and in motion", "~s=1", "~s=1", false, false},
		{"none", "", "", true, false},
		{"none before", "", "!i=1", false, false},
		{"none after", "!i=1", "", false, false},
		{"only for skipping", "|x=1", "|x=2", true, false},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_row(&rows[i], fence_same_library(rows[i].before, rows[i].after) == rows[i].same_library);
		assert_row(&rows[i], fence_unchanged(rows[i].before, rows[i].after) == rows[i].unchanged);
	}
}

/* ---- lists in pages ---- */

#define PLAYLIST(id, owner, version) \
	"{\"id\":\"" id "\",\"owner\":{\"id\":\"" owner "\"},\"snapshot_id\":\"" version "\"}"
#define PAGE_OF(items, next) "{\"items\":[" items "],\"total\":3,\"next\":" next "}"
#define AT(offset) "\"https://api.spotify.com/v1/users/u/playlists?offset=" offset "&limit=2\""
#define FIRST_PAGE PAGE_OF(PLAYLIST("p1", "u", "a") "," PLAYLIST("p2", "u", "b"), AT("2"))

/* The fence of Spotify's playlists when the server answers with these pages, each asked for where the one before said. */
static void read_pages(const char *const *pages, const int *offsets, char text[LIMIT_FENCE])
{
	struct session spotify = {.provider = provider_find("spotify")};
	struct fence fence;
	int asked = 0;
	fence_begin(&fence, spotify.provider, CATEGORY_PLAYLISTS, true);
	while (fence_request(&fence, &spotify)) {
		assert_non_null(pages[asked]);
		assert_int_equal(fence.offset, offsets[asked]);
		yyjson_doc *doc = read_body(pages[asked++]);
		fence_take(&fence, &spotify, yyjson_doc_get_root(doc));
		yyjson_doc_free(doc);
	}
	assert_null(pages[asked]);
	fence_text(&fence, text);
}

static void a_list_counts_to_its_last_page(void **state)
{
	static const int offsets[] = {0, 2};
	char first[LIMIT_FENCE], again[LIMIT_FENCE], edited[LIMIT_FENCE];
	(void)state;
	read_pages((const char *const[]){FIRST_PAGE, PAGE_OF(PLAYLIST("p3", "u", "c"), "null"), NULL}, offsets, first);
	read_pages((const char *const[]){FIRST_PAGE, PAGE_OF(PLAYLIST("p3", "u", "c"), "null"), NULL}, offsets, again);
	read_pages((const char *const[]){FIRST_PAGE, PAGE_OF(PLAYLIST("p3", "u", "d"), "null"), NULL}, offsets, edited);
	assert_true(fence_unchanged(first, again));
	assert_false(fence_same_library(first, edited));
}

static void what_a_playlist_is_called_belongs_to_its_version(void **state)
{
#define NAMED(name, description, picture) OWNED("u", name, description, picture)
#define OWNED(owner, name, description, picture) \
	PAGE_OF("{\"id\":\"p1\",\"name\":\"" name "\",\"description\":\"" description "\",\"owner\":{\"id\":\"" owner \
	        "\"}," \
	        "\"images\":[{\"url\":\"" picture "\"}],\"snapshot_id\":\"a\"}", \
	        "null")
	static const struct {
		const char *name, *page;
		bool same;
	} rows[] = {
		{"as it was", NAMED("Mix", "of all", "1"), true},
		{"another address of its picture, as each day brings one", NAMED("Mix", "of all", "2"), true},
		{"renamed under the same snapshot", NAMED("Mixed", "of all", "1"), false},
		{"made a moment ago, when its owner was told wrong", OWNED("v", "Mix", "of all", "1"), false},
		{"described anew", NAMED("Mix", "of some", "1"), false},
	};
	static const int offsets[] = {0};
	char before[LIMIT_FENCE], now[LIMIT_FENCE];
	(void)state;
	read_pages((const char *const[]){rows[0].page, NULL}, offsets, before);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		read_pages((const char *const[]){rows[i].page, NULL}, offsets, now);
		assert_row(&rows[i], fence_unchanged(before, now) == rows[i].same);
	}
	assert_true(*before == '!'); /* it proves what was removed, and is believed for hours */
	assert_true(fence_is_for_hours(before));
}

static void a_list_of_which_something_cannot_be_seen_never_claims_that_nothing_changed(void **state)
{
	static const struct {
		const char *name, *pages[3];
	} rows[] = {
		{"a next without a place", {PAGE_OF(PLAYLIST("p1", "u", "a"), "\"/more\"")}},
		{"a next that leads back", {FIRST_PAGE, PAGE_OF(PLAYLIST("p3", "u", "c"), AT("0"))}},
		{"one of Spotify's own, on the second page", {FIRST_PAGE, PAGE_OF(PLAYLIST("p3", "spotify", "c"), "null")}},
	};
	static const int offsets[] = {0, 2};
	char text[LIMIT_FENCE];
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		read_pages(rows[i].pages, offsets, text);
		assert_row(&rows[i], *text && !fence_unchanged(text, text));
	}
}

static void a_fence_knows_whether_its_list_has_shown_anything(void **state)
{
	static const struct {
		const char *name, *body;
		enum fence_shows want;
	} rows[] = {
		{"a playlist", PAGE_OF(PLAYLIST("p1", "u", "a"), "null"), SHOWS_ITEMS},
		{"a null, which is listed too", PAGE_OF("null", "null"), SHOWS_ITEMS},
		{"nothing", "{\"items\":[],\"next\":null,\"total\":0}", SHOWS_NOTHING},
		{"nothing of three", "{\"items\":[],\"next\":null,\"total\":3}", SHOWS_UNKNOWN},
		{"no list", "{}", SHOWS_UNKNOWN},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct session spotify = {.provider = provider_find("spotify")};
		struct fence fence;
		yyjson_doc *doc = read_body(rows[i].body);
		fence_begin(&fence, spotify.provider, CATEGORY_PLAYLISTS, true);
		fence_take(&fence, &spotify, yyjson_doc_get_root(doc));
		yyjson_doc_free(doc);
		assert_row(&rows[i], fence_shows(&fence, "playlists") == rows[i].want);
		assert_row(&rows[i], fence_shows(&fence, "tracks") == SHOWS_UNKNOWN);
	}
}

/* Apple's 404 for an empty library, when it was only a slip: the fence behind the walk does not agree. */
static void nothing_in_other_words_is_an_answer_that_is_compared(void **state)
{
	static const char *const full = "{\"data\":[{\"id\":\"i.1\"}],\"meta\":{\"total\":1}}";
	struct session apple = {.provider = provider_find("applemusic")};
	struct fence fence;
	char nothing[LIMIT_FENCE], again[LIMIT_FENCE], something[LIMIT_FENCE];
	(void)state;
	for (int i = 0; i < 2; i++) {
		fence_begin(&fence, apple.provider, CATEGORY_TRACKS, true);
		assert_non_null(fence_request(&fence, &apple));
		fence_take_nothing(&fence);
		assert_null(fence_request(&fence, &apple));
		assert_int_equal(fence_shows(&fence, "songs"), SHOWS_NOTHING);
		fence_text(&fence, i ? again : nothing);
	}
	fence_begin(&fence, apple.provider, CATEGORY_TRACKS, true);
	assert_non_null(fence_request(&fence, &apple)); /* asked for again, as a part that failed is not */
	yyjson_doc *doc = read_body(full);
	fence_take(&fence, &apple, yyjson_doc_get_root(doc));
	yyjson_doc_free(doc);
	fence_text(&fence, something);
	assert_true(fence_same_library(nothing, again));
	assert_false(fence_unchanged(nothing, again));
	assert_false(fence_same_library(nothing, something));
}

#define TEST(test) cmocka_unit_test_setup(test, new_session)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_library_at_rest_has_one_fence),
		TEST(any_change_is_seen),
		TEST(playlists_tell_their_changes_as_far_as_they_know_them),
		TEST(a_fence_of_counts_alone_never_claims_that_nothing_changed),
		TEST(a_library_in_motion_is_never_the_same),
		TEST(a_part_that_failed_is_not_asked_for_again),
		TEST(after_a_walk_only_what_must_hold_still_is_asked),
		TEST(a_fence_is_one_short_word_whatever_the_server_says),
		TEST(fences_are_compared_by_the_part_that_must_hold_still),
		TEST(a_list_counts_to_its_last_page),
		TEST(what_a_playlist_is_called_belongs_to_its_version),
		TEST(a_list_of_which_something_cannot_be_seen_never_claims_that_nothing_changed),
		TEST(a_fence_knows_whether_its_list_has_shown_anything),
		TEST(nothing_in_other_words_is_an_answer_that_is_compared),
	};
	return cmocka_run_group_tests(tests, find_provider, NULL);
}

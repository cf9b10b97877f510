/* Goal: the entries of a playlist are those of its last reading, in how many pages, parts and batches it came, and what could
 * not be read stays and is known as such. Method: pages of entries by hand through the writer's transaction into a real
 * Postgres. */
#include "writer_support.h"

#include <stdio.h>
#include <string.h>

#define ENTRIES "SELECT position, track_id FROM playlist_entry WHERE playlist_id = 'p' ORDER BY position"
#define REFUSED "SELECT id, entries_refused FROM playlist ORDER BY id"

/* One page of entries of p. */
struct page {
	int64_t first;
	const char *tracks;
	int64_t rejected; /* behind them */
	bool more;
	int64_t behind; /* entries rejected before them */
};

static void begin(struct bench *bench, const char *sync, int64_t epoch, const char *playlists)
{
	const struct at at = {.sync = sync, .category = "playlists", .epoch = epoch};
	add_started(bench, sync, epoch, "playlists", "playlists");
	add_items(bench, &at, playlists);
}

static void add_page(struct bench *bench, const char *sync, int64_t epoch, int64_t number, const struct page *page)
{
	const struct at at = {.sync = sync,
	                      .category = "playlists",
	                      .epoch = epoch,
	                      .page = number,
	                      .first = page->first,
	                      .more = page->more};
	add_entries_with_rejects(bench, &at, "p", page->first + page->behind, page->tracks, page->rejected);
}

/* p is "a b c d e f" from an earlier sync. */
static void store_six(struct bench *bench)
{
	begin(bench, SYNC_A, 1, "p=Mix");
	add_page(bench, SYNC_A, 1, 1, &(const struct page){0, "a b c d e f", 0, false, 0});
	run(bench);
	assert_look(bench, ENTRIES, "0|a 1|b 2|c 3|d 4|e 5|f");
}

static const struct {
	const char *name;
	struct page pages[4]; /* ended by one without tracks */
	const char *want;
} rows[] = {
	{"two pages", {{0, "A B C", 0, true, 0}, {3, "D E", 0, false, 0}}, "0|A 1|B 2|C 3|D 4|E"},
	{"a page replaces only itself while more follow", {{0, "A B", 0, true, 0}}, "0|A 1|B 2|c 3|d 4|e 5|f"},
	{"a page in the middle leaves what is before and behind", {{2, "C D", 0, true, 0}}, "0|a 1|b 2|C 3|D 4|e 5|f"},
	{"the last page takes the tail with it", {{2, "C", 0, false, 0}}, "0|a 1|b 2|C"},
	{"an empty last page ends the playlist where it begins", {{2, "", 0, false, 0}}, "0|a 1|b"},
	{"an empty playlist", {{0, "", 0, false, 0}}, ""},
	{"an empty page with more to come deletes nothing", {{2, "", 0, true, 0}}, "0|a 1|b 2|c 3|d 4|e 5|f"},
	{"a page all of rejects deletes nothing of what it could not read",
     {{2, "", 2, true, 0}},
     "0|a 1|b 2|c 3|d 4|e 5|f"},
	{"a last page all of rejects still tells the end", {{2, "", 2, false, 0}}, "0|a 1|b 2|c 3|d"},
	{"rejects at the end of a page leave no old entry there", {{0, "A B", 1, true, 0}}, "0|A 1|B 3|d 4|e 5|f"},
	{"rejects at the head of a page leave no old entry there", {{2, "D", 0, true, 1}}, "0|a 1|b 3|D 4|e 5|f"},
	{"the same page twice", {{0, "A", 0, true, 0}, {0, "B C", 0, true, 0}}, "0|B 1|C 2|c 3|d 4|e 5|f"},
	{"begun again with smaller pages, and shorter",
     {{0, "A B C", 0, true, 0}, {3, "D E", 0, true, 0}, {0, "x", 0, true, 0}, {1, "y", 0, false, 0}},
     "0|x 1|y"},
};

static void pages_of_entries_replace_their_own_range(void **state)
{
	struct bench *bench = *state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		for (int together = 0; together < 2; together++) { /* each page a batch of its own, then all in one */
			int64_t epoch = 10 + 4 * (int64_t)i + 2 * together;
			begin(bench, SYNC_A, epoch, "p=Mix");
			add_page(bench, SYNC_A, epoch, 1, &(const struct page){0, "a b c d e f", 0, false, 0});
			run(bench);
			begin(bench, SYNC_B, epoch + 1, "p=Mix");
			for (int64_t k = 0; k < 4 && (rows[i].pages[k].tracks); k++) {
				add_page(bench, SYNC_B, epoch + 1, 1 + k, &rows[i].pages[k]);
				if (!together)
					run(bench);
			}
			run(bench);
			const char *found = look(bench, ENTRIES);
			if (strcmp(found, rows[i].want) != 0)
				fail_msg("%s (%s): %s", rows[i].name, together ? "one batch" : "batches", found);
		}
	}
}

/* Pages that tell where the next one begins, and last parts that tell where they begin themselves, behind one that is "A B". */
static const struct told {
	const char *name;
	int64_t first, part_first, next;
	bool is_part, more;
	int64_t from; /* of the tracks */
	const char *tracks;
	int64_t rejected; /* behind them */
	const char *want;
} told[] = {
	{"a page that shows fewer than its place has", 0, 0, 4, false, true, 0, "A B", 0, "0|A 1|B 4|e 5|f"},
	{"the same with a reject", 0, 0, 4, false, true, 0, "A B", 1, "0|A 1|B 4|e 5|f"},
	{"a place that is shorter than what is shown", 0, 0, 2, false, true, 0, "A B", 1, "0|A 1|B 3|d 4|e 5|f"},
	{"a page all of rejects", 2, 0, 4, false, true, 2, "", 1, "0|a 1|b 2|c 4|e 5|f"},
	{"a page of which nothing is new", 2, 0, 4, false, true, 2, "", 0, "0|a 1|b 4|e 5|f"},
	{"an empty last part that does not tell", 0, 0, 0, true, false, 2, "", 1, "0|A 1|B 2|c"},
	{"an empty last part", 0, 2, 0, true, false, 2, "", 1, "0|A 1|B"},
	{"an empty last part with more to come", 0, 2, 4, true, true, 2, "", 1, "0|A 1|B 4|e 5|f"},
	{"a part that does not tell", 0, 0, 0, true, true, 3, "D", 0, "0|A 1|B 2|c 3|D 4|e 5|f"},
	{"a part with a reject at its head", 0, 2, 0, true, true, 3, "D", 0, "0|A 1|B 3|D 4|e 5|f"},
};

static void add_told(struct bench *bench, int64_t epoch, const struct told *row)
{
	struct at at =
		{.sync = SYNC_B, .category = "playlists", .epoch = epoch, .page = 1, .first = row->first, .more = row->more};
	begin(bench, SYNC_B, epoch, "p=Mix");
	at.more_parts = true;
	if (row->is_part)
		add_entries(bench, &at, "p", 0, "A B");
	run(bench);
	at.more_parts = false;
	at.part = row->is_part;
	at.part_first = row->part_first;
	at.next = row->next;
	add_entries_with_rejects(bench, &at, "p", row->from, row->tracks, row->rejected);
	run(bench);
}

static void entries_replace_the_range_that_is_told(void **state)
{
	struct bench *bench = *state;
	for (size_t i = 0; i < COUNT_OF(told); i++) {
		int64_t epoch = 1 + 2 * (int64_t)i;
		begin(bench, SYNC_A, epoch, "p=Mix");
		add_page(bench, SYNC_A, epoch, 1, &(const struct page){0, "a b c d e f", 0, false, 0});
		run(bench);
		add_told(bench, epoch + 1, &told[i]);
		const char *found = look(bench, ENTRIES);
		if (strcmp(found, told[i].want) != 0)
			fail_msg("%s: %s", told[i].name, found);
	}
}

/* ---- refused ---- */

static void add_refused(struct bench *bench, const char *sync, int64_t epoch, int64_t page, bool last,
                        const char *playlist)
{
	const struct at at = {.sync = sync,
	                      .category = "playlists",
	                      .epoch = epoch,
	                      .page = page,
	                      .last = last,
	                      .refused = "Spotify gives the items only to the owner (HTTP 403)"};
	add_entries(bench, &at, playlist, 0, "");
}

static void a_refused_playlist_keeps_its_entries_and_says_why(void **state)
{
	struct bench *bench = *state;
	store_six(bench);
	begin(bench, SYNC_B, 2, "p=Mix q=Other");
	add_refused(bench, SYNC_B, 2, 1, false, "p");
	run(bench);
	assert_look(bench, ENTRIES, "0|a 1|b 2|c 3|d 4|e 5|f");
	assert_look(bench, REFUSED, "p|Spotify gives the items only to the owner (HTTP 403) q|");
}

static void a_refused_playlist_does_not_make_the_category_fail(void **state)
{
	struct bench *bench = *state;
	const struct at at = {.sync = SYNC_A, .category = "playlists"};
	begin(bench, SYNC_A, 1, "p=Mix q=Other");
	add_entries(bench, &(const struct at){.sync = SYNC_A, .category = "playlists", .page = 1}, "q", 0, "x");
	add_refused(bench, SYNC_A, 1, 2, true, "p");
	add_end(bench, &at, 3, 3, NULL);
	run(bench);
	assert_look(bench, "SELECT state, cause, received, stored FROM sync_category", "complete||3|3");
	assert_look(bench, "SELECT state FROM sync", "complete");
}

static void a_playlist_that_can_be_read_again_is_refused_no_more(void **state)
{
	struct bench *bench = *state;
	begin(bench, SYNC_A, 1, "p=Mix");
	add_refused(bench, SYNC_A, 1, 1, false, "p");
	run(bench);
	begin(bench, SYNC_B, 2, "p=Mix");
	add_page(bench, SYNC_B, 2, 1, &(const struct page){0, "x", 0, true, 0});
	run(bench);
	assert_look(bench, REFUSED, "p|");
	assert_look(bench, ENTRIES, "0|x");
}

static void the_last_word_of_a_batch_counts(void **state)
{
	struct bench *bench = *state;
	begin(bench, SYNC_A, 1, "p=Mix q=Other");
	add_page(bench, SYNC_A, 1, 1, &(const struct page){0, "x", 0, false, 0});
	add_refused(bench, SYNC_A, 1, 2, false, "q");
	add_refused(bench, SYNC_A, 1, 3, false, "p");
	add_entries(bench, &(const struct at){.sync = SYNC_A, .category = "playlists", .page = 4}, "q", 0, "y");
	run(bench);
	assert_look(bench, "SELECT id, entries_refused IS NULL FROM playlist ORDER BY 1", "p|f q|t");
	assert_look(bench, ENTRIES, "0|x");
}

static void a_track_whose_entries_were_rejected_twice_is_no_playlist_that_came_twice(void **state)
{
	struct bench *bench = *state;
	struct at at = {.sync = SYNC_A, .category = "playlists"};
	begin(bench, SYNC_A, 1, "p=Mix");
	at.page = 1;
	add_entries_with_rejects(bench, &at, "p", 0, "t1", 2);
	at.page = 2;
	at.last = true;
	add_items(bench, &at, "q=Two");
	add_end(bench, &at, 3, 5, NULL);
	run(bench);
	assert_look(bench, "SELECT state, cause FROM sync_category", "complete|");
	assert_look(bench, "SELECT fence IS NOT NULL FROM library", "t");
}

static void a_refusal_is_of_one_account(void **state)
{
	struct bench *bench = *state;
	look(bench, "INSERT INTO account (name, provider, url, secret) VALUES ('away', 'x', 'x', 'x')");
	begin(bench, SYNC_A, 1, "p=Mix");
	run(bench);
	look(bench, "INSERT INTO playlist (account_id, id, name, content_hash, first_sync, changed_sync) "
	            "SELECT a.account_id, p.id, p.name, 0, p.first_sync, p.first_sync FROM playlist p, account a "
	            "WHERE a.name = 'away'");
	add_refused(bench, SYNC_A, 1, 1, false, "p");
	run(bench);
	assert_look(bench, "SELECT count(*), count(entries_refused) FROM playlist", "2|1");
}

static void a_refused_list_with_rows_is_no_message(void **state)
{
	struct bench *bench = *state;
	const struct at at = {.sync = SYNC_A, .category = "playlists", .page = 1, .refused = "no"};
	store_six(bench);
	add_entries(bench, &at, "p", 0, "x");
	run(bench);
	assert_look(bench, ENTRIES, "0|a 1|b 2|c 3|d 4|e 5|f");
	assert_look(bench, REFUSED, "p|");
	assert_look(bench, "SELECT count(*) FROM sync_reject", "1");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(pages_of_entries_replace_their_own_range),
		TEST(entries_replace_the_range_that_is_told),
		TEST(a_refused_playlist_keeps_its_entries_and_says_why),
		TEST(a_refused_playlist_does_not_make_the_category_fail),
		TEST(a_playlist_that_can_be_read_again_is_refused_no_more),
		TEST(the_last_word_of_a_batch_counts),
		TEST(a_track_whose_entries_were_rejected_twice_is_no_playlist_that_came_twice),
		TEST(a_refusal_is_of_one_account),
		TEST(a_refused_list_with_rows_is_no_message),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

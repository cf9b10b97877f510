/* Goal: a page is parsed whole or said to have found no memory: never an item refused for a size it does not have, never a
 * reject without its words. Method: pages of each provider in which everything happens that takes memory, parsed with every
 * allocation failing in turn; what is called a success must be the very same bytes. */
#include "starve.h"

#include "parser/parse.h"

#define NFD "Ame\\u0065\\u0301lie \\u3000 Live"
#define LONG "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"

static const struct sample {
	const char *provider, *category, *request, *body;
	int64_t count;
} samples[] = {
	{"opensubsonic", "tracks", "search3",
     "{\"subsonic-response\":{\"status\":\"ok\",\"searchResult3\":{\"song\":[{\"id\":7,\"title\":\"" NFD
     "\",\"isrc\":[\"abc\"],"
     "\"genres\":[{\"name\":\"" NFD
     "\"}],\"created\":\"2024-02-03T04:05:06Z\",\"odd\":{\"a\":[1,2]},\"more\":\"" LONG LONG LONG "\"},"
     "{\"id\":\"x\\ud800\",\"title\":\"" NFD "\"},{\"title\":\"no id\",\"odd\":\"" LONG "\"},null]}}}",
     4},
	{"spotify", "tracks", "tracks",
     "{\"items\":[{\"added_at\":\"2024-02-03T04:05:06Z\",\"track\":{\"id\":\"t1\",\"name\":\"" NFD
     "\",\"type\":\"track\","
     "\"artists\":[{\"id\":\"a\",\"name\":\"" NFD
     "\"}],\"external_ids\":{\"isrc\":\"gb1\"},\"odd\":1}},{\"track\":null}],"
     "\"total\":2,\"next\":null}",
     2},
	{"applemusic", "albums", "albums",
     "{\"data\":[{\"id\":\"l.1\",\"type\":\"library-albums\",\"attributes\":{\"name\":\"" NFD "\",\"artistName\":\"" NFD
     "\","
     "\"releaseDate\":\"2020\",\"odd\":true}},{\"id\":\"\"}],\"meta\":{\"total\":2}}",
     2},
	{"jellyfin", "artists", "artists",
     "{\"Items\":[{\"Id\":\"0a\",\"Name\":\"" NFD "\",\"Odd\":[\"" LONG "\"]},{\"Name\":\"" NFD
     "\"}],\"TotalRecordCount\":2}",
     2},
};

static const struct sample *sample;
static struct buf expected; /* of the sample, with all memory */

/* Parts and rejects one after another. */
static void append(const struct parsed *parsed, struct buf *out)
{
	for (size_t i = 0; i < parsed->part_count; i++)
		buf_add(out, parsed->parts[i].at, parsed->parts[i].len);
	for (size_t i = 0; i < parsed->reject_count; i++) {
		struct reject reject = parsed->rejects[i];
		reject.topic = span_of("sync.pages");
		msg_encode(MSG_reject, &reject, out);
	}
}

static struct raw_page page_of(const struct sample *from)
{
	return (struct raw_page){.sync = span_of("0192f0c1-0000-7000-8000-000000000001"),
	                         .account = span_of("home"),
	                         .provider = span_of(from->provider),
	                         .category = span_of(from->category),
	                         .request = span_of(from->request),
	                         .status = 200,
	                         .count = from->count,
	                         .body = span_of(from->body)};
}

/* With a parser of its own, so that nothing is there from an earlier page. */
static int parse_once(struct err *err)
{
	const struct raw_page page = page_of(sample);
	struct parse *parse = NULL;
	struct parsed parsed = {0};
	struct buf got;
	starve_begin();
	int result = parse_open(&parse, err) || parse_page(parse, &page, &parsed, err) ? -1 : 0;
	starve_end();
	buf_init(&got, LIMIT_PAGE_BYTES);
	if (result == 0)
		append(&parsed, &got);
	if (result == 0 && expected.len == 0)
		buf_add(&expected, got.at, got.len);
	if (result == 0)
		assert_true(span_equal(buf_span(&got), buf_span(&expected)));
	buf_done(&got);
	parse_close(&parse);
	return result;
}

/* The same parser goes on after the page that failed. */
static int parse_twice(struct err *err)
{
	const struct raw_page page = page_of(sample);
	struct parse *parse = NULL;
	struct parsed parsed = {0};
	struct buf got;
	struct err opening;
	assert_int_equal(parse_open(&parse, &opening), 0);
	starve_begin();
	int result = parse_page(parse, &page, &parsed, err);
	starve_end();
	buf_init(&got, LIMIT_PAGE_BYTES);
	assert_int_equal(parse_page(parse, &page, &parsed, &opening), 0);
	append(&parsed, &got);
	assert_true(span_equal(buf_span(&got), buf_span(&expected)));
	buf_done(&got);
	parse_close(&parse);
	return result;
}

static void a_page_is_parsed_whole_or_not_at_all(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(samples); i++) {
		struct err err;
		sample = &samples[i];
		buf_init(&expected, LIMIT_PAGE_BYTES);
		starve_from = 0;
		assert_int_equal(parse_once(&err), 0);
		starve_each(sample->provider, parse_once, 10);
		starve_each(sample->provider, parse_twice, 5);
		buf_done(&expected);
	}
}

static int guess(struct err *err)
{
	struct raw_page page = {.body = span_of(samples[0].body)};
	struct parse *parse = NULL;
	starve_begin();
	int result = parse_open(&parse, err) || parse_guess(parse, &page, err) ? -1 : 0;
	starve_end();
	if (result == 0)
		assert_span(page.request, "search3");
	parse_close(&parse);
	return result;
}

static void a_guess_is_right_or_not_made(void **state)
{
	(void)state;
	starve_each("guess", guess, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_is_parsed_whole_or_not_at_all),
		cmocka_unit_test(a_guess_is_right_or_not_made),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

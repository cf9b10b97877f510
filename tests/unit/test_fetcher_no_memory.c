/* Goal: an answer that could not be taken for want of memory is asked for again, and called neither too large nor bad. Method:
 * every allocation fails in turn, while a small server answers, while an answer is judged, and while its ids are kept. */
#include "starve.h"

#include "fetcher_support.h"

#include "common/clock.h"
#include "fetcher/cursor.h"
#include "fetcher/outcome.h"
#include "fetcher/pack.h"
#include "fetcher/page.h"

#define BODY \
	"{\"subsonic-response\":{\"status\":\"ok\",\"albumList2\":{\"album\":[{\"id\":\"a\",\"name\":\"\\ud800\"},{\"id\":\"b\"}]}}}"

static const struct provider *provider;

static int no_memory(struct err *err, const char *text)
{
	return err_set(err, ERR_RETRY, 0, "%s", text);
}

static int judge(struct err *err)
{
	const struct answer answer = {.status = 200, .total = -1, .body = span_of(BODY)};
	const struct session session = {.provider = provider};
	struct verdict verdict;
	struct buf scratch;
	yyjson_doc *doc = NULL;
	buf_init(&scratch, LIMIT_BODY_BYTES);
	starve_begin();
	outcome_judge(&session, provider->hello, &answer, &scratch, &verdict, &doc);
	starve_end();
	assert_true(verdict.outcome == OUTCOME_OK || verdict.outcome == OUTCOME_RETRY);
	assert_int_equal(doc != NULL, verdict.outcome == OUTCOME_OK);
	assert_true(verdict.outcome == OUTCOME_OK || !strstr(verdict.next_step, "address"));
	yyjson_doc_free(doc);
	buf_done(&scratch);
	return verdict.outcome == OUTCOME_OK ? 0 : no_memory(err, verdict.cause);
}

static void an_answer_that_could_not_be_read_is_asked_for_again(void **state)
{
	(void)state;
	starve_each("judge", judge, 3);
}

static int keep_ids(struct err *err)
{
	const struct request albums = {.name = "getAlbumList2",
	                               .paging = PAGING_OFFSET,
	                               .list = "subsonic-response.albumList2.album"};
	struct arena arena;
	const char **ids = NULL;
	size_t count = 0;
	yyjson_doc *doc = yyjson_read(BODY, 0, 0);
	struct buf scratch;
	bool clean;
	struct err ignored;
	buf_init(&scratch, LIMIT_BODY_BYTES);
	assert_null(doc); /* the surrogate */
	assert_int_equal(json_read_loose(span_of(BODY), &scratch, &doc, &clean, &ignored), 0);
	arena_init(&arena, 1024 * 1024);
	starve_begin();
	int result = page_ids(&albums, yyjson_doc_get_root(doc), 0, NULL, &arena, &ids, &count, err);
	starve_end();
	if (result == 0) {
		assert_int_equal(count, 2);
		assert_string_equal(ids[1], "b");
	} else {
		assert_null(ids);
	}
	arena_done(&arena);
	yyjson_doc_free(doc);
	buf_done(&scratch);
	return result;
}

static void ids_are_kept_all_or_none(void **state)
{
	(void)state;
	starve_each("ids", keep_ids, 1);
}

static int read_credentials(struct err *err)
{
	static const char text[] = "{\"client_id\":\"c1\",\"refresh_token\":\"r\",\"access_token\":\"a\",\"expires_at\":5}";
	struct credentials credentials;
	char again[LIMIT_SECRET + 1];
	starve_begin();
	int result = credentials_parse("spotify", text, &credentials, err);
	if (result == 0)
		result = credentials_text(&credentials, again, err);
	starve_end();
	if (result == 0) {
		assert_string_equal(credentials.refresh_token, "r");
		assert_non_null(strstr(again, "\"refresh_token\":\"r\""));
	}
	return result;
}

static void credentials_are_read_whole_or_not_at_all(void **state)
{
	(void)state;
	starve_each("credentials", read_credentials, 1);
}

/* The body alone: inside of libcurl failing allocations are libcurl's affair. */
static void a_body_without_room_is_not_called_too_large(void **state)
{
	struct settings settings = {.request_timeout_ms = 5000, .connect_timeout_ms = 5000};
	const struct answer no_room = {.code = CURLE_WRITE_ERROR, .no_memory = true};
	const struct session session = {.provider = provider};
	struct verdict verdict;
	struct buf scratch;
	yyjson_doc *doc;
	(void)state;
	(void)settings;
	buf_init(&scratch, LIMIT_BODY_BYTES);
	outcome_judge(&session, provider->hello, &no_room, &scratch, &verdict, &doc);
	assert_int_equal(verdict.outcome, OUTCOME_RETRY);
	assert_string_equal(verdict.cause, "no memory for the answer");
	buf_done(&scratch);
}

static int pack_body(struct err *err)
{
	struct pack pack = {0};
	struct buf body;
	buf_init(&body, 1024 * 1024);
	buf_add_text(&body, BODY);
	starve_begin();
	pack_begin(&pack, &body);
	pack_add(&pack, span_of(BODY), &body);
	pack_end(&pack, &body);
	starve_end();
	bool packed = buf_ok(&body);
	assert_true(packed ? body.len > 0 : body.starved);
	buf_done(&body);
	return packed ? 0 : no_memory(err, "no memory to pack");
}

static void a_body_is_packed_whole_or_said_to_lack_memory(void **state)
{
	(void)state;
	starve_each("pack", pack_body, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_that_could_not_be_read_is_asked_for_again),
		cmocka_unit_test(ids_are_kept_all_or_none),
		cmocka_unit_test(credentials_are_read_whole_or_not_at_all),
		cmocka_unit_test(a_body_without_room_is_not_called_too_large),
		cmocka_unit_test(a_body_is_packed_whole_or_said_to_lack_memory),
	};
	provider = provider_find("opensubsonic");
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Goal: when the system has no memory, whatever is read is read later or not at all, never half and never taken for bad. Method:
 * every allocation of each operation fails once, alone and with all behind it, under the address and leak sanitizers. */
#include "starve.h"

#include <libdeflate.h>
#include <unistd.h>

#include "common/arena.h"
#include "common/inflate.h"
#include "common/json.h"
#include "common/msg.h"
#include "common/settings.h"
#include "common/text.h"
#include "common/vault.h"

static int no_memory(struct err *err)
{
	return err_set(err, ERR_RETRY, 0, "no memory");
}

/* ---- messages ---- */

#define UUID "0192f0c1-0000-7000-8000-000000000001"

static void encode_page(struct buf *out)
{
	const struct raw_page page = {.sync = span_of(UUID),
	                              .account = span_of("home"),
	                              .provider = span_of("opensubsonic"),
	                              .category = span_of("tracks"),
	                              .request = span_of("search3"),
	                              .body = span_of("{\"a\":1}")};
	buf_init(out, LIMIT_MESSAGE_BYTES);
	msg_encode(MSG_raw_page, &page, out);
}

static int encode(struct err *err)
{
	struct buf whole, out;
	encode_page(&whole);
	starve_begin();
	encode_page(&out);
	starve_end();
	int result = buf_ok(&out) ? 0 : no_memory(err);
	assert_int_equal(out.starved, result != 0);
	if (result == 0)
		assert_true(span_equal(buf_span(&whole), buf_span(&out)));
	buf_done(&whole);
	buf_done(&out);
	return result;
}

static int decode(struct err *err)
{
	struct buf bytes;
	msgpack_zone zone;
	enum msg_type type;
	union msg_any any;
	encode_page(&bytes);
	starve_begin();
	int result = msgpack_zone_init(&zone, 64) ? 0 : no_memory(err);
	if (result == 0) {
		result = msg_decode(buf_span(&bytes), &zone, &type, &any, err);
		msgpack_zone_destroy(&zone);
	}
	starve_end();
	if (result == 0)
		assert_span(any.raw_page.body, "{\"a\":1}");
	buf_done(&bytes);
	return result;
}

static int decode_job(struct err *err)
{
	struct arena arena;
	msgpack_zone zone;
	struct sync_job job;
	arena_init(&arena, 2 * LIMIT_REJECT_BYTES);
	assert_true(msgpack_zone_init(&zone, 64));
	starve_begin();
	int result = msg_decode_job(span_of("{\"account\":\"home\",\"mode\":\"full\"}"), &zone, &arena, &job, err);
	starve_end();
	if (result == 0) {
		assert_span(job.account, "home");
		assert_span(job.mode, "full");
	}
	msgpack_zone_destroy(&zone);
	arena_done(&arena);
	return result;
}

static void a_message_is_written_whole_or_not_at_all(void **state)
{
	(void)state;
	starve_each("encode", encode, 1);
}

static void a_message_that_could_not_be_read_is_not_called_bad(void **state)
{
	(void)state;
	starve_each("decode", decode, 1);
	starve_each("job", decode_job, 2);
}

/* ---- bodies ---- */

static int read_json(struct err *err)
{
	/* The lone surrogate makes it be mended: a second copy and a second parse. */
	struct span text = span_of("{\"a\":[1,2,\"\\ud800\"],\"b\":\"x\"}");
	struct buf scratch;
	yyjson_doc *doc = NULL;
	bool clean;
	buf_init(&scratch, LIMIT_BODY_BYTES);
	starve_begin();
	int result = json_read_loose(text, &scratch, &doc, &clean, err);
	starve_end();
	if (result == 0)
		assert_true(yyjson_equals_str(json_path(yyjson_doc_get_root(doc), "b"), "x"));
	yyjson_doc_free(doc);
	buf_done(&scratch);
	return result;
}

static int inflate(struct err *err)
{
	char packed[200];
	struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(1);
	struct span body = {packed, libdeflate_gzip_compress(compressor, "hello hello hello", 17, packed, sizeof packed)};
	struct span plain;
	struct buf out;
	libdeflate_free_compressor(compressor);
	buf_init(&out, LIMIT_BODY_BYTES);
	starve_begin();
	int result = inflate_body(span_of("gzip"), body, &out, &plain, err);
	starve_end();
	if (result == 0)
		assert_span(plain, "hello hello hello");
	buf_done(&out);
	return result;
}

static int tidy(struct err *err)
{
	struct arena arena;
	struct span name = {0};
	arena_init(&arena, 4096);
	starve_begin();
	int result = text_tidy(span_of("Ame\xcc\x81lie  \xe3\x80\x80 x"), &arena, &name) ? 0 : no_memory(err);
	starve_end();
	assert_int_equal(arena.starved, result != 0);
	if (result == 0)
		assert_span(name, "Am\xc3\xa9lie x");
	arena_done(&arena);
	return result;
}

static void a_body_that_could_not_be_read_is_not_called_bad(void **state)
{
	(void)state;
	starve_each("json", read_json, 3);
	starve_each("inflate", inflate, 2);
}

static void a_name_that_could_not_be_tidied_says_that_it_was_for_memory(void **state)
{
	(void)state;
	starve_each("tidy", tidy, 2);
}

/* ---- memory itself ---- */

static int fill_arena(struct err *err)
{
	struct arena arena;
	char *texts[40];
	bool all = true;
	arena_init(&arena, 1024 * 1024);
	starve_begin();
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		texts[i] = arena_copy(&arena, span_of("a text of some length, to be kept"));
		all &= texts[i] != NULL;
		all &= arena_alloc(&arena, 3000) != NULL;
	}
	starve_end();
	assert_int_equal(arena.starved, !all);
	assert_int_equal(arena.overflowed, !all);
	for (size_t i = 0; i < COUNT_OF(texts); i++)
		assert_true(!texts[i] || strcmp(texts[i], "a text of some length, to be kept") == 0);
	arena_reset(&arena);
	assert_false(arena.starved);
	arena_done(&arena);
	return all ? 0 : no_memory(err);
}

static int fill_buf(struct err *err)
{
	struct buf buf;
	buf_init(&buf, 1024 * 1024);
	starve_begin();
	for (int i = 0; i < 1000; i++)
		buf_printf(&buf, "%04d", i);
	starve_end();
	int result = buf_ok(&buf) ? 0 : no_memory(err);
	assert_int_equal(buf.starved, result != 0);
	for (size_t i = 0; i < buf.len / 4; i++)
		assert_int_equal(strtol((char[]){buf.at[4 * i], buf.at[4 * i + 1], buf.at[4 * i + 2], buf.at[4 * i + 3], 0},
		                        NULL, 10),
		                 i);
	assert_true(result || buf.len == 4000);
	buf_done(&buf);
	return result;
}

static void arenas_and_buffers_remember_that_something_is_missing(void **state)
{
	(void)state;
	starve_each("arena", fill_arena, 3);
	starve_each("buf", fill_buf, 3);
}

/* ---- files ---- */

static char folder[] = "/tmp/syncline-no-memory-XXXXXX", path[sizeof folder + 16];

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

static int load_settings(struct err *err)
{
	static struct settings settings;
	char *argv[] = {(char[]){"program"}, (char[]){"--config"}, path};
	int used;
	memset(&settings, 0, sizeof settings);
	starve_begin();
	int result = settings_load(&settings, FOR_FETCHER, (int)COUNT_OF(argv), argv, &used, err);
	starve_end();
	if (result == 0) {
		assert_int_equal(settings.page_size, 123);
		assert_string_equal(settings.kafka_prefix, "last.");
	}
	return result;
}

static void settings_are_read_to_the_end_or_not_at_all(void **state)
{
	(void)state;
	snprintf(path, sizeof path, "%s/conf", folder);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fprintf(file, "page_size = 123\n#%0900d\nkafka_prefix = last.\n", 0); /* a line for which the buffer grows */
	fclose(file);
	starve_each("settings", load_settings, 2);
}

static int use_vault(struct err *err)
{
	struct vault *vault = NULL;
	unsigned char sealed[VAULT_SEALED_MAX];
	char secret[LIMIT_SECRET + 1];
	size_t len;
	starve_begin();
	int result = vault_open(path, &vault, err);
	if (result == 0)
		result = vault_seal(vault, span_of("home"), span_of("secret"), sealed, &len, err);
	if (result == 0)
		result = vault_unseal(vault, span_of("home"), sealed, len, secret, err);
	starve_end();
	if (result == 0)
		assert_string_equal(secret, "secret");
	vault_close(&vault);
	return result;
}

static void the_vault_opens_or_says_why_not(void **state)
{
	struct err err;
	(void)state;
	unlink(path);
	snprintf(path, sizeof path, "%s/key", folder);
	assert_int_equal(vault_create_key(path, &err), 0);
	starve_each("vault", use_vault, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_is_written_whole_or_not_at_all),
		cmocka_unit_test(a_message_that_could_not_be_read_is_not_called_bad),
		cmocka_unit_test(a_body_that_could_not_be_read_is_not_called_bad),
		cmocka_unit_test(a_name_that_could_not_be_tidied_says_that_it_was_for_memory),
		cmocka_unit_test(arenas_and_buffers_remember_that_something_is_missing),
		cmocka_unit_test(settings_are_read_to_the_end_or_not_at_all),
		cmocka_unit_test(the_vault_opens_or_says_why_not),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

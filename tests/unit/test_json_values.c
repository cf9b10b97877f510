/* Goal: a value of a body is taken for what a person would take it for, and nothing else. Method: a table of values that
 * servers send where a text, a number or a flag is meant; paths and lists as they come. */
#include "unit.h"

#include "common/json.h"

static yyjson_doc *loosely(const char *text)
{
	struct buf scratch;
	yyjson_doc *doc = NULL;
	struct err err = {0};
	bool clean;
	buf_init(&scratch, 4096);
	if (json_read_loose(span_of(text), &scratch, &doc, &clean, &err))
		fail_msg("%s: %s", text, err.text);
	buf_done(&scratch);
	return doc;
}

enum { NO = 0, INT = 1, TRUE = 2, FALSE = 4 };

static const struct value_row {
	const char *name, *value; /* of a member */
	const char *text;         /* NULL: it has none */
	int is;
	int64_t number;
} value_rows[] = {
	{"a text", "\"abc\"", "abc", NO, 0},
	{"an empty text", "\"\"", "", NO, 0},
	{"zero", "0", "0", INT | FALSE, 0},
	{"minus zero", "-0", "0", INT | FALSE, 0},
	{"one", "1", "1", INT | TRUE, 1},
	{"a negative number", "-17", "-17", INT, -17},
	{"the largest", "9223372036854775807", "9223372036854775807", INT, INT64_MAX},
	{"the smallest", "-9223372036854775808", "-9223372036854775808", INT, INT64_MIN},
	{"larger than signed", "9223372036854775808", "9223372036854775808", NO, 0},
	{"the largest unsigned", "18446744073709551615", "18446744073709551615", NO, 0},
	{"beyond 64 bits", "18446744073709551616", "18446744073709551616", NO, 0},
	{"beyond 64 bits, negative", "-9223372036854775809", "-9223372036854775809", NO, 0},
	{"a float without a fraction", "1.0", "1", INT | TRUE, 1},
	{"an exponent", "2.5e3", "2500", INT, 2500},
	{"a large float without a fraction", "9e15", "9000000000000000", INT, 9000000000000000},
	{"a float too large to be exact", "1e16", NULL, NO, 0},
	{"a huge exponent", "1e300", NULL, NO, 0},
	{"a fraction", "1.5", NULL, NO, 0},
	{"a small fraction", "1e-300", NULL, NO, 0},
	{"digits in a text", "\"237\"", "237", INT, 237},
	{"a sign in a text", "\"-5\"", "-5", INT, -5},
	{"the largest in a text", "\"9223372036854775807\"", "9223372036854775807", INT, INT64_MAX},
	{"too large in a text", "\"9223372036854775808\"", "9223372036854775808", NO, 0},
	{"a fraction in a text", "\"1.5\"", "1.5", NO, 0},
	{"digits and a letter", "\"12a\"", "12a", NO, 0},
	{"digits and a space", "\"12 \"", "12 ", NO, 0},
	{"hexadecimal", "\"0x10\"", "0x10", NO, 0},
	{"only a sign", "\"-\"", "-", NO, 0},
	{"a sign and a space", "\"- 5\"", "- 5", NO, 0},
	{"true", "true", NULL, TRUE, 0},
	{"false", "false", NULL, FALSE, 0},
	{"true in a text", "\"true\"", "true", TRUE, 0},
	{"false in a text", "\"false\"", "false", FALSE, 0},
	{"True", "\"True\"", "True", NO, 0},
	{"one in a text", "\"1\"", "1", INT | TRUE, 1},
	{"two", "2", "2", INT, 2},
	{"null", "null", NULL, NO, 0},
	{"an array", "[1]", NULL, NO, 0},
	{"an object", "{\"a\":1}", NULL, NO, 0},
};

static void check_value(const struct value_row *row, yyjson_val *value)
{
	char scratch[JSON_NUMBER_TEXT];
	struct span text = json_text(value, scratch);
	int64_t number = 77;
	bool flag = false;
	assert_row(row, row->text ? text.at && span_is(text, row->text) : !text.at);
	assert_row(row, json_int(value, &number) == !!(row->is & INT));
	assert_row(row, number == (row->is & INT ? row->number : 77));
	assert_row(row, json_bool(value, &flag) == !!(row->is & (TRUE | FALSE)));
	assert_row(row, flag == !!(row->is & TRUE));
}

static void a_value_is_what_a_person_would_take_it_for(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(value_rows); i++) {
		char body[100];
		snprintf(body, sizeof body, "{\"v\":%s}", value_rows[i].value);
		yyjson_doc *doc = loosely(body);
		check_value(&value_rows[i], json_path(yyjson_doc_get_root(doc), "v"));
		yyjson_doc_free(doc);
	}
}

static void what_is_not_there_is_nothing(void **state)
{
	char scratch[JSON_NUMBER_TEXT];
	int64_t number;
	bool flag;
	(void)state;
	assert_null(json_text(NULL, scratch).at);
	assert_false(json_int(NULL, &number));
	assert_false(json_bool(NULL, &flag));
	assert_int_equal(json_list_size(NULL), 0);
}

static void digits_before_a_nul_are_no_number(void **state)
{
	yyjson_doc *doc = loosely("{\"v\":\"12\\u00003\",\"b\":\"true\\u0000\"}");
	int64_t number;
	bool flag;
	(void)state;
	assert_false(json_int(json_path(yyjson_doc_get_root(doc), "v"), &number));
	assert_false(json_bool(json_path(yyjson_doc_get_root(doc), "b"), &flag));
	yyjson_doc_free(doc);
}

static void a_path_goes_through_objects_only(void **state)
{
	static const struct {
		const char *name, *path;
		int64_t want; /* -1: not there */
	} rows[] = {
		{"one member", "n", 1},          {"two members", "a.n", 2},          {"three members", "a.b.n", 3},
		{"a missing one", "x", -1},      {"a missing end", "a.x", -1},       {"a missing middle", "x.n", -1},
		{"through a number", "n.n", -1}, {"through an array", "list.n", -1}, {"a longer name", "a.nn", -1},
		{"a part of a name", "lis", -1},
	};
	yyjson_doc *doc = loosely("{\"n\":1,\"a\":{\"n\":2,\"b\":{\"n\":3}},\"list\":[{\"n\":4}]}");
	yyjson_val *root = yyjson_doc_get_root(doc);
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		int64_t number = -1;
		bool found = json_int(json_path(root, rows[i].path), &number);
		assert_row(&rows[i], found == (rows[i].want >= 0) && number == rows[i].want);
	}
	assert_null(json_path(NULL, "a"));
	assert_ptr_equal(json_path(root, ""), root);
	yyjson_doc_free(doc);
}

static void a_list_is_an_array_or_one_object_or_nothing(void **state)
{
	static const struct {
		const char *name, *list;
		size_t size;
		const char *ids; /* of its items, in order */
	} rows[] = {
		{"an array", "[{\"id\":\"a\"},{\"id\":\"b\"},{\"id\":\"c\"}]", 3, "abc"},
		{"one in an array", "[{\"id\":\"a\"}]", 1, "a"},
		{"an empty array", "[]", 0, ""},
		{"one object", "{\"id\":\"a\"}", 1, "a"},
		{"null", "null", 0, ""},
		{"a text", "\"none\"", 0, ""},
		{"a number", "3", 0, ""},
		{"nested lists between", "[{\"id\":\"a\",\"x\":[1,[2]]},[9,9],{\"id\":\"b\"}]", 3, "a-b"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		yyjson_doc *doc = loosely(rows[i].list);
		yyjson_val *root = yyjson_doc_get_root(doc), *item;
		struct json_list list = json_list_begin(root);
		char ids[8] = "";
		assert_row(&rows[i], json_list_size(root) == rows[i].size && list.left == rows[i].size);
		while ((item = json_list_next(&list))) {
			const char *id = yyjson_get_str(yyjson_obj_get(item, "id"));
			snprintf(ids + strlen(ids), sizeof ids - strlen(ids), "%s", id ? id : "-");
		}
		assert_row(&rows[i], strcmp(ids, rows[i].ids) == 0);
		assert_row(&rows[i], !json_list_next(&list));
		yyjson_doc_free(doc);
	}
}

/* .NET servers; the name as it is asked for comes first. */
static void a_member_may_begin_with_a_capital(void **state)
{
	static const struct {
		const char *body, *want;
	} rows[] = {
		{"{\"id\":\"a\"}", "a"},  {"{\"Id\":\"b\"}", "b"}, {"{\"Id\":\"b\",\"id\":\"a\"}", "a"},
		{"{\"ID\":\"c\"}", NULL}, {"[1]", NULL},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		yyjson_doc *doc = loosely(rows[i].body);
		const char *got = yyjson_get_str(json_member(yyjson_doc_get_root(doc), "id"));
		if (rows[i].want ? !got || strcmp(got, rows[i].want) != 0 : got != NULL)
			fail_msg("%s: %s", rows[i].body, got ? got : "nothing");
		yyjson_doc_free(doc);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_is_what_a_person_would_take_it_for),
		cmocka_unit_test(what_is_not_there_is_nothing),
		cmocka_unit_test(digits_before_a_nul_are_no_number),
		cmocka_unit_test(a_path_goes_through_objects_only),
		cmocka_unit_test(a_list_is_an_array_or_one_object_or_nothing),
		cmocka_unit_test(a_member_may_begin_with_a_capital),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

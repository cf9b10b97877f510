/* Goal: what help says of a command line is read as it is meant. Method: rows of usage lines and texts; then the real table. */
#include "unit.h"

#include "ctl/usage.h"

/* Items as one text: "NAME --at=TIME --json". */
static const char *shown(const char *args, const char *text)
{
	static char line[400];
	const struct command command = {.name = "x", .args = args, .text = text};
	struct usage_item items[USAGE_MAX];
	size_t count = usage_read(&command, items), used = 0;
	*line = '\0';
	for (size_t i = 0; i < count; i++)
		used += (size_t)snprintf(line + used, sizeof line - used, "%s%s%.*s%s%.*s", i ? " " : "",
		                         items[i].option ? "--" : "", (int)items[i].name.len, items[i].name.at,
		                         items[i].value.len ? "=" : "", (int)items[i].value.len, items[i].value.at);
	return line;
}

static void a_usage_line_is_taken_apart(void **state)
{
	static const struct {
		const char *args, *want;
	} rows[] = {
		{"", ""},
		{"NAME", "NAME"},
		{"[ACCOUNT] [--json]", "ACCOUNT --json"},
		{"ACCOUNT|SYNC|--all [--by-reason] [--limit N]", "ACCOUNT|SYNC --all --by-reason --limit=N"},
		{"ACCOUNT [--at TIME | --in DURATION] [OPTIONS]", "ACCOUNT --at=TIME --in=DURATION"},
		{"ACCOUNT --sync ID | --item ID... [--dry-run]", "ACCOUNT --sync=ID --item=ID --dry-run"},
		{"ACCOUNT [--removals [--ask] [--limit N]]", "ACCOUNT --removals --ask --limit=N"},
		{"[--mode full|incremental] FILE|-", "FILE|- --mode=full|incremental"},
		{"bash|zsh|fish", "bash|zsh|fish"},
		{"ACCOUNT RULE [--zone Z]", "ACCOUNT RULE --zone=Z"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_string_equal(shown(rows[i].args, "syncline x\n"), rows[i].want);
}

static void option_lines_add_what_the_usage_line_leaves_out(void **state)
{
	static const char text[] = "Does it.\n\n"
							   "  --wait             and watch, as --nothing does not\n"
							   "  --key-id K --key-file F\n"
							   "                     both\n"
							   "  --kind K, --item ID   only these\n"
							   "  --mode full        all of it\n\n"
							   "  syncline x --no-option \\\n"
							   "      --nor-this\n";
	(void)state;
	assert_string_equal(shown("NAME [OPTIONS] [--mode full|incremental] [--json]", text),
	                    "NAME --wait --key-id=K --key-file=F --kind=K --item=ID --mode=full|incremental --json");
}

static void an_option_has_the_meaning_of_its_line(void **state)
{
	const struct command command = {.name = "x",
	                                .args = "[--json] [--wait]",
	                                .text = "  --wait   and watch\n  --long-one L\n           below\n"};
	struct usage_item items[USAGE_MAX];
	size_t count = usage_read(&command, items);
	(void)state;
	assert_true(span_is(usage_option(items, count, span_of("wait"))->help, "and watch"));
	assert_int_equal(usage_option(items, count, span_of("long-one"))->help.len, 0);
	assert_int_equal(usage_option(items, count, span_of("json"))->help.len, 0);
	assert_null(usage_option(items, count, span_of("wai")));
}

static void words_are_found_by_their_place(void **state)
{
	const struct command command = {.name = "x", .args = "[--json] ACCOUNT RULE", .text = ""};
	struct usage_item items[USAGE_MAX];
	size_t count = usage_read(&command, items);
	(void)state;
	assert_true(span_is(usage_word(items, count, 0)->name, "ACCOUNT"));
	assert_true(span_is(usage_word(items, count, 1)->name, "RULE"));
	assert_null(usage_word(items, count, 2));
}

static void every_command_can_be_read(void **state)
{
	(void)state;
	for (size_t i = 0; commands[i]; i++) {
		struct usage_item items[USAGE_MAX];
		size_t count = usage_read(commands[i], items);
		for (size_t k = 0; k < count; k++)
			assert_true(items[k].name.len > 0 && items[k].name.len < 60);
		assert_int_equal(strstr(commands[i]->args, "--json") != NULL,
		                 usage_option(items, count, span_of("json")) != NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_usage_line_is_taken_apart),
		cmocka_unit_test(option_lines_add_what_the_usage_line_leaves_out),
		cmocka_unit_test(an_option_has_the_meaning_of_its_line),
		cmocka_unit_test(words_are_found_by_their_place),
		cmocka_unit_test(every_command_can_be_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

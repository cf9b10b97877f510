/* Goal: a help text becomes a manual page that says the same. Method: rows of text and man(7). */
#include "unit.h"

#include "ctl/roff.h"

static const char *page(const char *text)
{
	static char made[1000];
	FILE *out = fmemopen(made, sizeof made, "w");
	assert_non_null(out);
	roff_help(text, out);
	assert_int_equal(fclose(out), 0);
	return made;
}

static void every_part_of_a_help_text_has_its_form(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{"One.\nTwo.\n\nThree.\n", "One.\nTwo.\n.PP\nThree.\n"},
		{"  --wait   watch it\n", ".TP\n.B \\-\\-wait\nwatch it\n"},
		{"  --a F, --b   one\n               two\n", ".TP\n.B \\-\\-a F, \\-\\-b\none\ntwo\n"},
		{"  --long-one L\n           below\n", ".TP\n.B \\-\\-long\\-one L\nbelow\n"},
		{"Do:\n\n  syncline x \\\n      --y\n", "Do:\n.PP\n.nf\n.RS 4\nsyncline x \\e\n    \\-\\-y\n.RE\n.fi\n"},
		{".TH x\n'no\n", "\\&.TH x\n\\&\\(aqno\n"},
		{"a `b` ~c^\n", "a \\(gab\\(ga \\(tic\\(ha\n"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_string_equal(page(rows[i].text), rows[i].want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_part_of_a_help_text_has_its_form)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Goal: whatever a provider calls a thing, it is text in the page. Method: rows of templates, texts and the bytes that must
 * come out. */

#include "console/html.h"
#include "unit.h"

static struct buf out;

static void expect(const char *want)
{
	assert_string_equal(buf_text(&out), want);
	buf_done(&out);
	buf_init(&out, 1024);
}

static int set_up(void **state)
{
	(void)state;
	buf_init(&out, 1024);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	buf_done(&out);
	return 0;
}

static void a_playlist_called_script_is_text(void **state)
{
	(void)state;
	html(&out, "<b>{}</b>", "<script>alert(1)</script>");
	expect("<b>&lt;script&gt;alert(1)&lt;/script&gt;</b>");
}

static void a_quote_ends_no_attribute(void **state)
{
	(void)state;
	html(&out, "<a title=\"{}\" class='{}'>", "\" onclick=\"x", "' onclick='x");
	expect("<a title=\"&quot; onclick=&quot;x\" class='&#39; onclick=&#39;x'>");
}

static void an_ampersand_is_escaped_once(void **state)
{
	(void)state;
	html_text(&out, "R&B &amp; Soul");
	expect("R&amp;B &amp;amp; Soul");
}

static void holes_are_filled_in_order_and_braces_in_a_text_are_no_holes(void **state)
{
	(void)state;
	html(&out, "{}-{}-{}", "a", "{}", "c");
	expect("a-{}-c");
}

static void a_missing_text_is_an_empty_one(void **state)
{
	(void)state;
	html(&out, "[{}][{}]", NULL, "");
	expect("[][]");
}

static void other_scripts_and_lone_braces_stay_as_they_are(void **state)
{
	(void)state;
	html(&out, "{ } {}", "Björk – Ágætis 音楽");
	expect("{ } Björk – Ágætis 音楽");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_playlist_called_script_is_text),
		cmocka_unit_test(a_quote_ends_no_attribute),
		cmocka_unit_test(an_ampersand_is_escaped_once),
		cmocka_unit_test(holes_are_filled_in_order_and_braces_in_a_text_are_no_holes),
		cmocka_unit_test(a_missing_text_is_an_empty_one),
		cmocka_unit_test(other_scripts_and_lone_braces_stay_as_they_are),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

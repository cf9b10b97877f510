/* Goal: one description of an answer is well-formed JSON and well-formed XML. Method: described once, written both ways. */
#include "unit.h"

#include "common/attributes.h"
#include "console/subsonic_answer.h"

#define ENVELOPE_JSON \
	"{\"subsonic-response\":{\"status\":\"ok\",\"version\":\"1.16.1\",\"type\":\"syncline\"," \
	"\"serverVersion\":\"0.1.0\",\"openSubsonic\":true"
#define ENVELOPE_XML \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<subsonic-response xmlns=\"http://subsonic.org/restapi\" status=\"ok\" " \
	"version=\"1.16.1\" type=\"syncline\" serverVersion=\"0.1.0\" openSubsonic=\"true\""

static void describe_nothing(struct subsonic_answer *answer)
{
	(void)answer;
}

static void describe_album(struct subsonic_answer *answer)
{
	subsonic_open(answer, "album");
	subsonic_text(answer, "name", "<R&B> \"x\"");
	subsonic_text(answer, "artist", "");
	subsonic_int(answer, "songCount", 2);
	subsonic_list(answer, "song");
	for (int i = 0; i < 2; i++) {
		subsonic_open(answer, NULL);
		subsonic_int(answer, "track", i);
		subsonic_list(answer, "isrc");
		subsonic_value(answer, "A&B");
		subsonic_end_list(answer);
		subsonic_close(answer);
	}
	subsonic_end_list(answer);
	subsonic_list(answer, "genres");
	subsonic_end_list(answer);
	subsonic_close(answer);
}

static void describe_control_characters(struct subsonic_answer *answer)
{
	subsonic_open(answer, "error");
	subsonic_text(answer, "message",
	              "a\x01"
	              "b\nc");
	subsonic_bool(answer, "gone", false);
	subsonic_close(answer);
}

static const struct row {
	const char *name;
	void (*describe)(struct subsonic_answer *answer);
	const char *json, *xml;
} rows[] = {
	{"the envelope alone", describe_nothing, "}}\n", "/>\n"},
	{"lists, nodes, texts; what is absent is left out", describe_album,
     ",\"album\":{\"name\":\"<R&B> \\\"x\\\"\",\"songCount\":2,"
     "\"song\":[{\"track\":0,\"isrc\":[\"A&B\"]},{\"track\":1,\"isrc\":[\"A&B\"]}],"
     "\"genres\":[]}}}\n",
     "><album name=\"&lt;R&amp;B&gt; &quot;x&quot;\" songCount=\"2\"><song track=\"0\"><isrc>A&amp;B</isrc></song>"
     "<song track=\"1\"><isrc>A&amp;B</isrc></song></album></subsonic-response>\n"},
	{"characters that XML cannot hold", describe_control_characters,
     ",\"error\":{\"message\":\"a\\u0001b\\u000ac\",\"gone\":false}}}\n",
     "><error message=\"ab&#10;c\" gone=\"false\"/></subsonic-response>\n"},
};

static void one_description_is_json_and_xml(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		for (int xml = 0; xml < 2; xml++) {
			struct subsonic_answer answer;
			struct buf out;
			buf_init(&out, 64 * 1024);
			subsonic_begin(&answer, &out, xml, true);
			rows[i].describe(&answer);
			subsonic_end(&answer);
			const char *envelope = xml ? ENVELOPE_XML : ENVELOPE_JSON, *rest = xml ? rows[i].xml : rows[i].json;
			const char *text = buf_text(&out);
			if (strncmp(text, envelope, strlen(envelope)) != 0 || strcmp(text + strlen(envelope), rest) != 0)
				fail_msg("row '%s': %s", rows[i].name, text);
			buf_done(&out);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_description_is_json_and_xml),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

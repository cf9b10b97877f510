/* Goal: at every place of a command line what may stand there is offered, and nothing else. Method: rows of lines as they are
 * typed, with two accounts that there are. */
#include "unit.h"

#include "ctl/complete.h"

static void two_accounts(void *context, const char *begin, struct buf *out)
{
	(void)context;
	complete_add(out, begin, span_of("anna"), span_of("spotify"));
	complete_add(out, begin, span_of("home"), span_of("opensubsonic"));
}

/* The candidates of a line, without their meaning, a space between them. "_" at its end: an empty last word. */
static const char *offered(const char *line)
{
	static char copy[200], found[4000];
	char *words[20], empty[] = "", *end;
	int count = 0;
	size_t used = 0;
	struct buf out;
	snprintf(copy, sizeof copy, "%s", line);
	for (char *word = strtok(copy, " "); word; word = strtok(NULL, " ")) /* allowed: one thread, our own text */
		words[count++] = strcmp(word, "_") == 0 ? empty : word;
	buf_init(&out, sizeof found);
	complete(count, words, two_accounts, NULL, &out);
	*found = '\0';
	for (const char *at = buf_text(&out); *at; at = end + 1) {
		end = strchr(at, '\n');
		used += (size_t)snprintf(found + used, sizeof found - used, "%s%.*s", used ? " " : "", (int)strcspn(at, "\t\n"),
		                         at);
	}
	buf_done(&out);
	return found;
}

static void at_every_place_what_may_stand_there_is_offered(void **state)
{
	static const struct {
		const char *line, *want;
	} rows[] = {
		{"sy", "sync"},
		{"re", "retry resume rejects replay restore reference"},
		{"accou", "account"},
		{"account l", "login list"},
		{"account add _", ""},
		{"account show _", "anna home"},
		{"account show h", "home"},
		{"user remove _", ""},
		{"token add x --scope _", "read operate admin"},
		{"sync _", "anna home"},
		{"sync home _", ""},
		{"sync home --mo", "--mode"},
		{"sync home --mode _", "full incremental"},
		{"sync home --mode i", "incremental"},
		{"sync --mode full a", "anna"},
		{"sync home --only t", "tracks"},
		{"sync home --at _", ""},
		{"watch _", "anna home"},
		{"rejects _", "anna home list show replay"},
		{"rejects r", "replay"},
		{"rejects list _", "anna home"},
		{"rejects list --kind p", "playlist"},
		{"export home --format _", "csv json m3u8 xspf"},
		{"export home --output _", ":files"},
		{"account add x --provider _", "opensubsonic spotify applemusic jellyfin"},
		{"account add x --key-file _", ":files"},
		{"parse _", ":files"},
		{"parse --provider j", "jellyfin"},
		{"reference m", "metrics messages man"},
		{"reference all --to _", ":folders"},
		{"completion _", "bash zsh fish"},
		{"help sch", "schedule scheduler"},
		{"lag --", "--json --help"},
		{"--config _", ":files"},
		{"status --config _", ":files"},
		{"--kafka-pre", "--kafka-prefix"},
		{"--kafka-prefix _", ""},
		{"--kafka-prefix test. sta", "status"},
		{"--kafka-prefix=test. sta", "status"},
		{"--ver", "--version"},
		{"no-such-command _", ""},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		if (strcmp(offered(rows[i].line), rows[i].want) != 0)
			fail_msg("%s: '%s', wanted '%s'", rows[i].line, offered(rows[i].line), rows[i].want);
	}
}

static void every_command_is_offered_once(void **state)
{
	(void)state;
	const char *all = offered("_");
	for (size_t i = 0; commands[i]; i++) {
		char first[40];
		snprintf(first, sizeof first, " %.*s ", (int)strcspn(commands[i]->name, " "), commands[i]->name);
		char padded[4100];
		snprintf(padded, sizeof padded, " %s ", all);
		const char *there = strstr(padded, first);
		assert_non_null(there);
		assert_null(strstr(there + 1, first));
	}
}

static void a_candidate_comes_with_its_meaning(void **state)
{
	char word[] = "lag", sync[] = "sync", home[] = "home", wait[] = "--wa", *first[] = {word},
		 *option[] = {sync, home, wait};
	struct buf out;
	(void)state;
	buf_init(&out, 2000);
	complete(1, first, two_accounts, NULL, &out);
	assert_string_equal(buf_text(&out), "lag\thow far the workers are behind, in messages and in time\n");
	buf_reset(&out, 2000);
	complete(3, option, two_accounts, NULL, &out);
	assert_string_equal(buf_text(&out), "--wait\twatch it, and end with its result as exit code\n");
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(at_every_place_what_may_stand_there_is_offered),
		cmocka_unit_test(every_command_is_offered_once),
		cmocka_unit_test(a_candidate_comes_with_its_meaning),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

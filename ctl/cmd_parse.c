/* `syncline parse`: the parser on one saved answer, without any service. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/category.h"
#include "ctl/args.h"
#include "ctl/item_json.h"
#include "parser/parse.h"

struct saved {
	const char *provider, *category, *request, *file;
	struct buf body;
};

static int read_all(FILE *in, const char *name, struct buf *body, struct err *err)
{
	char chunk[16 * 1024];
	size_t got;
	while ((got = fread(chunk, 1, sizeof chunk, in)) > 0)
		buf_add(body, chunk, got);
	if (ferror(in))
		return err_set(err, ERR_REJECT, errno, "%s: %s", name, strerror(errno));
	if (!buf_ok(body))
		return err_set(err, ERR_CONFIG, 0, "%s is larger than %d bytes, more than a page may have", name,
		               LIMIT_UNPACKED_BYTES);
	return 0;
}

static int read_body(struct saved *saved, struct err *err)
{
	bool standard = strcmp(saved->file, "-") == 0;
	FILE *in = standard ? stdin : fopen(saved->file, "r");
	if (!in)
		return err_set(err, ERR_REJECT, errno, "%s: %s", saved->file, strerror(errno));
	if (standard)
		saved->file = "standard input";
	if (standard && isatty(STDIN_FILENO))
		fprintf(stderr, "Paste the answer, then press Ctrl-D.\n");
	int result = read_all(in, saved->file, &saved->body, err);
	if (!standard)
		fclose(in);
	return result;
}

static int print_all(const struct raw_page *page, const struct parsed *parsed, struct err *err)
{
	for (size_t i = 0; i < parsed->part_count; i++) {
		if (item_json_part(&parsed->parts[i], &item_kinds[parsed->kind], err))
			return -1;
	}
	for (size_t i = 0; i < parsed->reject_count; i++)
		item_json_reject(&parsed->rejects[i]);
	printf("{\"page\":{\"provider\":\"%.*s\",\"request\":\"%.*s\",\"received\":%" PRId64 ",\"stored\":%" PRId64
	       ",\"rejected\":%" PRId64 ",\"warnings\":%" PRId64 "}}\n",
	       SPAN_ARG(page->provider), SPAN_ARG(page->request), parsed->received, parsed->stored, parsed->rejected,
	       parsed->warnings);
	return 0;
}

/* Saved by `curl -i`: nothing behind the headers would be read. */
static int check_body(struct span body, struct err *err)
{
	static const char headers[] = "HTTP/";
	if (body.len >= sizeof headers && memcmp(body.at, headers, sizeof headers - 1) == 0)
		return err_set(err, ERR_REJECT, 0, "it begins with headers; save the body alone (curl without -i)");
	return 0;
}

static int parse_saved(struct saved *saved, struct err *err)
{
	struct parse *parse = NULL;
	struct parsed parsed;
	struct span body = buf_span(&saved->body);
	bool gzip = body.len > 2 && memcmp(body.at, "\x1f\x8b", 2) == 0;
	struct raw_page page = {
		.sync = span_of("00000000-0000-7000-8000-000000000000"),
		.account = span_of("file"),
		.provider = span_of(saved->provider),
		.category = span_of(saved->category),
		.request = span_of(saved->request),
		.status = 200,
		.encoding = span_of(gzip ? "gzip" : NULL),
		.body = body,
	};
	if (parse_open(&parse, err))
		return -1;
	int result = check_body(body, err) || parse_guess(parse, &page, err) || parse_page(parse, &page, &parsed, err) ||
	             print_all(&page, &parsed, err);
	parse_close(&parse);
	if (result && err->class == ERR_REJECT)
		err->class = ERR_FATAL; /* the input is bad, not absent: exit code 1 */
	return result ? err_wrap(err, "%s: ", saved->file) : 0;
}

static int check_options(const struct saved *saved, struct err *err)
{
	enum category category;
	if (!saved->category || category_find(span_of(saved->category), &category))
		return 0;
	return err_set(err, ERR_CONFIG, 0, "--category must be artists, albums, tracks or playlists, not '%s'",
	               saved->category);
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	static const char *const names[] = {"the file"};
	struct err err;
	struct saved saved = {0};
	const struct option_spec options[] = {{"provider", OPTION_TEXT, &saved.provider, 0},
	                                      {"category", OPTION_TEXT, &saved.category, 0},
	                                      {"request", OPTION_TEXT, &saved.request, 0}};
	const struct args args = {ctl, options, COUNT_OF(options), true, 1, 1, names};
	if (args_read(&args, argc, argv, &saved.file, &err) || check_options(&saved, &err))
		return ctl_fail(&err);
	buf_init(&saved.body, LIMIT_UNPACKED_BYTES);
	bool failed = read_body(&saved, &err) || parse_saved(&saved, &err);
	buf_done(&saved.body);
	return failed ? ctl_fail(&err) : EXIT_OK;
}

const struct command command_parse = {
	.name = "parse",
	.args = "[--provider P] [--category C] [--request R] FILE|-",
	.help = "run the parser on a saved answer of a provider",
	.text =
		"Reads one answer of a provider from a file (also gzip) and prints, as JSON lines, what a sync would make of\n"
		"it: every item, every reject with its reason, and the page's figures. Needs no service, no settings and no\n"
		"account. Times are microseconds since 1970; positions of entries count from the first one in the file.\n\n"
		"Needed only where the answer does not tell, which is then said:\n\n"
		"  --provider P   opensubsonic, or another that `syncline account add --help` names\n"
		"  --category C   artists, albums, tracks or playlists\n"
		"  --request R    the request it answers, e.g. search3\n\n"
		"  curl -s 'https://music.example.org/rest/getAlbumList2?...' | syncline parse -\n"
		"  syncline parse --category playlists page.json\n\n"
		"Exit code: 0 parsed (also with rejects), 1 no such answer, 2 more must be said of it, 4 no such file.\n",
	.without_settings = true,
	.run = run,
};

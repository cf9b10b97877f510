/* `syncline parse`: the parser on one saved answer, without any service. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/category.h"
#include "ctl/args.h"
#include "ctl/item_json.h"
#include "parser/parse.h"

struct saved {
	const char *provider, *category, *request, *file;
	struct buf body;
};

static int read_body(struct saved *saved, struct err *err)
{
	bool standard = strcmp(saved->file, "-") == 0;
	FILE *in = standard ? stdin : fopen(saved->file, "r");
	char chunk[16 * 1024];
	size_t got;
	if (!in)
		return err_set(err, ERR_REJECT, errno, "%s: %s", saved->file, strerror(errno));
	while ((got = fread(chunk, 1, sizeof chunk, in)) > 0)
		buf_add(&saved->body, chunk, got);
	bool broken = ferror(in) != 0;
	if (!standard)
		fclose(in);
	if (broken)
		return err_set(err, ERR_REJECT, errno, "%s: %s", saved->file, strerror(errno));
	return buf_ok(&saved->body) ? 0
	                            : err_set(err, ERR_CONFIG, 0, "%s is larger than %d bytes, more than a page may have",
	                                      saved->file, LIMIT_BODY_BYTES);
}

static int print_all(const struct raw_page *page, const struct parsed *parsed, struct err *err)
{
	for (size_t i = 0; i < parsed->part_count; i++) {
		if (item_json_part(&parsed->parts[i], &item_kinds[parsed->kind], err))
			return -1;
	}
	for (size_t i = 0; i < parsed->reject_count; i++)
		item_json_reject(&parsed->rejects[i]);
	printf("{\"page\":{\"request\":\"%.*s\",\"received\":%" PRId64 ",\"stored\":%" PRId64 ",\"rejected\":%" PRId64
	       ",\"warnings\":%" PRId64 "}}\n",
	       SPAN_ARG(page->request), parsed->received, parsed->stored, parsed->rejected, parsed->warnings);
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
	int result = parse_guess(parse, &page, err);
	if (result == 0)
		result = parse_page(parse, &page, &parsed, err);
	if (result == 0)
		result = print_all(&page, &parsed, err);
	parse_close(&parse);
	if (result && err->class == ERR_REJECT)
		err->class = ERR_FATAL; /* the input is bad, not absent: exit code 1 */
	return result;
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	static const char *const names[] = {"the file"};
	struct err err;
	struct saved saved = {.provider = "opensubsonic"};
	enum category category;
	const struct option_spec options[] = {{"provider", OPTION_TEXT, &saved.provider, 0},
	                                      {"category", OPTION_TEXT, &saved.category, 0},
	                                      {"request", OPTION_TEXT, &saved.request, 0}};
	const struct args args = {ctl, options, COUNT_OF(options), true, 1, 1, names};
	if (args_read(&args, argc, argv, &saved.file, &err))
		return ctl_fail(&err);
	if (!saved.category || !category_find(span_of(saved.category), &category)) {
		IGNORE(
			err_set(&err, ERR_CONFIG, 0, "--category must be artists, albums, tracks or playlists")); /* fills only */
		return ctl_fail(&err);
	}
	buf_init(&saved.body, LIMIT_BODY_BYTES);
	int result = read_body(&saved, &err);
	if (result == 0)
		result = parse_saved(&saved, &err);
	buf_done(&saved.body);
	return result ? ctl_fail(&err) : EXIT_OK;
}

const struct command command_parse = {
	.name = "parse",
	.args = "--category C [--provider P] [--request R] FILE|-",
	.help = "run the parser on a saved answer of a provider",
	.text =
		"Reads one answer of a provider from a file and prints, as JSON lines, what a sync would make of it: every\n"
		"item, every reject with its reason, and the page's figures. Needs no service, no settings and no account.\n"
		"Times are microseconds since 1970.\n\n"
		"  --category C   artists, albums, tracks or playlists\n"
		"  --provider P   opensubsonic (default), or another that `syncline account add --help` names\n"
		"  --request R    the request it answers, e.g. search3; needed only where the answer does not tell\n\n"
		"  curl -s 'https://music.example.org/rest/getAlbumList2?...' | syncline parse --category albums -\n"
		"  syncline parse --provider applemusic --category playlists --request playlist_tracks page.json\n\n"
		"Exit code: 0 parsed (also with rejects), 1 no such answer, 4 no such file.\n",
	.without_settings = true,
	.run = run,
};

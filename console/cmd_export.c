/* `syncline export`: a library, or one playlist, as a file. */
#include <stdio.h>

#include "console/export.h"
#include "console/limits.h"
#include "ctl/args.h"

struct wanted {
	const char *account, *format, *only, *playlist, *output;
};

static int open_export(struct ctl *ctl, const struct wanted *wanted, struct export **export, struct err *err)
{
	char id[ID_TEXT];
	struct export_order order = {.account = wanted->account,
	                             .account_id = id,
	                             .format = wanted->format,
	                             .playlist = wanted->playlist};
	if (wanted->only && wanted->playlist)
		return err_set(err, ERR_CONFIG, 0, "take --only or --playlist, not both");
	if (category_set_parse(span_of(wanted->only), &order.only, err) || ctl_database(ctl, true, err) ||
	    ctl_find_account(ctl, wanted->account, id, err))
		return -1;
	return export_open(ctl->pg, &order, export, err);
}

static int write_all(struct export *export, struct pg *pg, FILE *file, struct err *err)
{
	struct buf piece;
	bool more = true;
	int result = 0;
	buf_init(&piece, LIMIT_EXPORT_PIECE);
	while (result == 0 && more) {
		buf_reset(&piece, SIZE_MAX);
		result = export_next(export, pg, &piece, &more, err);
		if (result == 0 && fwrite(piece.at, 1, piece.len, file) != piece.len)
			result = err_set(err, ERR_FATAL, 0, "the file cannot be written: %m");
	}
	buf_done(&piece);
	if (fflush(file) && result == 0)
		result = err_set(err, ERR_FATAL, 0, "the file cannot be written: %m");
	return result;
}

static int write_to(const char *path, struct export *export, struct pg *pg, struct err *err)
{
	FILE *file = path ? fopen(path, "we") : stdout;
	if (!file)
		return err_set(err, ERR_CONFIG, 0, "%s cannot be opened: %m", path);
	int result = write_all(export, pg, file, err);
	if (path && fclose(file) && result == 0)
		return err_set(err, ERR_FATAL, 0, "%s cannot be written: %m", path);
	return result;
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	static const char *const names[] = {"ACCOUNT"};
	struct wanted wanted = {.format = "csv"};
	struct export *export = NULL;
	struct err err;
	const struct option_spec options[] = {{"format", OPTION_TEXT, &wanted.format, 0},
	                                      {"only", OPTION_TEXT, &wanted.only, 0},
	                                      {"playlist", OPTION_TEXT, &wanted.playlist, 0},
	                                      {"output", OPTION_TEXT, &wanted.output, 0}};
	const struct args args = {.ctl = ctl,
	                          .options = options,
	                          .option_count = COUNT_OF(options),
	                          .words_min = 1,
	                          .words_max = 1,
	                          .names = names};
	if (args_read(&args, argc, argv, &wanted.account, &err) || open_export(ctl, &wanted, &export, &err))
		return ctl_fail(&err);
	int result = write_to(wanted.output, export, ctl->pg, &err);
	export_close(&export);
	return result ? ctl_fail(&err) : EXIT_OK;
}

const struct command command_export = {
	.name = "export",
	.args = "ACCOUNT [--format F] [--only CATEGORIES] [--playlist ID] [--output FILE]",
	.help = "a library, or a playlist, as CSV, JSON, M3U8 or XSPF",
	.text =
		"Writes what is stored of an account to the standard output or a file, without what the provider no longer\n"
		"has. It needs as little memory for a million tracks as for ten, and asks the provider for nothing.\n\n"
		"  --format F         csv (default): one table, a line for each item and each entry of a playlist\n"
		"                     json: every column of every item; exact, for programs\n"
		"                     m3u8, xspf: tracks as a list to play, with paths or the provider's addresses\n"
		"  --only CATEGORIES  artists, albums, tracks, playlists, or some of them with commas between\n"
		"  --playlist ID      the entries of one playlist, in their order\n"
		"  --output FILE      there instead of the standard output\n\n"
		"A text of the CSV that a spreadsheet would run as a formula (it begins with =, +, - or @) has an apostrophe\n"
		"in front.\n\n"
		"  syncline export home > home.csv\n  syncline export home --format json --only tracks | jq '.tracks[].title'\n"
		"  syncline export home --format m3u8 --playlist 37 --output evening.m3u8\n",
	.run = run,
};

/* `syncline completion`: what shells need to finish a command line that is being typed. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ctl/args.h"
#include "ctl/complete.h"

/* Nobody waits longer for the end of a word: then there is none. */
enum { PATIENCE_S = 2, WORDS_MAX = 500 };

static const char bash[] =
	"# Completion of syncline for bash, by the command itself. From: syncline completion bash\n"
	"_syncline() {\n"
	"\tlocal line\n"
	"\tCOMPREPLY=()\n"
	"\twhile IFS= read -r line; do\n"
	"\t\tcase $line in\n"
	"\t\t:files) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- \"$2\") ;;\n"
	"\t\t:folders) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- \"$2\") ;;\n"
	"\t\t*) COMPREPLY+=(\"${line%%$'\\t'*}\") ;;\n"
	"\t\tesac\n"
	"\tdone < <(\"$1\" completion words -- \"${COMP_WORDS[@]:1:COMP_CWORD}\" 2>/dev/null)\n"
	"}\n"
	"complete -F _syncline syncline\n";

static const char zsh[] =
	"#compdef syncline\n"
	"# Completion of syncline for zsh, by the command itself. From: syncline completion zsh\n"
	"_syncline() {\n"
	"\tlocal line\n"
	"\tlocal -a found\n"
	"\tfor line in \"${(@f)$(\"${words[1]}\" completion words -- \"${(@)words[2,CURRENT]}\" 2>/dev/null)}\"; do\n"
	"\t\tcase $line in\n"
	"\t\t:files) _files; return ;;\n"
	"\t\t:folders) _files -/; return ;;\n"
	"\t\t?*) found+=(\"${${line%%$'\\t'*}//:/\\\\:}:${line#*$'\\t'}\") ;;\n"
	"\t\tesac\n"
	"\tdone\n"
	"\t_describe 'syncline' found\n"
	"}\n"
	"if [[ ${funcstack[1]} == _syncline ]]; then _syncline \"$@\"; else compdef _syncline syncline; fi\n";

static const char fish[] = "# Completion of syncline for fish, by the command itself. From: syncline completion fish\n"
						   "function __syncline_complete\n"
						   "\tset -l line (commandline -opc)\n"
						   "\tset -l last (commandline -ct)\n"
						   "\tfor found in ($line[1] completion words -- $line[2..-1] \"$last\" 2>/dev/null)\n"
						   "\t\tswitch $found\n"
						   "\t\t\tcase ':files'\n"
						   "\t\t\t\t__fish_complete_path \"$last\"\n"
						   "\t\t\tcase ':folders'\n"
						   "\t\t\t\t__fish_complete_directories \"$last\"\n"
						   "\t\t\tcase '*'\n"
						   "\t\t\t\techo $found\n"
						   "\t\tend\n"
						   "\tend\n"
						   "end\n"
						   "complete -c syncline -f -a '(__syncline_complete)'\n";

static const struct {
	const char *name, *script;
} shells[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};

/* Without Postgres, or with settings that cannot be read, none are known. */
static void add_accounts(void *context, const char *begin, struct buf *out)
{
	struct ctl *ctl = context;
	struct err err;
	PG_RESULT *rows = NULL;
	if (ctl->settings_err.class != ERR_NONE || ctl_database(ctl, false, &err) ||
	    pg_query(ctl->pg, "SELECT name, provider FROM account ORDER BY name", 0, NULL, &rows, &err))
		return;
	for (int i = 0; i < PQntuples(rows); i++)
		complete_add(out, begin, span_of(pg_text(rows, i, "name")), span_of(pg_text(rows, i, "provider")));
}

/* The settings are those of the line that is typed, where it names any. */
static void print_words(int count, char **words)
{
	struct ctl ctl = {0};
	struct buf out;
	char *line[WORDS_MAX + 1], **rest, *all[WORDS_MAX];
	char program[] = "syncline";
	line[0] = program;
	memcpy(line + 1, words, (size_t)(count - 1) * sizeof *words);
	memcpy(all, words, (size_t)count * sizeof *words);
	ctl_settings(&ctl, count, line, &rest);
	alarm(PATIENCE_S);
	buf_init(&out, LIMIT_CONSOLE_ANSWER);
	complete(count, all, add_accounts, &ctl, &out);
	fputs(buf_text(&out), stdout);
	buf_done(&out);
	pg_close(&ctl.pg);
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	static const char *const names[] = {"bash, zsh or fish"};
	struct err err;
	const char *shell;
	if (argc > 2 && argc - 2 <= WORDS_MAX && strcmp(argv[0], "words") == 0 && strcmp(argv[1], "--") == 0) {
		print_words(argc - 2, argv + 2);
		return EXIT_OK;
	}
	const struct args args = {.ctl = ctl, .words_min = 1, .words_max = 1, .names = names};
	if (args_read(&args, argc, argv, &shell, &err))
		return ctl_fail(&err);
	for (size_t i = 0; i < COUNT_OF(shells); i++) {
		if (strcmp(shells[i].name, shell) == 0) {
			fputs(shells[i].script, stdout);
			return EXIT_OK;
		}
	}
	IGNORE(err_set(&err, ERR_CONFIG, 0, "there is no completion for '%s'; there is bash, zsh, fish", shell));
	return ctl_fail(&err);
}

const struct command command_completion = {
	.name = "completion",
	.args = "bash|zsh|fish",
	.help = "make a shell finish commands, options and names of accounts",
	.text =
		"Prints a script that teaches the shell to finish what is typed: commands, options and their values, files, and\n"
		"the names of accounts, for which it asks the database that the line's settings name.\n\n"
		"  bash   source <(syncline completion bash)            in ~/.bashrc\n"
		"  zsh    source <(syncline completion zsh)             in ~/.zshrc, behind compinit\n"
		"  fish   syncline completion fish | source             in ~/.config/fish/config.fish\n\n"
		"Where Syncline is installed (cmake --install), the shells find it by themselves.\n",
	.without_settings = true,
	.run = run,
};

/* A browser that comes back to this machine, or a person who pastes. */
#include "ctl/consent.h"

#include <ctype.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/clock.h"
#include "ctl/line.h"
#include "ctl/loopback.h"
#include "ctl/sign_in_spotify.h"
#include "ctl/term.h"

extern char **environ;

/* Short, because what is asked for waits in a browser window in front of the user. */
enum { WAIT_MS = 5 * 60 * 1000, DEFAULT_PORT = 8917 };

struct consent {
	struct sign_in *sign_in;
	struct authorize authorize;
	struct loopback *loopback; /* NULL: the address is pasted */
	char code[AUTHORIZE_CODE + 1];
};

/* Only where there is somebody to see it. */
static void open_browser(const char *url)
{
	pid_t child;
	posix_spawn_file_actions_t quiet;
	const char *const words[] = {"xdg-open", url, NULL};
	if (!term_is_terminal(stdout) || (!getenv("DISPLAY") && !getenv("WAYLAND_DISPLAY")))
		return;
	posix_spawn_file_actions_init(&quiet);
	for (int fd = 0; fd < 3; fd++)
		posix_spawn_file_actions_addopen(&quiet, fd, "/dev/null", O_RDWR, 0);
	/* Whether it opens is of no matter: the address stands on the terminal. */
	IGNORE(posix_spawnp(&child, words[0], &quiet, NULL, (char *const *)(uintptr_t)words, environ));
	posix_spawn_file_actions_destroy(&quiet);
}

static void show_address(const struct consent *consent)
{
	char url[AUTHORIZE_URL];
	sign_in_spotify_url(consent->sign_in, &consent->authorize, url);
	printf("To let Syncline read the library, open this address in a browser%s:\n\n  %s\n\n",
	       consent->loopback ? " on this machine" : "", url);
	if (consent->loopback)
		printf("Waiting 5 minutes for the answer at %s (Ctrl-C ends it).\n", consent->authorize.redirect_uri);
	else
		printf("After agreeing, the browser goes to %s?..., which it cannot open.\n"
		       "Paste that whole address here:\n",
		       consent->authorize.redirect_uri);
	fflush(stdout);
	if (consent->loopback)
		open_browser(url);
}

static int take_pasted(struct consent *consent, struct err *err)
{
	char line[AUTHORIZE_URL];
	int result = line_of_stdin("the pasted address", line, sizeof line, err);
	if (result == 0)
		result = authorize_read(&consent->authorize, span_of(line), consent->code, err);
	if (result)
		err->class = ERR_CONFIG;
	vault_wipe(line, sizeof line);
	return result;
}

static void answer_no(struct consent *consent, const struct err *err)
{
	char text[sizeof err->text + 1];
	snprintf(text, sizeof text, "%s.", err->text);
	text[0] = (char)toupper((unsigned char)text[0]);
	loopback_answer(consent->loopback, false, "Not signed in", text);
}

/* An answer to another sign-in is turned away, and does not end this one: anybody could send it. */
static int take_redirect(struct consent *consent, struct err *err)
{
	int64_t deadline_ms = clock_ms() + WAIT_MS;
	for (;;) {
		struct span query;
		if (loopback_wait(consent->loopback, deadline_ms, &query, err))
			return -1;
		if (authorize_read(&consent->authorize, query, consent->code, err) == 0)
			return 0;
		answer_no(consent, err);
		if (err->class != ERR_REJECT)
			return -1;
		fprintf(stderr, "syncline: %s, ignoring\n", err->text);
	}
}

static int finish(struct consent *consent, struct err *err)
{
	return sign_in_spotify_finish(consent->sign_in, &consent->authorize, consent->code, err);
}

static int run(struct consent *consent, int64_t port, bool paste, struct err *err)
{
	char uri[AUTHORIZE_REDIRECT];
	if (authorize_begin(authorize_loopback(port, uri), &consent->authorize, err) ||
	    (!paste && loopback_open(port, &consent->loopback, err)))
		return -1;
	show_address(consent);
	if (!consent->loopback)
		return take_pasted(consent, err) || finish(consent, err) ? -1 : 0;
	if (take_redirect(consent, err))
		return -1;
	int result = finish(consent, err);
	if (result)
		answer_no(consent, err);
	else
		loopback_answer(consent->loopback, true, "Signed in to Spotify",
		                "Spotify let Syncline in. You can close this page; the terminal tells what comes next.");
	return result;
}

int consent_run(struct sign_in *sign_in, const struct consent_options *options, struct err *err)
{
	struct consent consent = {.sign_in = sign_in};
	if (options->redirect_port && options->redirect_port < 1024)
		return sign_in_wrong(sign_in, "redirect-port", err, "must be from 1024 to 65535");
	if (options->redirect_port)
		sign_in->credentials.redirect_port = options->redirect_port;
	int64_t stored = sign_in->credentials.redirect_port;
	int result = run(&consent, stored ? stored : DEFAULT_PORT, options->paste, err);
	loopback_close(&consent.loopback);
	vault_wipe(&consent, sizeof consent);
	return result;
}

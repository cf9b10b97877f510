/* Spotify's way: the user agrees in a browser (OAuth authorization code with PKCE), and is sent back to this machine. */
#include <ctype.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/json.h"
#include "ctl/ask.h"
#include "ctl/authorize.h"
#include "ctl/loopback.h"
#include "ctl/sign_in.h"
#include "ctl/term.h"
#include "fetcher/oauth.h"

extern char **environ;

/* Short, because what is asked for waits in a browser window in front of the user. */
enum { WAIT_MS = 5 * 60 * 1000, DEFAULT_PORT = 8917 };

static const char scopes[] = "user-library-read user-follow-read playlist-read-private playlist-read-collaborative";

/* One run of the command. */
struct
try {
	struct ctl *ctl;
	const struct sign_in_options *options;
	struct account *account;
	struct credentials credentials;
	struct authorize authorize;
	struct loopback *loopback; /* NULL: the address is pasted */
	char code[AUTHORIZE_CODE + 1];
	/* Who signed in: the id that never changes, and the one that was all there was before 2026. */
	char user[sizeof((struct account *)0)->username], former_user[sizeof((struct account *)0)->username];
};

static int check(const struct sign_in_options *options, bool again, struct account *account, struct err *err)
{
	struct credentials scratch;
	if (!options->client_id && !again)
		return err_set(err, ERR_CONFIG, 0,
		               "--client-id is missing: the id of an app of yours at Spotify; --help shows how to make one");
	if (options->client_id && !credentials_set(&scratch, "client_id", span_of(options->client_id)))
		return err_set(err, ERR_CONFIG, 0, "--client-id is not the id of an app (32 letters and digits)");
	if (options->redirect_port && options->redirect_port < 1024)
		return err_set(err, ERR_CONFIG, 0, "--redirect-port must be from 1024 to 65535");
	snprintf(account->auth, sizeof account->auth, "oauth");
	return 0;
}

/* ---- the app ---- */

static int read_app(struct try *try, bool again, struct err *err)
{
	struct credentials *to = &try->credentials;
	struct err ignored;
	static struct credentials stored;
	/* What cannot be read any more is replaced as a whole. */
	if (again && credentials_parse(try->account->provider, try->account->secret, &stored, &ignored) == 0) {
		memcpy(to->client_id, stored.client_id, sizeof to->client_id);
		memcpy(to->client_secret, stored.client_secret, sizeof to->client_secret);
		to->redirect_port = stored.redirect_port;
	}
	credentials_wipe(&stored);
	if (try->options->redirect_port)
		to->redirect_port = try->options->redirect_port;
	if (try->options->client_id && strcmp(try->options->client_id, to->client_id) != 0) {
		IGNORE(!credentials_set(to, "client_id", span_of(try->options->client_id))); /* checked */
		to->client_secret[0] = '\0';
	}
	if (!*to->client_id)
		return err_set(err, ERR_CONFIG, 0, "what is stored of '%s' cannot be read; give the app again with --client-id",
		               try->account->name);
	if (!try->options->client_secret_stdin)
		return 0;
	char secret[CREDENTIALS_ID + 1];
	int result = sign_in_line_of_stdin("the client secret", secret, sizeof secret, err);
	if (result == 0 && !credentials_set(to, "client_secret", span_of(secret)))
		result = err_set(err, ERR_CONFIG, 0, "the client secret holds characters that no such secret has");
	vault_wipe(secret, sizeof secret);
	return result;
}

/* ---- the user's consent ---- */

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

static void show_address(const struct try *try)
{
	char url[AUTHORIZE_URL];
	authorize_url(&try->authorize, try->account->url, try->credentials.client_id, scopes, url);
	printf("To let Syncline read the library, open this address in a browser%s:\n\n  %s\n\n",
	       try->loopback ? " on this machine" : "", url);
	if (try->loopback)
		printf("Waiting 5 minutes for the answer at %s (Ctrl-C ends it).\n", try->authorize.redirect_uri);
	else
		printf("After agreeing, the browser goes to %s?..., which it cannot open.\n"
		       "Paste that whole address here:\n",
		       try->authorize.redirect_uri);
	fflush(stdout);
	if (try->loopback)
		open_browser(url);
}

static int take_pasted(struct try *try, struct err *err)
{
	char line[AUTHORIZE_URL];
	int result = sign_in_line_of_stdin("the pasted address", line, sizeof line, err);
	if (result == 0)
		result = authorize_read(&try->authorize, span_of(line), try->code, err);
	if (result)
		err->class = ERR_CONFIG;
	vault_wipe(line, sizeof line);
	return result;
}

static void answer_no(struct try *try, const struct err *err)
{
	char text[sizeof err->text + 1];
	snprintf(text, sizeof text, "%s.", err->text);
	text[0] = (char)toupper((unsigned char)text[0]);
	loopback_answer(try->loopback, false, "Not signed in", text);
}

/* An answer to another sign-in is turned away, and does not end this one: anybody could send it. */
static int take_redirect(struct try *try, struct err *err)
{
	int64_t deadline_ms = clock_ms() + WAIT_MS;
	for (;;) {
		struct span query;
		if (loopback_wait(try->loopback, deadline_ms, &query, err))
			return -1;
		if (authorize_read(&try->authorize, query, try->code, err) == 0)
			return 0;
		answer_no(try, err);
		if (err->class != ERR_REJECT)
			return -1;
		fprintf(stderr, "syncline: %s, ignoring\n", err->text);
	}
}

/* ---- tokens, and who they are for ---- */

static int redeem(struct try *try, struct err *err)
{
	static struct oauth_request request;
	char header[sizeof request.authorization + 32] = "";
	struct verdict verdict;
	struct ask ask;
	oauth_redeem(try->account->url, &try->credentials, try->code, try->authorize.verifier, try->authorize.redirect_uri,
	             &request);
	if (*request.authorization)
		snprintf(header, sizeof header, "Authorization: %s\n", request.authorization);
	const struct asking asking = {request.url, request.form, header, true};
	int result = ask_run(&try->ctl->settings, &asking, &ask, err);
	if (result == 0)
		oauth_judge(ask.answer, clock_wall_ms(), &try->credentials, &verdict);
	ask_done(&ask);
	oauth_request_wipe(&request);
	vault_wipe(header, sizeof header);
	if (result)
		return -1;
	bool later = verdict.outcome == OUTCOME_RETRY || verdict.outcome == OUTCOME_THROTTLED;
	if (verdict.outcome == OUTCOME_NEEDS_AUTH)
		return err_set(err, ERR_CONFIG, 0, "Spotify does not take the code: %s; run the command again", verdict.cause);
	if (verdict.outcome != OUTCOME_OK)
		return err_set(err, later ? ERR_RETRY : ERR_CONFIG, 0, "Spotify gives no token: %s; %s", verdict.cause,
		               later ? "run the command again later" : verdict.next_step);
	if (!*try->credentials.refresh_token)
		return err_set(err, ERR_CONFIG, 0, "Spotify gave no refresh token; without one no sync can run by itself");
	try->credentials.authorized_at = clock_wall_ms();
	return 0;
}

static int judge_me(const struct answer *answer, struct err *err)
{
	if (answer->code != CURLE_OK)
		return err_set(err, ERR_RETRY, 0, "Spotify does not answer: %.200s",
		               *answer->error ? answer->error : curl_easy_strerror(answer->code));
	if (answer->status == 403)
		return err_set(err, ERR_CONFIG, 0,
		               "Spotify does not let this user in (HTTP 403): while the app is in development mode, add the user's "
		               "e-mail under User Management of the app");
	if (answer->status != 200)
		return err_set(err, answer->status >= 500 || answer->status == 429 ? ERR_RETRY : ERR_CONFIG,
		               (int)answer->status, "Spotify does not tell who signed in (HTTP %ld)", answer->status);
	return 0;
}

static int read_user(struct try *try, struct span body, struct err *err)
{
	yyjson_doc *doc = yyjson_read(body.at, body.len, 0);
	yyjson_val *root = yyjson_doc_get_root(doc);
	const char *name = yyjson_get_str(yyjson_obj_get(root, "id"));
	const char *id = yyjson_get_str(yyjson_obj_get(root, "account_id"));
	if (!id)
		id = name;
	bool read = id && *id && span_copy(span_of(id), try->user, sizeof try->user) &&
	            span_copy(span_of(name), try->former_user, sizeof try->former_user);
	yyjson_doc_free(doc);
	return read ? 0 : err_set(err, ERR_CONFIG, 0, "the answer to /v1/me is not Spotify's; check --url");
}

static int ask_me(struct try *try, struct err *err)
{
	char url[LIMIT_URL + 16], header[CREDENTIALS_TOKEN + 32];
	snprintf(url, sizeof url, "%s/v1/me", try->account->url);
	struct ask ask;
	snprintf(header, sizeof header, "Authorization: Bearer %s\n", try->credentials.access_token);
	const struct asking asking = {url, "", header, false};
	int result = ask_run(&try->ctl->settings, &asking, &ask, err);
	if (result == 0 && (judge_me(ask.answer, err) || read_user(try, ask.body, err)))
		result = -1;
	ask_done(&ask);
	vault_wipe(header, sizeof header);
	return result;
}

/* The library of somebody else would replace what is stored, item by item. */
static int check_user(struct try *try, struct err *err)
{
	struct account *account = try->account;
	if (ask_me(try, err))
		return -1;
	bool same = strcmp(account->username, try->user) == 0 || strcmp(account->username, try->former_user) == 0;
	if (*account->username && !same && !try->options->other_user)
		return err_set(err, ERR_CONFIG, 0,
		               "this is the account of another user: '%.60s' signed in, '%.60s' did before; sign out of Spotify in "
		               "the browser first, or say --other-user to replace one library with the other",
		               try->user, account->username);
	memcpy(account->username, try->user, sizeof account->username);
	printf("Signed in to Spotify as ");
	term_write(stdout, span_of(try->user));
	puts(".");
	return 0;
}

/* Somebody may have taken rights away; the rest still works. */
static void warn_of_scopes(const struct try *try)
{
	char granted[CREDENTIALS_SCOPE + 3], word[64];
	snprintf(granted, sizeof granted, " %s ", try->credentials.scope);
	for (const char *at = scopes; *try->credentials.scope && *at; at += strspn(at, " ")) {
		size_t len = strcspn(at, " ");
		snprintf(word, sizeof word, " %.*s ", (int)len, at);
		if (!strstr(granted, word))
			term_print(stderr, PAINT_YELLOW, "Spotify did not grant%sso the syncs of this account will be partial.\n",
			           word);
		at += len;
	}
}

/* ---- all of it ---- */

static int finish(struct try *try, struct err *err)
{
	if (redeem(try, err) || (!try->options->no_test && check_user(try, err)))
		return err_wrap(err, "nothing was stored: ");
	warn_of_scopes(try);
	return credentials_text(&try->credentials, try->account->secret, err);
}

static int sign_in(struct try *try, struct err *err)
{
	int64_t port = try->credentials.redirect_port ? try->credentials.redirect_port : DEFAULT_PORT;
	if (authorize_begin(port, &try->authorize, err) ||
	    (!try->options->paste && loopback_open(port, &try->loopback, err)))
		return -1;
	show_address(try);
	if (!try->loopback)
		return take_pasted(try, err) || finish(try, err) ? -1 : 0;
	if (take_redirect(try, err))
		return -1;
	int result = finish(try, err);
	if (result)
		answer_no(try, err);
	else
		loopback_answer(try->loopback, true, "Signed in to Spotify",
		                "Spotify let Syncline in. You can close this page; the terminal tells what comes next.");
	return result;
}

static int run(struct ctl *ctl, const struct sign_in_options *options, bool again, struct account *account,
               struct err *err)
{
	static struct try try;
	try = (struct try){.ctl = ctl, .options = options, .account = account};
	int result = read_app(&try, again, err);
	if (result == 0)
		result = sign_in(&try, err);
	loopback_close(&try.loopback);
	authorize_wipe(&try.authorize);
	vault_wipe(&try, sizeof try);
	return result;
}

const struct sign_in_way sign_in_spotify = {.provider = "spotify", .url = SPOTIFY_URL, .check = check, .run = run};

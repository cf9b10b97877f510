/* Consent at Spotify, and the way back from there. */
#include <microhttpd.h>
#include <stdio.h>

#include "common/clock.h"
#include "console/authorizations.h"
#include "console/connect_spotify.h"
#include "console/field.h"
#include "console/layout.h"
#include "console/routes.h"
#include "ctl/sign_in_spotify.h"

#define CALLBACK "/accounts/connect/spotify/callback"

/* Where people reach this console; Spotify takes no "localhost". */
static void redirect_uri(const struct visit *visit, char uri[AUTHORIZE_REDIRECT])
{
	const struct settings *settings = visit->console->settings;
	size_t len = strlen(settings->console_url);
	while (len && settings->console_url[len - 1] == '/')
		len--;
	if (len)
		snprintf(uri, AUTHORIZE_REDIRECT, "%.*s" CALLBACK, (int)len, settings->console_url);
	else
		snprintf(uri, AUTHORIZE_REDIRECT, "http://127.0.0.1:%lld" CALLBACK, (long long)settings->console_port);
}

void connect_spotify_steps(struct visit *visit)
{
	char uri[AUTHORIZE_REDIRECT];
	redirect_uri(visit, uri);
	html(VISIT_OUT(visit),
	     "<p>The user agrees at Spotify, to an app that you make once for all accounts:</p><ol>"
	     "<li>At <a href=\"https://developer.spotify.com/dashboard\" rel=\"noreferrer\">developer.spotify.com</a> choose "
	     "\"Create app\" and tick \"Web API\".</li>"
	     "<li>As redirect URI register, exactly: <code>{}</code></li>"
	     "<li>While the app is in development mode: add each user's e-mail under User Management.</li>"
	     "<li>Copy the client id from the app's settings.</li></ol>",
	     uri);
}

/* ---- asking ---- */

static void show_address(struct visit *visit, const char *url, const char *state, const char *problem)
{
	struct buf *out = VISIT_OUT(visit);
	char uri[AUTHORIZE_REDIRECT];
	redirect_uri(visit, uri);
	http_add_header(visit->request, visit->response, "Cache-Control", "no-store");
	layout_begin(visit, "Agree at Spotify", "accounts");
	/* A link, not a redirect of the form: those may only lead to this server (form-action). */
	if (url)
		html(out,
		     "<p>Spotify asks the user whether Syncline may read the library, and then leads back here. This holds for ten "
		     "minutes.</p><p><a class=\"button\" href=\"{}\" rel=\"noreferrer\">Go on at Spotify</a></p>",
		     url);
	html(out,
	     "<h2>If the browser does not come back</h2><p>It ends at <code>{}?…</code>, which it may not reach from another "
	     "machine, or with another name for this one. Paste that whole address here.</p>",
	     uri);
	layout_form(visit, "/accounts/connect/spotify/paste", "stack");
	html(out, "<input type=\"hidden\" name=\"state\" value=\"{}\">", state);
	field_add(out, &(struct field){.name = "address",
	                               .label = "Address",
	                               .problem = problem,
	                               .attributes = "required autocomplete=\"off\""});
	html(out, "<div><button>Go on</button></div></form>");
	layout_end(visit);
}

void connect_spotify_ask(struct connect *connect)
{
	struct visit *visit = connect->visit;
	const struct sign_in *sign_in = &connect->sign_in;
	struct authorization asked = {.again = sign_in->again, .other_user = sign_in->other_user};
	char uri[AUTHORIZE_REDIRECT], url[AUTHORIZE_URL];
	struct err err;
	redirect_uri(visit, uri);
	if (authorize_begin(uri, &asked.authorize, &err)) {
		visit_fail(visit, &err);
		return;
	}
	snprintf(asked.session, sizeof asked.session, "%s", visit->visitor.csrf);
	snprintf(asked.account, sizeof asked.account, "%s", connect->account.name);
	snprintf(asked.url, sizeof asked.url, "%s", connect->account.url);
	snprintf(asked.client_id, sizeof asked.client_id, "%s", sign_in->credentials.client_id);
	snprintf(asked.client_secret, sizeof asked.client_secret, "%s", sign_in->credentials.client_secret);
	authorizations_put(visit->console->authorizations, &asked, clock_ms());
	sign_in_spotify_url(sign_in, &asked.authorize, url);
	show_address(visit, url, asked.authorize.state, NULL);
	vault_wipe(&asked, sizeof asked);
}

/* ---- coming back ---- */

static void refuse(struct visit *visit, const struct authorization *asked, const char *text)
{
	char again[LIMIT_ACCOUNT + 32];
	snprintf(again, sizeof again, "/accounts/%s/sign-in", asked->account);
	visit->response->status = MHD_HTTP_BAD_REQUEST;
	layout_begin(visit, "Not signed in", "accounts");
	html(VISIT_OUT(visit),
	     "<p class=\"problem\" role=\"alert\">{}</p><p><a class=\"button\" href=\"{}\">Begin again</a></p>", text,
	     asked->again ? again : "/accounts/connect/spotify");
	layout_end(visit);
}

struct answer_given {
	const struct authorization *asked;
	const char *code;
};

static int finish(struct sign_in *sign_in, const void *context, struct err *err)
{
	const struct answer_given *given = context;
	return sign_in_spotify_finish(sign_in, &given->asked->authorize, given->code, err);
}

/* The steps that led to the consent, once more, and then the code. Who has to come again may: the answer is kept. */
static void redeem_with(struct connect *connect, const struct authorization *asked, const char *code)
{
	struct visit *visit = connect->visit;
	const struct answer_given given = {asked, code};
	struct connect_problem problem;
	struct sign_in *sign_in = &connect->sign_in;
	sign_in->url = asked->again ? NULL : asked->url;
	sign_in->client_id = asked->client_id;
	sign_in->client_secret = *asked->client_secret ? asked->client_secret : NULL;
	sign_in->other_user = asked->other_user;
	enum connect_end end = connect_check(connect, &problem) ? CONNECT_REFUSED
	                                                        : connect_try(connect, finish, &given, &problem);
	if (end == CONNECT_REFUSED)
		refuse(visit, asked, problem.text);
	else if (end == CONNECT_BUSY)
		authorizations_put(visit->console->authorizations, asked, clock_ms());
}

static void redeem(struct visit *visit, const struct authorization *asked, const char *code)
{
	struct connect connect;
	struct err err;
	int result = asked->again ? connect_open_again(&connect, visit, asked->account, &err)
	                          : connect_open_new(&connect, visit, "spotify", asked->account, &err);
	if (result)
		visit_fail(visit, &err);
	else
		redeem_with(&connect, asked, code);
	connect_close(&connect);
}

/* An answer counts once, whatever it says; a slip in pasting may be mended. */
static void take(struct visit *visit, const char *state, struct span redirect, bool pasted)
{
	struct authorization asked;
	char code[AUTHORIZE_CODE + 1];
	struct err err;
	if (!authorizations_take(visit->console->authorizations, visit->visitor.csrf, state, clock_ms(), &asked)) {
		visit_problem(visit, MHD_HTTP_BAD_REQUEST, "Not signed in",
		              "This answer belongs to no sign-in that waits here: it came too late or twice, or to another browser than "
		              "the one that asked. Begin again at Accounts.");
		return;
	}
	if (authorize_read(&asked.authorize, redirect, code, &err) == 0) {
		redeem(visit, &asked, code);
	} else if (pasted && err.class == ERR_REJECT) {
		authorizations_put(visit->console->authorizations, &asked, clock_ms());
		visit->response->status = MHD_HTTP_BAD_REQUEST;
		show_address(visit, NULL, state, err.text);
	} else {
		refuse(visit, &asked, err.text);
	}
	vault_wipe(code, sizeof code);
	vault_wipe(&asked, sizeof asked);
}

static void come_back(struct visit *visit)
{
	take(visit, http_value(&visit->request->query, "state"), span_of(visit->request->query_text), false);
}

static void paste(struct visit *visit)
{
	const struct http_pairs *form = &visit->request->form;
	take(visit, http_value(form, "state"), span_of(http_value(form, "address")), true);
}

static const struct route routes[] = {
	{.method = "GET", .path = CALLBACK, .scope = SCOPE_ADMIN, .run = come_back},
	{.method = "POST", .path = "/accounts/connect/spotify/paste", .scope = SCOPE_ADMIN, .run = paste},
	{0},
};

const struct route_table connect_spotify_routes = {.family = FAMILY_PAGE, .routes = routes};

/* Adding an account at /accounts/connect/{}, and signing one in again at /accounts/{}/sign-in. */
#include <microhttpd.h>
#include <stdio.h>

#include "console/connect.h"
#include "console/connect_spotify.h"
#include "console/layout.h"
#include "console/routes.h"

/* ---- the page ---- */

/* What people should know before. */
static const struct {
	const char *provider, *text;
} notes[] = {
	{"opensubsonic", "<p>Navidrome, gonic, supysonic and other servers that speak OpenSubsonic or Subsonic.</p>"},
	{"jellyfin", "<p>The library is what this user may see. A password is exchanged for a token and forgotten.</p>"},
	{"applemusic",
     "<p>A key signs developer tokens, and the user's token is given by MusicKit. At "
     "<a href=\"https://developer.apple.com/account\" rel=\"noreferrer\">developer.apple.com</a> under "
     "\"Certificates, Identifiers &amp; Profiles\" make a media identifier with MusicKit, and a key for it; "
     "download its file. Give the key with team id and key id, or a developer token.</p>"},
};

static void add_notes(struct visit *visit, const struct sign_in_way *way)
{
	for (size_t i = 0; i < COUNT_OF(notes); i++) {
		if (strcmp(notes[i].provider, way->provider) == 0)
			html(VISIT_OUT(visit), notes[i].text);
	}
	if (!way->run)
		connect_spotify_steps(visit);
}

static void show(struct connect *connect, const struct connect_problem *problem)
{
	struct visit *visit = connect->visit;
	bool again = connect->sign_in.again;
	char title[LIMIT_ACCOUNT + 40];
	if (again)
		snprintf(title, sizeof title, "Sign %s in again", connect->account.name);
	else
		snprintf(title, sizeof title, "Add an account: %s", connect->way->title);
	visit->response->status = problem ? MHD_HTTP_BAD_REQUEST : MHD_HTTP_OK;
	layout_begin(visit, title, "accounts");
	add_notes(visit, connect->way);
	connect_form_show(visit, connect->way, again ? connect->account.name : NULL, problem);
	layout_end(visit);
}

/* ---- trying ---- */

static void post(struct connect *connect)
{
	struct connect_problem problem;
	connect_form_read(connect->visit, &connect->sign_in);
	if (connect_check(connect, &problem))
		show(connect, &problem);
	else if (!connect->way->run)
		connect_spotify_ask(connect);
	else if (connect_try(connect, NULL, NULL, &problem) == CONNECT_REFUSED)
		show(connect, &problem);
}

/* ---- routes ---- */

static int open_new(struct visit *visit, struct connect *connect)
{
	struct err err;
	if (connect_open_new(connect, visit, visit->parts[0], http_value(&visit->request->form, "name"), &err) == 0)
		return 0;
	visit_fail(visit, &err);
	connect_close(connect);
	return -1;
}

static int open_again(struct visit *visit, struct connect *connect)
{
	struct err err;
	if (connect_open_again(connect, visit, visit->parts[0], &err) == 0)
		return 0;
	visit_fail(visit, &err);
	connect_close(connect);
	return -1;
}

static void show_new(struct visit *visit)
{
	struct connect connect;
	if (open_new(visit, &connect))
		return;
	show(&connect, NULL);
	connect_close(&connect);
}

static void show_again(struct visit *visit)
{
	struct connect connect;
	if (open_again(visit, &connect))
		return;
	show(&connect, NULL);
	connect_close(&connect);
}

static void post_new(struct visit *visit)
{
	struct connect connect;
	if (open_new(visit, &connect))
		return;
	post(&connect);
	connect_close(&connect);
}

static void post_again(struct visit *visit)
{
	struct connect connect;
	if (open_again(visit, &connect))
		return;
	post(&connect);
	connect_close(&connect);
}

static const struct route routes[] = {
	/* An account may be called "connect"; no provider is called as what can be done with an account. */
	{.method = "GET", .path = "/accounts/{}/sign-in", .scope = SCOPE_ADMIN, .run = show_again},
	{.method = "POST", .path = "/accounts/{}/sign-in", .scope = SCOPE_ADMIN, .run = post_again},
	{.method = "GET", .path = "/accounts/connect/{}", .scope = SCOPE_ADMIN, .run = show_new},
	{.method = "POST", .path = "/accounts/connect/{}", .scope = SCOPE_ADMIN, .run = post_new},
	{0},
};

const struct route_table connect_routes = {.family = FAMILY_PAGE, .routes = routes};

/* /rest/METHOD: from a request to a method, and the methods that are about the server itself. */
#include "console/subsonic.h"

#include <assert.h>
#include <microhttpd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "common/log.h"
#include "common/sql.h"
#include "console/routes.h"

/* ---- parameters and answers ---- */

const char *subsonic_param(const struct subsonic *subsonic, const char *name)
{
	const char *value = http_value(&subsonic->visit->request->query, name);
	return *value ? value : http_value(&subsonic->visit->request->form, name);
}

int subsonic_number(const struct subsonic *subsonic, const char *name, int fallback, int most)
{
	const char *text = subsonic_param(subsonic, name);
	char *end;
	long number = strtol(text, &end, 10);
	if (!*text || *end || number < 0)
		return fallback;
	return number > most ? most : (int)number;
}

void subsonic_error(struct subsonic *subsonic, enum subsonic_error code, const char *format, ...)
{
	char text[512];
	va_list args;
	if (subsonic->answered)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	buf_reset(VISIT_OUT(subsonic->visit), SIZE_MAX);
	subsonic_begin(&subsonic->answer, VISIT_OUT(subsonic->visit), subsonic->xml, false);
	subsonic_open(&subsonic->answer, "error");
	subsonic_int(&subsonic->answer, "code", code);
	subsonic_text(&subsonic->answer, "message", text);
	subsonic_close(&subsonic->answer);
	subsonic_finish(subsonic);
}

void subsonic_fail(struct subsonic *subsonic, const struct err *err)
{
	if (err->class != ERR_REJECT && err->class != ERR_CONFIG)
		log_warn("request failed", "%s: %s", subsonic->visit->request->path, err->text);
	subsonic_error(subsonic, err->class == ERR_REJECT ? SUBSONIC_NOT_FOUND : SUBSONIC_GENERIC, "%s",
	               err->class == ERR_FATAL ? "Something went wrong; it is in the log of syncline serve" : err->text);
}

struct subsonic_answer *subsonic_ok(struct subsonic *subsonic)
{
	buf_reset(VISIT_OUT(subsonic->visit), SIZE_MAX);
	subsonic_begin(&subsonic->answer, VISIT_OUT(subsonic->visit), subsonic->xml, true);
	return &subsonic->answer;
}

void subsonic_finish(struct subsonic *subsonic)
{
	assert(!subsonic->answered);
	subsonic->answered = true;
	subsonic_end(&subsonic->answer);
}

/* ---- the account ---- */

static bool check_complete(struct subsonic *subsonic, category_set categories)
{
	PG_RESULT *rows = NULL;
	struct err err;
	char names[CATEGORY_SET_TEXT];
	const char *values[] = {subsonic->account_id, category_set_text(categories, names)};
	if (pg_query(subsonic->visit->ctl.pg, sql_text("q_subsonic_incomplete"), 2, values, &rows, &err)) {
		subsonic_fail(subsonic, &err);
		return false;
	}
	if (PQntuples(rows) == 0)
		return true;
	subsonic_error(subsonic, SUBSONIC_GENERIC,
	               "The %s of account '%s' were never complete: only what was proved complete is shown here",
	               pg_text(rows, 0, "category"), pg_text(rows, 0, "account"));
	return false;
}

/* By id, or the first that this sign-in sees. */
static bool find_account(struct subsonic *subsonic, const char *id)
{
	PG_RESULT *row = NULL;
	struct err err;
	const char *values[] = {*subsonic->only ? subsonic->only : NULL, *id ? id : NULL};
	if (pg_query(subsonic->visit->ctl.pg, sql_text("q_subsonic_account"), 2, values, &row, &err)) {
		subsonic_fail(subsonic, &err);
		return false;
	}
	if (PQntuples(row) == 0) {
		subsonic_error(subsonic, SUBSONIC_NOT_FOUND,
		               *id ? "There is no such item" : "There is no account yet: syncline account add");
		return false;
	}
	snprintf(subsonic->account_id, sizeof subsonic->account_id, "%s", pg_text(row, 0, "account_id"));
	return true;
}

bool subsonic_account(struct subsonic *subsonic, category_set categories)
{
	return find_account(subsonic, subsonic_param(subsonic, "musicFolderId")) && check_complete(subsonic, categories);
}

bool subsonic_id(struct subsonic *subsonic, const char *text, category_set categories, const char **id)
{
	char account[ID_TEXT] = "0";
	size_t digits = strspn(text, "0123456789");
	if (!*text) {
		subsonic_error(subsonic, SUBSONIC_MISSING_PARAMETER, "The parameter id is missing");
		return false;
	}
	*id = text + digits + (text[digits] == '-');
	if (digits && digits < 10 && text[digits] == '-')
		span_copy((struct span){text, digits}, account, sizeof account);
	return find_account(subsonic, account) && check_complete(subsonic, categories);
}

/* ---- methods about the server ---- */

static void ping(struct subsonic *subsonic)
{
	subsonic_ok(subsonic);
	subsonic_finish(subsonic);
}

static void get_license(struct subsonic *subsonic)
{
	struct subsonic_answer *answer = subsonic_ok(subsonic);
	subsonic_open(answer, "license");
	subsonic_bool(answer, "valid", true);
	subsonic_close(answer);
	subsonic_finish(subsonic);
}

static void get_extensions(struct subsonic *subsonic)
{
	static const char *const extensions[] = {"apiKeyAuthentication", "formPost"};
	struct subsonic_answer *answer = subsonic_ok(subsonic);
	subsonic_list(answer, "openSubsonicExtensions");
	for (size_t i = 0; i < COUNT_OF(extensions); i++) {
		subsonic_open(answer, NULL);
		subsonic_text(answer, "name", extensions[i]);
		subsonic_list(answer, "versions");
		subsonic_value_int(answer, 1);
		subsonic_end_list(answer);
		subsonic_close(answer);
	}
	subsonic_end_list(answer);
	subsonic_finish(subsonic);
}

/* Of the extension apiKeyAuthentication: whose key it is. Keys are no user's, but have names. */
static void token_info(struct subsonic *subsonic)
{
	if (*subsonic_param(subsonic, "apiKey") == '\0') {
		subsonic_error(subsonic, SUBSONIC_MISSING_PARAMETER, "The parameter apiKey is missing");
		return;
	}
	struct subsonic_answer *answer = subsonic_ok(subsonic);
	subsonic_open(answer, "tokenInfo");
	subsonic_text(answer, "username", subsonic->user);
	subsonic_close(answer);
	subsonic_finish(subsonic);
}

/* What other servers can and this one will not: a clear word is better than "not found". */
static void refuse(struct subsonic *subsonic)
{
	subsonic_error(subsonic, SUBSONIC_FORBIDDEN,
	               "Syncline keeps what a library holds, not the music itself: there is nothing to play or change");
}

static const struct subsonic_method server_methods[] = {
	{"ping", ping},
	{"getLicense", get_license},
	{"tokenInfo", token_info},
	{"stream", refuse},
	{"download", refuse},
	{"hls", refuse},
	{"scrobble", refuse},
	{"star", refuse},
	{"unstar", refuse},
	{"setRating", refuse},
	{"createPlaylist", refuse},
	{"updatePlaylist", refuse},
	{"deletePlaylist", refuse},
	{NULL, NULL},
};

/* ---- from a request to a method ---- */

static const struct subsonic_method *find_method(const char *name)
{
	const struct subsonic_method *const tables[] = {server_methods, subsonic_browsing, subsonic_lists, subsonic_wholes};
	size_t len = strlen(name);
	if (len > 5 && strcmp(name + len - 5, ".view") == 0)
		len -= 5;
	for (size_t t = 0; t < COUNT_OF(tables); t++) {
		for (const struct subsonic_method *method = tables[t]; method->name; method++) {
			if (strlen(method->name) == len && strncasecmp(method->name, name, len) == 0)
				return method;
		}
	}
	return NULL;
}

static bool is_extensions(const char *name)
{
	return strncasecmp(name, "getOpenSubsonicExtensions", 25) == 0;
}

static void begin(struct subsonic *subsonic, struct visit *visit)
{
	*subsonic = (struct subsonic){.visit = visit};
	subsonic->xml = strcmp(subsonic_param(subsonic, "f"), "json") != 0;
	visit->response->type = subsonic->xml ? "text/xml; charset=utf-8" : "application/json";
}

static void problem(struct visit *visit, const char *title, const char *detail)
{
	struct subsonic subsonic;
	(void)title;
	begin(&subsonic, visit);
	subsonic_error(&subsonic, SUBSONIC_GENERIC, "%s", detail);
}

static void serve(struct visit *visit)
{
	struct subsonic subsonic;
	const char *name = visit->parts[0];
	begin(&subsonic, visit);
	const struct subsonic_method *method = find_method(name);
	if (is_extensions(name)) /* asked before anybody has signed in: how to is what it tells */
		get_extensions(&subsonic);
	else if (subsonic_sign_in(&subsonic) && method)
		method->run(&subsonic);
	else
		subsonic_error(&subsonic, SUBSONIC_NOT_FOUND, "There is no method '%.60s' here", name);
	assert(subsonic.answered);
}

/* The sign-in stands in the parameters, and nothing can be changed: there is no proof to ask for. */
static const struct route routes[] = {
	{.method = "GET", .path = "/rest/{}", .run = serve},
	{.method = "POST", .path = "/rest/{}", .run = serve, .without_csrf = true},
	{0},
};

const struct route_table subsonic_routes = {.family = FAMILY_OWN, .routes = routes, .problem = problem};

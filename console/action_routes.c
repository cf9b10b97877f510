/* What people set going by buttons and programs by the REST API: the same steps (action.h), answered in the way of who asks. */
#include <microhttpd.h>
#include <stdio.h>

#include "common/clock.h"
#include "common/sql.h"
#include "console/action.h"
#include "console/api.h"
#include "console/routes.h"
#include "console/visit.h"
#include "ctl/when.h"

/* People see the page of the sync. Programs get 202 with it as it is now, and where to look for it. */
static void answer(struct visit *visit, int result, const char *sync, const struct err *err)
{
	char place[UUID_TEXT + 24];
	bool program = visit->table->family == FAMILY_API;
	snprintf(place, sizeof place, "%s/syncs/%s", program ? "/api/v1" : "", sync);
	if (result) {
		visit_fail(visit, err);
	} else if (program) {
		http_add_header(visit->request, visit->response, "Location", place);
		api_object(visit, sql_text("q_api_sync"), 1, &sync, "It is gone already.");
		if (visit->response->status == MHD_HTTP_OK)
			visit->response->status = MHD_HTTP_ACCEPTED;
	} else {
		http_redirect(visit->request, visit->response, place);
	}
}

/* ---- in either way ---- */

static void replay(struct visit *visit)
{
	char account[ID_TEXT];
	struct enqueued enqueued;
	struct err err;
	if (!visit_account(visit, account))
		return;
	int result = action_replay(visit, visit->parts[0], account, &enqueued, &err);
	answer(visit, result, enqueued.sync, &err);
}

static void cancel(struct visit *visit)
{
	struct target target;
	struct err err;
	if (!visit_sync(visit, &target))
		return;
	int result = action_cancel(visit, &target, &err);
	answer(visit, result, target.sync, &err);
}

static void retry(struct visit *visit)
{
	struct target target;
	struct enqueued enqueued;
	struct err err;
	if (!visit_sync(visit, &target))
		return;
	int result = action_retry(visit, &target, &enqueued, &err);
	answer(visit, result, enqueued.sync, &err);
}

/* People see the account again, programs get it as it is now. */
static void answer_account(struct visit *visit, int result, const struct err *err)
{
	char place[LIMIT_ACCOUNT + 16];
	snprintf(place, sizeof place, "/accounts/%s", visit->parts[0]);
	if (result)
		visit_fail(visit, err);
	else if (visit->table->family == FAMILY_API)
		api_account(visit, visit->parts[0]);
	else
		http_redirect(visit->request, visit->response, place);
}

static void pause_account(struct visit *visit, int64_t until_ms)
{
	char account[ID_TEXT];
	struct err err;
	if (!visit_account(visit, account))
		return;
	int result = action_pause(visit, visit->parts[0], account, until_ms, &err);
	answer_account(visit, result, &err);
}

static void resume(struct visit *visit)
{
	char account[ID_TEXT];
	struct err err;
	if (!visit_account(visit, account))
		return;
	int result = action_resume(visit, visit->parts[0], account, &err);
	answer_account(visit, result, &err);
}

/* ---- by buttons ---- */

static void pause_until_resumed(struct visit *visit)
{
	pause_account(visit, 0);
}

/* The account is in the path, or chosen in the form. */
static void sync_account(struct visit *visit, const char *account)
{
	struct wish wish = {.account = account, .mode = http_value(&visit->request->form, "mode")};
	struct enqueued enqueued;
	struct err err;
	if (ctl_find_account(&visit->ctl, account, wish.account_id, &err)) {
		visit_fail(visit, &err);
		return;
	}
	if (enqueue_check_mode("mode", wish.mode, &err)) {
		visit_problem(visit, MHD_HTTP_BAD_REQUEST, "That cannot be asked", err.text);
		return;
	}
	category_set_text(CATEGORY_ALL, wish.categories);
	int result = action_sync(visit, &wish, &enqueued, &err);
	answer(visit, result, enqueued.sync, &err);
}

static void sync_chosen(struct visit *visit)
{
	sync_account(visit, http_value(&visit->request->form, "account"));
}

static void sync_this(struct visit *visit)
{
	sync_account(visit, visit->parts[0]);
}

/* Only the category whose names were shown. */
static void confirm_shown(struct visit *visit)
{
	struct target target;
	int64_t removed;
	struct err err;
	if (!visit_sync(visit, &target))
		return;
	int result = action_confirm(visit, &target, http_value(&visit->request->form, "category"), &removed, &err);
	answer(visit, result, target.sync, &err);
}

/* ---- by programs ---- */

/* false: answered. */
static bool read_wish(struct visit *visit, yyjson_doc *body, struct wish *wish)
{
	const char *mode, *categories;
	category_set set;
	struct err err;
	if (!api_text(visit, body, "mode", &mode) || !api_text(visit, body, "categories", &categories))
		return false;
	wish->account = visit->parts[0];
	wish->mode = mode ? mode : "incremental";
	if (enqueue_check_mode("mode", wish->mode, &err) || category_set_parse(span_of(categories), &set, &err)) {
		visit_problem(visit, MHD_HTTP_BAD_REQUEST, "That cannot be asked", err.text);
		return false;
	}
	category_set_text(set, wish->categories);
	return true;
}

static void start(struct visit *visit)
{
	struct wish wish = {0};
	struct enqueued enqueued;
	struct err err;
	yyjson_doc *body;
	if (!visit_account(visit, wish.account_id) || !(body = api_body(visit)))
		return;
	if (read_wish(visit, body, &wish)) {
		int result = action_sync(visit, &wish, &enqueued, &err);
		answer(visit, result, enqueued.sync, &err);
	}
	yyjson_doc_free(body);
}

/* false: answered. *until_ms: 0 where none is named. */
static bool read_until(struct visit *visit, yyjson_doc *body, int64_t *until_ms)
{
	int64_t now_ms = clock_wall_ms();
	struct when when = {.at_name = "until", .in_name = "for"};
	struct err err;
	if (!api_text(visit, body, "until", &when.at))
		return false;
	int result = when_read(&when, now_ms, until_ms, &err);
	if (result == 0 && when.at && *until_ms <= now_ms)
		result = err_set(&err, ERR_CONFIG, 0, "until %s is past; to end a pause resume the account", when.at);
	if (result)
		visit_problem(visit, MHD_HTTP_BAD_REQUEST, "That cannot be asked", err.text);
	return result == 0;
}

static void pause_as_told(struct visit *visit)
{
	int64_t until_ms;
	yyjson_doc *body = api_body(visit);
	if (!body)
		return;
	if (read_until(visit, body, &until_ms))
		pause_account(visit, until_ms);
	yyjson_doc_free(body);
}

/* false: answered. category: NULL where none is named. */
static bool read_category(struct visit *visit, yyjson_doc *body, const char **category)
{
	enum category known;
	if (!api_text(visit, body, "category", category))
		return false;
	if (!*category || category_find(span_of(*category), &known))
		return true;
	visit_problem(visit, MHD_HTTP_BAD_REQUEST, "That cannot be asked",
	              "category must be artists, albums, tracks or playlists.");
	return false;
}

static void confirm(struct visit *visit)
{
	struct target target;
	const char *category, *id = target.sync;
	int64_t removed;
	struct err err;
	yyjson_doc *body;
	if (!visit_sync(visit, &target) || !(body = api_body(visit)))
		return;
	if (read_category(visit, body, &category)) {
		if (action_confirm(visit, &target, category, &removed, &err))
			visit_fail(visit, &err);
		else
			api_object(visit, sql_text("q_api_sync"), 1, &id, "It is gone already.");
	}
	yyjson_doc_free(body);
}

static const struct route routes[] = {
	{.method = "POST", .path = "/accounts/sync", .scope = SCOPE_OPERATE, .run = sync_chosen},
	{.method = "POST", .path = "/accounts/{}/sync", .scope = SCOPE_OPERATE, .run = sync_this},
	{.method = "POST", .path = "/accounts/{}/replay", .scope = SCOPE_OPERATE, .run = replay},
	{.method = "POST", .path = "/accounts/{}/pause", .scope = SCOPE_OPERATE, .run = pause_until_resumed},
	{.method = "POST", .path = "/accounts/{}/resume", .scope = SCOPE_OPERATE, .run = resume},
	{.method = "POST", .path = "/syncs/{}/cancel", .scope = SCOPE_OPERATE, .run = cancel},
	{.method = "POST", .path = "/syncs/{}/retry", .scope = SCOPE_OPERATE, .run = retry},
	{.method = "POST", .path = "/syncs/{}/confirm", .scope = SCOPE_OPERATE, .run = confirm_shown},
	{0},
};

const struct route_table action_routes = {.family = FAMILY_PAGE, .routes = routes};

static const struct route api_routes[] = {
	{.method = "POST", .path = "/api/v1/accounts/{}/syncs", .scope = SCOPE_OPERATE, .run = start},
	{.method = "POST", .path = "/api/v1/accounts/{}/rejects/replay", .scope = SCOPE_OPERATE, .run = replay},
	{.method = "POST", .path = "/api/v1/accounts/{}/pause", .scope = SCOPE_OPERATE, .run = pause_as_told},
	{.method = "POST", .path = "/api/v1/accounts/{}/resume", .scope = SCOPE_OPERATE, .run = resume},
	{.method = "POST", .path = "/api/v1/syncs/{}/cancel", .scope = SCOPE_OPERATE, .run = cancel},
	{.method = "POST", .path = "/api/v1/syncs/{}/retry", .scope = SCOPE_OPERATE, .run = retry},
	{.method = "POST", .path = "/api/v1/syncs/{}/confirm", .scope = SCOPE_OPERATE, .run = confirm},
	{0},
};

const struct route_table api_action_routes = {.family = FAMILY_API, .routes = api_routes};

/* What people set going by the buttons of pages. Each leads to the page that shows what came of it. */
#include <microhttpd.h>
#include <stdio.h>

#include "console/action.h"
#include "console/routes.h"
#include "console/visit.h"

static void show_sync(struct visit *visit, const char *sync)
{
	char place[UUID_TEXT + 16];
	snprintf(place, sizeof place, "/syncs/%s", sync);
	http_redirect(visit->request, visit->response, place);
}

static void answer(struct visit *visit, int result, const char *sync, const struct err *err)
{
	if (result)
		visit_fail(visit, err);
	else
		show_sync(visit, sync);
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

/* Only the category whose names were shown. */
static void confirm(struct visit *visit)
{
	struct target target;
	int64_t removed;
	struct err err;
	if (!visit_sync(visit, &target))
		return;
	int result = action_confirm(visit, &target, http_value(&visit->request->form, "category"), &removed, &err);
	answer(visit, result, target.sync, &err);
}

static const struct route routes[] = {
	{.method = "POST", .path = "/accounts/sync", .scope = SCOPE_OPERATE, .run = sync_chosen},
	{.method = "POST", .path = "/accounts/{}/sync", .scope = SCOPE_OPERATE, .run = sync_this},
	{.method = "POST", .path = "/accounts/{}/replay", .scope = SCOPE_OPERATE, .run = replay},
	{.method = "POST", .path = "/syncs/{}/cancel", .scope = SCOPE_OPERATE, .run = cancel},
	{.method = "POST", .path = "/syncs/{}/retry", .scope = SCOPE_OPERATE, .run = retry},
	{.method = "POST", .path = "/syncs/{}/confirm", .scope = SCOPE_OPERATE, .run = confirm},
	{0},
};

const struct route_table action_routes = {.family = FAMILY_PAGE, .routes = routes};

/* /accounts/{}/schedule: the rule by which an account is synced by itself, with its next runs before it is stored. */
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>

#include "console/audit.h"
#include "console/field.h"
#include "console/layout.h"
#include "console/routes.h"
#include "console/schedule.h"
#include "console/visit.h"

/* What the form shows. */
struct form {
	struct schedule_wish wish;
	char jitter[24];
	const char *field, *problem; /* NULL: all is well */
	const struct schedule *preview;
};

static void place_of(const struct visit *visit, const char *action, char place[LIMIT_ACCOUNT + 48])
{
	snprintf(place, LIMIT_ACCOUNT + 48, "/accounts/%s/schedule%s", visit->parts[0], action);
}

/* ---- the form ---- */

static int add_runs(struct visit *visit, const struct schedule *schedule, struct err *err)
{
	struct buf *out = VISIT_OUT(visit);
	char runs[SCHEDULE_RUNS][SCHEDULE_LOCAL];
	if (schedule_runs(visit->ctl.pg, schedule, runs, SCHEDULE_RUNS, err))
		return -1;
	html(out, "<h2>Next runs, on the clocks of {}</h2><ul>", schedule->zone);
	for (int i = 0; i < SCHEDULE_RUNS; i++)
		html(out, "<li>{}</li>", runs[i]);
	html(out, "</ul>");
	if (schedule->jitter_s)
		html(out, "<p class=\"dim\">Each begins a little later by chance.</p>");
	return 0;
}

static void add_fields(struct buf *out, const struct form *form)
{
	static const char *const modes[] = {"incremental", "what has changed", "full", "everything", NULL};
	const struct field fields[] = {
		{.name = "rule",
	     .label = "Rule",
	     .value = form->wish.rule,
	     .hint = "\"every 6h\" (m, h or d), or a cron expression: \"30 3 * * *\" is every day at 3:30.",
	     .attributes = "required maxlength=\"99\" autocomplete=\"off\""},
		{.name = "zone",
	     .label = "Time zone of a cron expression",
	     .value = form->wish.zone,
	     .hint = "Such as Europe/Berlin.",
	     .attributes = "required maxlength=\"63\" autocomplete=\"off\""},
		{.name = "jitter",
	     .label = "Begin later by chance, minutes at most",
	     .type = "number",
	     .value = form->jitter,
	     .hint = "So that accounts do not all begin at once.",
	     .attributes = "min=\"0\" max=\"1440\""},
		{.name = "mode", .label = "Read", .type = "select", .options = modes, .value = form->wish.mode},
	};
	for (size_t i = 0; i < COUNT_OF(fields); i++) {
		struct field field = fields[i];
		field.problem = form->field && strcmp(form->field, field.name) == 0 ? form->problem : NULL;
		field_add(out, &field);
	}
	html(out, form->wish.skip_missed
	              ? "<label class=\"check\"><input type=\"checkbox\" name=\"skip-missed\" value=\"1\" checked>"
	              : "<label class=\"check\"><input type=\"checkbox\" name=\"skip-missed\" value=\"1\">");
	html(out, " Leave out a run that was missed because nothing ran</label>");
}

static int show_form(struct visit *visit, const struct form *form, struct err *err)
{
	struct buf *out = VISIT_OUT(visit);
	char place[LIMIT_ACCOUNT + 48], title[LIMIT_ACCOUNT + 40];
	place_of(visit, "", place);
	snprintf(title, sizeof title, "Schedule of %s", visit->parts[0]);
	visit->response->status = form->problem ? MHD_HTTP_BAD_REQUEST : MHD_HTTP_OK;
	layout_begin(visit, title, "accounts");
	if (form->preview && add_runs(visit, form->preview, err))
		return -1;
	layout_form(visit, place, "stack card");
	add_fields(out, form);
	html(out, form->preview
	              ? "<div class=\"row\"><button name=\"do\" value=\"save\">Save</button> "
	                "<button class=\"quiet\" name=\"do\" value=\"show\">Show the next runs</button></div></form>"
	              : "<div><button name=\"do\" value=\"show\">Show the next runs</button></div></form>");
	html(out, "<p><a href=\"/accounts/{}\">Back to the account</a></p>", visit->parts[0]);
	layout_end(visit);
	return 0;
}

static void show_with(struct visit *visit, const struct form *form)
{
	struct err err;
	if (show_form(visit, form, &err))
		visit_fail(visit, &err);
}

/* ---- showing and storing ---- */

static void show(struct visit *visit)
{
	char id[ID_TEXT];
	PG_RESULT *rows = NULL;
	struct err err;
	struct form form = {.wish = {.rule = "", .zone = "UTC", .mode = "incremental"}};
	const char *value = id;
	if (!visit_account(visit, id))
		return;
	if (pg_query(visit->ctl.pg,
	             "SELECT rule, zone, mode, jitter_s / 60 AS jitter, NOT catch_up AS skip_missed FROM schedule "
	             "WHERE account_id = $1::int",
	             1, &value, &rows, &err)) {
		visit_fail(visit, &err);
		return;
	}
	if (PQntuples(rows))
		form.wish = (struct schedule_wish){.rule = pg_text(rows, 0, "rule"),
		                                   .zone = pg_text(rows, 0, "zone"),
		                                   .mode = pg_text(rows, 0, "mode"),
		                                   .skip_missed = pg_bool(rows, 0, "skip_missed")};
	snprintf(form.jitter, sizeof form.jitter, "%s", PQntuples(rows) ? pg_text(rows, 0, "jitter") : "0");
	show_with(visit, &form);
}

static void store(struct visit *visit, const char *id, const struct schedule *schedule)
{
	char place[LIMIT_ACCOUNT + 16];
	struct err err;
	if (schedule_store(visit->ctl.pg, id, schedule, &err)) {
		visit_fail(visit, &err);
		return;
	}
	audit(visit, "schedule set", visit->parts[0]);
	snprintf(place, sizeof place, "/accounts/%s", visit->parts[0]);
	http_redirect(visit->request, visit->response, place);
}

static void post(struct visit *visit)
{
	const struct http_pairs *typed = &visit->request->form;
	char id[ID_TEXT], *end;
	struct schedule schedule;
	struct err err;
	const char *jitter = http_value(typed, "jitter");
	struct form form = {.wish = {.rule = http_value(typed, "rule"),
	                             .zone = http_value(typed, "zone"),
	                             .mode = http_value(typed, "mode"),
	                             .jitter_min = strtol(jitter, &end, 10),
	                             .skip_missed = *http_value(typed, "skip-missed") != '\0'}};
	if (!visit_account(visit, id))
		return;
	if (*end)
		form.wish.jitter_min = -1; /* no number */
	snprintf(form.jitter, sizeof form.jitter, "%s", jitter);
	if (schedule_read(visit->ctl.pg, &form.wish, &schedule, &form.field, &err)) {
		form.problem = err.text;
		if (err.class == ERR_CONFIG)
			show_with(visit, &form);
		else
			visit_fail(visit, &err);
	} else if (strcmp(http_value(typed, "do"), "save") == 0) {
		store(visit, id, &schedule);
	} else {
		form.field = NULL;
		form.preview = &schedule;
		show_with(visit, &form);
	}
}

/* ---- pause, resume, remove ---- */

static void change(struct visit *visit, const char *action,
                   int (*run)(struct pg *pg, const char *account_id, struct err *err))
{
	char id[ID_TEXT], place[LIMIT_ACCOUNT + 16];
	struct err err;
	if (!visit_account(visit, id))
		return;
	if (run(visit->ctl.pg, id, &err)) {
		visit_fail(visit, &err);
		return;
	}
	audit(visit, action, visit->parts[0]);
	snprintf(place, sizeof place, "/accounts/%s", visit->parts[0]);
	http_redirect(visit->request, visit->response, place);
}

static int run_pause(struct pg *pg, const char *account_id, struct err *err)
{
	return schedule_pause(pg, account_id, true, err);
}

static int run_resume(struct pg *pg, const char *account_id, struct err *err)
{
	return schedule_pause(pg, account_id, false, err);
}

static void pause_schedule(struct visit *visit)
{
	change(visit, "schedule paused", run_pause);
}

static void resume_schedule(struct visit *visit)
{
	change(visit, "schedule resumed", run_resume);
}

static void remove_schedule(struct visit *visit)
{
	change(visit, "schedule removed", schedule_remove);
}

static const struct route routes[] = {
	{.method = "GET", .path = "/accounts/{}/schedule", .scope = SCOPE_OPERATE, .run = show},
	{.method = "POST", .path = "/accounts/{}/schedule", .scope = SCOPE_OPERATE, .run = post},
	{.method = "POST", .path = "/accounts/{}/schedule/pause", .scope = SCOPE_OPERATE, .run = pause_schedule},
	{.method = "POST", .path = "/accounts/{}/schedule/resume", .scope = SCOPE_OPERATE, .run = resume_schedule},
	{.method = "POST", .path = "/accounts/{}/schedule/remove", .scope = SCOPE_OPERATE, .run = remove_schedule},
	{0},
};

const struct route_table schedule_routes = {.family = FAMILY_PAGE, .routes = routes};

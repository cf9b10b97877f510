/* The frame of a page. */
#include "console/layout.h"

#include <stdio.h>

#include "common/version.h"
#include "console/assets.h"
#include "ctl/figure.h"

static const struct entry {
	const char *section, *path, *label;
} navigation[] = {
	{"overview", "/", "Overview"},      {"library", "/library", "Library"}, {"accounts", "/accounts", "Accounts"},
	{"rejects", "/rejects", "Rejects"}, {"workers", "/workers", "Workers"}, {"settings", "/settings", "Settings"},
};

static void add_navigation(struct buf *out, const char *section)
{
	html(out, "<nav aria-label=\"Main\"><ul>");
	for (size_t i = 0; i < COUNT_OF(navigation); i++) {
		bool current = strcmp(navigation[i].section, section) == 0;
		html(out, current ? "<li><a href=\"{}\" aria-current=\"page\">{}</a></li>" : "<li><a href=\"{}\">{}</a></li>",
		     navigation[i].path, navigation[i].label);
	}
	html(out, "</ul></nav>");
}

static void add_visitor(struct visit *visit)
{
	if (visit->console->open)
		return;
	layout_form(visit, "/sign-out", "visitor");
	html(VISIT_OUT(visit), "<span>{}</span> <button class=\"quiet\">Sign out</button></form>", visit->visitor.name);
}

void layout_begin(struct visit *visit, const char *title, const char *section)
{
	struct buf *out = VISIT_OUT(visit);
	html(out,
	     "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{} · Syncline</title>"
	     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
	     "<meta name=\"csrf\" content=\"{}\"><link rel=\"stylesheet\" href=\"{}\"><link rel=\"icon\" href=\"{}\">"
	     "<script src=\"{}\" defer></script></head><body>"
	     "<a class=\"skip\" href=\"#main\">Skip to content</a><header><a class=\"brand\" href=\"/\">Syncline</a>",
	     title, visit->visitor.csrf, assets_url("style.css"), assets_url("icon.svg"), assets_url("console.js"));
	if (visit->visitor.scope != SCOPE_NONE) {
		add_navigation(out, section);
		add_visitor(visit);
	}
	html(out, "</header><main id=\"main\" tabindex=\"-1\"><h1>{}</h1>", title);
}

void layout_end(struct visit *visit)
{
	html(VISIT_OUT(visit), "</main><footer>Syncline {}{}</footer></body></html>\n", SYNCLINE_VERSION,
	     visit->console->open ? " · open to everybody on this machine: syncline user add sets a password" : "");
}

void layout_problem(struct visit *visit, const char *title, const char *detail)
{
	visit->response->type = "text/html; charset=utf-8";
	layout_begin(visit, title, "");
	html(VISIT_OUT(visit), "<p class=\"problem\" role=\"alert\">{}</p><p><a href=\"/\">To the overview</a></p>",
	     detail);
	layout_end(visit);
}

void layout_form(struct visit *visit, const char *action, const char *class)
{
	html(VISIT_OUT(visit),
	     "<form method=\"post\" action=\"{}\" class=\"{}\"><input type=\"hidden\" name=\"csrf\" value=\"{}\">", action,
	     class, visit->visitor.csrf);
}

void layout_button(struct visit *visit, const char *action, const char *label, const struct layout_button *how)
{
	struct buf *out = VISIT_OUT(visit);
	layout_form(visit, action, "inline");
	if (how->name)
		html(out, "<input type=\"hidden\" name=\"{}\" value=\"{}\">", how->name, how->value);
	html(out, "<button class=\"{}\"", how->class ? how->class : "");
	if (how->question)
		html(out, " data-confirm=\"{}\"", how->question);
	html(out, ">{}</button></form> ", label);
}

void layout_table(struct buf *out, const char *label, const char *class)
{
	html(out, "<div class=\"scroll\" role=\"region\" aria-label=\"{}\" tabindex=\"0\"><table class=\"{}\">", label,
	     class);
}

void layout_state(struct buf *out, const char *state)
{
	char words[32];
	snprintf(words, sizeof words, "%.30s", state);
	for (char *c = words; *c; c++)
		*c = *c == '_' ? ' ' : *c;
	html(out, "<span class=\"state {}\">{}</span>", state, words);
}

void layout_moment(struct buf *out, const char *iso, int64_t age_ms)
{
	char ago[FIGURE_TEXT];
	if (!*iso)
		html(out, "–");
	else
		html(out, "<time datetime=\"{}\" title=\"{}\">{}</time>", iso, iso, figure_ago(-age_ms, ago));
}

void layout_count(struct buf *out, int64_t count)
{
	char text[FIGURE_TEXT];
	html_text(out, figure_count(count, text));
}

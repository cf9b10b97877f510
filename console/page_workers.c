/* The workers: who is there, how far they are behind, now and over the last hour. */
#include <stdio.h>
#include <stdlib.h>

#include "console/lag_watch.h"
#include "console/layout.h"
#include "console/routes.h"
#include "ctl/figure.h"

enum { PLOT_WIDTH = 720, PLOT_HEIGHT = 160, PLOT_EDGE = 6 };

static void add_group(const struct lag_picture *picture, unsigned g, struct buf *out)
{
	char text[FIGURE_TEXT];
	html(out, "<tr><th scope=\"row\">{}</th><td>{}</td><td class=\"n\">", worker_groups[g].group,
	     picture->backlogs.states[g].state);
	layout_count(out, picture->backlogs.states[g].members);
	html(out, "</td><td class=\"n\">");
	layout_count(out, picture->point.messages[g]);
	html(out, "</td><td class=\"n\">{}</td></tr>",
	     picture->point.oldest_ms[g] ? figure_span(picture->point.oldest_ms[g], text) : "–");
}

static void add_groups(const struct lag_picture *picture, struct buf *out)
{
	layout_table(out, "Groups of workers", "");
	html(out, "<thead><tr><th scope=\"col\">Group</th><th scope=\"col\">State</th>"
	          "<th scope=\"col\" class=\"n\">Running</th><th scope=\"col\" class=\"n\">Messages behind</th>"
	          "<th scope=\"col\" class=\"n\">Oldest</th></tr></thead><tbody>");
	for (unsigned g = 0; g < GROUPS; g++)
		add_group(picture, g, out);
	html(out, "</tbody></table></div>");
}

/* ---- the plot ---- */

struct scale {
	int64_t begin_ms, length_ms, most;
};

/* A point of the plot; the lines keep off its edges. */
static void add_point(struct buf *path, const struct lag_point *point, unsigned g, const struct scale *scale, bool pen)
{
	double x = (double)(point->at_ms - scale->begin_ms) / (double)scale->length_ms * PLOT_WIDTH;
	double y = PLOT_HEIGHT - PLOT_EDGE -
	           (double)point->messages[g] / (double)scale->most * (PLOT_HEIGHT - 2 * PLOT_EDGE);
	buf_printf(path, pen ? "L%.1f %.1f " : "M%.1f %.1f h0 ", x, y); /* h0: a dot, should it stay alone */
}

static void add_line(const struct lag_point *points, size_t count, unsigned g, const struct scale *scale,
                     struct buf *out)
{
	struct buf path;
	char class[16];
	bool pen = false;
	buf_init(&path, (size_t)LAG_POINTS * 32);
	for (size_t i = 0; i < count; i++) {
		if (points[i].reached)
			add_point(&path, &points[i], g, scale, pen);
		pen = points[i].reached;
	}
	snprintf(class, sizeof class, "line g%u", g);
	html(out, "<path class=\"{}\" d=\"{}\"/>", class, buf_text(&path));
	buf_done(&path);
}

/* The newest point stands at the right, an hour before it at the left. */
static struct scale scale_of(const struct lag_point *points, size_t count)
{
	struct scale scale = {.length_ms = (int64_t)LAG_POINTS * LAG_EVERY_MS, .most = 10};
	scale.begin_ms = count ? points[count - 1].at_ms - scale.length_ms : 0;
	for (size_t i = 0; i < count; i++) {
		for (unsigned g = 0; g < GROUPS; g++)
			scale.most = points[i].messages[g] > scale.most ? points[i].messages[g] : scale.most;
	}
	return scale;
}

static void add_plot(const struct lag_point *points, size_t count, struct buf *out)
{
	struct scale scale = scale_of(points, count);
	char most[FIGURE_TEXT], box[40];
	snprintf(box, sizeof box, "0 0 %d %d", PLOT_WIDTH, PLOT_HEIGHT);
	figure_count(scale.most, most);
	html(out, "<h2>Messages behind</h2><figure class=\"plot\"><figcaption>");
	for (unsigned g = 0; g < GROUPS; g++) {
		char class[16];
		snprintf(class, sizeof class, "key g%u", g);
		html(out, "<span class=\"{}\">{}</span> ", class, worker_groups[g].group);
	}
	html(out,
	     "</figcaption><div class=\"axes\"><span class=\"top\">{}</span><span class=\"bottom\">0</span>"
	     "<svg viewBox=\"{}\" preserveAspectRatio=\"none\" role=\"img\" "
	     "aria-label=\"Messages behind over the last hour, at most {}\">",
	     most, box, most);
	for (unsigned g = 0; g < GROUPS; g++)
		add_line(points, count, g, &scale, out);
	html(out, "</svg><span class=\"from\">an hour ago</span><span class=\"now\">now</span></div></figure>");
}

/* ---- topics ---- */

static void add_topic(const struct settings *settings, unsigned g, unsigned t, const struct backlog *backlog,
                      struct buf *out)
{
	char name[TOPIC_NAME_MAX], text[FIGURE_TEXT];
	if (backlog->count == 0)
		return;
	topic_name(settings->kafka_prefix, (enum topic)t, name);
	html(out, "<tr><th scope=\"row\">{}</th><td>{}</td><td class=\"n\">", name, worker_groups[g].program);
	layout_count(out, (int64_t)backlog->count);
	html(out, "</td><td class=\"n\">");
	layout_count(out, backlog->messages);
	html(out, "</td><td class=\"n\">{}</td></tr>", backlog->oldest_ms ? figure_span(backlog->oldest_ms, text) : "–");
}

static void add_topics(const struct settings *settings, const struct lag_picture *picture, struct buf *out)
{
	html(out, "<h2>Topics</h2>");
	layout_table(out, "Topics", "");
	html(out, "<thead><tr><th scope=\"col\">Topic</th><th scope=\"col\">Read by</th>"
	          "<th scope=\"col\" class=\"n\">Partitions</th><th scope=\"col\" class=\"n\">Messages behind</th>"
	          "<th scope=\"col\" class=\"n\">Oldest</th></tr></thead><tbody>");
	for (unsigned g = 0; g < GROUPS; g++) {
		for (unsigned t = 0; t < TOPIC_COUNT; t++)
			add_topic(settings, g, t, &picture->backlogs.of[g][t], out);
	}
	html(out, "</tbody></table></div><p class=\"dim\">Partition by partition: <code>syncline lag</code></p>");
}

static void show(struct visit *visit)
{
	struct buf *out = VISIT_OUT(visit);
	struct lag_picture *picture = arena_alloc(&visit->request->arena, sizeof *picture);
	struct lag_point *points = arena_alloc(&visit->request->arena, LAG_POINTS * sizeof *points);
	if (!picture || !points) {
		struct err err;
		IGNORE(err_set(&err, ERR_FATAL, 0, "no memory for a page")); /* fills only */
		visit_fail(visit, &err);
		return;
	}
	lag_watch_picture(visit->console->lag, picture);
	size_t count = lag_watch_history(visit->console->lag, points);
	layout_begin(visit, "Workers", "workers");
	if (*picture->trouble)
		html(out, "<p class=\"problem\" role=\"alert\">Kafka does not answer: {}</p>", picture->trouble);
	if (picture->point.at_ms == 0)
		html(out, "<p class=\"dim\">Kafka is being asked; load the page again in some seconds.</p>");
	add_groups(picture, out);
	add_plot(points, count, out);
	add_topics(&visit->ctl.settings, picture, out);
	layout_end(visit);
}

static const struct route routes[] = {
	{.method = "GET", .path = "/workers", .scope = SCOPE_READ, .run = show},
	{0},
};

const struct route_table workers_routes = {.family = FAMILY_PAGE, .routes = routes};

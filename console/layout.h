/* What all pages have in common: head, navigation, foot, and the small pieces that people meet again and again. */
#ifndef SYNCLINE_CONSOLE_LAYOUT_H
#define SYNCLINE_CONSOLE_LAYOUT_H

#include "console/console.h"
#include "console/html.h"

/* title is plain text. section: which entry of the navigation is the current one ("overview", "library", "accounts",
 * "rejects", "workers", "settings"); "" none. A page is layout_begin, its main part, layout_end. */
void layout_begin(struct visit *visit, const char *title, const char *section);
void layout_end(struct visit *visit);

/* A whole page of an error. */
void layout_problem(struct visit *visit, const char *title, const char *detail);

/* <form method="post"> with the proof that it is ours; ends with </form> by the caller. class may be "". */
void layout_form(struct visit *visit, const char *action, const char *class);

/* A form of one button. Any of these may be NULL. */
struct layout_button {
	const char *class, *name, *value; /* name and value: of a hidden field */
	const char *question;             /* asked before, where scripts run */
};
void layout_button(struct visit *visit, const char *action, const char *label, const struct layout_button *how);

/* A table, which scrolls by itself where it is wider than the window, also by keys. label: what it holds, for screen readers. class
 * may be "". Ends with </table></div> by the caller. */
void layout_table(struct buf *out, const char *label, const char *class);

/* A state ("complete", "needs_auth", ...) as a coloured word. */
void layout_state(struct buf *out, const char *state);
/* A moment as "3 min ago" with the exact time behind it. iso: RFC 3339, "" shows a dash. age_ms: how long ago; negative is
 * to come. */
void layout_moment(struct buf *out, const char *iso, int64_t age_ms);
/* "1,234" */
void layout_count(struct buf *out, int64_t count);

#endif

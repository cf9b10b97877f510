/* An answer of the OpenSubsonic endpoint, described once and written as JSON or as XML while it is described.
 *
 *   subsonic_open(a, "album"); subsonic_text(a, "id", id);
 *   subsonic_list(a, "song"); subsonic_open(a, NULL); ... subsonic_close(a); subsonic_end_list(a); subsonic_close(a);
 *
 * A node is an object or an element; its plain members, which are attributes in XML, come before its nodes and lists (checked by
 * assert). What is absent is left out: "" of a text. */
#ifndef SYNCLINE_CONSOLE_SUBSONIC_ANSWER_H
#define SYNCLINE_CONSOLE_SUBSONIC_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"

enum { SUBSONIC_DEPTH = 16 };

struct subsonic_answer {
	struct buf *out;
	bool xml;
	unsigned depth;
	struct subsonic_level {
		const char *name;
		bool is_list, has_children, empty;
	} levels[SUBSONIC_DEPTH];
};

/* The envelope, with status "ok" or "failed". */
void subsonic_begin(struct subsonic_answer *answer, struct buf *out, bool xml, bool ok);
void subsonic_end(struct subsonic_answer *answer);

/* In a list, name is NULL: nodes of a list have the list's. */
void subsonic_open(struct subsonic_answer *answer, const char *name);
void subsonic_close(struct subsonic_answer *answer);
void subsonic_list(struct subsonic_answer *answer, const char *name);
void subsonic_end_list(struct subsonic_answer *answer);
/* A text that is itself an element of a list. */
void subsonic_value(struct subsonic_answer *answer, const char *text);
void subsonic_value_int(struct subsonic_answer *answer, int64_t number);

void subsonic_text(struct subsonic_answer *answer, const char *name, const char *text);
void subsonic_int(struct subsonic_answer *answer, const char *name, int64_t number);
void subsonic_bool(struct subsonic_answer *answer, const char *name, bool flag);

#endif

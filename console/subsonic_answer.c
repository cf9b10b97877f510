/* Writing answers. */
#include "console/subsonic_answer.h"

#include <assert.h>
#include <stdio.h>

#include "common/version.h"
#include "console/xml.h"

static struct subsonic_level *top(struct subsonic_answer *answer)
{
	assert(answer->depth);
	return &answer->levels[answer->depth - 1];
}

static struct subsonic_level *push(struct subsonic_answer *answer, const char *name, bool is_list)
{
	assert(answer->depth < SUBSONIC_DEPTH);
	struct subsonic_level *level = &answer->levels[answer->depth++];
	*level = (struct subsonic_level){.name = name, .is_list = is_list, .empty = true};
	return level;
}

/* JSON: the comma and, in an object, the name. */
static void begin_member(struct subsonic_answer *answer, const char *name)
{
	struct subsonic_level *level = top(answer);
	if (!level->empty)
		buf_add_byte(answer->out, ',');
	level->empty = false;
	if (!level->is_list) {
		buf_add_json_text(answer->out, span_of(name));
		buf_add_byte(answer->out, ':');
	}
}

/* XML: the innermost element gets content, so its start tag ends. Lists are no elements. */
static void begin_content(struct subsonic_answer *answer)
{
	for (unsigned i = answer->depth; i-- > 0;) {
		struct subsonic_level *level = &answer->levels[i];
		if (level->is_list)
			continue;
		if (!level->has_children)
			buf_add_byte(answer->out, '>');
		level->has_children = true;
		return;
	}
}

void subsonic_open(struct subsonic_answer *answer, const char *name)
{
	if (!name)
		name = top(answer)->name;
	if (answer->xml) {
		begin_content(answer);
		buf_printf(answer->out, "<%s", name);
	} else {
		begin_member(answer, name);
		buf_add_byte(answer->out, '{');
	}
	if (!answer->xml && !top(answer)->is_list)
		top(answer)->has_children = true;
	push(answer, name, false);
}

void subsonic_close(struct subsonic_answer *answer)
{
	const struct subsonic_level *level = top(answer);
	assert(!level->is_list);
	if (!answer->xml)
		buf_add_byte(answer->out, '}');
	else if (level->has_children)
		buf_printf(answer->out, "</%s>", level->name);
	else
		buf_add_text(answer->out, "/>");
	answer->depth--;
}

void subsonic_list(struct subsonic_answer *answer, const char *name)
{
	if (!answer->xml) {
		begin_member(answer, name);
		buf_add_byte(answer->out, '[');
		top(answer)->has_children = true;
	}
	push(answer, name, true);
}

void subsonic_end_list(struct subsonic_answer *answer)
{
	assert(top(answer)->is_list);
	if (!answer->xml)
		buf_add_byte(answer->out, ']');
	answer->depth--;
}

void subsonic_value(struct subsonic_answer *answer, const char *text)
{
	const char *name = top(answer)->name;
	assert(top(answer)->is_list);
	if (!answer->xml) {
		begin_member(answer, name);
		buf_add_json_text(answer->out, span_of(text));
		return;
	}
	begin_content(answer);
	buf_printf(answer->out, "<%s>", name);
	xml_text(answer->out, text);
	buf_printf(answer->out, "</%s>", name);
}

void subsonic_value_int(struct subsonic_answer *answer, int64_t number)
{
	const char *name = top(answer)->name;
	assert(top(answer)->is_list);
	if (!answer->xml) {
		begin_member(answer, name);
		buf_printf(answer->out, "%lld", (long long)number);
		return;
	}
	begin_content(answer);
	buf_printf(answer->out, "<%s>%lld</%s>", name, (long long)number, name);
}

/* A plain member that is written as it is: a number, a word. */
static void add_bare(struct subsonic_answer *answer, const char *name, const char *text)
{
	assert(!top(answer)->is_list && !top(answer)->has_children);
	if (answer->xml) {
		buf_printf(answer->out, " %s=\"%s\"", name, text);
	} else {
		begin_member(answer, name);
		buf_add_text(answer->out, text);
	}
}

void subsonic_text(struct subsonic_answer *answer, const char *name, const char *text)
{
	assert(!top(answer)->is_list && !top(answer)->has_children);
	if (!*text)
		return;
	if (answer->xml) {
		buf_printf(answer->out, " %s=\"", name);
		xml_text(answer->out, text);
		buf_add_byte(answer->out, '"');
	} else {
		begin_member(answer, name);
		buf_add_json_text(answer->out, span_of(text));
	}
}

void subsonic_int(struct subsonic_answer *answer, const char *name, int64_t number)
{
	char text[24];
	snprintf(text, sizeof text, "%lld", (long long)number);
	add_bare(answer, name, text);
}

void subsonic_bool(struct subsonic_answer *answer, const char *name, bool flag)
{
	add_bare(answer, name, flag ? "true" : "false");
}

void subsonic_begin(struct subsonic_answer *answer, struct buf *out, bool xml, bool ok)
{
	*answer = (struct subsonic_answer){.out = out, .xml = xml};
	buf_add_text(out,
	             xml ? "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<subsonic-response xmlns=\"http://subsonic.org/restapi\""
	                 : "{\"subsonic-response\":{");
	push(answer, "subsonic-response", false);
	subsonic_text(answer, "status", ok ? "ok" : "failed");
	subsonic_text(answer, "version", "1.16.1");
	subsonic_text(answer, "type", "syncline");
	subsonic_text(answer, "serverVersion", SYNCLINE_VERSION);
	subsonic_bool(answer, "openSubsonic", true);
}

void subsonic_end(struct subsonic_answer *answer)
{
	subsonic_close(answer);
	assert(answer->depth == 0);
	buf_add_text(answer->out, answer->xml ? "\n" : "}\n");
}

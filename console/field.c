/* Fields. */
#include "console/field.h"

#include <string.h>

/* What a reader says with the input, and that it is wrong. */
static void add_attributes(struct buf *out, const struct field *field)
{
	html(out, " id=\"field-{}\" name=\"{}\"", field->name, field->name);
	if (field->hint || field->problem)
		html(out, " aria-describedby=\"{}{} {}{}\"", field->hint ? "hint-" : "", field->hint ? field->name : "",
		     field->problem ? "problem-" : "", field->problem ? field->name : "");
	if (field->problem)
		buf_add_text(out, " aria-invalid=\"true\"");
	if (field->attributes)
		buf_printf(out, " %s", field->attributes);
}

static void add_select(struct buf *out, const struct field *field)
{
	buf_add_text(out, "<select");
	add_attributes(out, field);
	buf_add_text(out, ">");
	for (const char *const *option = field->options; option[0]; option += 2) {
		bool chosen = field->value && strcmp(field->value, option[0]) == 0;
		html(out, chosen ? "<option value=\"{}\" selected>{}</option>" : "<option value=\"{}\">{}</option>", option[0],
		     option[1]);
	}
	buf_add_text(out, "</select>");
}

static void add_input(struct buf *out, const struct field *field)
{
	html(out, "<input type=\"{}\" value=\"{}\"", field->type ? field->type : "text", field->value);
	add_attributes(out, field);
	buf_add_text(out, ">");
}

static void add_area(struct buf *out, const struct field *field)
{
	buf_add_text(out, "<textarea rows=\"6\" spellcheck=\"false\"");
	add_attributes(out, field);
	html(out, ">\n{}</textarea>", field->value);
}

void field_add(struct buf *out, const struct field *field)
{
	const char *type = field->type ? field->type : "text";
	html(out, "<div class=\"field\"><label for=\"field-{}\">{}</label>", field->name, field->label);
	if (strcmp(type, "select") == 0)
		add_select(out, field);
	else if (strcmp(type, "textarea") == 0)
		add_area(out, field);
	else
		add_input(out, field);
	if (field->problem)
		html(out, "<strong class=\"wrong\" id=\"problem-{}\">{}</strong>", field->name, field->problem);
	if (field->hint)
		html(out, "<small class=\"hint\" id=\"hint-{}\">{}</small>", field->name, field->hint);
	html(out, "</div>");
}

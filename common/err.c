/* The error value. */
#include "common/err.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int err_set(struct err *err, enum err_class class, int code, const char *format, ...)
{
	assert(err && class != ERR_NONE);
	/* The arguments may point into err->text itself, so the new text is made beside it. */
	char text[sizeof err->text];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	memcpy(err->text, text, sizeof text);
	err->class = class;
	err->code = code;
	return -1;
}

int err_wrap(struct err *err, const char *format, ...)
{
	assert(err);
	char text[sizeof err->text];
	va_list args;
	va_start(args, format);
	int used = vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (used < 0 || (size_t)used >= sizeof text)
		return -1;
	snprintf(text + used, sizeof text - (size_t)used, "%s", err->text);
	memcpy(err->text, text, sizeof text);
	return -1;
}

const char *err_class_name(enum err_class class)
{
	static const char *const names[] = {"none", "retry", "reject", "fatal", "config"};
	assert((size_t) class < COUNT_OF(names));
	return names[class];
}

/* Log lines. Each is one write(2), so lines of several processes do not mix. */
#include "common/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/text.h"

static const char *program_name = "syncline";
static bool as_json;

void log_open(const char *program, bool json)
{
	program_name = program;
	as_json = json;
}

static void render(struct buf *line, const char *level, const char *event, const char *text)
{
	char now[CLOCK_TEXT_MAX];
	clock_text(clock_wall_ms(), now);
	if (!as_json) {
		buf_printf(line, "%s %-5s %s: %s%s%s\n", now, level, program_name, event, *text ? ": " : "", text);
		return;
	}
	buf_printf(line, "{\"time\":\"%s\",\"level\":\"%s\",\"program\":\"%s\",\"pid\":%d,\"event\":\"%s\",\"text\":", now,
	           level, program_name, (int)getpid(), event);
	buf_add_json_text(line, span_of(text));
	buf_add_text(line, "}\n");
}

static void PRINTF_LIKE(3, 0) emit(const char *level, const char *event, const char *format, va_list args)
{
	char text[2048];
	vsnprintf(text, sizeof text, format, args);
	text_mend(text, sizeof text - 1); /* may quote bytes that are no text, or be cut in a character */
	for (char *c = text; *c; c++) {
		if (*c == '\n' || *c == '\r')
			*c = ' ';
	}
	struct buf line;
	buf_init(&line, 7 * sizeof text); /* a control character takes six bytes of JSON */
	render(&line, level, event, text);
	if (buf_ok(&line))
		IGNORE(write(STDERR_FILENO, line.at, line.len) < 0); /* a log that cannot be written has nowhere to say so */
	buf_done(&line);
}

void log_info(const char *event, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	emit("info", event, format, args);
	va_end(args);
}

void log_warn(const char *event, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	emit("warn", event, format, args);
	va_end(args);
}

void log_error(const char *event, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	emit("error", event, format, args);
	va_end(args);
}

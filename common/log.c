/* Log lines. Each is one write(2), so lines of several processes do not mix; beyond PIPE_BUF bytes they might. Work never waits
 * for who reads the log: a line that a full pipe has no room for is lost and counted. */
#include "common/log.h"

#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/stats.h"
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

/* A pipe that is ready takes PIPE_BUF bytes at once. */
static bool put(const char *at, size_t left)
{
	while (left) {
		struct pollfd log = {.fd = STDERR_FILENO, .events = POLLOUT};
		size_t piece = left < PIPE_BUF ? left : PIPE_BUF;
		if (poll(&log, 1, 0) != 1 || !(log.revents & POLLOUT))
			return false;
		ssize_t done = write(STDERR_FILENO, at, piece);
		if (done <= 0)
			return false; /* a full disk; there is nowhere to say so */
		at += done;
		left -= (size_t)done;
	}
	return true;
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
	if (buf_ok(&line) && !put(line.at, line.len))
		stats_add(STAT_log_lines_lost_total, 1);
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

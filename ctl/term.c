/* Terminal handling with the few sequences that every terminal knows. */
#include "ctl/term.h"

#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <unistr.h>
#include <uniwidth.h>

enum { LINE_MAX_BYTES = 64 * 1024 };

bool term_is_terminal(FILE *out)
{
	return isatty(fileno(out)) == 1;
}

size_t term_width(void)
{
	struct winsize size;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	const char *columns = getenv("COLUMNS");
	long told = columns ? strtol(columns, NULL, 10) : 0;
	return told > 0 && told < 10000 ? (size_t)told : 80;
}

const char *term_paint(FILE *out, enum paint paint)
{
	static const char *const sequences[] = {"\033[0m", "\033[1m", "\033[2m", "\033[32m", "\033[33m", "\033[31m"};
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	if (!term_is_terminal(out) || (no_color && *no_color) || (term && strcmp(term, "dumb") == 0))
		return "";
	return sequences[paint];
}

void term_print(FILE *out, enum paint paint, const char *format, ...)
{
	va_list list;
	fputs(paint == PAINT_NONE ? "" : term_paint(out, paint), out);
	va_start(list, format);
	vfprintf(out, format, list);
	va_end(list);
	fputs(paint == PAINT_NONE ? "" : term_paint(out, PAINT_NONE), out);
}

/* ---- text ---- */

/* One character: its bytes and columns. A byte that is no UTF-8 is one column. */
static size_t next_character(struct span text, size_t *columns)
{
	ucs4_t point;
	int len = u8_mbtoucr(&point, (const uint8_t *)text.at, text.len);
	int width = len > 0 ? uc_width(point, "UTF-8") : 1;
	*columns = width > 0 ? (size_t)width : 0;
	return len > 0 ? (size_t)len : 1;
}

struct span term_text_cut(struct span text, size_t columns)
{
	size_t at = 0, used = 0, wide;
	while (at < text.len) {
		size_t len = next_character((struct span){text.at + at, text.len - at}, &wide);
		if (used + wide > columns)
			break;
		used += wide;
		at += len;
	}
	return (struct span){text.at, at};
}

size_t term_text_width(struct span text)
{
	size_t at = 0, used = 0, wide;
	while (at < text.len) {
		at += next_character((struct span){text.at + at, text.len - at}, &wide);
		used += wide;
	}
	return used;
}

void term_clean(struct buf *out, struct span text)
{
	for (size_t at = 0, len; at < text.len; at += len) {
		ucs4_t point;
		int got = u8_mbtoucr(&point, (const uint8_t *)text.at + at, text.len - at);
		len = got > 0 ? (size_t)got : 1;
		/* C0, DEL, C1; and the marks that turn the direction of what follows. */
		bool control = got > 0 && (point < 0x20 || (point >= 0x7f && point < 0xa0) ||
		                           (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069));
		if (got <= 0)
			buf_add_byte(out, '?');
		else if (control)
			buf_add_byte(out, ' ');
		else
			buf_add(out, text.at + at, len);
	}
}

void term_write(FILE *out, struct span text)
{
	struct buf clean;
	buf_init(&clean, LINE_MAX_BYTES);
	term_clean(&clean, text);
	fputs(buf_text(&clean), out);
	buf_done(&clean);
}

/* ---- questions ---- */

int term_ask(const char *question, bool *yes, struct err *err)
{
	char answer[16] = "";
	if (!term_is_terminal(stdin))
		return err_set(err, ERR_CONFIG, 0, "nobody can be asked here; say --yes to do it without a question");
	fprintf(stderr, "%s [y/N] ", question);
	if (!fgets(answer, sizeof answer, stdin))
		fputc('\n', stderr);
	*yes = answer[0] == 'y' || answer[0] == 'Y';
	return 0;
}

static int read_secret(int fd, char *secret, size_t size, struct err *err)
{
	size_t used = 0;
	char byte;
	while (used < size && read(fd, &byte, 1) == 1 && byte != '\n')
		secret[used++] = byte;
	if (used == size)
		return err_set(err, ERR_CONFIG, 0, "that is longer than %zu bytes", size - 1);
	secret[used] = '\0';
	return 0;
}

int term_secret(const char *prompt, char *secret, size_t size, struct err *err)
{
	struct termios before, silent;
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
	if (fd < 0 || tcgetattr(fd, &before)) {
		if (fd >= 0)
			close(fd);
		return err_set(err, ERR_CONFIG, 0,
		               "there is no terminal to ask on; give it as a file or on standard input (--help)");
	}
	/* Interrupted while echo is off, the terminal would stay silent: signals wait until it is back. */
	sigset_t all, mask;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &mask);
	silent = before;
	silent.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
	tcsetattr(fd, TCSAFLUSH, &silent);
	dprintf(fd, "%s", prompt);
	int result = read_secret(fd, secret, size, err);
	tcsetattr(fd, TCSAFLUSH, &before);
	dprintf(fd, "\n");
	sigprocmask(SIG_SETMASK, &mask, NULL);
	close(fd);
	/* With ISIG off, Ctrl-C arrives as a byte. */
	return result == 0 && strchr(secret, 3) ? err_set(err, ERR_CONFIG, 0, "cancelled") : result;
}

/* ---- live lines ---- */

#define SHOW_CURSOR "\033[?25h"
#define HIDE_CURSOR "\033[?25l"
static volatile sig_atomic_t drawn_lines;

static void write_all(const char *at, size_t len)
{
	while (len) {
		ssize_t wrote = write(STDOUT_FILENO, at, len);
		if (wrote <= 0)
			return; /* the terminal is gone: nobody sees it */
		at += wrote;
		len -= (size_t)wrote;
	}
}

/* Only async-signal-safe calls: the cursor back, then what the signal does by itself. Behind the raise the process was
 * stopped and goes on: what was drawn now stands anywhere. */
static void on_signal(int number)
{
	write_all(SHOW_CURSOR, sizeof SHOW_CURSOR - 1);
	signal(number, SIG_DFL);
	raise(number);
	drawn_lines = 0;
}

static void catch_signals(void)
{
	static const int numbers[] = {SIGHUP, SIGQUIT, SIGTSTP, SIGABRT, SIGSEGV};
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_NODEFER | SA_RESTART};
	for (size_t i = 0; i < COUNT_OF(numbers); i++)
		sigaction(numbers[i], &action, NULL);
}

void live_begin(void)
{
	drawn_lines = 0;
	catch_signals();
}

void live_draw(struct span lines)
{
	struct buf out;
	buf_init(&out, LINE_MAX_BYTES);
	catch_signals(); /* again: after a stop and continue, the handler is gone and the cursor visible */
	buf_add_text(&out, HIDE_CURSOR);
	if (drawn_lines)
		buf_printf(&out, "\033[%dA\r", (int)drawn_lines);
	drawn_lines = 0;
	for (size_t at = 0; at < lines.len; at++) {
		if (lines.at[at] == '\n') {
			buf_add_text(&out, "\033[K");
			drawn_lines++;
		}
		buf_add_byte(&out, lines.at[at]);
	}
	buf_add_text(&out, "\033[J");
	fflush(stdout);
	if (buf_ok(&out))
		write_all(out.at, out.len);
	buf_done(&out);
}

void live_end(bool remove)
{
	char up[32];
	if (remove && drawn_lines) {
		int len = snprintf(up, sizeof up, "\033[%dA\r\033[J", (int)drawn_lines);
		write_all(up, (size_t)len);
	}
	drawn_lines = 0;
	/* Over the "^C" that the terminal may have written. */
	write_all("\r\033[K" SHOW_CURSOR, sizeof "\r\033[K" SHOW_CURSOR - 1);
}

/* Read without a buffer that would keep what follows, or a copy of a secret. */
#include "ctl/line.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Byte by byte up to the line's end: what follows is another line's reader's. */
static int read_some(int fd, bool line, const char *what, char *text, size_t size, struct err *err)
{
	size_t used = 0;
	char byte;
	ssize_t got;
	while ((got = read(fd, &byte, 1)) == 1 && !(line && byte == '\n')) {
		if (used + 1 >= size)
			return err_set(err, ERR_CONFIG, 0, "%s is longer than %zu bytes", what, size - 1);
		text[used++] = byte;
	}
	if (got < 0)
		return err_set(err, ERR_CONFIG, errno, "%s: %s", what, strerror(errno));
	if (line && used && text[used - 1] == '\r')
		used--;
	text[used] = '\0';
	return used ? 0 : err_set(err, ERR_CONFIG, 0, "%s is empty", what);
}

int line_of_file(bool line, const char *what, const char *path, char *text, size_t size, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(err, ERR_CONFIG, errno, "%s: %s: %s", what, path, strerror(errno));
	int result = read_some(fd, line, what, text, size, err);
	close(fd);
	return result;
}

int line_of_stdin(const char *what, char *text, size_t size, struct err *err)
{
	return read_some(STDIN_FILENO, true, what, text, size, err);
}

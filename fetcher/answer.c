/* Header lines (RFC 9110 5). */
#include "fetcher/answer.h"

#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#include "common/text.h"

static void take_header(struct span line, const char *name, char *to, size_t size)
{
	size_t len = strlen(name);
	if (line.len <= len || strncasecmp(line.at, name, len) != 0 || line.at[len] != ':')
		return;
	struct span value = {line.at + len + 1, line.len - len - 1};
	while (value.len && (*value.at == ' ' || *value.at == '\t')) {
		value.at++;
		value.len--;
	}
	while (value.len && strchr(" \t\r\n", value.at[value.len - 1]))
		value.len--;
	IGNORE(!span_copy(value, to, size)); /* a longer value is of no use and may be cut */
}

/* -1 for what is no count: a walk trusts a total. */
static int64_t read_total(const char *text)
{
	char *end;
	errno = 0;
	long long total = strtoll(text, &end, 10);
	return errno || end == text || *end || total < 0 ? -1 : total;
}

void answer_take_header(struct answer *answer, struct span line)
{
	char total[24] = "";
	take_header(line, "content-type", answer->content_type, sizeof answer->content_type);
	text_mend(answer->content_type, sizeof answer->content_type - 1); /* it is sent on */
	take_header(line, "content-encoding", answer->encoding, sizeof answer->encoding);
	take_header(line, "date", answer->date, sizeof answer->date);
	take_header(line, "retry-after", answer->retry_after, sizeof answer->retry_after);
	take_header(line, "location", answer->location, sizeof answer->location);
	take_header(line, "x-total-count", total, sizeof total);
	if (*total)
		answer->total = read_total(total);
}

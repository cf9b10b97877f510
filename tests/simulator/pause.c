/* Retry-After read as it was sent. */
#include "pause.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "response.h"

enum { LONGEST_S = 1000 * 1000 * 1000 }; /* that a header may say, as far as the sum is concerned */

void pause_saw(struct pause *pause, int64_t now_ms)
{
	pause->early += now_ms >= pause->from_ms + PAUSE_GRACE_MS && now_ms < pause->until_ms;
}

static int64_t until_of(const char *retry_after, int64_t now_ms)
{
	struct tm date = {0};
	if (strptime(retry_after, "%a, %d %b %Y %H:%M:%S GMT", &date))
		return (int64_t)timegm(&date) * 1000;
	long long seconds = strtoll(retry_after, NULL, 10);
	return now_ms + (seconds < LONGEST_S ? seconds : LONGEST_S) * 1000;
}

void pause_told(struct pause *pause, int64_t now_ms, const struct response *response)
{
	static const char name[] = "Retry-After: ";
	const char *header = response->status == 429 ? strstr(response->headers, name) : NULL;
	int64_t until_ms = header ? until_of(header + sizeof name - 1, now_ms) : 0;
	if (until_ms <= pause->until_ms)
		return;
	if (now_ms >= pause->until_ms)
		pause->from_ms = now_ms;
	pause->until_ms = until_ms;
}

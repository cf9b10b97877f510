/* Connection strings. Their forms: PostgreSQL's documentation, 34.1.1. */
#include "common/conninfo.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <string.h>

#include "common/span.h"

/* What stands behind the scheme of a URL, NULL: it is none. */
static const char *behind_scheme(const char *conninfo)
{
	static const char *const schemes[] = {"postgresql://", "postgres://"};
	for (size_t i = 0; i < COUNT_OF(schemes); i++) {
		if (strncmp(conninfo, schemes[i], strlen(schemes[i])) == 0)
			return conninfo + strlen(schemes[i]);
	}
	return NULL;
}

/* libpq takes the first @ before the first / for the end of the user's part. Another one before the parameters is a character of a
 * password that is not encoded: what it takes for host or database is then a part of it. */
static bool url_is_clear(const char *rest)
{
	const char *at = memchr(rest, '@', strcspn(rest, "/")), *behind = at ? at + 1 : rest;
	return !memchr(behind, '@', strcspn(behind, "?"));
}

/* One for each host, with commas between. */
static bool ports_are_numbers(const PQconninfoOption *option)
{
	for (; option->keyword; option++) {
		if (strcmp(option->keyword, "port") == 0 && option->val)
			return option->val[strspn(option->val, "0123456789,")] == '\0';
	}
	return true;
}

static bool libpq_reads(const char *conninfo)
{
	PQconninfoOption *options = PQconninfoParse(conninfo, NULL);
	bool reads = options && ports_are_numbers(options);
	PQconninfoFree(options);
	return reads;
}

static bool is_clear(const char *conninfo)
{
	const char *url = behind_scheme(conninfo);
	if (!url && !strchr(conninfo, '='))
		return !strpbrk(conninfo, ":/@ "); /* a name alone is the database's */
	return (!url || url_is_clear(url)) && libpq_reads(conninfo);
}

int conninfo_check(const char *conninfo, struct err *err)
{
	if (is_clear(conninfo))
		return 0;
	return err_set(
		err, ERR_CONFIG, 0,
		"the setting postgres cannot be read. As postgresql://USER:PASSWORD@HOST:PORT/DATABASE: write %%25 for a %% of the "
		"password, %%40 for @, %%2F for /. As words: quote what has spaces, as in password='two words'");
}

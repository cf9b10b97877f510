/* Names and addresses. */
#include "ctl/account_input.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "common/span.h"

int account_check_name(const char *name, struct err *err)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";
	size_t len = strlen(name);
	if (len == 0 || len > LIMIT_ACCOUNT || strspn(name, letters) != len || strchr("._-", name[0]))
		return err_set(err, ERR_CONFIG, 0,
		               "must be 1 to %d of a-z, 0-9, '.', '_', '-', and begin with a letter or digit", LIMIT_ACCOUNT);
	return 0;
}

static size_t scheme_length(const char *url)
{
	if (strncasecmp(url, "http://", 7) == 0)
		return 7;
	return strncasecmp(url, "https://", 8) == 0 ? 8 : 0;
}

static void trim_end(char *url, size_t keep)
{
	size_t len = strlen(url);
	for (;;) {
		if (len > keep && url[len - 1] == '/')
			len--;
		else if (len >= keep + 5 && strncasecmp(url + len - 5, "/rest", 5) == 0)
			len -= 5;
		else
			break;
		url[len] = '\0';
	}
}

int account_check_url(const char *url, char *tidy, struct err *err)
{
	size_t scheme = scheme_length(url);
	if (!scheme)
		return err_set(err, ERR_CONFIG, 0, "must begin with http:// or https://");
	for (const char *c = url; *c; c++) {
		if ((unsigned char)*c <= ' ' || *c == 0x7f || *c == '\\')
			return err_set(err, ERR_CONFIG, 0, "holds a space, a control character or a backslash");
	}
	size_t host = strcspn(url + scheme, "/?#");
	/* Never repeat it: what stands before the @ is a password. */
	if (memchr(url + scheme, '@', host))
		return err_set(err, ERR_CONFIG, 0, "holds a user or password (before the @): give them beside the address");
	if (host == 0 || url[scheme] == ':')
		return err_set(err, ERR_CONFIG, 0, "has no host");
	if (strpbrk(url + scheme, "?#"))
		return err_set(err, ERR_CONFIG, 0, "must be the server's address only, without ? or #");
	if (!span_copy(span_of(url), tidy, LIMIT_URL))
		return err_set(err, ERR_CONFIG, 0, "is longer than %d bytes", LIMIT_URL - 1);
	for (size_t i = 0; i < scheme + host; i++)
		tidy[i] = (char)tolower((unsigned char)tidy[i]);
	trim_end(tidy, scheme + host);
	return 0;
}

/* Sessions and tokens. */
#include "console/access.h"

#include <arpa/inet.h>
#include <sodium.h>
#include <stdio.h>
#include <strings.h>

#include "common/sql.h"

#define COOKIE "syncline_session"
enum { SECRET_BYTES = 32 };

const char *scope_name(enum scope scope)
{
	static const char *const names[] = {"none", "read", "operate", "admin"};
	return names[scope];
}

enum scope scope_find(const char *name)
{
	for (enum scope scope = SCOPE_READ; name && scope <= SCOPE_ADMIN; scope++) {
		if (strcmp(name, scope_name(scope)) == 0)
			return scope;
	}
	return SCOPE_NONE;
}

int scope_read(const char *name, enum scope *scope, struct err *err)
{
	enum scope found = scope_find(name);
	if (found == SCOPE_NONE)
		return err_set(err, ERR_CONFIG, 0, "--scope must be read, operate or admin, not '%s'", name);
	*scope = found;
	return 0;
}

void access_random(size_t bytes, char *text)
{
	unsigned char raw[64];
	randombytes_buf(raw, bytes);
	sodium_bin2hex(text, 2 * bytes + 1, raw, bytes);
	sodium_memzero(raw, sizeof raw);
}

void access_digest(const char *purpose, const char *value, char text[65])
{
	unsigned char digest[32];
	crypto_generichash_state state;
	crypto_generichash_init(&state, NULL, 0, sizeof digest);
	crypto_generichash_update(&state, (const unsigned char *)purpose, strlen(purpose) + 1);
	crypto_generichash_update(&state, (const unsigned char *)value, strlen(value));
	crypto_generichash_final(&state, digest, sizeof digest);
	sodium_bin2hex(text, 65, digest, sizeof digest);
}

/* ---- who comes ---- */

/* By the digest of what was sent. */
static int find(struct pg *pg, const char *statement, const char *digest, struct visitor *visitor, struct err *err)
{
	PG_RESULT *row = NULL;
	if (pg_query(pg, sql_text(statement), 1, &digest, &row, err))
		return -1;
	if (PQntuples(row) == 0)
		return 0;
	visitor->scope = scope_find(pg_text(row, 0, "scope"));
	snprintf(visitor->name, sizeof visitor->name, "%s", pg_text(row, 0, "name"));
	return 0;
}

int access_token(struct pg *pg, const char *token, struct visitor *visitor, struct err *err)
{
	char digest[65];
	access_digest("token", token, digest);
	return find(pg, "q_console_token", digest, visitor, err);
}

static int read_session(struct visit *visit, const char *value, struct err *err)
{
	struct visitor *visitor = &visit->visitor;
	access_digest("session", value, visitor->session_id);
	if (find(visit->ctl.pg, "q_console_session", visitor->session_id, visitor, err))
		return -1;
	visitor->by_cookie = visitor->scope != SCOPE_NONE;
	access_digest("csrf", value, visitor->csrf);
	return 0;
}

/* Nobody has a password, and who comes here is on this machine. */
static void let_in(struct visit *visit)
{
	struct visitor *visitor = &visit->visitor;
	visitor->scope = SCOPE_ADMIN;
	visitor->by_cookie = true; /* a browser may have been sent here by another page */
	snprintf(visitor->name, sizeof visitor->name, "this machine");
	access_digest("csrf", visit->console->secret, visitor->csrf);
}

int access_read(struct visit *visit, struct err *err)
{
	const char *authorization = http_header(visit->request, "Authorization");
	const char *cookie = http_cookie(visit->request, COOKIE);
	if (authorization && strncasecmp(authorization, "Bearer ", 7) == 0)
		return access_token(visit->ctl.pg, authorization + 7, &visit->visitor, err);
	if (visit->console->open)
		let_in(visit);
	else if (*cookie)
		return read_session(visit, cookie, err);
	return 0;
}

/* ---- where the request was made ---- */

static bool same_text(const char *a, const char *b)
{
	size_t len = strlen(a);
	return len && len == strlen(b) && sodium_memcmp(a, b, len) == 0;
}

bool access_is_from_elsewhere(const struct visit *visit)
{
	const char *site = http_header(visit->request, "Sec-Fetch-Site");
	return site && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0;
}

bool access_is_from_us(const struct visit *visit)
{
	if (!visit->visitor.by_cookie)
		return true;
	if (access_is_from_elsewhere(visit))
		return false;
	const char *proof = http_header(visit->request, "X-CSRF-Token");
	return same_text(proof ? proof : http_value(&visit->request->form, "csrf"), visit->visitor.csrf);
}

/* "[::1]:8080" -> "::1", "localhost:80" -> "localhost" */
static void host_name(const char *host, char *name, size_t size)
{
	if (*host == '[')
		snprintf(name, size, "%.*s", (int)strcspn(host + 1, "]"), host + 1);
	else
		snprintf(name, size, "%.*s", (int)strcspn(host, ":"), host);
}

bool access_is_loopback(const char *address)
{
	unsigned char four[4], six[16];
	if (inet_pton(AF_INET, address, four) == 1)
		return four[0] == 127;
	return inet_pton(AF_INET6, address, six) == 1 && memcmp(six, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16) == 0;
}

static bool host_is_local(const char *host)
{
	char name[256];
	host_name(host, name, sizeof name);
	return strcasecmp(name, "localhost") == 0 || access_is_loopback(name);
}

bool access_url_is_local(const char *url)
{
	char host[256];
	const char *begin = strstr(url, "://");
	begin = begin ? begin + 3 : url;
	snprintf(host, sizeof host, "%.*s", (int)strcspn(begin, "/"), begin);
	return !*host || host_is_local(host);
}

bool access_host_is_ours(const struct visit *visit)
{
	static const char *const by_proxies[] = {"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "Via"};
	const char *host = http_header(visit->request, "Host");
	if (!visit->console->open)
		return true;
	for (size_t i = 0; i < COUNT_OF(by_proxies); i++) {
		if (http_header(visit->request, by_proxies[i]))
			return false;
	}
	return host && host_is_local(host);
}

void access_read_address(struct visit *visit)
{
	unsigned char binary[16];
	char *address = visit->request->address;
	const char *seen = http_header(visit->request, "X-Forwarded-For");
	if (!seen || !*visit->console->settings->console_url || !access_is_loopback(address))
		return;
	const char *last = strrchr(seen, ','); /* those before it are what the visitor claims */
	last = last ? last + 1 : seen;
	last += strspn(last, " ");
	if (inet_pton(AF_INET, last, binary) == 1 || inet_pton(AF_INET6, last, binary) == 1)
		snprintf(address, sizeof visit->request->address, "%s", last);
}

/* ---- sessions ---- */

int access_begin_session(struct visit *visit, const char *user, struct err *err)
{
	char value[2 * SECRET_BYTES + 1], digest[65], cookie[200];
	access_random(SECRET_BYTES, value);
	access_digest("session", value, digest);
	const char *values[] = {digest, user, visit->request->address};
	int result = pg_run(visit->ctl.pg, sql_text("q_console_session_begin"), 3, values, NULL, err);
	bool secure = strncmp(visit->console->settings->console_url, "https:", 6) == 0;
	snprintf(cookie, sizeof cookie, COOKIE "=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=2592000%s", value,
	         secure ? "; Secure" : "");
	if (result == 0)
		http_add_header(visit->request, visit->response, "Set-Cookie", cookie);
	sodium_memzero(value, sizeof value);
	sodium_memzero(cookie, sizeof cookie);
	return result;
}

int access_end_session(struct visit *visit, struct err *err)
{
	const char *values[] = {visit->visitor.session_id};
	http_add_header(visit->request, visit->response, "Set-Cookie",
	                COOKIE "=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
	return pg_run(visit->ctl.pg, "DELETE FROM console_session WHERE digest = $1", 1, values, NULL, err);
}

int access_has_users(struct pg *pg, bool *any, struct err *err)
{
	PG_RESULT *row = NULL;
	if (pg_query(pg, "SELECT EXISTS (SELECT 1 FROM console_user) AS any", 0, NULL, &row, err))
		return -1;
	*any = pg_bool(row, 0, "any");
	return 0;
}

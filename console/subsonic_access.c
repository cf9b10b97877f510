/* Who asks: an API key, or user and password.
 *
 * Players send their password with every request, and Argon2 takes 100 ms: so a pair that was right is remembered for a minute,
 * as a digest keyed with this process' secret, together with the stored hash: a password that was changed is forgotten at once. */
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "console/access.h"
#include "console/audit.h"
#include "console/guard.h"
#include "console/subsonic.h"
#include "console/user.h"
#include "ctl/figure.h"

enum { REMEMBERED = 256, REMEMBER_MS = 60 * 1000 };

static struct {
	pthread_mutex_t lock;
	struct {
		char digest[65];
		int64_t until_ms;
	} entries[REMEMBERED];
} memory = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* Which place a digest has: by its first byte, so that a new pair replaces at most one other. */
static bool remembers(const char *digest, bool remember)
{
	unsigned char place = 0;
	bool known;
	sodium_hex2bin(&place, 1, digest, 2, NULL, NULL, NULL);
	pthread_mutex_lock(&memory.lock);
	known = memory.entries[place].until_ms > clock_ms() && sodium_memcmp(memory.entries[place].digest, digest, 64) == 0;
	if (remember) {
		memcpy(memory.entries[place].digest, digest, 65);
		memory.entries[place].until_ms = clock_ms() + REMEMBER_MS;
	}
	pthread_mutex_unlock(&memory.lock);
	return known;
}

static void digest_pair(const struct subsonic *subsonic, const char *hash, const char *password, char digest[65])
{
	char inner[65], text[300];
	access_digest(subsonic->visit->console->secret, password, inner);
	snprintf(text, sizeof text, "%s %.130s", inner, hash);
	access_digest(subsonic->visit->console->secret, text, digest);
	sodium_memzero(inner, sizeof inner);
}

/* ---- API keys ---- */

/* The key's name becomes the user, if there is none. */
static int find_key(struct subsonic *subsonic, const char *key, bool *good, struct err *err)
{
	struct visitor visitor = {0};
	if (access_token(subsonic->visit->ctl.pg, key, &visitor, err))
		return -1;
	*good = visitor.scope != SCOPE_NONE;
	if (*good && !*subsonic->user)
		snprintf(subsonic->user, sizeof subsonic->user, "%s", visitor.name);
	return 0;
}

/* ---- passwords ---- */

/* "enc:736563726574" -> "secret"; other texts are as they are. NULL: broken. */
static const char *clear_password(struct subsonic *subsonic, const char *sent)
{
	size_t len = strlen(sent), used = 0;
	if (strncmp(sent, "enc:", 4) != 0)
		return sent;
	char *clear = arena_alloc(&subsonic->visit->request->arena, len);
	if (!clear || sodium_hex2bin((unsigned char *)clear, len - 1, sent + 4, len - 4, NULL, &used, NULL))
		return NULL;
	return clear;
}

static int check_now(struct subsonic *subsonic, const char *password, const char *digest, bool *good, struct err *err)
{
	struct visit *visit = subsonic->visit;
	char wait[FIGURE_TEXT];
	int64_t wait_ms = guard_try(visit->console->guard, visit->request->address, subsonic->user, clock_ms());
	if (wait_ms)
		return err_set(err, ERR_CONFIG, 0, "Too many wrong sign-ins; the next try is possible in %s",
		               figure_span(wait_ms, wait));
	if (user_check(visit->ctl.pg, subsonic->user, password, good, err)) {
		guard_take_back(visit->console->guard, visit->request->address, subsonic->user);
		return -1;
	}
	if (*good) {
		guard_forgive(visit->console->guard, visit->request->address, subsonic->user);
		remembers(digest, true);
	} else {
		audit_refused(visit, subsonic->user, "subsonic");
	}
	return 0;
}

/* One at a time: a player that begins with ten requests at once is one sign-in, not ten tries. */
static int check_slowly(struct subsonic *subsonic, const char *password, const char *digest, bool *good,
                        struct err *err)
{
	static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
	pthread_mutex_lock(&one_at_a_time);
	*good = remembers(digest, false);
	int result = *good ? 0 : check_now(subsonic, password, digest, good, err);
	pthread_mutex_unlock(&one_at_a_time);
	return result;
}

static int check_password(struct subsonic *subsonic, const char *password, bool *good, struct err *err)
{
	PG_RESULT *row = NULL;
	char digest[65];
	const char *name = subsonic->user;
	if (strncmp(password, "syncline_", 9) == 0)
		return find_key(subsonic, password, good, err);
	if (pg_query(subsonic->visit->ctl.pg, "SELECT password FROM console_user WHERE name = $1", 1, &name, &row, err))
		return -1;
	digest_pair(subsonic, PQntuples(row) ? pg_text(row, 0, "password") : "", password, digest);
	*good = remembers(digest, false);
	return *good ? 0 : check_slowly(subsonic, password, digest, good, err);
}

/* "anna@home" -> user "anna", account "home". */
static void read_user(struct subsonic *subsonic, const char *sent)
{
	const char *at = strrchr(sent, '@');
	size_t len = at ? (size_t)(at - sent) : strlen(sent);
	span_copy((struct span){sent, len}, subsonic->user, sizeof subsonic->user);
	span_copy(span_of(at ? at + 1 : ""), subsonic->only, sizeof subsonic->only);
}

static bool by_key(struct subsonic *subsonic, const char *key)
{
	struct err err;
	bool good = false;
	if (find_key(subsonic, key, &good, &err))
		subsonic_fail(subsonic, &err);
	else if (!good)
		subsonic_error(subsonic, SUBSONIC_WRONG_KEY, "The API key is not one of this server: syncline token add");
	return good;
}

static bool by_password(struct subsonic *subsonic, const char *sent)
{
	struct err err;
	bool good = false;
	const char *password = clear_password(subsonic, sent);
	if (password && check_password(subsonic, password, &good, &err))
		subsonic_fail(subsonic, &err);
	else if (!good)
		subsonic_error(subsonic, SUBSONIC_WRONG_SIGN_IN, "User and password do not fit together");
	return good;
}

bool subsonic_sign_in(struct subsonic *subsonic)
{
	const char *key = subsonic_param(subsonic, "apiKey"), *user = subsonic_param(subsonic, "u");
	const char *password = subsonic_param(subsonic, "p"), *token = subsonic_param(subsonic, "t");
	read_user(subsonic, user);
	if (*key && (*user || *password || *token)) {
		subsonic_error(subsonic, SUBSONIC_TWO_SIGN_INS, "Sign in one way: by apiKey alone, or by u and p");
		return false;
	}
	if (subsonic->visit->console->open)
		return true;
	if (*key)
		return by_key(subsonic, key);
	if (*user && *password)
		return by_password(subsonic, password);
	if (*user && *token)
		subsonic_error(subsonic, SUBSONIC_NO_TOKENS,
		               "Token and salt need the password in clear, which this server does not keep: "
		               "sign in by API key, or by password");
	else
		subsonic_error(subsonic, SUBSONIC_MISSING_PARAMETER, "Sign in: apiKey, or u and p");
	return false;
}

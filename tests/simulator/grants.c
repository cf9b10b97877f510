/* Users by name in a hash table; everything else is in the token's own text. */
#include "grants.h"

#include <stdio.h>
#include <stdlib.h>

#include "mix.h"

struct grant_user {
	struct grant_user *next;
	char name[USER_MAX], scope[SCOPE_MAX];
	uint32_t refresh;                    /* n of the refresh token that works */
	uint32_t access_made, access_from;   /* numbers of access tokens: made so far, and the first that works */
	bool revoked;                        /* no refresh token works */
	uint32_t revocations;                /* so far */
	int64_t asked_ends[GRANT_ASKED_MAX]; /* when requests for a token are answered; in the past: a free place */
};

static const char all_scopes[] = "user-library-read user-follow-read playlist-read-private playlist-read-collaborative "
								 "user-read-private";

static uint64_t hash_of(const char *text)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return mix64(hash);
}

static struct grant_user *user_of(struct grants *grants, const char *name)
{
	struct grant_user **link = &grants->users[hash_of(name) % GRANT_BUCKETS];
	while (*link && strcmp((*link)->name, name) != 0)
		link = &(*link)->next;
	if (!*link) {
		*link = must_alloc(1, sizeof **link);
		(*link)->refresh = 1;
		snprintf((*link)->name, USER_MAX, "%s", name);
		snprintf((*link)->scope, SCOPE_MAX, "%s", all_scopes);
	}
	return *link;
}

void grants_open(struct grants *grants)
{
	*grants = (struct grants){.user = "demo", .life_s = 3600};
}

void grants_reset(struct grants *grants)
{
	for (unsigned i = 0; i < GRANT_BUCKETS; i++) {
		for (struct grant_user *user = grants->users[i], *next; user; user = next) {
			next = user->next;
			free(user);
		}
		grants->users[i] = NULL;
	}
	memset(grants->codes, 0, sizeof grants->codes);
	*grants->consent_user = *grants->consent_scope = 0;
	grants->consent_denied = false;
	grants->refreshes = grants->reused = 0;
	grants->asked_at_once = 0;
}

void grants_close(struct grants *grants)
{
	grants_reset(grants);
}

/* The text between a prefix and the last `dashes` dashes. */
static bool between(const char *token, const char *prefix, unsigned dashes, char user[USER_MAX])
{
	size_t len = strlen(prefix), end = strlen(token);
	if (strncmp(token, prefix, len) != 0)
		return false;
	for (; dashes; dashes--) {
		while (end > len && token[end - 1] != '-')
			end--;
		if (end <= len + 1)
			return false;
		end--;
	}
	if (end - len >= USER_MAX)
		return false;
	memcpy(user, token + len, end - len);
	user[end - len] = 0;
	return true;
}

/* user-<user> or user-<user>.<n>; 0: neither. */
static unsigned user_token(const char *token, char user[USER_MAX])
{
	char *dot, *end;
	if (!between(token, "user-", 0, user))
		return 0;
	dot = strrchr(user, '.');
	unsigned long number = dot ? strtoul(dot + 1, &end, 10) : 1;
	if (!dot || *end || !dot[1])
		return 1; /* a dot in the name */
	*dot = 0;
	return (unsigned)number;
}

bool grants_user_of(const char *token, char user[USER_MAX])
{
	return between(token, "access-", 3, user) || between(token, "refresh-", 1, user) || user_token(token, user);
}

bool grants_knows(const struct grants *grants, const char *user)
{
	return *user && (grants->any_user || strcmp(user, grants->user) == 0);
}

static void write_access(const char *user, unsigned number, int64_t end_ms, char token[TOKEN_MAX])
{
	uint64_t check = mix64(hash_of(user) ^ mix64((uint64_t)end_ms) ^ number);
	snprintf(token, TOKEN_MAX, "access-%s-%u-%lld-%016llx", user, number, (long long)end_ms, (unsigned long long)check);
}

void grants_make_access(struct grants *grants, const char *user, int64_t now_ms, char token[TOKEN_MAX])
{
	write_access(user, user_of(grants, user)->access_made++, now_ms + grants->life_s * 1000, token);
}

enum token_state grants_check_access(struct grants *grants, const char *token, int64_t now_ms, char user[USER_MAX])
{
	char again[TOKEN_MAX];
	unsigned number;
	long long end_ms;
	if (!between(token, "access-", 3, user) ||
	    sscanf(token + strlen("access-") + strlen(user), "-%u-%lld-", &number, &end_ms) != 2)
		return TOKEN_BAD;
	write_access(user, number, end_ms, again);
	if (strcmp(again, token) != 0 || !grants_knows(grants, user) || number < user_of(grants, user)->access_from)
		return TOKEN_BAD;
	return end_ms > now_ms ? TOKEN_GOOD : TOKEN_EXPIRED;
}

bool grants_use_refresh(struct grants *grants, const char *token, char user[USER_MAX])
{
	char now[TOKEN_MAX];
	if (!between(token, "refresh-", 1, user) || !grants_knows(grants, user))
		return false;
	struct grant_user *found = user_of(grants, user);
	grants_refresh_token(grants, user, now);
	if (found->revoked)
		return false;
	if (strcmp(now, token) != 0) {
		grants->reused++;
		return false;
	}
	grants->refreshes++;
	found->refresh += !grants->keep_refresh;
	return true;
}

void grants_asked(struct grants *grants, const char *user, int64_t now_ms, int64_t answer_ms)
{
	struct grant_user *found = user_of(grants, user);
	unsigned under_way = 1, place = 0;
	for (unsigned i = 0; i < GRANT_ASKED_MAX; i++) {
		under_way += found->asked_ends[i] > now_ms;
		if (found->asked_ends[i] <= now_ms)
			place = i;
	}
	found->asked_ends[place] = now_ms + answer_ms;
	if (under_way > grants->asked_at_once)
		grants->asked_at_once = under_way;
}

bool grants_check_user_token(struct grants *grants, const char *token, char user[USER_MAX])
{
	unsigned number = user_token(token, user);
	return number && grants_knows(grants, user) && number == user_of(grants, user)->revocations + 1;
}

void grants_user_token(struct grants *grants, const char *user, char token[TOKEN_MAX])
{
	uint32_t revocations = user_of(grants, user)->revocations;
	if (revocations)
		snprintf(token, TOKEN_MAX, "user-%s.%u", user, revocations + 1);
	else
		snprintf(token, TOKEN_MAX, "user-%s", user);
}

void grants_refresh_token(struct grants *grants, const char *user, char token[TOKEN_MAX])
{
	snprintf(token, TOKEN_MAX, "refresh-%s-%u", user, user_of(grants, user)->refresh);
}

void grants_renew(struct grants *grants, const char *user, const char *scope)
{
	struct grant_user *found = user_of(grants, user);
	found->revoked = false;
	found->refresh++;
	snprintf(found->scope, SCOPE_MAX, "%s", scope);
}

void grants_revoke(struct grants *grants, const char *user, enum revoke what)
{
	struct grant_user *found = user_of(grants, user);
	found->revocations++;
	if (what != REVOKE_REFRESH)
		found->access_from = found->access_made;
	if (what != REVOKE_ACCESS)
		found->revoked = true;
}

const char *grants_scope(struct grants *grants, const char *user)
{
	return user_of(grants, user)->scope;
}

void grants_set_scope(struct grants *grants, const char *user, const char *scope)
{
	snprintf(user_of(grants, user)->scope, SCOPE_MAX, "%s", scope);
}

bool grants_has_scope(struct grants *grants, const char *user, const char *scope)
{
	size_t len = strlen(scope);
	for (const char *at = grants_scope(grants, user); (at = strstr(at, scope)); at += len) {
		if (at[len] == 0 || at[len] == ' ')
			return true;
	}
	return false;
}

struct grant_code *grants_new_code(struct grants *grants)
{
	struct grant_code *code = &grants->codes[grants->codes_made % GRANT_CODE_MAX];
	*code = (struct grant_code){0};
	snprintf(code->code, sizeof code->code, "code-%016llx", (unsigned long long)mix64(++grants->codes_made));
	return code;
}

struct grant_code *grants_find_code(struct grants *grants, const char *code)
{
	for (unsigned i = 0; i < GRANT_CODE_MAX; i++) {
		if (*code && strcmp(grants->codes[i].code, code) == 0)
			return &grants->codes[i];
	}
	return NULL;
}

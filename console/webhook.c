/* Rows of webhooks. */
#include "console/webhook.h"

#include <curl/curl.h>
#include <sodium.h>
#include <stdio.h>

#include "common/sql.h"
#include "console/limits.h"
#include "console/public_address.h"

enum { HEX_MAX = 2 * VAULT_SEALED_MAX + 3, PLAIN_MAX = WEBHOOK_SECRET + LIMIT_URL };

const struct webhook_event webhook_events[WEBHOOK_EVENTS] = {
	{"complete", "sync.complete", "a sync has read everything"},
	{"partial", "sync.partial", "a sync has left something undone"},
	{"failed", "sync.failed", "a sync has got nothing"},
	{"needs_auth", "account.needs_auth", "a provider refuses an account's sign-in"},
	{"held", "removals.held",
     "unusually many items are no longer listed, and wait for somebody to confirm their removal"},
};

/* ---- events ---- */

static int find_event(struct span word, struct err *err)
{
	for (int i = 0; i < WEBHOOK_EVENTS; i++) {
		if (span_is(word, webhook_events[i].word) || span_is(word, webhook_events[i].type))
			return i;
	}
	return err_set(err, ERR_CONFIG, 0,
	               "there is no event '%.*s'; there are complete, partial, failed, needs_auth and held",
	               (int)(word.len < 40 ? word.len : 40), word.at);
}

int webhook_read_events(const char *words, char types[WEBHOOK_TYPES], struct err *err)
{
	bool wanted[WEBHOOK_EVENTS] = {false}, all = !words || !*words;
	size_t used = 1;
	for (const char *at = words; !all && *at;) {
		at += strspn(at, ", ");
		size_t len = strcspn(at, ", ");
		int event = len ? find_event((struct span){at, len}, err) : 0;
		if (event < 0)
			return -1;
		wanted[event] |= len > 0;
		at += len;
	}
	memcpy(types, "{", 2);
	for (int i = 0; i < WEBHOOK_EVENTS; i++) {
		if (all || wanted[i])
			used += (size_t)snprintf(types + used, WEBHOOK_TYPES - used, "%s%s", used > 1 ? "," : "",
			                         webhook_events[i].type);
	}
	if (used == 1)
		return err_set(err, ERR_CONFIG, 0,
		               "no event is named; there are complete, partial, failed, needs_auth and held");
	snprintf(types + used, WEBHOOK_TYPES - used, "}");
	return 0;
}

const char *webhook_write_events(const char *types, char words[WEBHOOK_TYPES])
{
	size_t used = 0;
	int named = 0;
	*words = '\0';
	for (int i = 0; i < WEBHOOK_EVENTS; i++) {
		if (!strstr(types, webhook_events[i].type))
			continue;
		used += (size_t)snprintf(words + used, WEBHOOK_TYPES - used, "%s%s", used ? ", " : "", webhook_events[i].word);
		named++;
	}
	if (named == WEBHOOK_EVENTS)
		snprintf(words, WEBHOOK_TYPES, "all");
	return words;
}

/* ---- the address ---- */

struct address {
	char *scheme, *user, *password, *host, *port;
};

static int judge_host(const struct address *address, bool internal, struct err *err)
{
	char host[WEBHOOK_TARGET];
	size_t len = strlen(address->host);
	bool bracketed = *address->host == '[', literal = false;
	if (internal)
		return 0;
	if (strcmp(address->scheme, "https") != 0)
		return err_set(err, ERR_CONFIG, 0,
		               "the address must begin with https://: http is only for internal receivers, which are added on the "
		               "terminal with --allow-internal");
	snprintf(host, sizeof host, "%.*s", (int)(len - 2 * bracketed), address->host + bracketed);
	if ((public_address_text(host, &literal) || !literal) && strcmp(host, "localhost") != 0)
		return 0;
	return err_set(err, ERR_CONFIG, 0,
	               "%s is an internal address: such receivers are added on the terminal with --allow-internal", host);
}

static int judge_url(const struct address *address, bool internal, char target[WEBHOOK_TARGET], struct err *err)
{
	if (!address->scheme || !address->host || !*address->host ||
	    (strcmp(address->scheme, "https") != 0 && strcmp(address->scheme, "http") != 0))
		return err_set(err, ERR_CONFIG, 0, "the address must be one of https://HOST/...");
	if (address->user || address->password)
		return err_set(err, ERR_CONFIG, 0,
		               "the address holds a user or password (before the @), which is not supported");
	if (snprintf(target, WEBHOOK_TARGET, "%s://%s%s%s", address->scheme, address->host, address->port ? ":" : "",
	             address->port ? address->port : "") >= WEBHOOK_TARGET)
		return err_set(err, ERR_CONFIG, 0, "the address's host is too long");
	return judge_host(address, internal, err);
}

static int read_url(CURLU *parsed, const char *url, bool internal, char target[WEBHOOK_TARGET], struct err *err)
{
	struct address address = {0};
	if (curl_url_set(parsed, CURLUPART_URL, url, 0) != CURLUE_OK)
		return err_set(err, ERR_CONFIG, 0, "the address cannot be understood; it must be one of https://HOST/...");
	/* What is missing stays NULL. */
	curl_url_get(parsed, CURLUPART_SCHEME, &address.scheme, 0);
	curl_url_get(parsed, CURLUPART_USER, &address.user, 0);
	curl_url_get(parsed, CURLUPART_PASSWORD, &address.password, 0);
	curl_url_get(parsed, CURLUPART_HOST, &address.host, 0);
	curl_url_get(parsed, CURLUPART_PORT, &address.port, 0);
	int result = judge_url(&address, internal, target, err);
	curl_free(address.scheme);
	curl_free(address.user);
	curl_free(address.password);
	curl_free(address.host);
	curl_free(address.port);
	return result;
}

int webhook_check_url(const char *url, bool internal, char target[WEBHOOK_TARGET], struct err *err)
{
	for (const char *c = url; *c; c++) {
		if ((unsigned char)*c <= ' ' || *c == 0x7f || *c == '\\')
			return err_set(err, ERR_CONFIG, 0, "the address holds a space, a control character or a backslash");
	}
	if (strlen(url) >= LIMIT_URL)
		return err_set(err, ERR_CONFIG, 0, "the address is longer than %d bytes", LIMIT_URL - 1);
	CURLU *parsed = curl_url();
	if (!parsed)
		return err_set(err, ERR_FATAL, 0, "no memory");
	int result = read_url(parsed, url, internal, target, err);
	curl_url_cleanup(parsed);
	return result;
}

/* ---- sealed ---- */

/* What the sealed text is bound to: it is no account's, and its receiver cannot be exchanged for another. */
static struct span bound_to(const char *target, char text[WEBHOOK_TARGET + 16])
{
	int len = snprintf(text, WEBHOOK_TARGET + 16, "webhook %s", target);
	return (struct span){text, (size_t)len};
}

static int seal(const char *key_file, const struct webhook_wish *wish, const struct webhook_made *made,
                char hex[HEX_MAX], struct err *err)
{
	char plain[PLAIN_MAX], name[WEBHOOK_TARGET + 16];
	unsigned char sealed[VAULT_SEALED_MAX];
	struct vault *vault = NULL;
	size_t len = 0;
	if (vault_open(key_file, &vault, err))
		return -1;
	snprintf(plain, sizeof plain, "%s\n%s", made->secret, wish->url);
	int result = vault_seal(vault, bound_to(made->target, name), span_of(plain), sealed, &len, err);
	vault_wipe(plain, sizeof plain);
	vault_close(&vault);
	if (result)
		return -1;
	memcpy(hex, "\\x", 3);
	sodium_bin2hex(hex + 2, HEX_MAX - 2, sealed, len);
	return 0;
}

int webhook_unseal(const struct vault *vault, const char *target, const char *sealed_hex, char *secret, char *url,
                   struct err *err)
{
	unsigned char sealed[VAULT_SEALED_MAX];
	char plain[LIMIT_SECRET + 1], name[WEBHOOK_TARGET + 16];
	size_t len = 0;
	struct err ignored;
	bool read = strncmp(sealed_hex, "\\x", 2) == 0 &&
	            sodium_hex2bin(sealed, sizeof sealed, sealed_hex + 2, strlen(sealed_hex + 2), NULL, &len, NULL) == 0 &&
	            vault_unseal(vault, bound_to(target, name), sealed, len, plain, &ignored) == 0;
	const char *line = read ? strchr(plain, '\n') : NULL;
	bool whole = line && span_copy((struct span){plain, (size_t)(line - plain)}, secret, WEBHOOK_SECRET) &&
	             span_copy(span_of(line + 1), url, LIMIT_URL);
	vault_wipe(plain, sizeof plain);
	if (whole)
		return 0;
	return err_set(err, ERR_CONFIG, 0,
	               "the webhook cannot be unsealed with this key file; use the key it was sealed with, or remove it and add it "
	               "again");
}

/* ---- rows ---- */

int webhook_add(struct pg *pg, const char *key_file, const struct webhook_wish *wish, struct webhook_made *made,
                struct err *err)
{
	char hex[HEX_MAX], most[16];
	PG_RESULT *row = NULL;
	if (sodium_init() < 0)
		return err_set(err, ERR_FATAL, 0, "libsodium could not start");
	if (webhook_check_url(wish->url, wish->internal, made->target, err))
		return -1;
	webhook_secret_new(made->secret);
	snprintf(most, sizeof most, "%d", LIMIT_WEBHOOKS);
	const char *values[] = {made->target, hex, wish->types, wish->account_id, wish->internal ? "true" : "false", most};
	if (seal(key_file, wish, made, hex, err) ||
	    pg_query(pg, sql_text("q_webhook_add"), COUNT_OF(values), values, &row, err))
		return -1;
	if (PQntuples(row) == 0)
		return err_set(err, ERR_CONFIG, 0, "there are %d webhooks, and no more are allowed; remove one first",
		               LIMIT_WEBHOOKS);
	snprintf(made->id, sizeof made->id, "%s", pg_text(row, 0, "webhook_id"));
	return 0;
}

bool webhook_is_id(const char *text)
{
	size_t len = strlen(text);
	return len > 0 && len < 10 && *text != '0' && strspn(text, "0123456789") == len;
}

static int missing(const char *id, struct err *err)
{
	return err_set(err, ERR_REJECT, 0, "there is no webhook %.20s; `syncline webhook list` shows all", id);
}

int webhook_find(struct pg *pg, const char *id, struct err *err)
{
	PG_RESULT *row = NULL;
	if (!webhook_is_id(id))
		return missing(id, err);
	if (pg_query(pg, "SELECT FROM webhook WHERE webhook_id = $1::int", 1, &id, &row, err))
		return -1;
	return PQntuples(row) ? 0 : missing(id, err);
}

int webhook_remove(struct pg *pg, const char *id, char target[WEBHOOK_TARGET], struct err *err)
{
	PG_RESULT *row = NULL;
	if (!webhook_is_id(id))
		return missing(id, err);
	if (pg_query(pg, "DELETE FROM webhook WHERE webhook_id = $1::int RETURNING target", 1, &id, &row, err))
		return -1;
	if (PQntuples(row) == 0)
		return missing(id, err);
	snprintf(target, WEBHOOK_TARGET, "%s", pg_text(row, 0, "target"));
	return 0;
}

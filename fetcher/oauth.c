/* Token requests as forms, and their answers by tables. */
#include "fetcher/oauth.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <strings.h>
#include <yyjson.h>

#include "common/inflate.h"
#include "common/text.h"
#include "common/vault.h"
#include "fetcher/secrets.h"

/* Answers of a token endpoint are below 1 KiB; whatever is larger is none. */
enum { ANSWER_BYTES = 64 * 1024, DEFAULT_SECONDS = 3600, MOST_SECONDS = 30 * 24 * 3600 };

/* ---- requests ---- */

static const char *make_url(const char *account_url, const char *path, char url[OAUTH_URL])
{
	bool spotify = strcmp(account_url, SPOTIFY_URL) == 0;
	snprintf(url, OAUTH_URL, "%s%s", spotify ? "https://accounts.spotify.com" : account_url, path);
	return url;
}

const char *oauth_authorize_url(const char *account_url, char url[OAUTH_URL])
{
	return make_url(account_url, "/authorize", url);
}

const char *oauth_token_url(const char *account_url, char url[OAUTH_URL])
{
	return make_url(account_url, "/api/token", url);
}

void oauth_request_wipe(struct oauth_request *request)
{
	vault_wipe(request, sizeof *request);
}

/* Into form itself: a growing buffer would leave copies behind. Its size is that of the longest values, all escaped. */
static void add_value(struct oauth_request *request, const char *name, const char *value)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
	size_t used = strlen(request->form), size = sizeof request->form;
	used += (size_t)snprintf(request->form + used, size - used, "%s%s=", used ? "&" : "", name);
	for (; *value && used + 3 < size; value++) {
		bool as_is = strchr(plain, *value) != NULL;
		used += (size_t)snprintf(request->form + used, size - used, as_is ? "%c" : "%%%02X", (unsigned char)*value);
	}
}

static void add_client(struct oauth_request *request, const struct credentials *credentials)
{
	static const char scheme[] = "Basic ";
	char pair[2 * CREDENTIALS_ID + 2];
	if (!*credentials->client_secret) {
		add_value(request, "client_id", credentials->client_id);
		return;
	}
	int len = snprintf(pair, sizeof pair, "%s:%s", credentials->client_id, credentials->client_secret);
	memcpy(request->authorization, scheme, sizeof scheme);
	EVP_EncodeBlock((unsigned char *)request->authorization + sizeof scheme - 1, (const unsigned char *)pair, len);
	vault_wipe(pair, sizeof pair);
}

void oauth_refresh(const char *account_url, const struct credentials *credentials, struct oauth_request *ret)
{
	*ret = (struct oauth_request){0};
	oauth_token_url(account_url, ret->url);
	add_value(ret, "grant_type", "refresh_token");
	add_value(ret, "refresh_token", credentials->refresh_token);
	add_client(ret, credentials);
}

void oauth_redeem(const char *account_url, const struct credentials *credentials, const char *code,
                  const char *verifier, const char *redirect_uri, struct oauth_request *ret)
{
	*ret = (struct oauth_request){0};
	oauth_token_url(account_url, ret->url);
	add_value(ret, "grant_type", "authorization_code");
	add_value(ret, "code", code);
	add_value(ret, "redirect_uri", redirect_uri);
	add_value(ret, "code_verifier", verifier);
	add_client(ret, credentials);
}

/* ---- answers ---- */

static const char again[] = "nothing: it is tried again by itself";
static const char check_app[] = "check the app's client id (and secret) in the provider's developer pages";

/* RFC 6749 5.2, by the word in "error". */
static const struct refusal {
	const char *error;
	enum outcome outcome;
	const char *cause, *next_step;
} refusals[] = {
	{"invalid_grant", OUTCOME_NEEDS_AUTH, "the sign-in is no longer valid",
     "sign in again: syncline account login NAME"},
	{"invalid_client", OUTCOME_OPERATOR, "the app is not known to the provider", check_app},
	{"unauthorized_client", OUTCOME_OPERATOR, "the app may not do this", check_app},
	{"invalid_request", OUTCOME_OPERATOR, "the token request was not understood", check_app},
	{"unsupported_grant_type", OUTCOME_OPERATOR, "the token request was not understood", check_app},
	{"invalid_scope", OUTCOME_OPERATOR, "the app may not ask for these rights", check_app},
	{"temporarily_unavailable", OUTCOME_RETRY, "the token endpoint is busy", again},
	{"server_error", OUTCOME_RETRY, "the token endpoint failed", again},
};

/* Without such a word: by HTTP status. */
static const struct {
	long from, to;
	enum outcome outcome;
	const char *cause, *next_step;
} statuses[] = {
	{429, 429, OUTCOME_THROTTLED, "the token endpoint asks for fewer requests", again},
	{500, 599, OUTCOME_RETRY, "the token endpoint failed", again},
	{300, 399, OUTCOME_OPERATOR, "the token endpoint sends us elsewhere", "check the account's address"},
	{404, 405, OUTCOME_OPERATOR, "there is no token endpoint", "check the account's address"},
};

static void set(struct verdict *verdict, enum outcome outcome, const char *cause, const char *next_step)
{
	verdict->outcome = outcome;
	verdict->next_step = next_step;
	snprintf(verdict->cause, sizeof verdict->cause, "%s", cause);
}

static void judge_status(const struct answer *answer, int64_t now_ms, struct verdict *verdict)
{
	set(verdict, OUTCOME_RETRY, "this is no answer of a token endpoint", "check the account's address");
	for (size_t i = 0; i < COUNT_OF(statuses); i++) {
		if (answer->status >= statuses[i].from && answer->status <= statuses[i].to)
			set(verdict, statuses[i].outcome, statuses[i].cause, statuses[i].next_step);
	}
	outcome_take_pause(answer, now_ms, verdict);
	if (answer->status == 503 && verdict->retry_after_ms > 0)
		verdict->outcome = OUTCOME_THROTTLED;
}

static bool judge_refusal(yyjson_val *root, struct verdict *verdict)
{
	const char *error = yyjson_get_str(yyjson_obj_get(root, "error"));
	const char *description = yyjson_get_str(yyjson_obj_get(root, "error_description"));
	for (size_t i = 0; error && i < COUNT_OF(refusals); i++) {
		if (strcmp(refusals[i].error, error) != 0)
			continue;
		set(verdict, refusals[i].outcome, refusals[i].cause, refusals[i].next_step);
		if (description && *description) {
			size_t used = strlen(verdict->cause);
			snprintf(verdict->cause + used, sizeof verdict->cause - used, ": %.150s", description);
		}
		verdict->said_by_server = true;
		return true;
	}
	return false;
}

static struct span text_of(yyjson_val *value)
{
	return (struct span){yyjson_get_str(value), yyjson_is_str(value) ? yyjson_get_len(value) : 0};
}

/* The members of 5.1. false: there is no token in it. */
static bool take_tokens(yyjson_val *root, int64_t now_ms, struct credentials *credentials)
{
	struct credentials got = *credentials;
	struct span refresh = text_of(yyjson_obj_get(root, "refresh_token")),
				scope = text_of(yyjson_obj_get(root, "scope"));
	yyjson_val *type = yyjson_obj_get(root, "token_type"), *seconds = yyjson_obj_get(root, "expires_in");
	int64_t lives = yyjson_is_int(seconds) ? yyjson_get_sint(seconds) : DEFAULT_SECONDS;
	bool taken = (!type || (yyjson_is_str(type) && strcasecmp(yyjson_get_str(type), "Bearer") == 0)) && lives > 0 &&
	             credentials_set(&got, "access_token", text_of(yyjson_obj_get(root, "access_token"))) &&
	             (!refresh.len || credentials_set(&got, "refresh_token", refresh)) &&
	             (!scope.len || credentials_set(&got, "scope", scope));
	got.expires_at = now_ms + 1000 * (lives < MOST_SECONDS ? lives : MOST_SECONDS);
	if (taken)
		*credentials = got;
	credentials_wipe(&got);
	return taken;
}

static void judge_body(const struct answer *answer, int64_t now_ms, yyjson_val *root, struct credentials *credentials,
                       struct verdict *verdict)
{
	if (answer->status == 200 && take_tokens(root, now_ms, credentials))
		verdict->outcome = OUTCOME_OK;
	else if (answer->status < 400 || answer->status >= 429 || !judge_refusal(root, verdict))
		judge_status(answer, now_ms, verdict);
}

static void judge_answer(const struct answer *answer, int64_t now_ms, struct credentials *credentials,
                         struct verdict *verdict)
{
	struct buf scratch;
	struct span plain = {0};
	struct err ignored;
	buf_init(&scratch, ANSWER_BYTES);
	yyjson_doc *doc = NULL;
	if (inflate_body(span_of(answer->encoding), answer->body, &scratch, &plain, &ignored) == 0 &&
	    plain.len <= ANSWER_BYTES)
		doc = yyjson_read(plain.at, plain.len, 0);
	judge_body(answer, now_ms, yyjson_doc_get_root(doc), credentials, verdict);
	yyjson_doc_free(doc);
	vault_wipe(scratch.at, scratch.cap);
	buf_done(&scratch);
}

void oauth_judge(const struct answer *answer, int64_t now_ms, struct credentials *credentials, struct verdict *verdict)
{
	*verdict = (struct verdict){.retry_after_ms = -1, .next_step = again};
	if (answer->code == CURLE_OK && !answer->too_large) {
		judge_answer(answer, now_ms, credentials, verdict);
	} else {
		bool tls = answer->code == CURLE_PEER_FAILED_VERIFICATION;
		set(verdict, tls ? OUTCOME_OPERATOR : OUTCOME_RETRY, "", tls ? "check the server's certificate" : again);
		snprintf(verdict->cause, sizeof verdict->cause, "the token endpoint did not answer: %.200s",
		         *answer->error ? answer->error : curl_easy_strerror(answer->code));
	}
	if (answer->code == CURLE_OK && verdict->outcome != OUTCOME_OK) {
		size_t used = strlen(verdict->cause);
		snprintf(verdict->cause + used, sizeof verdict->cause - used, " (HTTP %ld)", answer->status);
	}
	secrets_hide(verdict->cause, NULL, credentials);
	text_mend(verdict->cause, sizeof verdict->cause - 1);
}

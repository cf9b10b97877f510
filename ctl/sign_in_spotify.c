/* Spotify's way: an app's id, tokens for a code, and who they are for. */
#include "ctl/sign_in_spotify.h"

#include <stdio.h>
#include <string.h>
#include <yyjson.h>

#include "common/clock.h"
#include "ctl/ask.h"
#include "fetcher/oauth.h"

static const char scopes[] = "user-library-read user-follow-read playlist-read-private playlist-read-collaborative";

/* ---- the app ---- */

/* What is stored of it counts where nothing else is given; another app has another secret. */
static int check(struct sign_in *sign_in, struct err *err)
{
	struct credentials *to = &sign_in->credentials, stored = {0};
	struct err ignored;
	const char *id = sign_in->client_id;
	*to = (struct credentials){0};
	if (sign_in->again &&
	    credentials_parse(sign_in->account->provider, sign_in->account->secret, &stored, &ignored) == 0) {
		memcpy(to->client_id, stored.client_id, sizeof to->client_id);
		memcpy(to->client_secret, stored.client_secret, sizeof to->client_secret);
		to->redirect_port = stored.redirect_port;
	}
	credentials_wipe(&stored);
	if (id && strcmp(id, to->client_id) != 0) {
		to->client_secret[0] = '\0';
		if (!credentials_set(to, "client_id", span_of(id)))
			return sign_in_wrong(sign_in, "client-id", err, "is not the id of an app (32 letters and digits)");
	}
	if (!*to->client_id)
		return sign_in_wrong(sign_in, "client-id", err,
		                     sign_in->again
		                         ? "is missing: what is stored cannot be read, so the app must be given again"
		                         : "is missing: the id of an app of yours at Spotify");
	if (sign_in->client_secret && !credentials_set(to, "client_secret", span_of(sign_in->client_secret)))
		return sign_in_wrong(sign_in, "client-secret", err, "holds characters that no such secret has");
	snprintf(sign_in->account->auth, sizeof sign_in->account->auth, "oauth");
	return 0;
}

const char *sign_in_spotify_url(const struct sign_in *sign_in, const struct authorize *authorize,
                                char url[AUTHORIZE_URL])
{
	return authorize_url(authorize, sign_in->account->url, sign_in->credentials.client_id, scopes, url);
}

/* ---- tokens, and who they are for ---- */

/* Who signed in: the id that never changes, and the one that was all there was before 2026. */
struct person {
	char id[sizeof((struct account *)0)->username], former_id[sizeof((struct account *)0)->username];
};

static int redeem(struct sign_in *sign_in, const struct authorize *authorize, const char *code, struct err *err)
{
	struct oauth_request request;
	long status = 0;
	char header[sizeof request.authorization + 32] = "";
	struct verdict verdict;
	struct ask ask;
	oauth_redeem(sign_in->account->url, &sign_in->credentials, code, authorize->verifier, authorize->redirect_uri,
	             &request);
	if (*request.authorization)
		snprintf(header, sizeof header, "Authorization: %s\n", request.authorization);
	const struct asking asking = {request.url, request.form, header, true};
	int result = ask_run(sign_in->settings, &asking, &ask, err);
	if (result == 0)
		oauth_judge(ask.answer, clock_wall_ms(), &sign_in->credentials, &verdict);
	status = ask.answer ? ask.answer->status : 0;
	sign_in->quotes = status != 0;
	ask_done(&ask);
	oauth_request_wipe(&request);
	vault_wipe(header, sizeof header);
	if (result)
		return -1;
	bool later = verdict.outcome == OUTCOME_RETRY || verdict.outcome == OUTCOME_THROTTLED;
	if (verdict.outcome == OUTCOME_NEEDS_AUTH)
		return err_set(err, ERR_CONFIG, (int)status, "Spotify does not take the code: %s; run the command again",
		               verdict.cause);
	if (verdict.outcome != OUTCOME_OK)
		return err_set(err, later ? ERR_RETRY : ERR_CONFIG, (int)status, "Spotify gives no token: %s; %s",
		               verdict.cause, later ? "run the command again later" : verdict.next_step);
	if (!*sign_in->credentials.refresh_token)
		return err_set(err, ERR_CONFIG, 0, "Spotify gave no refresh token; without one no sync can run by itself");
	sign_in->credentials.authorized_at = clock_wall_ms();
	return 0;
}

static int judge_me(const struct answer *answer, struct err *err)
{
	if (answer->code != CURLE_OK)
		return err_set(err, ERR_RETRY, 0, "Spotify does not answer: %.200s",
		               *answer->error ? answer->error : curl_easy_strerror(answer->code));
	if (answer->status == 403)
		return err_set(err, ERR_CONFIG, 403,
		               "Spotify does not let this user in (HTTP 403): while the app is in development mode, add the user's "
		               "e-mail under User Management of the app");
	if (answer->status != 200)
		return err_set(err, answer->status >= 500 || answer->status == 429 ? ERR_RETRY : ERR_CONFIG,
		               (int)answer->status, "Spotify does not tell who signed in (HTTP %ld)", answer->status);
	return 0;
}

static int read_person(struct span body, struct person *person, struct err *err)
{
	yyjson_doc *doc = yyjson_read(body.at, body.len, 0);
	yyjson_val *root = yyjson_doc_get_root(doc);
	const char *name = yyjson_get_str(yyjson_obj_get(root, "id"));
	const char *id = yyjson_get_str(yyjson_obj_get(root, "account_id"));
	if (!id)
		id = name;
	bool read = id && *id && span_copy(span_of(id), person->id, sizeof person->id) &&
	            span_copy(span_of(name), person->former_id, sizeof person->former_id);
	yyjson_doc_free(doc);
	return read ? 0 : err_set(err, ERR_CONFIG, 0, "the answer to /v1/me is not Spotify's; check the address");
}

static int ask_me(struct sign_in *sign_in, struct person *person, struct err *err)
{
	char url[LIMIT_URL + 16], header[CREDENTIALS_TOKEN + 32];
	snprintf(url, sizeof url, "%s/v1/me", sign_in->account->url);
	struct ask ask;
	snprintf(header, sizeof header, "Authorization: Bearer %s\n", sign_in->credentials.access_token);
	const struct asking asking = {url, "", header, false};
	int result = ask_run(sign_in->settings, &asking, &ask, err);
	if (result == 0 && (judge_me(ask.answer, err) || read_person(ask.body, person, err)))
		result = -1;
	ask_done(&ask);
	vault_wipe(header, sizeof header);
	return result;
}

/* The library of somebody else would replace what is stored, item by item. */
static int check_person(struct sign_in *sign_in, struct err *err)
{
	struct account *account = sign_in->account;
	struct person person;
	if (ask_me(sign_in, &person, err))
		return -1;
	bool same = strcmp(account->username, person.id) == 0 || strcmp(account->username, person.former_id) == 0;
	if (*account->username && !same && !sign_in->other_user)
		return sign_in_wrong(sign_in, "other-user", err,
		                     "is not said, and this is the account of another user: '%.60s' signed in, '%.60s' did before; "
		                     "nothing was stored. Sign out of Spotify in the browser first, or say that one library shall "
		                     "replace the other",
		                     person.id, account->username);
	memcpy(account->username, person.id, sizeof account->username);
	snprintf(sign_in->told, sizeof sign_in->told, "Signed in to Spotify as %s.", person.id);
	return 0;
}

/* Somebody may have taken rights away; the rest still works. */
static void warn_of_scopes(struct sign_in *sign_in)
{
	char granted[CREDENTIALS_SCOPE + 3], word[64];
	const char *scope = sign_in->credentials.scope;
	size_t used = 0, size = sizeof sign_in->warning;
	snprintf(granted, sizeof granted, " %s ", scope);
	for (const char *at = scopes; *scope && *at; at += strspn(at, " ")) {
		size_t len = strcspn(at, " ");
		snprintf(word, sizeof word, " %.*s ", (int)len, at);
		if (!strstr(granted, word) && used < size)
			used += (size_t)snprintf(sign_in->warning + used, size - used, "%s%.*s",
			                         used ? ", " : "Spotify did not grant ", (int)len, at);
		at += len;
	}
	if (used && used < size)
		snprintf(sign_in->warning + used, size - used, ": the syncs of this account will be partial.");
}

int sign_in_spotify_finish(struct sign_in *sign_in, const struct authorize *authorize, const char *code,
                           struct err *err)
{
	sign_in->field = NULL;
	if (redeem(sign_in, authorize, code, err) || (!sign_in->no_test && check_person(sign_in, err)))
		return sign_in->field ? -1 : err_wrap(err, "nothing was stored: ");
	warn_of_scopes(sign_in);
	return credentials_text(&sign_in->credentials, sign_in->account->secret, err);
}

static const char *const fields[] = {"url", "client-id", "client-secret", "other-user", NULL};
const struct sign_in_way sign_in_spotify = {.provider = "spotify",
                                            .title = "Spotify",
                                            .url = SPOTIFY_URL,
                                            .fields = fields,
                                            .check = check};

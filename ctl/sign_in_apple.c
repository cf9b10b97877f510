/* Apple Music's way: what signs developer tokens (or such a token), and the user's token, which only Apple's own software
 * can give to a user (MusicKit); there is nothing to be asked of a server. */
#include <stdio.h>
#include <string.h>
#include <yyjson.h>

#include "common/clock.h"
#include "ctl/ask.h"
#include "ctl/sign_in.h"
#include "fetcher/apple_token.h"

#define APPLE_URL "https://api.music.apple.com"

static const char cannot_be[] = "is too long or holds characters that it cannot have";

/* Which of the two is given; what is not given any more is forgotten. */
static int take_key(struct sign_in *sign_in, struct err *err)
{
	struct credentials *to = &sign_in->credentials;
	to->developer_token[0] = '\0';
	if (!credentials_set(to, "team_id", span_of(sign_in->team_id)))
		return sign_in_wrong(sign_in, "team-id", err, cannot_be);
	if (!credentials_set(to, "key_id", span_of(sign_in->key_id)))
		return sign_in_wrong(sign_in, "key-id", err, cannot_be);
	if (!credentials_set(to, "private_key", span_of(sign_in->private_key)))
		return sign_in_wrong(sign_in, "key-file", err, cannot_be);
	return 0;
}

static int take_developer_token(struct sign_in *sign_in, struct err *err)
{
	struct credentials *to = &sign_in->credentials;
	vault_wipe(to->private_key, sizeof to->private_key);
	to->team_id[0] = to->key_id[0] = '\0';
	return credentials_set(to, "developer_token", span_of(sign_in->developer_token))
	           ? 0
	           : sign_in_wrong(sign_in, "developer-token-file", err, cannot_be);
}

static int take_developer(struct sign_in *sign_in, struct err *err)
{
	static const char *const names[] = {"team-id", "key-id", "key-file"};
	const char *const key[] = {sign_in->team_id, sign_in->key_id, sign_in->private_key};
	const char *missing = NULL;
	int given = 0;
	for (size_t i = 0; i < COUNT_OF(key); i++) {
		given += key[i] != NULL;
		missing = missing || key[i] ? missing : names[i];
	}
	if (given && sign_in->developer_token)
		return sign_in_wrong(sign_in, "developer-token-file", err,
		                     "is not wanted beside a key: that signs developer tokens itself");
	if (given && missing)
		return sign_in_wrong(sign_in, missing, err, "is missing; a key needs its team id, its key id and its file");
	if (given)
		return take_key(sign_in, err);
	return sign_in->developer_token ? take_developer_token(sign_in, err) : 0;
}

/* A wrong key is told before the user's token is asked for. */
static int check(struct sign_in *sign_in, struct err *err)
{
	struct credentials *credentials = &sign_in->credentials;
	struct apple_token token = {0};
	struct err ignored;
	*credentials = (struct credentials){0};
	/* What cannot be read any more is replaced as a whole. */
	if (sign_in->again)
		IGNORE(credentials_parse(sign_in->account->provider, sign_in->account->secret, credentials, &ignored));
	if (take_developer(sign_in, err))
		return -1;
	if (!*credentials->private_key && !*credentials->developer_token)
		return sign_in_wrong(sign_in, "key-file", err,
		                     sign_in->again
		                         ? "is missing: what is stored cannot be read; give key file, team id and key id "
		                           "again, or a developer token"
		                         : "is missing: give it with its team id and key id, or a developer token");
	snprintf(sign_in->account->auth, sizeof sign_in->account->auth, "token");
	if (apple_token_get(credentials, clock_wall_ms(), &token, err)) {
		sign_in->field = *credentials->private_key ? "key-file" : "developer-token-file";
		err_wrap(err, "is no good: ");
	}
	apple_token_wipe(&token);
	return sign_in->field ? -1 : 0;
}

/* A new key or developer token alone leaves the user's token as it is. */
static int take_user_token(struct sign_in *sign_in, struct err *err)
{
	struct credentials *to = &sign_in->credentials;
	if (!sign_in->user_token && *to->user_token && (sign_in->private_key || sign_in->developer_token))
		return 0;
	if (!sign_in->user_token || !*sign_in->user_token)
		return sign_in_wrong(sign_in, "user-token-file", err, "is missing");
	if (!credentials_set(to, "user_token", span_of(sign_in->user_token)))
		return sign_in_wrong(sign_in, "user-token-file", err, cannot_be);
	to->user_token_at = clock_wall_ms();
	return 0;
}

static int judge(struct sign_in *sign_in, const struct answer *answer, struct err *err)
{
	if (answer->code != CURLE_OK)
		return err_set(err, ERR_RETRY, 0, "Apple Music does not answer: %.200s",
		               *answer->error ? answer->error : curl_easy_strerror(answer->code));
	switch (answer->status) {
	case 200:
		return 0;
	case 401:
		return err_set(err, ERR_CONFIG, 401,
		               "Apple does not take the developer token (HTTP 401): check team id, key id, key and this machine's "
		               "clock");
	case 403:
		return sign_in_wrong(sign_in, "user-token-file", err,
		                     "is not taken by Apple (HTTP 403): get a new one for this user; nothing was stored");
	default:
		return err_set(err, answer->status >= 500 || answer->status == 429 ? ERR_RETRY : ERR_CONFIG,
		               (int)answer->status, "Apple Music refused the sign-in (HTTP %ld)", answer->status);
	}
}

static void tell_storefront(struct sign_in *sign_in, struct span body)
{
	yyjson_doc *doc = yyjson_read(body.at, body.len, 0);
	yyjson_val *first = yyjson_arr_get(yyjson_obj_get(yyjson_doc_get_root(doc), "data"), 0);
	const char *id = yyjson_get_str(yyjson_obj_get(first, "id"));
	snprintf(sign_in->told, sizeof sign_in->told, "Signed in to Apple Music%s%.20s.", id ? ", storefront " : "",
	         id ? id : "");
	yyjson_doc_free(doc);
}

/* GET /v1/me/storefront: both tokens are looked at, and the answer is small. */
static int test(struct sign_in *sign_in, const struct apple_token *token, struct err *err)
{
	char url[LIMIT_URL + 32], headers[2 * CREDENTIALS_TOKEN + 64];
	struct ask ask;
	snprintf(url, sizeof url, "%s/v1/me/storefront", sign_in->account->url);
	snprintf(headers, sizeof headers, "Authorization: Bearer %s\nMusic-User-Token: %s\n", token->text,
	         sign_in->credentials.user_token);
	const struct asking asking = {url, "", headers, false};
	int result = ask_run(sign_in->settings, &asking, &ask, err);
	if (result == 0)
		result = judge(sign_in, ask.answer, err);
	if (result == 0)
		tell_storefront(sign_in, ask.body);
	ask_done(&ask);
	vault_wipe(headers, sizeof headers);
	return !result || sign_in->field ? result : err_wrap(err, "nothing was stored: ");
}

static int run(struct sign_in *sign_in, struct err *err)
{
	struct apple_token token = {0};
	if (take_user_token(sign_in, err))
		return -1;
	int result = 0;
	if (!sign_in->no_test)
		result = apple_token_get(&sign_in->credentials, clock_wall_ms(), &token, err) || test(sign_in, &token, err) ? -1
		                                                                                                            : 0;
	apple_token_wipe(&token);
	return result ? -1 : credentials_text(&sign_in->credentials, sign_in->account->secret, err);
}

static const char *const fields[] = {"url", "team-id", "key-id", "key-file", "developer-token-file", "user-token-file",
                                     NULL};
const struct sign_in_way sign_in_apple =
	{.provider = "applemusic", .title = "Apple Music", .url = APPLE_URL, .fields = fields, .check = check, .run = run};

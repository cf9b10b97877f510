/* Apple Music's way: what signs developer tokens (or such a token), and the user's token, which only Apple's own software
 * can give to a user (MusicKit); there is nothing to be asked of a server. */
#include <stdio.h>
#include <string.h>
#include <yyjson.h>

#include "common/clock.h"
#include "ctl/ask.h"
#include "ctl/sign_in.h"
#include "ctl/term.h"
#include "fetcher/apple_token.h"

#define APPLE_URL "https://api.music.apple.com"

static int check(const struct sign_in_options *options, bool again, struct account *account, struct err *err)
{
	const char *const key[] = {options->team_id, options->key_id, options->key_file};
	int given = 0;
	for (size_t i = 0; i < COUNT_OF(key); i++)
		given += key[i] != NULL;
	if (given && options->developer_token_file)
		return err_set(err, ERR_CONFIG, 0, "a key signs developer tokens; give it or --developer-token-file, not both");
	if (given && given < 3)
		return err_set(err, ERR_CONFIG, 0, "%s is missing; a key needs --team-id, --key-id and --key-file",
		               !key[0]   ? "--team-id"
		               : !key[1] ? "--key-id"
		                         : "--key-file");
	if (!given && !options->developer_token_file && !again)
		return err_set(err, ERR_CONFIG, 0,
		               "give --team-id, --key-id and --key-file, or --developer-token-file; --help shows where they come "
		               "from");
	if (options->user_token_file && options->user_token_stdin)
		return err_set(err, ERR_CONFIG, 0, "give --user-token-file or --user-token-stdin, not both");
	snprintf(account->auth, sizeof account->auth, "token");
	return 0;
}

static int set_text(struct credentials *to, const char *member, const char *what, const char *text, struct err *err)
{
	return credentials_set(to, member, span_of(text))
	           ? 0
	           : err_set(err, ERR_CONFIG, 0, "%s is too long or holds characters that it cannot have", what);
}

static int read_key(const struct sign_in_options *options, struct credentials *to, struct err *err)
{
	char text[CREDENTIALS_KEY + 1];
	int result = sign_in_file("--key-file", options->key_file, text, sizeof text, err);
	to->developer_token[0] = '\0';
	if (result == 0 &&
	    (set_text(to, "team_id", "--team-id", options->team_id, err) ||
	     set_text(to, "key_id", "--key-id", options->key_id, err) || set_text(to, "private_key", "the key", text, err)))
		result = -1;
	vault_wipe(text, sizeof text);
	return result;
}

static int read_developer_token(const struct sign_in_options *options, struct credentials *to, struct err *err)
{
	char text[CREDENTIALS_TOKEN + 1];
	int result = sign_in_line_of_file("--developer-token-file", options->developer_token_file, text, sizeof text, err);
	vault_wipe(to->private_key, sizeof to->private_key);
	to->team_id[0] = to->key_id[0] = '\0';
	if (result == 0)
		result = set_text(to, "developer_token", "the developer token", text, err);
	vault_wipe(text, sizeof text);
	return result;
}

static int read_user_token(const struct sign_in_options *options, struct credentials *to, struct err *err)
{
	char text[CREDENTIALS_TOKEN + 1];
	int result;
	if (options->user_token_file)
		result = sign_in_line_of_file("--user-token-file", options->user_token_file, text, sizeof text, err);
	else if (options->user_token_stdin)
		result = sign_in_line_of_stdin("the user token", text, sizeof text, err);
	else
		result = term_secret("User token of Apple Music: ", text, sizeof text, err);
	if (result == 0)
		result = set_text(to, "user_token", "the user token", text, err);
	to->user_token_at = clock_wall_ms();
	vault_wipe(text, sizeof text);
	return result;
}

/* A new key or developer token alone leaves the user's token as it is. */
static bool keeps_user_token(const struct sign_in_options *options, const struct credentials *stored)
{
	return *stored->user_token && !options->user_token_file && !options->user_token_stdin &&
	       (options->key_file || options->developer_token_file);
}

static int judge(const struct answer *answer, struct err *err)
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
		return err_set(err, ERR_CONFIG, 403,
		               "Apple does not take the user token (HTTP 403): get a new one for this user");
	default:
		return err_set(err, answer->status >= 500 || answer->status == 429 ? ERR_RETRY : ERR_CONFIG,
		               (int)answer->status, "Apple Music refused the sign-in (HTTP %ld)", answer->status);
	}
}

static void say_storefront(struct span body)
{
	yyjson_doc *doc = yyjson_read(body.at, body.len, 0);
	yyjson_val *first = yyjson_arr_get(yyjson_obj_get(yyjson_doc_get_root(doc), "data"), 0);
	const char *id = yyjson_get_str(yyjson_obj_get(first, "id"));
	printf("Signed in to Apple Music");
	if (id) {
		printf(", storefront ");
		term_write(stdout, span_of(id));
	}
	puts(".");
	yyjson_doc_free(doc);
}

/* GET /v1/me/storefront: both tokens are looked at, and the answer is small. */
static int test(struct ctl *ctl, const struct account *account, const struct credentials *credentials,
                const struct apple_token *token, struct err *err)
{
	char url[LIMIT_URL + 32], headers[2 * CREDENTIALS_TOKEN + 64];
	struct ask ask;
	snprintf(url, sizeof url, "%s/v1/me/storefront", account->url);
	snprintf(headers, sizeof headers, "Authorization: Bearer %s\nMusic-User-Token: %s\n", token->text,
	         credentials->user_token);
	const struct asking asking = {url, "", headers, false};
	int result = ask_run(&ctl->settings, &asking, &ask, err);
	if (result == 0)
		result = judge(ask.answer, err);
	if (result == 0)
		say_storefront(ask.body);
	ask_done(&ask);
	vault_wipe(headers, sizeof headers);
	return result ? err_wrap(err, "nothing was stored: ") : 0;
}

static int sign_in(struct ctl *ctl, const struct sign_in_options *options, struct account *account,
                   struct credentials *credentials, struct err *err)
{
	struct apple_token token = {0};
	bool keeps = keeps_user_token(options, credentials);
	if (options->key_file && read_key(options, credentials, err))
		return -1;
	if (options->developer_token_file && read_developer_token(options, credentials, err))
		return -1;
	if (!*credentials->private_key && !*credentials->developer_token)
		return err_set(err, ERR_CONFIG, 0,
		               "what is stored of '%s' cannot be read; give --team-id, --key-id and --key-file, or "
		               "--developer-token-file again",
		               account->name);
	/* A wrong key is told before the user's token is asked for. */
	int result = apple_token_get(credentials, clock_wall_ms(), &token, err);
	if (result == 0 && !keeps)
		result = read_user_token(options, credentials, err);
	if (result == 0 && !options->no_test)
		result = test(ctl, account, credentials, &token, err);
	apple_token_wipe(&token);
	return result ? -1 : credentials_text(credentials, account->secret, err);
}

static int run(struct ctl *ctl, const struct sign_in_options *options, bool again, struct account *account,
               struct err *err)
{
	static struct credentials credentials;
	struct err ignored;
	credentials = (struct credentials){0};
	/* What cannot be read any more is replaced as a whole. */
	if (again)
		IGNORE(credentials_parse(account->provider, account->secret, &credentials, &ignored));
	int result = sign_in(ctl, options, account, &credentials, err);
	credentials_wipe(&credentials);
	return result;
}

const struct sign_in_way sign_in_apple = {.provider = "applemusic", .url = APPLE_URL, .check = check, .run = run};

/* Jellyfin's way: user name and password give a token that holds until somebody revokes it, and the password is forgotten;
 * or an API key of the server's, with the user whose library it shall read. Both are stored as token and user id.
 *
 * Wire facts: jellyfin/jellyfin, UserController (AuthenticateByName, GetUsers), SessionManager.GetAuthorizationToken. */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <yyjson.h>

#include "common/uuid.h"
#include "common/vault.h"
#include "ctl/ask.h"
#include "ctl/sign_in.h"
#include "fetcher/credentials.h"
#include "fetcher/provider.h"

struct
try {
	struct ctl *ctl;
	struct account *account;
	struct credentials credentials;
};

static int check(const struct sign_in_options *options, bool again, struct account *account, struct err *err)
{
	static const char *const modes[] = {"auto", "password", "apikey", NULL};
	if (sign_in_check_password(options, again, modes, account, err))
		return -1;
	if (strcmp(account->auth, "auto") == 0)
		memcpy(account->auth, "password", sizeof "password");
	return *account->username ? 0 : err_set(err, ERR_CONFIG, 0, "--user is missing: whose library shall be read?");
}

/* ---- asking ---- */

static int judge(const struct try *try, const struct answer *answer, struct err *err)
{
	bool is_key = strcmp(try->account->auth, "apikey") == 0;
	if (answer->code != CURLE_OK)
		return err_set(err, ERR_RETRY, 0, "the server does not answer: %.200s",
		               *answer->error ? answer->error : curl_easy_strerror(answer->code));
	if (answer->status == 200)
		return 0;
	if (answer->status == 401)
		return err_set(err, ERR_CONFIG, 401,
		               is_key ? "Jellyfin does not take the API key (HTTP 401)"
		                      : "Jellyfin does not take user name and password (HTTP 401)");
	bool later = answer->status >= 500 || answer->status == 429;
	return err_set(err, later ? ERR_RETRY : ERR_CONFIG, (int)answer->status,
	               "the server refused the sign-in (HTTP %ld); %s", answer->status,
	               later ? "run the command again later" : "check the address, and whether the user is disabled");
}

typedef int read_answer(struct try *try, yyjson_val *root, struct err *err);

static int ask(struct try *try, const struct asking *asking, read_answer *read, struct err *err)
{
	struct ask ask;
	int result = ask_run(&try->ctl->settings, asking, &ask, err);
	if (result == 0)
		result = judge(try, ask.answer, err);
	if (result == 0) {
		yyjson_doc *doc = yyjson_read(ask.body.at, ask.body.len, 0);
		result = read(try, yyjson_doc_get_root(doc), err);
		yyjson_doc_free(doc);
	}
	ask_done(&ask);
	return result;
}

static bool set(struct try *try, const char *member, yyjson_val *value)
{
	const char *text = yyjson_get_str(value);
	return text && credentials_set(&try->credentials, member, span_of(text));
}

/* ---- user name and password ---- */

static int read_token(struct try *try, yyjson_val *root, struct err *err)
{
	if (set(try, "access_token", yyjson_obj_get(root, "AccessToken")) &&
	    set(try, "user_id", yyjson_obj_get(yyjson_obj_get(root, "User"), "Id")))
		return 0;
	return err_set(err, ERR_CONFIG, 0, "the answer is not Jellyfin's; check --url");
}

/* A token belongs to a device, and a sign-in ends those that the device had before. So each one is a device of its own:
 * installations that share a user must not sign each other out. */
static int sign_in_by_name(struct try *try, struct err *err)
{
	char url[LIMIT_URL + 40], headers[300], device[UUID_TEXT];
	struct buf body;
	uuid_new(device);
	snprintf(url, sizeof url, "%s/Users/AuthenticateByName", try->account->url);
	snprintf(headers, sizeof headers,
	         "Content-Type: application/json\n"
	         "Authorization: MediaBrowser Client=\"Syncline\", Device=\"Syncline\", DeviceId=\"%s\", Version=\"1\"\n",
	         device);
	buf_init(&body, 8 * LIMIT_SECRET);
	/* All at once: growing would leave copies of the password behind. */
	bool fits = buf_reserve(&body, 7 * LIMIT_SECRET) != NULL;
	buf_add_text(&body, "{\"Username\":");
	buf_add_json_text(&body, span_of(try->account->username));
	buf_add_text(&body, ",\"Pw\":");
	buf_add_json_text(&body, span_of(try->account->secret));
	buf_add_text(&body, "}");
	const struct asking asking = {url, buf_text(&body), headers, true};
	int result = fits && buf_ok(&body) ? ask(try, &asking, read_token, err)
	                                   : err_set(err, ERR_CONFIG, 0, "user name and password are too long");
	if (body.at)
		vault_wipe(body.at, body.cap);
	buf_done(&body);
	return result;
}

/* ---- an API key ---- */

static int find_user(struct try *try, yyjson_val *root, struct err *err)
{
	size_t i, max;
	yyjson_val *user;
	yyjson_arr_foreach (root, i, max, user) {
		const char *name = yyjson_get_str(yyjson_obj_get(user, "Name"));
		if (name && strcasecmp(name, try->account->username) == 0 && set(try, "user_id", yyjson_obj_get(user, "Id")))
			return 0;
	}
	return err_set(err, ERR_CONFIG, 0, "there is no user '%.100s' on this server", try->account->username);
}

static int sign_in_by_key(struct try *try, struct err *err)
{
	char url[LIMIT_URL + 16];
	struct buf header;
	if (!credentials_set(&try->credentials, "access_token", span_of(try->account->secret)))
		return err_set(err, ERR_CONFIG, 0, "the API key is too long or holds characters that it cannot have");
	snprintf(url, sizeof url, "%s/Users", try->account->url);
	buf_init(&header, 4 * LIMIT_SECRET);
	bool fits = buf_reserve(&header, 4 * LIMIT_SECRET) != NULL;
	buf_add_text(&header, "Authorization: MediaBrowser Token=\"");
	provider_escape(&header, span_of(try->credentials.access_token));
	buf_add_text(&header, "\"\n");
	const struct asking asking = {url, "", buf_text(&header), false};
	int result = fits && buf_ok(&header) ? ask(try, &asking, find_user, err)
	                                     : err_set(err, ERR_CONFIG, 0, "the API key is too long");
	if (header.at)
		vault_wipe(header.at, header.cap);
	buf_done(&header);
	return result;
}

static int sign_in(struct try *try, const struct sign_in_options *options, struct err *err)
{
	if (sign_in_read_password(options, try->account, err))
		return -1;
	bool is_key = strcmp(try->account->auth, "apikey") == 0;
	if (is_key ? sign_in_by_key(try, err) : sign_in_by_name(try, err))
		return err_wrap(err, "nothing was stored: %s: ", try->account->url);
	if (credentials_text(&try->credentials, try->account->secret, err))
		return -1;
	return options->no_test ? 0 : sign_in_try(try->ctl, try->account, err);
}

static int run(struct ctl *ctl, const struct sign_in_options *options, bool again, struct account *account,
               struct err *err)
{
	static struct try try;
	(void)again;
	try = (struct try){.ctl = ctl, .account = account};
	int result = sign_in(&try, options, err);
	credentials_wipe(&try.credentials);
	return result;
}

const struct sign_in_way sign_in_jellyfin = {.provider = "jellyfin", .check = check, .run = run};

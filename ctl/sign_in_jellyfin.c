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
#include "fetcher/provider.h"

static const char *const modes[] = {"auto", "password", "apikey", NULL};

static int check(struct sign_in *sign_in, struct err *err)
{
	struct account *account = sign_in->account;
	if (sign_in_check_password(sign_in, modes, err))
		return -1;
	if (strcmp(account->auth, "auto") == 0)
		memcpy(account->auth, "password", sizeof "password");
	return *account->username ? 0 : sign_in_wrong(sign_in, "user", err, "is missing: whose library shall be read?");
}

/* ---- asking ---- */

static int judge(const struct sign_in *sign_in, const struct answer *answer, struct err *err)
{
	bool is_key = strcmp(sign_in->account->auth, "apikey") == 0;
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

typedef int read_answer(struct sign_in *sign_in, yyjson_val *root, struct err *err);

static int ask(struct sign_in *sign_in, const struct asking *asking, read_answer *read, struct err *err)
{
	struct ask ask;
	int result = ask_run(sign_in->settings, asking, &ask, err);
	if (result == 0)
		result = judge(sign_in, ask.answer, err);
	if (result == 0) {
		yyjson_doc *doc = yyjson_read(ask.body.at, ask.body.len, 0);
		result = read(sign_in, yyjson_doc_get_root(doc), err);
		yyjson_doc_free(doc);
	}
	ask_done(&ask);
	return result;
}

static bool set(struct sign_in *sign_in, const char *member, yyjson_val *value)
{
	const char *text = yyjson_get_str(value);
	return text && credentials_set(&sign_in->credentials, member, span_of(text));
}

/* ---- user name and password ---- */

static int read_token(struct sign_in *sign_in, yyjson_val *root, struct err *err)
{
	if (set(sign_in, "access_token", yyjson_obj_get(root, "AccessToken")) &&
	    set(sign_in, "user_id", yyjson_obj_get(yyjson_obj_get(root, "User"), "Id")))
		return 0;
	return err_set(err, ERR_CONFIG, 0, "the answer is not Jellyfin's; check the address");
}

/* A token belongs to a device, and a sign-in ends those that the device had before. So each one is a device of its own:
 * installations that share a user must not sign each other out. */
static int sign_in_by_name(struct sign_in *sign_in, struct err *err)
{
	char url[LIMIT_URL + 40], headers[300], device[UUID_TEXT];
	struct buf body;
	uuid_new(device);
	snprintf(url, sizeof url, "%s/Users/AuthenticateByName", sign_in->account->url);
	snprintf(headers, sizeof headers,
	         "Content-Type: application/json\n"
	         "Authorization: MediaBrowser Client=\"Syncline\", Device=\"Syncline\", DeviceId=\"%s\", Version=\"1\"\n",
	         device);
	buf_init(&body, 8 * LIMIT_SECRET);
	/* All at once: growing would leave copies of the password behind. */
	bool fits = buf_reserve(&body, 7 * LIMIT_SECRET) != NULL;
	buf_add_text(&body, "{\"Username\":");
	buf_add_json_text(&body, span_of(sign_in->account->username));
	buf_add_text(&body, ",\"Pw\":");
	buf_add_json_text(&body, span_of(sign_in->account->secret));
	buf_add_text(&body, "}");
	const struct asking asking = {url, buf_text(&body), headers, true};
	int result = fits && buf_ok(&body) ? ask(sign_in, &asking, read_token, err)
	                                   : err_set(err, ERR_CONFIG, 0, "user name and password are too long");
	if (body.at)
		vault_wipe(body.at, body.cap);
	buf_done(&body);
	return result;
}

/* ---- an API key ---- */

static int find_user(struct sign_in *sign_in, yyjson_val *root, struct err *err)
{
	size_t i, max;
	yyjson_val *user;
	yyjson_arr_foreach (root, i, max, user) {
		const char *name = yyjson_get_str(yyjson_obj_get(user, "Name"));
		if (name && strcasecmp(name, sign_in->account->username) == 0 &&
		    set(sign_in, "user_id", yyjson_obj_get(user, "Id")))
			return 0;
	}
	return sign_in_wrong(sign_in, "user", err,
	                     "names nobody: there is no user '%.100s' on this server; nothing was stored",
	                     sign_in->account->username);
}

static int sign_in_by_key(struct sign_in *sign_in, struct err *err)
{
	char url[LIMIT_URL + 16];
	struct buf header;
	if (!credentials_set(&sign_in->credentials, "access_token", span_of(sign_in->account->secret)))
		return err_set(err, ERR_CONFIG, 0, "the API key is too long or holds characters that it cannot have");
	snprintf(url, sizeof url, "%s/Users", sign_in->account->url);
	buf_init(&header, 4 * LIMIT_SECRET);
	bool fits = buf_reserve(&header, 4 * LIMIT_SECRET) != NULL;
	buf_add_text(&header, "Authorization: MediaBrowser Token=\"");
	provider_escape(&header, span_of(sign_in->credentials.access_token));
	buf_add_text(&header, "\"\n");
	const struct asking asking = {url, "", buf_text(&header), false};
	int result = fits && buf_ok(&header) ? ask(sign_in, &asking, find_user, err)
	                                     : err_set(err, ERR_CONFIG, 0, "the API key is too long");
	if (header.at)
		vault_wipe(header.at, header.cap);
	buf_done(&header);
	return result;
}

static int run(struct sign_in *sign_in, struct err *err)
{
	if (sign_in_take_password(sign_in, err))
		return -1;
	sign_in->credentials = (struct credentials){0};
	bool is_key = strcmp(sign_in->account->auth, "apikey") == 0;
	if (is_key ? sign_in_by_key(sign_in, err) : sign_in_by_name(sign_in, err))
		return sign_in->field ? -1 : err_wrap(err, "nothing was stored: %s: ", sign_in->account->url);
	if (credentials_text(&sign_in->credentials, sign_in->account->secret, err))
		return -1;
	return sign_in->no_test ? 0 : sign_in_try(sign_in, err);
}

static const char *const fields[] = {"url", "user", "auth", "password", NULL};
const struct sign_in_way sign_in_jellyfin = {.provider = "jellyfin",
                                             .title = "Jellyfin server",
                                             .fields = fields,
                                             .check = check,
                                             .run = run};

/* Authorization code with PKCE (RFC 7636, S256 only) and rotating refresh tokens. Errors have OAuth's shape, which is not
 * that of the API. */
#include "oauth.h"

#include <ctype.h>
#include <openssl/evp.h>
#include <stdio.h>

static void answer(struct response *response, int status, struct out *out)
{
	response->status = status;
	response->content_type = "application/json";
	response->body = body_new(out->at, out->len);
	out_done(out);
}

static void refuse(struct response *response, const char *error, const char *description)
{
	struct out out = {0};
	OUT_LIT(&out, "{\"error\":");
	out_quoted(&out, error);
	OUT_LIT(&out, ",\"error_description\":");
	out_quoted(&out, description);
	OUT_LIT(&out, "}");
	answer(response, 400, &out);
}

static const char *param(const struct call *call, const char *key)
{
	const char *value = request_param(call->request, key);
	return value ? value : "";
}

static const char *form(const struct call *call, const char *key)
{
	const char *value = request_form(call->request, key);
	return value ? value : "";
}

static void encode(struct out *out, const char *text)
{
	for (; *text; text++) {
		if (isalnum((unsigned char)*text) || strchr("-._~", *text))
			out_byte(out, *text);
		else
			out_printf(out, "%%%02X", (unsigned char)*text);
	}
}

/* Whom Spotify shows its own error page instead of sending them back. */
static const char *unfit(const struct call *call)
{
	const char *to = param(call, "redirect_uri"), *client = param(call, "client_id");
	if (!*client || (call->grants->client_id && strcmp(call->grants->client_id, client) != 0))
		return "INVALID_CLIENT: Invalid client\n";
	if (strcmp(param(call, "response_type"), "code") != 0)
		return "response_type must be code\n";
	/* Plain HTTP and the name localhost were refused from 2025-11-27 on; loopback addresses are not. */
	if (strncmp(to, "https://", 8) != 0 && strncmp(to, "http://127.0.0.1", 16) != 0 &&
	    strncmp(to, "http://[::1]", 12) != 0)
		return "INVALID_CLIENT: Insecure redirect URI\n";
	if (strpbrk(to, "\r\n") || strlen(to) >= sizeof call->grants->codes->redirect_uri)
		return "INVALID_CLIENT: Invalid redirect URI\n";
	if (*param(call, "code_challenge") && strcmp(param(call, "code_challenge_method"), "S256") != 0)
		return "code_challenge_method must be S256\n";
	return NULL;
}

static struct grant_code *make_code(const struct call *call)
{
	struct grants *grants = call->grants;
	struct grant_code *code = grants_new_code(grants);
	const char *scope = *grants->consent_scope ? grants->consent_scope : param(call, "scope");
	snprintf(code->user, sizeof code->user, "%s", *grants->consent_user ? grants->consent_user : grants->user);
	snprintf(code->scope, sizeof code->scope, "%s", scope);
	snprintf(code->challenge, sizeof code->challenge, "%s", param(call, "code_challenge"));
	snprintf(code->redirect_uri, sizeof code->redirect_uri, "%s", param(call, "redirect_uri"));
	return code;
}

void oauth_authorize(const struct call *call, struct response *response)
{
	struct out out = {0};
	const char *wrong = unfit(call), *to = param(call, "redirect_uri");
	response->content_type = "text/html";
	if (wrong) {
		response->status = 400;
		response->body = body_new(wrong, strlen(wrong));
		return;
	}
	out_str(&out, to);
	out_byte(&out, strchr(to, '?') ? '&' : '?');
	if (call->grants->consent_denied) {
		OUT_LIT(&out, "error=access_denied");
	} else {
		OUT_LIT(&out, "code=");
		encode(&out, make_code(call)->code);
	}
	OUT_LIT(&out, "&state=");
	encode(&out, param(call, "state"));
	response->status = 302;
	snprintf(response->headers, sizeof response->headers, "Location: %s\r\n", out_text(&out));
	response->body = body_new("", 0);
	out_done(&out);
}

/* Unpadded base64url of the SHA-256, as a challenge is made of its verifier. */
static bool verifier_fits(const char *verifier, const char *challenge)
{
	unsigned char digest[EVP_MAX_MD_SIZE], text[64];
	unsigned len = 0;
	if (!EVP_Digest(verifier, strlen(verifier), digest, &len, EVP_sha256(), NULL) || len != 32)
		return false;
	EVP_EncodeBlock(text, digest, 32);
	text[43] = 0;
	for (unsigned i = 0; i < 43; i++)
		text[i] = text[i] == '+' ? '-' : text[i] == '/' ? '_' : text[i];
	return strcmp((const char *)text, challenge) == 0;
}

/* "Basic base64(id:secret)" into id and secret, each "" when the header is not that. */
static void read_basic(const struct call *call, char id[TOKEN_MAX], char secret[TOKEN_MAX])
{
	const char *text = call->request->authorization;
	unsigned char plain[2 * TOKEN_MAX + 4];
	size_t len = strncmp(text, "Basic ", 6) == 0 ? strlen(text += 6) : 0;
	*id = *secret = 0;
	if (!len || len > (sizeof plain - 4) / 3 * 4)
		return;
	int got = EVP_DecodeBlock(plain, (const unsigned char *)text, (int)len);
	if (got < 0)
		return;
	plain[got] = 0; /* padding was decoded to NULs, which end the text too */
	char *colon = strchr((char *)plain, ':');
	if (!colon)
		return;
	*colon = 0;
	snprintf(id, TOKEN_MAX, "%.*s", TOKEN_MAX - 1, (char *)plain);
	snprintf(secret, TOKEN_MAX, "%.*s", TOKEN_MAX - 1, colon + 1);
}

/* A client with a secret may leave it out where PKCE proves who it is. */
static bool client_fits(const struct call *call)
{
	const struct grants *grants = call->grants;
	char id[TOKEN_MAX], secret[TOKEN_MAX];
	read_basic(call, id, secret);
	const char *given_id = *id ? id : form(call, "client_id");
	const char *given_secret = *secret ? secret : form(call, "client_secret");
	if (!*given_id || (grants->client_id && strcmp(grants->client_id, given_id) != 0))
		return false;
	return !*given_secret || !grants->client_secret || strcmp(grants->client_secret, given_secret) == 0;
}

static void give(const struct call *call, const char *user, bool with_refresh, struct response *response)
{
	char access[TOKEN_MAX], refresh[TOKEN_MAX];
	struct out out = {0};
	grants_make_access(call->grants, user, call->now_ms, access);
	grants_refresh_token(call->grants, user, refresh);
	OUT_LIT(&out, "{\"access_token\":");
	out_quoted(&out, access);
	out_printf(&out, ",\"token_type\":\"Bearer\",\"expires_in\":%lld,\"scope\":", (long long)call->grants->life_s);
	out_quoted(&out, grants_scope(call->grants, user));
	if (with_refresh) {
		OUT_LIT(&out, ",\"refresh_token\":");
		out_quoted(&out, refresh);
	}
	OUT_LIT(&out, "}");
	answer(response, 200, &out);
}

static void by_code(const struct call *call, struct response *response)
{
	struct grant_code *code = grants_find_code(call->grants, form(call, "code"));
	const char *verifier = form(call, "code_verifier");
	if (!code) {
		refuse(response, "invalid_grant", "Invalid authorization code");
	} else if (strcmp(code->redirect_uri, form(call, "redirect_uri")) != 0) {
		refuse(response, "invalid_grant", "Invalid redirect URI");
	} else if (*code->challenge && !verifier_fits(verifier, code->challenge)) {
		refuse(response, "invalid_grant", "code_verifier was incorrect");
	} else {
		grants_renew(call->grants, code->user, code->scope);
		give(call, code->user, true, response);
		*code->code = 0;
	}
}

static void by_refresh(const struct call *call, struct response *response)
{
	char user[USER_MAX];
	const char *token = form(call, "refresh_token");
	if (!*token)
		refuse(response, "invalid_request", "refresh_token must be supplied");
	else if (!grants_use_refresh(call->grants, token, user))
		refuse(response, "invalid_grant", "Refresh token revoked");
	else
		give(call, user, !call->grants->keep_refresh, response);
}

void oauth_token(const struct call *call, struct response *response)
{
	const char *type = form(call, "grant_type");
	bool code = strcmp(type, "authorization_code") == 0;
	if (!code && strcmp(type, "refresh_token") != 0)
		/* A JSON body gets here too: nothing in it is a form's parameter. */
		refuse(response, "unsupported_grant_type", "grant_type parameter is missing");
	else if (!client_fits(call))
		refuse(response, "invalid_client", "Invalid client");
	else if (code)
		by_code(call, response);
	else
		by_refresh(call, response);
}

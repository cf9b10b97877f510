/* Checks credentials in the order servers do: way of signing in first, then the secret. */
#include "auth.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const struct failure missing = {10, "A required parameter is missing."};
static const struct failure wrong = {40, "Wrong username or password."};
static const struct failure no_token = {41, "Token authentication not supported for this user."};
static const struct failure no_mechanism = {42, "Provided authentication mechanism not supported."};
static const struct failure conflict = {43, "Multiple conflicting authentication mechanisms provided."};
static const struct failure wrong_key = {44, "Invalid API key."};

static void to_hex(const unsigned char *bytes, size_t len, char *text)
{
	for (size_t i = 0; i < len; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
}

static bool token_matches(const char *password, const char *salt, const char *token)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	char text[2 * EVP_MAX_MD_SIZE + 1], salted[1024];
	unsigned len = 0;
	int used = snprintf(salted, sizeof salted, "%s%s", password, salt);
	if (used < 0 || (size_t)used >= sizeof salted)
		return false;
	if (!EVP_Digest(salted, (size_t)used, digest, &len, EVP_md5(), NULL))
		return false;
	to_hex(digest, len, text);
	return strcmp(text, token) == 0;
}

static bool password_matches(const char *password, const char *given)
{
	char hex[1024];
	if (strncmp(given, "enc:", 4) != 0)
		return strcmp(password, given) == 0;
	if (strlen(password) * 2 >= sizeof hex)
		return false;
	hex[0] = 0;
	to_hex((const unsigned char *)password, strlen(password), hex);
	return strcasecmp(hex, given + 4) == 0;
}

static const struct failure *check_key(const struct login *login, const struct flavour *flavour,
                                       const struct request *request, const char *key)
{
	if (!login->api_key)
		return flavour->type ? &no_mechanism : &missing;
	if (request_param(request, "u"))
		return &conflict;
	return strcmp(key, login->api_key) == 0 ? NULL : &wrong_key;
}

const struct failure *auth_check(const struct login *login, const struct flavour *flavour,
                                 const struct request *request)
{
	const char *key = request_param(request, "apiKey"), *user = request_param(request, "u");
	const char *password = request_param(request, "p");
	const char *token = request_param(request, "t"), *salt = request_param(request, "s");
	if (!request_param(request, "v") || !request_param(request, "c"))
		return &missing;
	if (key)
		return check_key(login, flavour, request, key);
	if (!user)
		return &missing;
	if (!password && flavour->token_refusal >= 0 && token)
		return flavour->token_refusal == 41 ? &no_token : &missing;
	if (!password && !(token && salt))
		return &missing;
	if (!login->any_user && strcmp(user, login->user) != 0)
		return &wrong;
	bool right = password ? password_matches(login->password, password) : token_matches(login->password, salt, token);
	return right ? NULL : &wrong;
}

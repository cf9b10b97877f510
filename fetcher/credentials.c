/* Credentials as JSON, by a table of their members. The memory in which they are parsed and written is wiped. */
#include "fetcher/credentials.h"

#include <assert.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>
#include <yyjson.h>

#include "common/buf.h"
#include "common/vault.h"

/* What a value may hold. Tokens go into HTTP headers: a line's end in one would be a header of somebody else. */
enum kind {
	KIND_TOKEN, /* visible ASCII */
	KIND_WORDS, /* and spaces between */
	KIND_PEM,   /* and line ends */
	KIND_NUMBER,
};

/* clang-format off */
#define MEMBER(name, kind) {#name, kind, offsetof(struct credentials, name), sizeof((struct credentials *)0)->name}
static const struct member {
	const char *name;
	enum kind kind;
	size_t at, size;
} members[] = {
	MEMBER(client_id, KIND_TOKEN), MEMBER(client_secret, KIND_TOKEN), MEMBER(refresh_token, KIND_TOKEN),
	MEMBER(access_token, KIND_TOKEN), MEMBER(scope, KIND_WORDS), MEMBER(expires_at, KIND_NUMBER),
	MEMBER(authorized_at, KIND_NUMBER), MEMBER(redirect_port, KIND_NUMBER),
	MEMBER(team_id, KIND_TOKEN), MEMBER(key_id, KIND_TOKEN), MEMBER(private_key, KIND_PEM),
	MEMBER(developer_token, KIND_TOKEN), MEMBER(user_token, KIND_TOKEN), MEMBER(user_token_at, KIND_NUMBER),
	MEMBER(user_id, KIND_TOKEN),
};

/* One of the ways must be there in full. */
static const struct need {
	const char *provider;
	const char *ways[2][5];
	const char *says;
} needs[] = {
	{"spotify", {{"client_id", "refresh_token"}}, "client_id and refresh_token"},
	{"applemusic", {{"team_id", "key_id", "private_key", "user_token"}, {"developer_token", "user_token"}},
	 "user_token, and team_id, key_id and private_key or a developer_token"},
	{"jellyfin", {{"user_id", "access_token"}}, "user_id and access_token"},
};
/* clang-format on */

/* Parsing takes 13 bytes per byte of text at most (yyjson_read_max_memory_usage). */
enum { PARSE_BYTES = 16 * (LIMIT_SECRET + 64) };

static const struct need *need_of(const char *provider)
{
	for (size_t i = 0; i < COUNT_OF(needs); i++) {
		if (strcmp(needs[i].provider, provider) == 0)
			return &needs[i];
	}
	return NULL;
}

bool credentials_used(const char *provider)
{
	return need_of(provider) != NULL;
}

static bool text_fits(const struct member *member, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		bool visible = c > ' ' && c < 0x7f;
		bool space = member->kind != KIND_TOKEN && c == ' ';
		bool line = member->kind == KIND_PEM && (c == '\n' || c == '\r');
		if (!visible && !space && !line)
			return false;
	}
	return len < member->size;
}

static int read_member(const struct member *member, yyjson_val *value, struct credentials *credentials, struct err *err)
{
	void *to = (char *)credentials + member->at;
	if (!value || yyjson_is_null(value))
		return 0;
	if (member->kind == KIND_NUMBER) {
		int64_t number = yyjson_is_int(value) ? yyjson_get_sint(value) : -1;
		if (number < 0)
			return err_set(err, ERR_CONFIG, 0, "credentials: %s must be a number from 0 on", member->name);
		memcpy(to, &number, sizeof number);
		return 0;
	}
	const char *text = yyjson_get_str(value);
	if (!text || !text_fits(member, text, yyjson_get_len(value)))
		return err_set(err, ERR_CONFIG, 0,
		               "credentials: %s is no text of at most %zu characters that such a value may have", member->name,
		               member->size - 1);
	memcpy(to, text, yyjson_get_len(value) + 1);
	return 0;
}

static int read_members(yyjson_val *root, struct credentials *credentials, struct err *err)
{
	for (size_t i = 0; i < COUNT_OF(members); i++) {
		if (read_member(&members[i], yyjson_obj_get(root, members[i].name), credentials, err))
			return -1;
	}
	return 0;
}

static const struct member *member_of(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(members); i++) {
		if (strcmp(members[i].name, name) == 0)
			return &members[i];
	}
	return NULL;
}

bool credentials_set(struct credentials *credentials, const char *name, struct span value)
{
	const struct member *member = member_of(name);
	assert(member && member->kind != KIND_NUMBER);
	if (!value.len || !text_fits(member, value.at, value.len))
		return false;
	return span_copy(value, (char *)credentials + member->at, member->size);
}

static bool is_there(const struct credentials *credentials, const char *name)
{
	const struct member *member = member_of(name);
	return member && *((const char *)credentials + member->at) != '\0';
}

static bool has_way(const struct credentials *credentials, const char *const *names)
{
	size_t count = 0;
	while (names[count] && is_there(credentials, names[count]))
		count++;
	return count && !names[count];
}

int credentials_parse(const char *provider, const char *secret, struct credentials *ret, struct err *err)
{
	char memory[PARSE_BYTES];
	yyjson_alc pool;
	struct credentials credentials = {0};
	const struct need *need = need_of(provider);
	size_t len = strlen(secret);
	if (!need || len > LIMIT_SECRET)
		return err_set(err, ERR_CONFIG, 0, "provider '%s' has no such credentials", provider);
	yyjson_alc_pool_init(&pool, memory, sizeof memory);
	/* Read only: without YYJSON_READ_INSITU the text is copied. */
	yyjson_doc *doc = yyjson_read_opts((char *)(uintptr_t)secret, len, 0, &pool, NULL);
	yyjson_val *root = yyjson_doc_get_root(doc);
	int result = yyjson_is_obj(root) ? read_members(root, &credentials, err)
	                                 : err_set(err, ERR_CONFIG, 0, "credentials: not a JSON object");
	vault_wipe(memory, sizeof memory); /* the document as well: it lives nowhere else */
	if (result == 0 && !has_way(&credentials, need->ways[0]) && !has_way(&credentials, need->ways[1]))
		result = err_set(err, ERR_CONFIG, 0, "credentials: %s needs %s", provider, need->says);
	if (result == 0)
		*ret = credentials;
	credentials_wipe(&credentials);
	return result;
}

static void add_member(struct buf *out, const struct member *member, const struct credentials *credentials)
{
	const void *at = (const char *)credentials + member->at;
	int64_t number = 0;
	if (member->kind == KIND_NUMBER)
		memcpy(&number, at, sizeof number);
	if (member->kind == KIND_NUMBER ? number == 0 : *(const char *)at == '\0')
		return;
	buf_printf(out, "%c\"%s\":", out->len ? ',' : '{', member->name);
	if (member->kind == KIND_NUMBER)
		buf_printf(out, "%lld", (long long)number);
	else
		buf_add_json_text(out, span_of(at));
}

int credentials_text(const struct credentials *credentials, char text[LIMIT_SECRET + 1], struct err *err)
{
	struct buf out;
	buf_init(&out, 2 * sizeof *credentials);
	/* All at once: growing would leave copies behind that nobody wipes. */
	bool fits = buf_reserve(&out, 2 * sizeof *credentials) != NULL;
	for (size_t i = 0; i < COUNT_OF(members); i++)
		add_member(&out, &members[i], credentials);
	buf_add_text(&out, out.len ? "}" : "{}");
	fits = fits && buf_ok(&out) && span_copy(buf_span(&out), text, LIMIT_SECRET + 1);
	bool starved = out.starved;
	vault_wipe(out.at, out.cap);
	buf_done(&out);
	if (starved)
		return err_set(err, ERR_RETRY, 0, "no memory for the credentials");
	return fits ? 0 : err_set(err, ERR_CONFIG, 0, "the credentials are longer than %d bytes together", LIMIT_SECRET);
}

const char *credentials_throttle_key(const char *provider, const struct credentials *credentials,
                                     char text[CREDENTIALS_THROTTLE])
{
	unsigned char digest[SHA256_DIGEST_LENGTH];
	if (*credentials->client_id) {
		snprintf(text, CREDENTIALS_THROTTLE, "%.20s:%s", provider, credentials->client_id);
	} else if (*credentials->team_id) {
		snprintf(text, CREDENTIALS_THROTTLE, "%.20s:%s/%s", provider, credentials->team_id, credentials->key_id);
	} else if (*credentials->developer_token) {
		SHA256((const unsigned char *)credentials->developer_token, strlen(credentials->developer_token), digest);
		int used = snprintf(text, CREDENTIALS_THROTTLE, "%.20s:", provider);
		for (int i = 0; i < 8; i++)
			used += snprintf(text + used, 3, "%02x", digest[i]);
	}
	return text;
}

void credentials_wipe(struct credentials *credentials)
{
	vault_wipe(credentials, sizeof *credentials);
}

/* Goal: requests are signed as the Subsonic documentation says, whatever is in a password; what a server tells of itself
 * is learned; the provider's tables say only what the walk can do. Method: the documented example, digests made again
 * with another function of OpenSSL, parameters taken apart, the tables walked. */
#include "unit.h"

#include <openssl/evp.h>

#include "common/json.h"
#include "common/text.h"
#include "fetcher/provider.h"

static const struct provider *provider;
static struct account account;
static struct session session;

static int find_provider(void **state)
{
	(void)state;
	provider = provider_find("opensubsonic");
	return provider ? 0 : -1;
}

static void sign_in(const char *auth, const char *username, const char *secret)
{
	account = (struct account){0};
	snprintf(account.auth, sizeof account.auth, "%s", auth);
	snprintf(account.username, sizeof account.username, "%s", username);
	snprintf(account.secret, sizeof account.secret, "%s", secret);
	session = (struct session){.provider = provider, .account = &account};
	session.sign_mode = provider_first_sign_mode(provider, &account);
}

/* The signed parameters; freed by the caller. */
static char *signed_query(void)
{
	struct signature signature;
	size_t len;
	struct err err;
	buf_init(&signature.query, 64 * 1024);
	buf_init(&signature.headers, 64 * 1024);
	if (provider->sign(&session, &signature, &err))
		fail_msg("%s", err.text);
	assert_true(buf_ok(&signature.query));
	assert_int_equal(signature.headers.len, 0);
	buf_add_byte(&signature.query, '\0');
	return buf_take(&signature.query, &len);
}

/* The value of a parameter, unescaped; false when there is none. */
static bool parameter(const char *query, const char *name, char value[2 * LIMIT_SECRET + 64])
{
	size_t len = strlen(name), used = 0;
	const char *at = query;
	while (at && !(strncmp(at, name, len) == 0 && at[len] == '='))
		at = strchr(at, '&') ? strchr(at, '&') + 1 : NULL;
	if (!at)
		return false;
	for (at += len + 1; *at && *at != '&'; at++) {
		unsigned byte = (unsigned char)*at;
		if (byte == '%') {
			assert_int_equal(sscanf(at + 1, "%2X", &byte), 1);
			at += 2;
		}
		value[used++] = (char)byte;
	}
	value[used] = '\0';
	return true;
}

static void md5_hex(const char *text, char hex[33])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	assert_int_equal(EVP_Digest(text, strlen(text), digest, &len, EVP_md5(), NULL), 1);
	for (unsigned i = 0; i < len; i++)
		snprintf(hex + 2 * (size_t)i, 3, "%02x", digest[i]);
}

static const char *const secrets[] = {
	"sesame", "", " ", "a&b=c#d?e", "100%", "p\xc3\xa4ss w\xc3\xb6rt", "\"'\\", "+", "\xff\x01",
};

static void a_token_is_the_digest_of_password_and_salt(void **state)
{
	static char salt[2 * LIMIT_SECRET + 64], token[2 * LIMIT_SECRET + 64], both[200], want[33];
	(void)state;
	md5_hex("sesamec19b2d", want);
	assert_string_equal(want, "26719a1196d2a940705a59634eb18eab"); /* the documentation's own example */
	for (size_t i = 0; i < COUNT_OF(secrets); i++) {
		sign_in("auto", "joe", secrets[i]);
		char *query = signed_query();
		assert_true(parameter(query, "s", salt) && parameter(query, "t", token));
		assert_true(strlen(salt) >= 6); /* as the documentation asks */
		snprintf(both, sizeof both, "%s%s", secrets[i], salt);
		md5_hex(both, want);
		assert_string_equal(token, want);
		assert_false(parameter(query, "p", token) || parameter(query, "apiKey", token));
		assert_true(strlen(secrets[i]) < 3 || !strstr(query, secrets[i]));
		free(query);
	}
}

static void no_two_requests_have_the_same_salt(void **state)
{
	static char first[2 * LIMIT_SECRET + 64], second[2 * LIMIT_SECRET + 64];
	(void)state;
	sign_in("token", "joe", "sesame");
	for (int i = 0; i < 100; i++) {
		char *a = signed_query(), *b = signed_query();
		assert_true(parameter(a, "s", first) && parameter(b, "s", second));
		assert_string_not_equal(first, second);
		free(a);
		free(b);
	}
}

/* As in FIPS mode, where OpenSSL refuses MD5. */
static void without_md5_no_token_is_made(void **state)
{
	struct signature signature;
	struct err err;
	(void)state;
	sign_in("token", "joe", "sesame");
	buf_init(&signature.query, 4096);
	buf_init(&signature.headers, 4096);
	assert_int_equal(EVP_set_default_properties(NULL, "fips=yes"), 1);
	int result = provider->sign(&session, &signature, &err);
	EVP_set_default_properties(NULL, "");
	assert_int_equal(result, -1);
	assert_err(&err, ERR_CONFIG, "no MD5");
	assert_null(strstr(buf_text(&signature.query), "&t="));
	buf_done(&signature.query);
	buf_done(&signature.headers);
}

static void an_api_key_stands_alone(void **state)
{
	static char value[2 * LIMIT_SECRET + 64];
	(void)state;
	for (size_t i = 0; i < COUNT_OF(secrets); i++) {
		sign_in("apikey", "joe", secrets[i]);
		char *query = signed_query();
		assert_true(parameter(query, "apiKey", value));
		assert_string_equal(value, secrets[i]);
		assert_false(parameter(query, "u", value) || parameter(query, "p", value) || parameter(query, "t", value) ||
		             parameter(query, "s", value));
		free(query);
	}
}

static void a_password_is_sent_as_hexadecimal(void **state)
{
	static char value[2 * LIMIT_SECRET + 64], want[200];
	(void)state;
	for (size_t i = 0; i < COUNT_OF(secrets); i++) {
		size_t used = (size_t)snprintf(want, sizeof want, "enc:");
		for (const char *c = secrets[i]; *c; c++)
			used += (size_t)snprintf(want + used, sizeof want - used, "%02x", (unsigned char)*c);
		sign_in("password", "joe", secrets[i]);
		char *query = signed_query();
		assert_true(parameter(query, "p", value));
		assert_string_equal(value, want);
		assert_false(parameter(query, "t", value) || parameter(query, "s", value));
		free(query);
	}
}

static void every_way_says_who_asks_and_how_to_answer(void **state)
{
	static const char *const ways[] = {"auto", "token", "password", "apikey"};
	static char value[2 * LIMIT_SECRET + 64];
	(void)state;
	for (size_t i = 0; i < COUNT_OF(ways); i++) {
		sign_in(ways[i], "j\xc3\xb6 & co", "sesame");
		char *query = signed_query();
		assert_true(parameter(query, "f", value));
		assert_string_equal(value, "json");
		assert_true(parameter(query, "c", value));
		assert_string_equal(value, "syncline");
		assert_true(parameter(query, "v", value));
		assert_string_equal(value, "1.16.1");
		assert_int_equal(parameter(query, "u", value), strcmp(ways[i], "apikey") != 0);
		assert_true(strcmp(ways[i], "apikey") == 0 || strcmp(value, "j\xc3\xb6 & co") == 0);
		assert_null(strchr(query, ' '));
		free(query);
	}
}

static void the_longest_secret_is_signed_whole(void **state)
{
	static char secret[LIMIT_SECRET + 1], value[2 * LIMIT_SECRET + 64];
	(void)state;
	memset(secret, '&', LIMIT_SECRET);
	sign_in("apikey", "", secret);
	char *query = signed_query();
	assert_true(parameter(query, "apiKey", value));
	assert_string_equal(value, secret);
	free(query);
	sign_in("password", "", secret);
	query = signed_query();
	assert_true(parameter(query, "p", value));
	assert_int_equal(strlen(value), 4 + 2 * LIMIT_SECRET);
	free(query);
}

static void only_an_open_choice_falls_back_from_token_to_password(void **state)
{
	static char value[2 * LIMIT_SECRET + 64];
	static const char *const fixed[] = {"token", "password", "apikey"};
	(void)state;
	sign_in("auto", "joe", "sesame");
	session.sign_mode = provider_next_sign_mode(provider, &account, session.sign_mode);
	assert_true(session.sign_mode >= 0);
	char *query = signed_query();
	assert_true(parameter(query, "p", value));
	free(query);
	assert_int_equal(provider_next_sign_mode(provider, &account, session.sign_mode), -1);
	for (size_t i = 0; i < COUNT_OF(fixed); i++) { /* nobody who chose the token has the password sent */
		sign_in(fixed[i], "joe", "sesame");
		assert_int_equal(provider_next_sign_mode(provider, &account, session.sign_mode), -1);
	}
}

/* ---- what a server tells ---- */

static void learn(const struct request *request, const char *body)
{
	yyjson_doc *doc = NULL;
	struct err err;
	if (json_read(span_of(body), &doc, &err))
		fail_msg("%s: %s", body, err.text);
	provider->learn(request, yyjson_doc_get_root(doc), &session);
	yyjson_doc_free(doc);
}

static void the_greeting_names_the_server(void **state)
{
	static const struct {
		const char *name, *members, *want;
	} rows[] = {
		{"both", "\"type\":\"navidrome\",\"serverVersion\":\"0.53.3 (abc)\"", "navidrome 0.53.3 (abc)"},
		{"no version", "\"type\":\"supysonic\"", "supysonic"},
		{"nothing", "\"version\":\"1.16.1\"", "a Subsonic server"},
		{"a version alone", "\"serverVersion\":\"6\"", "a Subsonic server 6"},
		{"no texts", "\"type\":7,\"serverVersion\":[]", "a Subsonic server"},
		{"too long", "\"type\":\"ttttttttttttttttttttttttttttttttttttttttttttt\",\"serverVersion\":\"1\"",
	     "tttttttttttttttttttttttttttttttttttttttt 1"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char body[300];
		sign_in("auto", "", "");
		snprintf(body, sizeof body, "{\"subsonic-response\":{%s}}", rows[i].members);
		learn(provider->hello, body);
		assert_row(&rows[i], strcmp(session.server, rows[i].want) == 0);
	}
	learn(provider->hello, "{\"subsonic-response\":{\"type\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\xc3\xa9\"}}");
	assert_true(text_valid(span_of(session.server)));
}

static void parameters_go_as_a_form_only_where_the_server_takes_it(void **state)
{
	static const struct {
		const char *name, *extensions;
		bool want;
	} rows[] = {
		{"with others", "[{\"name\":\"songLyrics\",\"versions\":[1]},{\"name\":\"formPost\",\"versions\":[1]}]", true},
		{"one alone", "{\"name\":\"formPost\"}", true},
		{"others", "[{\"name\":\"songLyrics\"},{\"name\":\"formPosts\"},{\"name\":7},null]", false},
		{"none", "[]", false},
		{"null", "null", false},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char body[300];
		sign_in("auto", "", "");
		snprintf(body, sizeof body, "{\"subsonic-response\":{\"openSubsonicExtensions\":%s}}", rows[i].extensions);
		learn(provider->extras, body);
		assert_row(&rows[i], session.form_post == rows[i].want);
	}
}

/* ---- tables ---- */

static void check_request(const struct request *request, bool is_child)
{
	assert_true(*request->name && !strpbrk(request->name, "/?& "));
	assert_true(request->list && strncmp(request->list, "subsonic-response.", 18) == 0);
	assert_non_null(strchr(request->list + 18, '.')); /* the object around the list must be there */
	assert_int_equal(strstr(request->query, "{id}") != NULL, is_child);
	bool paged = request->paging == PAGING_OFFSET;
	assert_int_equal(strstr(request->query, "{size}") && strstr(request->query, "{offset}"), paged);
	assert_true(!request->announced || strncmp(request->announced, "subsonic-response.", 18) == 0);
	assert_int_equal(strspn(request->query, "?&"), 0);
}

static void every_category_has_plans_that_the_walk_can_follow(void **state)
{
	(void)state;
	for (unsigned category = 0; category < CATEGORY_COUNT; category++) {
		const struct plan *plan = provider->plans[category];
		assert_non_null(plan->list);
		for (; plan->list; plan++) {
			assert_true(plan < provider->plans[category] + PLANS_MAX - 1); /* the last one ends the table */
			check_request(plan->list, false);
			assert_true(plan->child || plan->list_is_published);
			if (plan->child)
				check_request(plan->child, true);
		}
	}
}

static void every_table_of_fences_ends(void **state)
{
	(void)state;
	for (unsigned category = 0; category < CATEGORY_COUNT; category++) {
		int parts = 0;
		for (const struct fence_part *part = provider->fences[category]; part->request; part++) {
			assert_true(++parts <= FENCE_PARTS_MAX);
			assert_true(strlen(part->request->name) > 3); /* the fourth letter names the part */
			assert_non_null(part->values[0]);
		}
		assert_true(parts > 0);
	}
}

static void a_provider_is_found_by_its_whole_name(void **state)
{
	(void)state;
	assert_string_equal(provider->name, "opensubsonic");
	assert_null(provider_find("OpenSubsonic"));
	assert_null(provider_find("opensubsoni"));
	assert_null(provider_find(""));
	assert_non_null(strstr(provider_names(), provider->name));
}

static void only_unreserved_characters_stay_as_they_are(void **state)
{
	struct buf out;
	(void)state;
	buf_init(&out, 4096);
	for (unsigned byte = 0; byte < 256; byte++) {
		char one = (char)byte, want[4];
		bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
		             (byte && strchr("-._~", (int)byte));
		if (plain)
			snprintf(want, sizeof want, "%c", one);
		else
			snprintf(want, sizeof want, "%%%02X", byte);
		buf_reset(&out, SIZE_MAX);
		provider_escape(&out, (struct span){&one, 1});
		assert_span(buf_span(&out), want);
	}
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_is_the_digest_of_password_and_salt),
		cmocka_unit_test(no_two_requests_have_the_same_salt),
		cmocka_unit_test(without_md5_no_token_is_made),
		cmocka_unit_test(an_api_key_stands_alone),
		cmocka_unit_test(a_password_is_sent_as_hexadecimal),
		cmocka_unit_test(every_way_says_who_asks_and_how_to_answer),
		cmocka_unit_test(the_longest_secret_is_signed_whole),
		cmocka_unit_test(only_an_open_choice_falls_back_from_token_to_password),
		cmocka_unit_test(the_greeting_names_the_server),
		cmocka_unit_test(parameters_go_as_a_form_only_where_the_server_takes_it),
		cmocka_unit_test(every_category_has_plans_that_the_walk_can_follow),
		cmocka_unit_test(every_table_of_fences_ends),
		cmocka_unit_test(a_provider_is_found_by_its_whole_name),
		cmocka_unit_test(only_unreserved_characters_stay_as_they_are),
	};
	return cmocka_run_group_tests(tests, find_provider, NULL);
}

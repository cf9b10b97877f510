/* What a server repeats of our secrets is covered, in each form in which it was sent, and nothing else is.
 * Method: a text as a server might send it, and what may be left of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/limits.h"
#include "fetcher/secrets.h"

struct row {
	const char *name, *text, *want;
};

static const struct credentials credentials = {
	.client_id = "app1",
	.client_secret = "Client/Secret+9",
	.refresh_token = "refresh-0123456789",
	.access_token = "access-0123456789",
	.developer_token = "eyJhbGciOiJFUzI1NiJ9.eyJpc3Mi.c2ln",
	.user_token = "user-token==0123",
};

static void check(const struct row *rows, size_t count, const struct account *account, const struct credentials *of)
{
	for (size_t i = 0; i < count; i++) {
		char text[400];
		snprintf(text, sizeof text, "%s", rows[i].text);
		secrets_hide(text, account, of);
		if (strcmp(text, rows[i].want) != 0)
			fail_msg("%s: '%s', not '%s'", rows[i].name, text, rows[i].want);
	}
}

static void a_token_that_a_server_repeats_is_covered(void **state)
{
	static const struct row rows[] = {
		{"nothing", "Insufficient client scope", "Insufficient client scope"},
		{"an access token", "Bearer access-0123456789 is bad", "Bearer ***************** is bad"},
		{"twice", "access-0123456789,access-0123456789", "*****************,*****************"},
		{"two of them", "refresh-0123456789 and access-0123456789", "****************** and *****************"},
		{"a client's secret", "no Client/Secret+9", "no ***************"},
		{"percent-encoded", "client_secret=Client%2FSecret%2B9&x", "client_secret=*******************&x"},
		{"percent-encoded in small letters", "client_secret=Client%2fSecret%2b9&x",
	     "client_secret=*******************&x"},
		{"percent-encoded in both", "Client%2fSecret%2B9", "*******************"},
		{"in hexadecimal of large letters", "436C69656E742F5365637265742B39", "******************************"},
		{"as a Basic pair", "Basic YXBwMTpDbGllbnQvU2VjcmV0Kzk=", "Basic ****************************"},
		{"in hexadecimal", "6163636573732d30313233343536373839", "**********************************"},
		{"a token that was signed here", "alg of eyJhbGciOiJFUzI1NiJ9.eyJpc3Mi.c2ln",
	     "alg of **********************************"},
		{"a user's token", "user-token==0123", "****************"},
		{"one that was cut", "invalid: access-012345", "invalid: *************"},
		{"one that begins alike", "refresh-0999", "*********999"},
		{"the same word, but no token", "access denied; refresh it", "access denied; refresh it"},
		{"no text", "", ""},
	};
	(void)state;
	check(rows, COUNT_OF(rows), NULL, &credentials);
}

static void a_password_that_a_server_repeats_is_covered(void **state)
{
	static const struct row rows[] = {
		{"as it is", "wrong password 'se same' for me", "wrong password '*******' for me"},
		{"as it was sent", "GET /rest/ping?p=enc:73652073616d65&f=json", "GET /rest/ping?p=enc:**************&f=json"},
		{"percent-encoded", "p=se%20same", "p=*********"},
		{"a part of it", "same", "same"},
	};
	static const struct account account = {.secret = "se same"};
	(void)state;
	check(rows, COUNT_OF(rows), &account, NULL);
}

static void what_is_too_short_to_be_told_leaves_texts_readable(void **state)
{
	static const struct row rows[] = {{"three letters", "not found", "not found"}};
	static const struct account account = {.secret = "not"};
	static const struct credentials empty = {0};
	(void)state;
	check(rows, COUNT_OF(rows), &account, NULL);
	check(rows, COUNT_OF(rows), NULL, &empty);
	check(rows, COUNT_OF(rows), NULL, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_that_a_server_repeats_is_covered),
		cmocka_unit_test(a_password_that_a_server_repeats_is_covered),
		cmocka_unit_test(what_is_too_short_to_be_told_leaves_texts_readable),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

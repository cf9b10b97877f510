/* Goal: a password is judged, or nobody says that it was wrong. Method: users in a real Postgres; libsodium finds no memory when
 * the test says so. */
#include <dlfcn.h>
#include <sodium.h>

#include "console/user.h"
#include "console_support.h"

static bool starved;

/* Instead of libsodium's, which the dynamic linker finds behind a program's own. */
int crypto_pwhash_str(char hash[crypto_pwhash_STRBYTES], const char *const password, unsigned long long len,
                      unsigned long long operations, size_t memory)
{
	int (*real)(char *, const char *, unsigned long long, unsigned long long, size_t);
	*(void **)&real = dlsym(RTLD_NEXT, "crypto_pwhash_str");
	return starved ? -1 : real(hash, password, len, operations, memory);
}

int crypto_pwhash_str_verify(const char hash[crypto_pwhash_STRBYTES], const char *const password,
                             unsigned long long len)
{
	int (*real)(const char *, const char *, unsigned long long);
	*(void **)&real = dlsym(RTLD_NEXT, "crypto_pwhash_str_verify");
	return starved ? -1 : real(hash, password, len);
}

static bool fits(struct bench *bench, const char *name, const char *password)
{
	struct err err;
	bool good;
	must(user_check(bench->pg, name, password, &good, &err), &err);
	return good;
}

static void a_password_is_its_users_alone(void **state)
{
	struct bench *bench = *state;
	struct err err;
	must(user_store(bench->pg, "anna", "correct horse battery", SCOPE_READ, &err), &err);
	assert_true(fits(bench, "anna", "correct horse battery"));
	assert_false(fits(bench, "anna", "correct horse"));
	assert_false(fits(bench, "anna", ""));
	assert_false(fits(bench, "nobody", "correct horse battery"));
}

static void without_memory_no_password_is_called_wrong(void **state)
{
	static const char *const names[] = {"anna", "nobody"};
	struct bench *bench = *state;
	struct err err;
	bool good = true;
	must(user_store(bench->pg, "anna", "correct horse battery", SCOPE_READ, &err), &err);
	starved = true;
	for (size_t i = 0; i < 2; i++) {
		int result = user_check(bench->pg, names[i], "correct horse battery", &good, &err);
		assert_int_equal(result, -1);
		assert_false(good);
		assert_int_equal(err.class, ERR_RETRY);
		assert_non_null(strstr(err.text, "memory"));
	}
	assert_int_equal(user_store(bench->pg, "bert", "correct horse battery", SCOPE_READ, &err), -1);
	starved = false;
	assert_true(fits(bench, "anna", "correct horse battery"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_password_is_its_users_alone, bench_open, bench_close),
		cmocka_unit_test_setup_teardown(without_memory_no_password_is_called_wrong, bench_open, bench_close),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

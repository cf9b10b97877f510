/* Goal: a secret comes back only with its key and its account, and nothing of it can be read in what is stored. Method:
 * every byte of a sealed secret changed once, other keys and accounts, a canary looked for, key files as people leave
 * them. */
#include "unit.h"

#include <dirent.h>
#include <signal.h>
#include <sodium.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/vault.h"

#define HEX_KEY "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define OTHER_KEY "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1e"
static const char canary[] = "canary-5ecret-4b1f";

static char folder[] = "/tmp/syncline-vault-XXXXXX", path[sizeof folder + 16];

static int make_folder(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof path, "%s/key", folder);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

static void write_key(const char *text, size_t len, mode_t mode)
{
	unlink(path);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static struct vault *open_with(const char *key)
{
	struct vault *vault = NULL;
	struct err err;
	write_key(key, strlen(key), 0600);
	assert_int_equal(vault_open(path, &vault, &err), 0);
	return vault;
}

struct sealed {
	unsigned char bytes[VAULT_SEALED_MAX];
	size_t len;
};

static void seal(const struct vault *vault, const char *account, struct span secret, struct sealed *sealed)
{
	struct err err;
	assert_int_equal(vault_seal(vault, span_of(account), secret, sealed->bytes, &sealed->len, &err), 0);
	assert_int_equal(sealed->len, secret.len + VAULT_OVERHEAD);
}

/* A copy of just the right size, so that the sanitizer sees a byte read behind it. */
static int unseal(const struct vault *vault, const char *account, const struct sealed *sealed, char *secret)
{
	struct err err = {0};
	unsigned char *exact = malloc(sealed->len ? sealed->len : 1);
	assert_non_null(exact);
	memcpy(exact, sealed->bytes, sealed->len);
	int result = vault_unseal(vault, span_of(account), exact, sealed->len, secret, &err);
	free(exact);
	if (result) {
		assert_err(&err, ERR_CONFIG, account);
		assert_null(strstr(err.text, canary));
	}
	return result;
}

static void a_secret_comes_back(void **state)
{
	static const size_t lens[] = {0, 1, 15, 16, 17, 64, LIMIT_SECRET};
	static char secret[LIMIT_SECRET + 1], long_secret[LIMIT_SECRET];
	static struct sealed sealed;
	struct vault *vault = open_with(HEX_KEY);
	uint64_t seed = 3;
	(void)state;
	for (size_t i = 0; i < sizeof long_secret; i++)
		long_secret[i] = (char)(1 + random_below(&seed, 255));
	for (size_t i = 0; i < COUNT_OF(lens); i++) {
		memset(secret, 'x', sizeof secret);
		seal(vault, "home", (struct span){long_secret, lens[i]}, &sealed);
		assert_int_equal(unseal(vault, "home", &sealed, secret), 0);
		assert_memory_equal(secret, long_secret, lens[i]);
		assert_int_equal(secret[lens[i]], '\0');
	}
	vault_close(&vault);
}

static void a_secret_that_is_too_long_is_refused(void **state)
{
	static const char secret[LIMIT_SECRET + 1] = "";
	static struct sealed sealed;
	struct vault *vault = open_with(HEX_KEY);
	struct err err = {0};
	(void)state;
	assert_int_equal(vault_seal(vault, span_of("home"), (struct span){secret, sizeof secret}, sealed.bytes, &sealed.len,
	                            &err),
	                 -1);
	assert_err(&err, ERR_CONFIG, "4096");
	vault_close(&vault);
}

static void nothing_of_the_secret_is_in_the_sealed_bytes(void **state)
{
	static struct sealed sealed;
	struct vault *vault = open_with(HEX_KEY);
	(void)state;
	for (int i = 0; i < 50; i++) {
		seal(vault, "home", span_of(canary), &sealed);
		assert_null(memmem(sealed.bytes, sealed.len, canary, 4));
		assert_null(memmem(sealed.bytes, sealed.len, canary + sizeof canary - 5, 4));
		assert_null(memmem(sealed.bytes, sealed.len, "home", 4));
	}
	vault_close(&vault);
}

static void the_same_secret_never_looks_the_same(void **state)
{
	static struct sealed first, second;
	struct vault *vault = open_with(HEX_KEY);
	(void)state;
	seal(vault, "home", span_of(canary), &first);
	seal(vault, "home", span_of(canary), &second);
	assert_memory_not_equal(first.bytes + 1, second.bytes + 1, 24);
	assert_memory_not_equal(first.bytes + 25, second.bytes + 25, first.len - 25);
	vault_close(&vault);
}

static void another_key_or_account_opens_nothing(void **state)
{
	static struct sealed sealed;
	static char secret[LIMIT_SECRET + 1];
	struct vault *vault = open_with(HEX_KEY), *other = open_with(OTHER_KEY);
	(void)state;
	seal(vault, "home", span_of(canary), &sealed);
	assert_int_equal(unseal(other, "home", &sealed, secret), -1);
	assert_int_equal(unseal(vault, "away", &sealed, secret), -1);
	assert_int_equal(unseal(vault, "homes", &sealed, secret), -1);
	assert_int_equal(unseal(vault, "", &sealed, secret), -1);
	assert_null(memmem(secret, sizeof secret, canary, sizeof canary - 1));
	assert_int_equal(unseal(vault, "home", &sealed, secret), 0);
	vault_close(&vault);
	vault_close(&other);
}

static void a_changed_byte_anywhere_is_found(void **state)
{
	static struct sealed sealed;
	static char secret[LIMIT_SECRET + 1];
	struct vault *vault = open_with(HEX_KEY);
	(void)state;
	seal(vault, "home", span_of(canary), &sealed);
	for (size_t i = 0; i < sealed.len; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			sealed.bytes[i] ^= (unsigned char)(1u << bit);
			assert_int_equal(unseal(vault, "home", &sealed, secret), -1);
			sealed.bytes[i] ^= (unsigned char)(1u << bit);
		}
	}
	assert_int_equal(unseal(vault, "home", &sealed, secret), 0);
	vault_close(&vault);
}

static void sealed_bytes_that_are_cut_or_grown_are_refused(void **state)
{
	static struct sealed sealed, cut;
	static unsigned char large[VAULT_SEALED_MAX + 1] = {1};
	static char secret[LIMIT_SECRET + 1];
	struct vault *vault = open_with(HEX_KEY);
	struct err err = {0};
	(void)state;
	seal(vault, "home", span_of(canary), &sealed);
	for (cut = sealed, cut.len = 0; cut.len < sealed.len; cut.len++)
		assert_int_equal(unseal(vault, "home", &cut, secret), -1);
	cut.len = sealed.len + 1;
	assert_int_equal(unseal(vault, "home", &cut, secret), -1);
	assert_int_equal(vault_unseal(vault, span_of("home"), large, sizeof large, secret, &err), -1);
	assert_int_equal(err.class, ERR_CONFIG);
	vault_close(&vault);
}

/* As a program with a larger maximum would have sealed it: whole and authentic, and still no room for it here. */
static void a_sealed_secret_that_is_too_long_is_refused(void **state)
{
	static unsigned char sealed[VAULT_SEALED_MAX + 1] = {1};
	static const unsigned char long_secret[LIMIT_SECRET + 1];
	static char secret[LIMIT_SECRET + 1];
	struct vault *vault = open_with(HEX_KEY);
	struct err err = {0};
	unsigned char key[32];
	unsigned long long len = 0;
	(void)state;
	for (size_t i = 0; i < sizeof key; i++)
		key[i] = (unsigned char)i; /* HEX_KEY */
	crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + 25, &len, long_secret, LIMIT_SECRET,
	                                           (const unsigned char *)"home", 4, NULL, sealed + 1, key);
	assert_int_equal(vault_unseal(vault, span_of("home"), sealed, 25 + (size_t)len, secret, &err), 0);
	crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + 25, &len, long_secret, LIMIT_SECRET + 1,
	                                           (const unsigned char *)"home", 4, NULL, sealed + 1, key);
	assert_int_equal(vault_unseal(vault, span_of("home"), sealed, 25 + (size_t)len, secret, &err), -1);
	assert_int_equal(err.class, ERR_CONFIG);
	vault_close(&vault);
}

#define KEY_FILE(text) text, sizeof text - 1

static const struct {
	const char *name, *text;
	size_t len;
	mode_t mode;
	const char *want; /* in the error; NULL: it is a key */
} key_rows[] = {
	{"as written", KEY_FILE(HEX_KEY "\n"), 0600, NULL},
	{"without a line's end", KEY_FILE(HEX_KEY), 0600, NULL},
	{"with Windows' line's end", KEY_FILE(HEX_KEY "\r\n"), 0600, NULL},
	{"read only", KEY_FILE(HEX_KEY "\n"), 0400, NULL},
	{"upper case", KEY_FILE("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F"), 0600, NULL},
	{"empty", KEY_FILE(""), 0600, "64 hexadecimal digits"},
	{"one digit short", KEY_FILE("00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"), 0600, "64 hexa"},
	{"... with a line's end", KEY_FILE("00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"), 0600,
     "64 hexadecimal digits"},
	{"one digit long", KEY_FILE(HEX_KEY "0"), 0600, "64 hexadecimal digits"},
	{"twice as long", KEY_FILE(HEX_KEY HEX_KEY), 0600, "64 hexadecimal digits"},
	{"no hexadecimal", KEY_FILE("g00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"), 0600, "64 hexa"},
	{"NUL in it", KEY_FILE("00010203040506070809\0a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"), 0600, "64 hexa"},
	{"for the group", KEY_FILE(HEX_KEY "\n"), 0640, "chmod 600"},
	{"for all", KEY_FILE(HEX_KEY "\n"), 0604, "chmod 600"},
	{"for all to write", KEY_FILE(HEX_KEY "\n"), 0602, "chmod 600"},
};

static void a_key_file_is_a_key_and_private_or_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(key_rows); i++) {
		struct vault *vault = NULL;
		struct err err = {0};
		write_key(key_rows[i].text, key_rows[i].len, key_rows[i].mode);
		assert_row(&key_rows[i], vault_open(path, &vault, &err) == (key_rows[i].want ? -1 : 0));
		assert_row(&key_rows[i], !key_rows[i].want || (err.class == ERR_CONFIG && strstr(err.text, key_rows[i].want)));
		assert_row(&key_rows[i], !strstr(err.text, "01020304050607"));
		vault_close(&vault);
		assert_null(vault);
	}
}

static void a_missing_key_file_says_how_to_make_one(void **state)
{
	struct vault *vault = NULL;
	struct err err = {0};
	(void)state;
	unlink(path);
	assert_int_equal(vault_open(path, &vault, &err), -1);
	assert_err(&err, ERR_CONFIG, "syncline key");
	assert_non_null(strstr(err.text, path));
	assert_null(vault);
}

static void a_made_key_is_private_new_and_never_written_over(void **state)
{
	struct vault *vault = NULL;
	struct err err = {0};
	struct stat info;
	char first[80] = "", second[80] = "";
	(void)state;
	unlink(path);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(vault_create_key(path, &err), 0);
		assert_int_equal(stat(path, &info), 0);
		assert_int_equal(info.st_mode & 0777, 0600);
		assert_int_equal(vault_open(path, &vault, &err), 0);
		vault_close(&vault);
		FILE *file = fopen(path, "r");
		assert_true(file && fgets(i ? second : first, sizeof first, file));
		fclose(file);
		assert_int_equal(vault_create_key(path, &err), -1);
		assert_err(&err, ERR_CONFIG, path);
		unlink(path);
	}
	assert_int_equal(strlen(first), 65);
	assert_string_not_equal(first, second);
}

static int entries_of_folder(void)
{
	DIR *dir = opendir(folder);
	int count = 0;
	assert_non_null(dir);
	for (const struct dirent *entry; (entry = readdir(dir));)
		count += entry->d_name[0] != '.';
	closedir(dir);
	return count;
}

static void a_key_that_cannot_be_written_whole_leaves_nothing(void **state)
{
	struct vault *vault = NULL;
	struct err err = {0};
	struct rlimit before, full = {.rlim_cur = 10};
	(void)state;
	unlink(path);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	full.rlim_max = before.rlim_max;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &full), 0);
	int result = vault_create_key(path, &err);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(result, -1);
	assert_err(&err, ERR_CONFIG, "could not be written");
	assert_int_equal(entries_of_folder(), 0);
	assert_int_equal(vault_create_key(path, &err), 0);
	assert_int_equal(entries_of_folder(), 1);
	assert_int_equal(vault_open(path, &vault, &err), 0);
	vault_close(&vault);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_secret_comes_back),
		cmocka_unit_test(a_secret_that_is_too_long_is_refused),
		cmocka_unit_test(nothing_of_the_secret_is_in_the_sealed_bytes),
		cmocka_unit_test(the_same_secret_never_looks_the_same),
		cmocka_unit_test(another_key_or_account_opens_nothing),
		cmocka_unit_test(a_changed_byte_anywhere_is_found),
		cmocka_unit_test(sealed_bytes_that_are_cut_or_grown_are_refused),
		cmocka_unit_test(a_sealed_secret_that_is_too_long_is_refused),
		cmocka_unit_test(a_key_file_is_a_key_and_private_or_refused),
		cmocka_unit_test(a_missing_key_file_says_how_to_make_one),
		cmocka_unit_test(a_made_key_is_private_new_and_never_written_over),
		cmocka_unit_test(a_key_that_cannot_be_written_whole_leaves_nothing),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

/* Sealing with libsodium. Layout: version byte 1, nonce, ciphertext with tag. */
#include "common/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	VERSION = 1,
	KEY = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
	NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
};
_Static_assert(VAULT_OVERHEAD == 1 + NONCE + TAG, "vault.h tells another size");

struct vault {
	unsigned char key[KEY];
};

static int read_key(const char *path, unsigned char key[KEY], struct err *err)
{
	struct stat info;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(err, ERR_CONFIG, errno, "key file %s: %s; set key_file, or make one with: syncline key", path,
		               strerror(errno));
	char text[2 * KEY + 4] = ""; /* with a line's end, and a byte that must not follow */
	ssize_t got = read(fd, text, sizeof text - 1);
	bool open_to_others = fstat(fd, &info) == 0 && (info.st_mode & (S_IRWXG | S_IRWXO)) != 0;
	close(fd);
	size_t bytes = 0;
	int result = 0;
	if (open_to_others)
		result = err_set(err, ERR_CONFIG, 0, "key file %s can be read by others; run: chmod 600 %s", path, path);
	else if (got < 2 * KEY || strspn(text + 2 * KEY, "\r\n") != (size_t)got - 2 * KEY ||
	         sodium_hex2bin(key, KEY, text, 2 * KEY, NULL, &bytes, NULL) || bytes != KEY)
		result = err_set(err, ERR_CONFIG, 0, "key file %s must hold %d hexadecimal digits", path, 2 * KEY);
	sodium_memzero(text, sizeof text);
	return result;
}

int vault_open(const char *key_file, struct vault **ret, struct err *err)
{
	if (sodium_init() < 0)
		return err_set(err, ERR_FATAL, 0, "libsodium could not start");
	struct vault *vault = calloc(1, sizeof *vault);
	if (!vault)
		return err_set(err, ERR_FATAL, 0, "no memory for the key");
	if (read_key(key_file, vault->key, err)) {
		vault_close(&vault);
		return -1;
	}
	*ret = vault;
	return 0;
}

void vault_close(struct vault **vault)
{
	if (!*vault)
		return;
	sodium_memzero((*vault)->key, KEY);
	free(*vault);
	*vault = NULL;
}

int vault_seal(const struct vault *vault, struct span account, struct span secret, unsigned char *sealed, size_t *len,
               struct err *err)
{
	if (secret.len > LIMIT_SECRET)
		return err_set(err, ERR_CONFIG, 0, "the secret is longer than %d bytes", LIMIT_SECRET);
	unsigned long long used = 0;
	sealed[0] = VERSION;
	randombytes_buf(sealed + 1, NONCE);
	crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + 1 + NONCE, &used, (const unsigned char *)secret.at, secret.len,
	                                           (const unsigned char *)account.at, account.len, NULL, sealed + 1,
	                                           vault->key);
	*len = 1 + NONCE + (size_t)used;
	return 0;
}

int vault_unseal(const struct vault *vault, struct span account, const unsigned char *sealed, size_t len, char *secret,
                 struct err *err)
{
	unsigned long long used = 0;
	if (len < VAULT_OVERHEAD || len > VAULT_SEALED_MAX || sealed[0] != VERSION ||
	    crypto_aead_xchacha20poly1305_ietf_decrypt((unsigned char *)secret, &used, NULL, sealed + 1 + NONCE,
	                                               len - 1 - NONCE, (const unsigned char *)account.at, account.len,
	                                               sealed + 1, vault->key))
		return err_set(err, ERR_CONFIG, 0,
		               "the credentials of account '%.*s' cannot be unsealed with this key file; "
		               "use the key they were sealed with, or sign in again: syncline account login %.*s",
		               SPAN_ARG(account), SPAN_ARG(account));
	secret[used] = '\0';
	return 0;
}

void vault_wipe(void *at, size_t len)
{
	sodium_memzero(at, len);
}

/* Closes fd. */
static int write_whole(int fd, const char *text, size_t len)
{
	ssize_t put = write(fd, text, len);
	int code = put < 0 ? errno : (size_t)put < len ? ENOSPC : fsync(fd) ? errno : 0;
	close(fd);
	errno = code;
	return code ? -1 : 0;
}

/* Whole under a name of its own first, and then under the right one, which must be free: a half key would be in its own way. */
static int write_key(const char *key_file, const char *text, size_t len, struct err *err)
{
	char beside[PATH_MAX];
	if (snprintf(beside, sizeof beside, "%s.XXXXXX", key_file) >= (int)sizeof beside)
		return err_set(err, ERR_CONFIG, ENAMETOOLONG, "key file %s: %s", key_file, strerror(ENAMETOOLONG));
	int fd = mkostemp(beside, O_CLOEXEC); /* mode 0600 */
	if (fd < 0)
		return err_set(err, ERR_CONFIG, errno, "key file %s: %s", key_file, strerror(errno));
	int result = 0;
	if (write_whole(fd, text, len))
		result = err_set(err, ERR_CONFIG, errno, "key file %s could not be written: %s", key_file, strerror(errno));
	else if (link(beside, key_file))
		result = err_set(err, ERR_CONFIG, errno, "key file %s: %s", key_file, strerror(errno));
	unlink(beside);
	return result;
}

int vault_create_key(const char *key_file, struct err *err)
{
	unsigned char key[KEY];
	char text[2 * KEY + 1];
	if (sodium_init() < 0)
		return err_set(err, ERR_FATAL, 0, "libsodium could not start");
	randombytes_buf(key, sizeof key);
	sodium_bin2hex(text, sizeof text, key, sizeof key);
	text[2 * KEY] = '\n';
	int result = write_key(key_file, text, sizeof text, err);
	sodium_memzero(key, sizeof key);
	sodium_memzero(text, sizeof text);
	return result;
}

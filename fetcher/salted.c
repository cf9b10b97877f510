/* By OpenSSL and the kernel's random bytes. */
#include "fetcher/salted.h"

#include <openssl/evp.h>
#include <sodium.h>
#include <stdbool.h>
#include <string.h>
#include <sys/random.h>

int salted_md5(const char *secret, char salt[SALTED_SALT], char digest[SALTED_DIGEST], struct err *err)
{
	unsigned char random[(SALTED_SALT - 1) / 2], sum[EVP_MAX_MD_SIZE] = {0};
	unsigned len = 0;
	if (getrandom(random, sizeof random, 0) != sizeof random)
		memset(random, 0x5a, sizeof random); /* a poor salt still signs; the secret is not in it */
	sodium_bin2hex(salt, SALTED_SALT, random, sizeof random);
	EVP_MD_CTX *md5 = EVP_MD_CTX_new();
	bool made = md5 && EVP_DigestInit_ex(md5, EVP_md5(), NULL) && EVP_DigestUpdate(md5, secret, strlen(secret)) &&
	            EVP_DigestUpdate(md5, salt, strlen(salt)) && EVP_DigestFinal_ex(md5, sum, &len);
	EVP_MD_CTX_free(md5);
	if (!made || len != (SALTED_DIGEST - 1) / 2)
		return err_set(err, ERR_CONFIG, 0,
		               "OpenSSL here offers no MD5 (FIPS mode?), which signing in by token takes; choose another way with "
		               "--auth");
	sodium_bin2hex(digest, SALTED_DIGEST, sum, len);
	return 0;
}

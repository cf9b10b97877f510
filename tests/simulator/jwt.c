/* RFC 7515 and 7518 as far as one algorithm needs them. */
#include "jwt.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "out.h"

enum { PART_MAX = 2048, SIGNATURE_BYTES = 64 };

/* Six months of 30.4 days; Apple was seen to refuse a token that lasts exactly that long. */
static const int64_t life_max_s = 15777000;

struct jwt_key {
	EVP_PKEY *pkey;
};

struct jwt_key *jwt_key_open(const char *path)
{
	FILE *file = fopen(path, "r");
	EVP_PKEY *pkey = file ? PEM_read_PUBKEY(file, NULL, NULL, NULL) : NULL;
	if (file)
		fclose(file);
	if (!pkey)
		return NULL;
	struct jwt_key *key = must_alloc(1, sizeof *key);
	key->pkey = pkey;
	return key;
}

void jwt_key_close(struct jwt_key *key)
{
	if (key)
		EVP_PKEY_free(key->pkey);
	free(key);
}

/* Unpadded base64url; -1 when it is not that, or too long. */
static int decode(const char *text, size_t len, unsigned char bytes[PART_MAX])
{
	unsigned char padded[PART_MAX];
	size_t full = (len + 3) / 4 * 4;
	if (!len || full >= sizeof padded || len % 4 == 1 || memchr(text, '=', len))
		return -1;
	for (size_t i = 0; i < full; i++) {
		char at = i < len ? text[i] : '=';
		padded[i] = (unsigned char)(at == '-' ? '+' : at == '_' ? '/' : at);
	}
	int got = EVP_DecodeBlock(bytes, padded, (int)full);
	if (got < 0)
		return -1;
	got -= (int)(full - len); /* padding is decoded to NULs */
	bytes[got] = 0;
	return got;
}

/* What stands behind "key": in flat JSON; NULL when it is not there. */
static const char *member(const unsigned char *json, const char *key)
{
	char quoted[32];
	snprintf(quoted, sizeof quoted, "\"%s\"", key);
	const char *at = strstr((const char *)json, quoted);
	if (!at)
		return NULL;
	at += strlen(quoted);
	at += strspn(at, " \t\r\n");
	if (*at++ != ':')
		return NULL;
	return at + strspn(at, " \t\r\n");
}

static bool header_good(const char *text, size_t len)
{
	unsigned char json[PART_MAX];
	if (decode(text, len, json) < 0)
		return false;
	const char *alg = member(json, "alg"), *kid = member(json, "kid");
	return alg && strncmp(alg, "\"ES256\"", 7) == 0 && kid && *kid == '"' && kid[1] != '"';
}

static bool claims_good(const char *text, size_t len, int64_t now_s)
{
	unsigned char json[PART_MAX];
	if (decode(text, len, json) < 0)
		return false;
	const char *iss = member(json, "iss"), *iat = member(json, "iat"), *exp = member(json, "exp");
	if (!iss || !iat || !exp || *iss != '"' || iss[1] == '"')
		return false;
	int64_t begins_s = strtoll(iat, NULL, 10), ends_s = strtoll(exp, NULL, 10);
	/* A minute for clocks that differ. */
	return begins_s <= now_s + 60 && ends_s > now_s && ends_s - begins_s < life_max_s;
}

/* r and s as they come, without the DER that OpenSSL wants around them. */
static bool signature_good(const struct jwt_key *key, const char *signed_text, size_t signed_len, const char *text,
                           size_t len)
{
	unsigned char raw[PART_MAX], *der = NULL;
	if (decode(text, len, raw) != SIGNATURE_BYTES)
		return false;
	ECDSA_SIG *pair = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(raw, 32, NULL), *s = BN_bin2bn(raw + 32, 32, NULL);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool good = false;
	if (pair && r && s && context && ECDSA_SIG_set0(pair, r, s)) {
		r = s = NULL; /* the pair's now */
		int der_len = i2d_ECDSA_SIG(pair, &der);
		good = der_len > 0 && EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key->pkey) == 1 &&
		       EVP_DigestVerify(context, der, (size_t)der_len, (const unsigned char *)signed_text, signed_len) == 1;
	}
	OPENSSL_free(der);
	EVP_MD_CTX_free(context);
	BN_free(r);
	BN_free(s);
	ECDSA_SIG_free(pair);
	return good;
}

bool jwt_good(const struct jwt_key *key, const char *token, int64_t now_s)
{
	const char *claims = strchr(token, '.');
	const char *signature = claims ? strchr(claims + 1, '.') : NULL;
	if (!signature)
		return false;
	return header_good(token, (size_t)(claims - token)) &&
	       claims_good(claims + 1, (size_t)(signature - claims - 1), now_s) &&
	       signature_good(key, token, (size_t)(signature - token), signature + 1, strlen(signature + 1));
}

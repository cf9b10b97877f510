/* Credentials at rest: sealed with XChaCha20-Poly1305 (libsodium) under a key that stands in a file only the service can
 * read. The account's name is authenticated with it, so that a sealed secret cannot be moved to another account. */
#ifndef SYNCLINE_VAULT_H
#define SYNCLINE_VAULT_H

#include "common/err.h"
#include "common/limits.h"
#include "common/span.h"

struct vault;

/* Reads the key (64 hexadecimal digits). CONFIG: missing, readable by others, malformed: each with what to do. */
int vault_open(const char *key_file, struct vault **vault, struct err *err) MUST_USE;
/* Wipes the key. */
void vault_close(struct vault **vault);

enum { VAULT_OVERHEAD = 1 + 24 + 16, VAULT_SEALED_MAX = LIMIT_SECRET + VAULT_OVERHEAD };

/* sealed[VAULT_SEALED_MAX]; *len tells how much of it is used. secret at most LIMIT_SECRET bytes. */
int vault_seal(const struct vault *vault, struct span account, struct span secret, unsigned char *sealed, size_t *len,
               struct err *err) MUST_USE;

/* secret[LIMIT_SECRET + 1] becomes C text; the caller wipes it with vault_wipe. CONFIG when the key is another one. */
int vault_unseal(const struct vault *vault, struct span account, const unsigned char *sealed, size_t len, char *secret,
                 struct err *err) MUST_USE;

/* Overwrites in a way the compiler does not remove. */
void vault_wipe(void *at, size_t len);

/* Writes a new random key, mode 0600. CONFIG when the file exists, or cannot be written: it is whole then, or not there. */
int vault_create_key(const char *key_file, struct err *err) MUST_USE;

#endif

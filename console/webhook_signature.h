/* The signature of a webhook's message, by Standard Webhooks (symmetric, v1): HMAC-SHA256 over "id.timestamp.body", so that its
 * receiver knows that it comes from us, and when it was sent. Pure. */
#ifndef SYNCLINE_CONSOLE_WEBHOOK_SIGNATURE_H
#define SYNCLINE_CONSOLE_WEBHOOK_SIGNATURE_H

#include <stdint.h>

#include "common/err.h"
#include "common/span.h"

/* "whsec_" and 32 random bytes in base64; a signature is "v1," and 32 bytes. With their ends. */
enum { WEBHOOK_SECRET_BYTES = 32, WEBHOOK_SECRET = 64, WEBHOOK_SIGNATURE = 64 };

/* A new secret. The caller wipes it (vault_wipe). */
void webhook_secret_new(char secret[WEBHOOK_SECRET]);

/* message_id holds no dot. timestamp_s: seconds since 1970, as in header webhook-timestamp. FATAL: the secret is none. */
int webhook_sign(const char *secret, const char *message_id, int64_t timestamp_s, struct span body,
                 char signature[WEBHOOK_SIGNATURE], struct err *err) MUST_USE;

#endif

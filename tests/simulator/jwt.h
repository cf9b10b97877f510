/* Apple's developer tokens: JSON web tokens signed with ES256. */
#ifndef SIMULATOR_JWT_H
#define SIMULATOR_JWT_H

#include <stdbool.h>
#include <stdint.h>

struct jwt_key;

/* Reads a public key, PEM, from a file. NULL when there is none in it. */
struct jwt_key *jwt_key_open(const char *path);
/* NULL is fine. */
void jwt_key_close(struct jwt_key *key);
/* Whether the token is signed with that key, names its key and its team, has begun and has not ended, and does not last
 * longer than Apple takes. */
bool jwt_good(const struct jwt_key *key, const char *token, int64_t now_s);

#endif

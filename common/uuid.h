/* UUIDs version 7 (RFC 9562): they sort by creation time, which makes sync ids readable in order. */
#ifndef SYNCLINE_UUID_H
#define SYNCLINE_UUID_H

#include <stdint.h>

#include "common/span.h"

enum { UUID_TEXT = 37, UUID_BYTES = 16 };

/* A fresh one from the wall clock and the system's random source. */
void uuid_new(char text[UUID_TEXT]);

/* The same inputs give the same id: used for jobs that came without one, so that a redelivered message is the same
 * sync. wall_ms becomes the time part, seed the rest. */
void uuid_derive(int64_t wall_ms, uint64_t seed, char text[UUID_TEXT]);

/* Lower-case hexadecimal with dashes, 36 characters. */
bool uuid_valid(struct span text);

/* To the 16 bytes Postgres takes in binary. text must be valid. */
void uuid_bytes(struct span text, unsigned char bytes[UUID_BYTES]);

#endif

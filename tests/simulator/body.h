/* A response body: immutable bytes shared by the cache and the connections that send them. Plain reference counting; one
 * thread. */
#ifndef SIMULATOR_BODY_H
#define SIMULATOR_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct body {
	unsigned refs;
	bool gzip;           /* the bytes are compressed */
	int64_t total_count; /* for x-total-count; -1: none */
	size_t len;
	char bytes[];
};

/* A copy of the bytes, with one reference that is the caller's. */
struct body *body_new(const char *bytes, size_t len);
/* A compressed copy; NULL when built without libdeflate. */
struct body *body_gzip(const struct body *body);
struct body *body_ref(struct body *body);
/* Gives a reference back and nulls the caller's pointer; NULL is fine. */
void body_unref(struct body **body);

#endif

/* The pause that the last 429 asked for, whoever told it, and how many requests came before it was over. */
#ifndef SIMULATOR_PAUSE_H
#define SIMULATOR_PAUSE_H

#include <stdint.h>

struct response;

/* What was on its way when the pause began, also on a busy machine, is not counted. */
enum { PAUSE_GRACE_MS = 1000 };

struct pause {
	int64_t from_ms, until_ms;
	uint64_t early;
};

/* A request came at that moment. */
void pause_saw(struct pause *pause, int64_t now_ms);

/* It is answered so: a 429 with Retry-After, seconds or a date, begins a pause or makes it longer. */
void pause_told(struct pause *pause, int64_t now_ms, const struct response *response);

#endif

/* The figures of /metrics, one list (stats.def): a worker's own are plain atomics, the console's are read when they are asked
 * for. Any thread. */
#ifndef SYNCLINE_STATS_H
#define SYNCLINE_STATS_H

#include <stdint.h>

#include "common/buf.h"
#include "common/settings.h"

enum stat {
#define STAT(name, kind, programs, help) STAT_##name,
#include "common/stats.def"
	STAT_COUNT
};

void stats_add(enum stat stat, int64_t by);
void stats_set(enum stat stat, int64_t to);
int64_t stats_get(enum stat stat);

/* Prometheus text format 0.0.4, only the program's figures, each prefixed "syncline_", with process_* figures
 * (resident memory, open descriptors, CPU seconds) under their standard names. */
void stats_render(enum settings_program program, struct buf *out);

enum reading {
#define READING(name, labels, help) READING_##name,
#include "common/stats.def"
	READING_COUNT
};

/* READING_COUNT: there is none of that name. */
enum reading stats_reading(const char *name);
/* What stands before the samples of a reading, all of which follow at once. */
void stats_begin(enum reading reading, struct buf *out);
/* One of them. texts: of its labels, in their order, escaped here; NULL when it has none. */
void stats_sample(enum reading reading, const char *const *texts, double sample, struct buf *out);

/* docs/metrics.md. */
void stats_reference(FILE *out);

#endif

/* The process' figures: plain atomics, one list (stats.def). Any thread. */
#ifndef SYNCLINE_STATS_H
#define SYNCLINE_STATS_H

#include <stdint.h>

#include "common/buf.h"
#include "common/settings.h"

enum stat {
#define STAT(name, kind, programs, help) STAT_##name,
#include "common/stats.def"
#undef STAT
	STAT_COUNT
};

void stats_add(enum stat stat, int64_t by);
void stats_set(enum stat stat, int64_t to);
int64_t stats_get(enum stat stat);

/* Prometheus text format 0.0.4, only the program's figures, each prefixed "syncline_", with process_* figures
 * (resident memory, open descriptors, CPU seconds) under their standard names. */
void stats_render(enum settings_program program, struct buf *out);

/* docs/metrics.md. */
void stats_reference(FILE *out);

#endif

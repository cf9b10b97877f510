/* The lag for Prometheus, in messages and in seconds, under the names that dashboards for Kafka read already. */
#ifndef SYNCLINE_CONSOLE_LAG_METRICS_H
#define SYNCLINE_CONSOLE_LAG_METRICS_H

#include "common/buf.h"
#include "console/lag_watch.h"

/* Nothing but syncline_kafka_up 0 while Kafka does not answer: an old figure would hide that. Never negative: without a commit all
 * that is kept counts, for it will be read. */
void lag_metrics(const struct settings *settings, const struct lag_picture *picture, struct buf *out);

#endif

/* One message into Kafka, known to be there: what a command needs that ends right afterwards. */
#ifndef SYNCLINE_CTL_DELIVER_H
#define SYNCLINE_CTL_DELIVER_H

#include "common/buf.h"
#include "common/topics.h"
#include "ctl/ctl.h"

/* Takes the bytes out of value. RETRY: it is not known whether Kafka has it, or will: no answer in 15 s, or interrupted (a signal
 * of stop_open's). CONFIG, REJECT, FATAL: it has not. */
int deliver(struct ctl *ctl, enum topic topic, const char *key, struct buf *value, struct err *err) MUST_USE;

#endif

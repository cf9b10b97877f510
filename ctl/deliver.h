/* One message into Kafka, known to be there: what a command needs that ends right afterwards. */
#ifndef SYNCLINE_CTL_DELIVER_H
#define SYNCLINE_CTL_DELIVER_H

#include "common/buf.h"
#include "common/topics.h"
#include "ctl/ctl.h"

/* Takes the bytes out of value. RETRY also when nothing is known: the message may still arrive. */
int deliver(struct ctl *ctl, enum topic topic, const char *key, struct buf *value, struct err *err) MUST_USE;

#endif

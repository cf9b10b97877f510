/* The shape of a MessagePack value, checked before memory is taken for it: msgpack-c believes a count as soon as it reads one,
 * so that five bytes could ask for 96 GB. */
#ifndef SYNCLINE_MSG_SHAPE_H
#define SYNCLINE_MSG_SHAPE_H

#include "common/span.h"

/* NULL: the bytes are exactly one value, whole, with at most LIMIT_MESSAGE_VALUES values in it, nested at most
 * LIMIT_MESSAGE_DEPTH deep; so what msgpack_unpack can still lack is memory. Otherwise static text: what is wrong. */
const char *msg_shape_fault(struct span bytes);

#endif

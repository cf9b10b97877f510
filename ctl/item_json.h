/* Items and rejects as JSON lines on standard output. */
#ifndef SYNCLINE_CTL_ITEM_JSON_H
#define SYNCLINE_CTL_ITEM_JSON_H

#include "common/items.h"
#include "common/msg.h"

/* One encoded `items` message: a line per row, {"kind":"album","item":{"id":"7",...}} without what was not told. */
int item_json_part(const struct buf *part, const struct item_kind *kind, struct err *err) MUST_USE;

/* {"reject":{...}}; the original only when it is UTF-8. */
void item_json_reject(const struct reject *reject);

#endif

/* Addresses that carry a signature (X-Amz-..., Signature=): signed anew in each answer, so they would make an item another one at
 * each reading; and good for some hours, so what is stored of them loads nothing, with its query or without. */
#ifndef SYNCLINE_PARSER_SIGNED_ADDRESS_H
#define SYNCLINE_PARSER_SIGNED_ADDRESS_H

#include <stdbool.h>
#include <yyjson.h>

#include "common/span.h"

bool signed_address(struct span address);
/* Is there one in this value, however deep (reading has bounded that)? */
bool signed_address_within(yyjson_val *value);

#endif

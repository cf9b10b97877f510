/* Signed addresses. */
#include "parser/signed_address.h"

#include <string.h>

#include "common/attributes.h"

bool signed_address(struct span address)
{
	static const char *const parameters[] = {"X-Amz-Signature=", "X-Amz-Credential=", "Signature="};
	if (address.len == 0)
		return false;
	const char *end = address.at + address.len, *at = memchr(address.at, '?', address.len);
	while (at) {
		at++; /* behind the mark that begins a parameter */
		for (size_t i = 0; i < COUNT_OF(parameters); i++) {
			size_t len = strlen(parameters[i]);
			if ((size_t)(end - at) >= len && memcmp(at, parameters[i], len) == 0)
				return true;
		}
		at = memchr(at, '&', (size_t)(end - at));
	}
	return false;
}

bool signed_address_within(yyjson_val *value)
{
	size_t i, max;
	yyjson_val *key, *member;
	if (yyjson_is_str(value))
		return signed_address((struct span){yyjson_get_str(value), yyjson_get_len(value)});
	if (yyjson_is_arr(value)) {
		yyjson_arr_foreach (value, i, max, member) {
			if (signed_address_within(member))
				return true;
		}
	} else if (yyjson_is_obj(value)) {
		yyjson_obj_foreach (value, i, max, key, member) {
			if (signed_address_within(member))
				return true;
		}
	}
	return false;
}

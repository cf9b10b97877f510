/* From the most telling sign to the least: the request's name, the list's place, the items' wrapper. */
#include "parser/guess.h"

#include <stdio.h>

#include "parser/entries.h"

/* 0: the list is not there. 1: it is. 2: and its first item sits in no wrapper, as the mapping has it; 3: in the mapping's. */
static int likeness(const struct mapping *mapping, yyjson_val *root)
{
	yyjson_val *list = json_path(root, mapping->list), *item;
	if (!list || yyjson_is_null(list))
		return 0;
	struct entries entries = entries_begin(mapping, root);
	while ((item = entries_next(&entries)) && yyjson_is_null(item)) {
	}
	for (size_t i = 0; item && mapping->cores && mapping->cores[i]; i++) {
		if (yyjson_is_obj(yyjson_obj_get(item, mapping->cores[i])))
			return 3;
	}
	return item && !mapping->cores ? 2 : 1;
}

static void list_names(const struct provider_mappings *provider, struct span category, yyjson_val *root, int least,
                       char names[200])
{
	size_t used = 0;
	names[0] = '\0';
	for (size_t i = 0; i < provider->count && used < 150; i++) {
		const struct mapping *mapping = &provider->mappings[i];
		if (span_is(category, category_name(mapping->category)) && likeness(mapping, root) >= least)
			used += (size_t)snprintf(names + used, 200 - used, "%s%s", used ? ", " : "", mapping->request);
	}
}

static int find_named(const struct provider_mappings *provider, struct span category, struct span request,
                      const struct mapping **ret, struct err *err)
{
	char names[200];
	*ret = mapping_find(provider, request);
	if (*ret && span_is(category, category_name((*ret)->category)))
		return 0;
	list_names(provider, category, NULL, 0, names);
	return err_set(err, ERR_CONFIG, 0, "%s has no request '%.*s' of %.*s; there is: %s", provider->name,
	               SPAN_ARG(request), SPAN_ARG(category), names);
}

int guess_mapping(const struct provider_mappings *provider, struct span category, struct span request, yyjson_val *root,
                  const struct mapping **ret, struct err *err)
{
	int best = 0, count = 0;
	char names[200];
	if (request.len)
		return find_named(provider, category, request, ret, err);
	for (size_t i = 0; i < provider->count; i++) {
		const struct mapping *mapping = &provider->mappings[i];
		int like = span_is(category, category_name(mapping->category)) ? likeness(mapping, root) : 0;
		if (like > best) {
			best = like;
			count = 0;
			*ret = mapping;
		}
		count += like && like == best;
	}
	if (count == 1)
		return 0;
	if (count == 0)
		return err_set(err, ERR_REJECT, 0, "the body has no list of %.*s that '%s' is known to send",
		               SPAN_ARG(category), provider->name);
	list_names(provider, category, root, best, names);
	return err_set(err, ERR_CONFIG, 0, "such a list could answer several requests: say which it is (%s)", names);
}

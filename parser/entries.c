/* Lists in lists. */
#include "parser/entries.h"

struct entries entries_begin(const struct mapping *mapping, yyjson_val *root)
{
	return (struct entries){.inner_name = mapping->inner, .outer = json_list_begin(json_path(root, mapping->list))};
}

yyjson_val *entries_next(struct entries *entries)
{
	if (!entries->inner_name)
		return json_list_next(&entries->outer);
	yyjson_val *entry;
	while (!(entry = json_list_next(&entries->inner))) {
		yyjson_val *group = json_list_next(&entries->outer);
		if (!group)
			return NULL;
		entries->inner = json_list_begin(yyjson_obj_get(group, entries->inner_name));
	}
	return entry;
}

int64_t entries_count(const struct mapping *mapping, yyjson_val *root)
{
	struct entries entries = entries_begin(mapping, root);
	int64_t count = 0;
	if (!mapping->inner)
		return (int64_t)entries.outer.left;
	while (entries_next(&entries))
		count++;
	return count;
}

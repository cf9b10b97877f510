/* Item kinds. */
#include "common/items.h"

#include "common/attributes.h"

/* clang-format off */
#define KIND(name, table, text) static const struct column name##_columns[] = {
#define COLUMN(kind, name, type, text) {#name, COLUMN_##type, text},
#define END_KIND(name) }; \
	_Static_assert(COUNT_OF(name##_columns) <= ITEM_COLUMNS_MAX, #name " has too many columns");
/* clang-format on */
#include "schemas/items.def"
#undef KIND
#undef COLUMN
#undef END_KIND

const struct item_kind item_kinds[KIND_COUNT] = {
#define KIND(name, table, text) {#name, table, name##_columns, COUNT_OF(name##_columns), text},
#define COLUMN(kind, name, type, text)
#define END_KIND(name)
#include "schemas/items.def"
#undef KIND
#undef COLUMN
#undef END_KIND
};

bool item_kind_find(struct span name, enum item_kind_id *kind)
{
	for (unsigned i = 0; i < KIND_COUNT; i++) {
		if (span_is(name, item_kinds[i].name)) {
			*kind = (enum item_kind_id)i;
			return true;
		}
	}
	return false;
}

void items_reference(FILE *out)
{
	static const char *const types[] = {"text", "int", "bool", "time (us since 1970)", "array of text", "JSON"};
	fprintf(out, "\n## Items\n\nColumns of the rows of an `items` message, by kind.\n");
	for (unsigned k = 0; k < KIND_COUNT; k++) {
		fprintf(out, "\n### %s\n\n%s\n\n| column | type | meaning |\n|---|---|---|\n", item_kinds[k].name,
		        item_kinds[k].text);
		for (size_t i = 0; i < item_kinds[k].count; i++)
			fprintf(out, "| `%s` | %s | %s |\n", item_kinds[k].columns[i].name, types[item_kinds[k].columns[i].type],
			        item_kinds[k].columns[i].text);
	}
}

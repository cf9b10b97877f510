/* Members are found by a small hash; rules then pick from what was found, column by column. */
#include "parser/fields.h"

#include <assert.h>
#include <stdlib.h>

#include "common/json.h"
#include "common/msg.h"
#include "parser/jsonout.h"
#include "parser/signed_address.h"

enum { SLOTS = 256 };
#define NONE 0xffu
_Static_assert(MEMBERS_MAX < 0xff, "members are numbered in a byte");
_Static_assert(ITEM_COLUMNS_MAX <= 32, "columns are bits of a word");

struct member {
	const char *name;
	unsigned char len, next; /* next of the same slot, or NONE */
	bool kept;               /* goes to the extra members as well */
};

struct fields {
	const struct mapping *mapping;
	unsigned char slots[SLOTS];
	struct member members[MEMBERS_MAX];
	size_t count;
	struct {
		unsigned char member; /* or NONE */
		const char *path;     /* behind the first name; "" */
	} sources[RULES_MAX];
	unsigned char not_music;
	bool keeps_extra; /* the kind has a column for what no rule takes */
};

/* The first members of an item, found. */
struct found {
	yyjson_val *values[MEMBERS_MAX];
};

static unsigned hash(const char *name, size_t len)
{
	if (len == 0)
		return 0;
	return ((unsigned)len * 3 + (unsigned char)name[0] * 7u + (unsigned char)name[len / 2] * 31u +
	        (unsigned char)name[len - 1] * 13u) %
	       SLOTS;
}

static unsigned char find_member(const struct fields *fields, const char *name, size_t len)
{
	unsigned char at = fields->slots[hash(name, len)];
	while (at != NONE && (fields->members[at].len != len || memcmp(fields->members[at].name, name, len) != 0))
		at = fields->members[at].next;
	return at;
}

static unsigned char add_member(struct fields *fields, const char *name, size_t len)
{
	unsigned char at = find_member(fields, name, len);
	if (at != NONE)
		return at;
	assert(fields->count < MEMBERS_MAX && len < NONE);
	at = (unsigned char)fields->count++;
	unsigned char *slot = &fields->slots[hash(name, len)];
	fields->members[at] = (struct member){name, (unsigned char)len, *slot, false};
	*slot = at;
	return at;
}

static void compile(struct fields *fields)
{
	const struct mapping *mapping = fields->mapping;
	unsigned column = 0;
	assert(mapping->rule_count <= RULES_MAX);
	for (size_t i = 0; i < mapping->rule_count; i++) {
		const struct rule *rule = &mapping->rules[i];
		assert(rule->column >= column && rule->column < item_kinds[mapping->kind].count && rule->convert);
		column = rule->column;
		fields->sources[i].member = NONE;
		fields->sources[i].path = "";
		if (!rule->member)
			continue;
		size_t len = strcspn(rule->member, ".");
		fields->sources[i].member = add_member(fields, rule->member, len);
		fields->sources[i].path = rule->member + len + (rule->member[len] == '.');
		fields->members[fields->sources[i].member].kept |= (rule->flags & RULE_KEEP) != 0;
	}
	fields->not_music = NONE;
	if (mapping->not_music)
		fields->not_music = add_member(fields, mapping->not_music, strlen(mapping->not_music));
	for (const char *const *name = mapping->cores; name && *name; name++)
		add_member(fields, *name, strlen(*name));
	for (const char *const *name = mapping->ignored; name && *name; name++)
		add_member(fields, *name, strlen(*name)); /* found, and asked for by nobody */
	for (size_t i = 0; i < item_kinds[mapping->kind].count; i++)
		fields->keeps_extra |= item_kinds[mapping->kind].columns[i].type == COLUMN_JSON;
}

int fields_open(const struct mapping *mapping, struct fields **ret, struct err *err)
{
	struct fields *fields = calloc(1, sizeof *fields);
	if (!fields)
		return err_set(err, ERR_FATAL, 0, "no memory for a mapping");
	fields->mapping = mapping;
	memset(fields->slots, NONE, sizeof fields->slots);
	compile(fields);
	*ret = fields;
	return 0;
}

void fields_close(struct fields **fields)
{
	free(*fields);
	*fields = NULL;
}

/* ---- what no rule takes ---- */

/* All texts in a value, however deep (reading has bounded that). */
static bool check_texts(struct conversion *conversion, yyjson_val *value)
{
	size_t i, max;
	yyjson_val *key, *member;
	if (yyjson_is_str(value))
		return convert_check_text(conversion, (struct span){yyjson_get_str(value), yyjson_get_len(value)});
	if (yyjson_is_arr(value)) {
		yyjson_arr_foreach (value, i, max, member) {
			if (!check_texts(conversion, member))
				return false;
		}
	} else if (yyjson_is_obj(value)) {
		yyjson_obj_foreach (value, i, max, key, member) {
			if (!check_texts(conversion, key) || !check_texts(conversion, member))
				return false;
		}
	}
	return true;
}

/* A member that no longer fits is left out with a warning. */
static void add_extra(struct conversion *conversion, yyjson_val *key, yyjson_val *value, struct buf *extra)
{
	size_t before = extra->len;
	buf_add_byte(extra, before ? ',' : '{');
	jsonout_value(extra, key);
	buf_add_byte(extra, ':');
	jsonout_value(extra, value);
	if (buf_ok(extra) && extra->len < extra->max) /* and the closing bracket */
		return;
	extra->failed = false;
	extra->len = before;
	conversion->warnings++;
}

/* ---- an item ---- */

static bool find_members(const struct fields *fields, struct conversion *conversion, yyjson_val *item,
                         struct found *found, struct buf *extra)
{
	size_t i, max;
	yyjson_val *key, *value;
	if (!item)
		return true;
	yyjson_obj_foreach (item, i, max, key, value) {
		unsigned char at = find_member(fields, unsafe_yyjson_get_str(key), unsafe_yyjson_get_len(key));
		if (at != NONE) {
			if (!yyjson_is_null(value))
				found->values[at] = value;
			if (!fields->members[at].kept)
				continue;
		}
		if (yyjson_is_null(value) || !fields->keeps_extra || signed_address_within(value))
			continue;
		conversion->field = "extra";
		if (conversion->check_text && (!check_texts(conversion, key) || !check_texts(conversion, value)))
			return false;
		add_extra(conversion, key, value, extra);
	}
	return true;
}

/* Of the wrapper first, so that the item's own members count where both have one. */
static bool find_all(const struct fields *fields, struct conversion *conversion, yyjson_val *entry, struct found *found,
                     struct buf *extra)
{
	bool wrapped = fields->mapping->cores != NULL;
	if ((wrapped && !find_members(fields, conversion, entry, found, extra)) ||
	    !find_members(fields, conversion, conversion->item, found, extra))
		return false;
	if (extra->len)
		buf_add_byte(extra, '}');
	return true;
}

yyjson_val *fields_item(const struct mapping *mapping, yyjson_val *entry)
{
	if (!mapping->cores)
		return yyjson_is_obj(entry) ? entry : NULL;
	for (const char *const *name = mapping->cores; *name; name++) {
		yyjson_val *core = yyjson_obj_get(entry, *name);
		if (yyjson_is_obj(core))
			return core;
	}
	return yyjson_obj_get(entry, "id") ? entry : NULL;
}

static void pack(struct buf *rows, const struct value *value)
{
	switch (value->type) {
	case VALUE_NONE:
		msg_pack_nil(rows);
		return;
	case VALUE_TEXT:
		msg_pack_text(rows, value->text);
		return;
	case VALUE_INT:
		msg_pack_int(rows, value->number);
		return;
	case VALUE_BOOL:
		msg_pack_bool(rows, value->number != 0);
		return;
	case VALUE_TEXTS:
		msg_pack_array(rows, value->count);
		for (size_t i = 0; i < value->count; i++)
			msg_pack_text(rows, value->texts[i]);
		return;
	}
	assert(false && "value type");
}

/* The first value that the rules of one column give; *rule is moved behind them. */
static bool convert_column(const struct fields *fields, struct conversion *conversion, const struct found *found,
                           unsigned column, size_t *rule, struct value *value)
{
	const struct mapping *mapping = fields->mapping;
	unsigned flags = 0;
	for (; *rule < mapping->rule_count && mapping->rules[*rule].column == column; ++*rule) {
		const struct rule *at = &mapping->rules[*rule];
		unsigned char member = fields->sources[*rule].member;
		yyjson_val *from = member == NONE ? NULL : found->values[member];
		flags |= at->flags;
		if (value->type != VALUE_NONE || (at->member && !from))
			continue;
		if (*fields->sources[*rule].path && !(from = json_path(from, fields->sources[*rule].path)))
			continue;
		conversion->field = at->member;
		if (!at->convert(conversion, from, value))
			return false;
	}
	if (value->type == VALUE_NONE && flags & RULE_ELSE_ZERO) {
		*value = (struct value){.type = VALUE_INT};
		conversion->warnings++;
	}
	return true;
}

static bool convert_columns(const struct fields *fields, struct conversion *conversion, const struct found *found,
                            const struct buf *extra, struct buf *rows)
{
	const struct item_kind *kind = &item_kinds[fields->mapping->kind];
	size_t rule = 0;
	msg_pack_array(rows, kind->count);
	for (unsigned column = 0; column < kind->count; column++) {
		struct value value = {0};
		if (kind->columns[column].type == COLUMN_JSON) {
			if (extra->len)
				value = (struct value){.type = VALUE_TEXT, .text = buf_span(extra)};
		} else if (!convert_column(fields, conversion, found, column, &rule, &value)) {
			return false;
		}
		if (value.type != VALUE_NONE)
			conversion->present |= ANY_OF(column);
		pack(rows, &value);
	}
	return true;
}

static bool check_needs(const struct fields *fields, struct conversion *conversion)
{
	const struct mapping *mapping = fields->mapping;
	for (const struct need *need = mapping->needs; need < mapping->needs + NEEDS_MAX && need->field; need++) {
		if (conversion->present & need->any_of)
			continue;
		conversion->field = need->field;
		return convert_refuse(conversion, "missing_field", "the %s has no %s; %s", item_kinds[mapping->kind].name,
		                      need->field, need->advice);
	}
	return true;
}

static bool is_music(const struct fields *fields, struct conversion *conversion, const struct found *found)
{
	bool flag = false;
	if (fields->not_music == NONE || !json_bool(found->values[fields->not_music], &flag) || !flag)
		return true;
	conversion->field = fields->mapping->not_music;
	return convert_refuse(conversion, "not_music", "this is a video, which is not part of a music library");
}

bool fields_take(const struct fields *fields, struct conversion *conversion, yyjson_val *item, struct buf *extra,
                 struct buf *rows)
{
	struct found found;
	size_t before = rows->len;
	memset(found.values, 0, fields->count * sizeof *found.values);
	buf_reset(extra, LIMIT_EXTRA_BYTES);
	conversion->item = fields_item(fields->mapping, item);
	conversion->present = 0;
	if (!conversion->item && !fields->mapping->takes_null) {
		bool null = yyjson_is_null(item) || fields->mapping->cores;
		const char *kind = item_kinds[fields->mapping->kind].name;
		return null ? convert_refuse(
						  conversion, "null_item",
						  "the provider lists one more %s and tells nothing of it; usually it is no longer available",
						  kind)
		            : convert_refuse(conversion, "not_an_object", "the %s is not a JSON object", kind);
	}
	if (find_all(fields, conversion, yyjson_is_obj(item) ? item : NULL, &found, extra) &&
	    is_music(fields, conversion, &found) && convert_columns(fields, conversion, &found, extra, rows) &&
	    check_needs(fields, conversion))
		return true;
	rows->len = before;
	return false;
}

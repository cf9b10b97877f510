/* Reading and comparing fences. */
#include "fetcher/fence.h"

#include <stdio.h>
#include <strings.h>

#include "common/hash.h"
#include "common/json.h"
#include "fetcher/page.h"

void fence_begin(struct fence *fence, const struct provider *provider, enum category category, bool with_skip_parts)
{
	*fence = (struct fence){
		.parts = provider->fences[category],
		.digest = HASH_EMPTY,
		.with_skip_parts = with_skip_parts,
	};
}

/* Categories that share a list share its bits. */
static unsigned absent_bit(const struct fence *fence, const struct session *session)
{
	int list = 0;
	while (session->provider->fences[list] != fence->parts)
		list++;
	return 1u << (fence->next + list * (FENCE_PARTS_MAX + 1));
}

const struct request *fence_request(struct fence *fence, const struct session *session)
{
	for (; fence->next < FENCE_PARTS_MAX; fence->next++) {
		const struct fence_part *part = &fence->parts[fence->next];
		if (!part->request)
			return NULL;
		bool wanted = fence->with_skip_parts || !part->for_skip_only;
		if (wanted && !(session->fences_absent & absent_bit(fence, session)))
			return part->request;
	}
	return NULL;
}

/* What identifies an item and its contents. A playlist that is evaluated when it is asked for (it has validUntil) tells
 * the time of that as its change: left out. */
static bool is_telling(yyjson_val *object, const char *key)
{
	static const char *const keys[] = {"id",       "name", "songCount",   "duration",   "changed",     "starred",
	                                   "added_at", "etag", "dateCreated", "childCount", "description", "standard"};
	if (strcmp(key, "changed") == 0 && yyjson_obj_get(object, "validUntil"))
		return false;
	for (size_t i = 0; i < COUNT_OF(keys); i++) {
		if (strcasecmp(key, keys[i]) == 0) /* Jellyfin's begin with a capital */
			return true;
	}
	return false;
}

/* Recursion is bounded by LIMIT_JSON_DEPTH, which json_read enforced. */
static uint64_t digest(yyjson_val *value, uint64_t hash)
{
	size_t index, max;
	yyjson_val *key, *member;
	if (yyjson_is_arr(value)) {
		yyjson_arr_foreach (value, index, max, member)
			hash = digest(member, hash);
		return hash;
	}
	if (!yyjson_is_obj(value))
		return hash;
	yyjson_obj_foreach (value, index, max, key, member) {
		char scratch[JSON_NUMBER_TEXT];
		bool container = yyjson_is_ctn(member);
		if (!container && !is_telling(value, yyjson_get_str(key)))
			continue;
		hash = hash_add(hash, span_of(yyjson_get_str(key)));
		if (container) {
			hash = digest(member, hash);
		} else {
			hash = hash_add(hash, json_text(member, scratch));
		}
	}
	return hash_add(hash, span_of("}"));
}

/* Lists whose elements have a version that may move at each request; what they are called has none. */
static uint64_t digest_versions(const struct request *request, yyjson_val *value, uint64_t hash)
{
	struct json_list list = json_list_begin(value);
	yyjson_val *item;
	while ((item = json_list_next(&list))) {
		yyjson_val *id = json_path(item, request->id ? request->id : "id");
		hash = hash_add(hash, span_of(yyjson_get_str(id)));
		hash = digest(item, hash_add(hash, version_of(&request->version, item)));
	}
	return hash;
}

/* A list of playlists without times of change (supysonic) can change without its digest changing, and so can one whose
 * contents are worked out when they are asked for. */
static bool is_vague(const struct request *request, yyjson_val *value)
{
	struct json_list list = json_list_begin(value);
	yyjson_val *item;
	while (request->version.path && (item = json_list_next(&list))) {
		if (version_of(&request->version, item).len == 0)
			return true;
	}
	return false;
}

/* The lists among the values of a part, in this page of it. */
static void add_lists(struct fence *fence, const struct fence_part *part, yyjson_val *root)
{
	for (size_t i = 0; i < COUNT_OF(part->values) && part->values[i]; i++) {
		yyjson_val *value = json_path(root, part->values[i]);
		if (!yyjson_is_ctn(value))
			continue;
		fence->digest = part->request->version.tells_all ? digest_versions(part->request, value, fence->digest)
		                                                 : digest(value, fence->digest);
		fence->vague |= is_vague(part->request, value);
	}
}

/* Text of a value for the fence; "" when it says nothing: gonic's lastModified is always 0, that of LMS the first moment of 2000
 * (endpoints/Browsing.cpp). */
static void value_text(const struct fence *fence, yyjson_val *value, char text[48])
{
	char scratch[JSON_NUMBER_TEXT];
	bool flag;
	text[0] = '\0';
	if (yyjson_is_ctn(value)) {
		snprintf(text, 48, "%016llx", (unsigned long long)fence->digest);
		return;
	}
	if (yyjson_is_bool(value) && json_bool(value, &flag)) {
		snprintf(text, 48, "%d", flag);
		return;
	}
	struct span plain = json_text(value, scratch);
	if (plain.len && !span_is(plain, "0") && !span_is(plain, "946684800000"))
		snprintf(text, 48, "%.*s", (int)(plain.len < 40 ? plain.len : 40), plain.at);
	for (char *c = text; *c; c++) {
		if (*c <= ' ' || *c >= 0x7f || *c == '|' || *c == ';') /* a character may have been cut */
			*c = '_';
	}
}

static void add_part(struct fence *fence, const struct fence_part *part, yyjson_val *root)
{
	char *to = part->for_skip_only ? fence->skip : fence->steady;
	size_t size = part->for_skip_only ? sizeof fence->skip : sizeof fence->steady, used = strlen(to);
	used += (size_t)snprintf(to + used, size - used, "%s%c=", used ? ";" : "", part->request->name[3]);
	bool told = true;
	for (size_t i = 0; i < COUNT_OF(part->values) && part->values[i] && used < size; i++) {
		char text[48];
		yyjson_val *value = json_path(root, part->values[i]);
		value_text(fence, value, text);
		told &= *text != '\0';
		bool strong = (part->tells == TELLS_ALL || part->tells == TELLS_MEMBERS) && *text && !fence->vague;
		fence->strong |= strong;
		fence->for_hours |= strong && part->tells == TELLS_MEMBERS;
		fence->in_motion |= yyjson_is_true(value); /* "scanning": what is read now is half old, half new */
		used += (size_t)snprintf(to + used, size - used, "%s%s", i ? "," : "", text);
	}
	fence->likely |= part->tells == TELLS_MOST && told && !fence->vague;
}

/* Another page of the part is to be asked for. A list whose rest is out of reach can change there without a sign. */
static bool goes_on(struct fence *fence, const struct request *request, yyjson_val *root)
{
	yyjson_val *next = request->next ? json_path(root, request->next) : NULL;
	struct page_facts facts;
	struct err ignored;
	if (!next || yyjson_is_null(next))
		return false;
	bool paged = request->paging == PAGING_NEXT && page_read(request, root, &facts, &ignored) == 0 &&
	             facts.next_offset > fence->offset && fence->pages + 1 < LIMIT_FENCE_PAGES;
	fence->vague |= !paged;
	if (!paged)
		return false;
	fence->offset = facts.next_offset;
	fence->pages++;
	return true;
}

static void next_part(struct fence *fence)
{
	fence->next++;
	fence->offset = 0;
	fence->pages = 0;
	fence->digest = HASH_EMPTY;
	fence->vague = false;
}

static void look_for_items(struct fence *fence, const struct request *request, yyjson_val *root)
{
	struct page_facts facts;
	struct err ignored;
	if (!request->list || page_read(request, root, &facts, &ignored))
		return;
	enum fence_shows *shows = &fence->shows[fence->next];
	if (facts.entries > 0)
		*shows = SHOWS_ITEMS;
	else if (*shows == SHOWS_UNKNOWN && facts.total <= 0)
		*shows = SHOWS_NOTHING;
}

void fence_take(struct fence *fence, struct session *session, yyjson_val *root)
{
	const struct fence_part *part = &fence->parts[fence->next];
	if (root) {
		add_lists(fence, part, root);
		look_for_items(fence, part->request, root);
		if (goes_on(fence, part->request, root))
			return;
		add_part(fence, part, root);
	} else {
		session->fences_absent |= absent_bit(fence, session);
	}
	next_part(fence);
}

void fence_take_nothing(struct fence *fence)
{
	fence->shows[fence->next] = SHOWS_NOTHING;
	add_part(fence, &fence->parts[fence->next], NULL);
	next_part(fence);
}

enum fence_shows fence_shows(const struct fence *fence, const char *name)
{
	for (int i = 0; i < FENCE_PARTS_MAX && fence->parts[i].request; i++) {
		if (strcmp(fence->parts[i].request->name, name) == 0)
			return fence->shows[i];
	}
	return SHOWS_UNKNOWN;
}

const char *fence_text(const struct fence *fence, char text[LIMIT_FENCE])
{
	snprintf(text, LIMIT_FENCE, "%s%s%s%s%s",
	         fence->strong && fence->for_hours ? "!?"
	         : fence->strong                   ? "!"
	         : fence->likely                   ? "?"
	                                           : "",
	         fence->in_motion ? "~" : "", fence->steady, *fence->skip ? "|" : "", fence->skip);
	return text;
}

bool fence_same_library(const char *before, const char *after)
{
	size_t a = strcspn(before, "|"), b = strcspn(after, "|");
	bool in_motion = strncmp(before + strspn(before, "!?"), "~", 1) == 0;
	return !in_motion && a == b && strncmp(before, after, a) == 0;
}

bool fence_unchanged(const char *known, const char *now)
{
	size_t mark = strspn(known, "!?");
	return mark > 0 && strcmp(known, now) == 0 && known[mark] != '~';
}

bool fence_is_for_hours(const char *fence)
{
	return fence[strspn(fence, "!")] == '?';
}

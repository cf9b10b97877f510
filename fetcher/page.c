/* Counting and naming the items of an answer. */
#include "fetcher/page.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/hash.h"
#include "common/text.h"

/* The items of an answer in order, through the inner lists if the request has them. */
struct items_iter {
	const struct request *request;
	struct json_list outer, inner;
};

static struct items_iter items_begin(const struct request *request, yyjson_val *root)
{
	struct items_iter iter = {.request = request, .outer = json_list_begin(json_path(root, request->list))};
	return iter;
}

static yyjson_val *items_next(struct items_iter *iter)
{
	if (!iter->request->inner)
		return json_list_next(&iter->outer);
	yyjson_val *item;
	while (!(item = json_list_next(&iter->inner))) {
		yyjson_val *group = json_list_next(&iter->outer);
		if (!group)
			return NULL;
		iter->inner = json_list_begin(yyjson_obj_get(group, iter->request->inner));
	}
	return item;
}

static void copy_id(const struct request *request, yyjson_val *item, char to[LIMIT_ID + 1])
{
	char scratch[JSON_NUMBER_TEXT];
	struct span id = json_text(json_path(item, request->id ? request->id : "id"), scratch);
	if (!text_valid(id) || !span_copy(id, to, LIMIT_ID + 1))
		to[0] = '\0'; /* not an id: cursors are text */
}

/* Where servers leave an empty list out, the object around it must be there: without it this is no such answer. A list that
 * tells whether it goes on is never left out, nor is one that nothing is around. */
static int check_container(const struct request *request, yyjson_val *root, struct err *err)
{
	char container[128] = "";
	const char *dot = strrchr(request->list, '.');
	bool always_there = request_promises(request) || !dot;
	if (always_there && yyjson_is_arr(json_path(root, request->list)))
		return 0;
	if (dot)
		snprintf(container, sizeof container, "%.*s", (int)(dot - request->list), request->list);
	if (!always_there && yyjson_is_obj(json_path(root, container)))
		return 0;
	return err_set(err, ERR_REJECT, 0, "the answer to %s lacks its list (%s)", request->name,
	               always_there ? request->list : container);
}

/* "https://.../tracks?offset=50&limit=50" or "/v1/...": only the number is of use. */
static int64_t read_offset(const char *next)
{
	static const char name[] = "offset=";
	const char *at = next;
	while ((at = strstr(at, name)) && at > next && !strchr("?&", at[-1]))
		at++;
	if (!at)
		return -1;
	char *end;
	errno = 0;
	long long offset = strtoll(at + sizeof name - 1, &end, 10);
	return errno || end == at + sizeof name - 1 || offset < 0 ? -1 : offset;
}

static void read_next(const struct request *request, yyjson_val *root, struct page_facts *facts)
{
	char scratch[JSON_NUMBER_TEXT];
	yyjson_val *next = request->next ? json_path(root, request->next) : NULL;
	facts->goes_on = next && !yyjson_is_null(next);
	facts->next_offset = yyjson_is_str(next) ? read_offset(yyjson_get_str(next)) : -1;
	if (!request->total || !json_int(json_path(root, request->total), &facts->total) || facts->total < 0)
		facts->total = -1;
	struct span after = request->after ? json_text(json_path(root, request->after), scratch) : (struct span){0};
	if (!text_valid(after) || !span_copy(after, facts->after, sizeof facts->after))
		facts->after[0] = '\0';
}

static int64_t count_of(const struct request *request, yyjson_val *item)
{
	int64_t counted;
	for (size_t i = 0; i < COUNT_OF(request->count) && request->count[i]; i++) {
		if (json_int(json_path(item, request->count[i]), &counted) && counted > 0 && counted <= LIMIT_ANNOUNCED)
			return counted;
	}
	return 0;
}

int page_read(const struct request *request, yyjson_val *root, struct page_facts *ret, struct err *err)
{
	struct page_facts facts = {.announced = -1};
	if (check_container(request, root, err))
		return -1;
	struct items_iter iter = items_begin(request, root);
	yyjson_val *item, *last = NULL;
	while ((item = items_next(&iter))) {
		if (facts.entries++ == 0)
			copy_id(request, item, facts.first_id);
		facts.counted += count_of(request, item);
		last = item;
	}
	if (last)
		copy_id(request, last, facts.last_id);
	read_next(request, root, &facts);
	if (request->paging == PAGING_TOTAL && facts.total < 0)
		return err_set(err, ERR_REJECT, 0, "the answer to %s does not tell how long its list is (%s)", request->name,
		               request->total);
	if (request->announced && !json_int(json_path(root, request->announced), &facts.announced))
		facts.announced = -1;
	*ret = facts;
	return 0;
}

void page_goes_on(const struct request *request, int64_t offset, int64_t size, struct page_facts *facts)
{
	if (request->paging != PAGING_TOTAL)
		return;
	facts->goes_on = offset + (facts->entries ? facts->entries : size) < facts->total;
	if (facts->entries)
		facts->next_offset = offset + facts->entries;
}

int page_ids(const struct request *request, yyjson_val *root, int64_t skip, const struct versions *known,
             struct arena *arena, const char ***ret, size_t *count, struct err *err)
{
	struct page_facts facts;
	if (page_read(request, root, &facts, err))
		return -1;
	if (facts.entries > LIMIT_CHILDREN)
		return err_set(err, ERR_REJECT, 0, "%lld playlists are more than the %d that are read",
		               (long long)facts.entries, LIMIT_CHILDREN);
	const char **ids = arena_alloc(arena, (size_t)facts.entries * sizeof *ids + 1);
	struct items_iter iter = items_begin(request, root);
	yyjson_val *item;
	size_t used = 0;
	for (int64_t i = 0; ids && (item = items_next(&iter)); i++) {
		char id[LIMIT_ID + 1];
		copy_id(request, item, id);
		bool wanted = i >= skip &&
		              !(request->version.tells_all && versions_has(known, id, version_of(&request->version, item)));
		if (wanted && !(ids[used++] = arena_copy(arena, span_of(id))))
			ids = NULL;
	}
	if (!ids)
		return err_set(err, ERR_RETRY, 0,
		               arena->starved ? "no memory for the list of ids" : "the list of ids is larger than allowed");
	*ret = ids;
	*count = used;
	return 0;
}

static uint64_t known_by(const struct request *request, yyjson_val *item)
{
	char id[LIMIT_ID + 1];
	copy_id(request, item, id);
	if (*id)
		return hash_of(span_of(id));
	size_t len;
	char *text = yyjson_val_write(item, YYJSON_WRITE_ALLOW_INF_AND_NAN, &len);
	uint64_t hash = text ? hash_of((struct span){text, len}) : 0;
	free(text);
	return hash;
}

void page_remember(const struct request *request, yyjson_val *root, struct page_items *items)
{
	struct items_iter iter = items_begin(request, root);
	yyjson_val *item;
	items->count = 0;
	while (items->count < LIMIT_PAGE_ITEMS && (item = items_next(&iter)))
		items->hashes[items->count++] = known_by(request, item);
}

bool page_held(const struct page_items *items, const char *id)
{
	if (!*id)
		return false;
	uint64_t hash = hash_of(span_of(id));
	for (size_t i = 0; i < items->count; i++) {
		if (items->hashes[i] == hash)
			return true;
	}
	return false;
}

int64_t page_overlap(const struct request *request, yyjson_val *root, const struct page_items *before, int64_t most)
{
	struct page_items items;
	if (before->count == 0 || most <= 0)
		return 0;
	page_remember(request, root, &items);
	size_t overlap = before->count < items.count ? before->count : items.count;
	if ((int64_t)overlap > most)
		overlap = (size_t)most;
	while (overlap > 0 &&
	       memcmp(&before->hashes[before->count - overlap], items.hashes, overlap * sizeof *items.hashes) != 0)
		overlap--;
	return (int64_t)overlap;
}

int64_t page_place(const struct request *request, yyjson_val *root, const char *id)
{
	char each[LIMIT_ID + 1];
	struct items_iter iter = items_begin(request, root);
	int64_t place = 0;
	yyjson_val *item;
	while (*id && (item = items_next(&iter))) {
		copy_id(request, item, each);
		place++;
		if (strcmp(each, id) == 0)
			return place;
	}
	return 0;
}

int64_t page_digest(const struct request *request, yyjson_val *root)
{
	char id[LIMIT_ID + 1];
	struct items_iter iter = items_begin(request, root);
	uint64_t hash = HASH_EMPTY;
	yyjson_val *item;
	while ((item = items_next(&iter))) {
		copy_id(request, item, id);
		hash = hash_add(hash, span_of(id));
	}
	return (int64_t)(hash & INT64_MAX);
}

int64_t page_repeats(const struct request *request, yyjson_val *root, int64_t skip, const struct page_items *before)
{
	char id[LIMIT_ID + 1] = "";
	struct items_iter iter = items_begin(request, root);
	int64_t place = 0, repeats = 0;
	yyjson_val *item;
	while ((item = items_next(&iter))) {
		copy_id(request, item, id);
		repeats += place++ >= skip && page_held(before, id);
	}
	return repeats;
}

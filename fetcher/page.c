/* Counting and naming the items of an answer. */
#include "fetcher/page.h"

#include <stdio.h>

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

static void copy_id(yyjson_val *item, char to[LIMIT_ID + 1])
{
	char scratch[JSON_NUMBER_TEXT];
	struct span id = json_text(yyjson_obj_get(item, "id"), scratch);
	if (!text_valid(id) || !span_copy(id, to, LIMIT_ID + 1))
		to[0] = '\0'; /* not an id: cursors are text */
}

/* The list itself may be left out when it is empty, the object around it may not: without it this is no such answer. */
static int check_container(const struct request *request, yyjson_val *root, struct err *err)
{
	char container[128];
	const char *dot = strrchr(request->list, '.');
	snprintf(container, sizeof container, "%.*s", (int)(dot - request->list), request->list);
	if (yyjson_is_obj(json_path(root, container)))
		return 0;
	return err_set(err, ERR_REJECT, 0, "the answer to %s lacks its list (%s)", request->name, container);
}

int page_read(const struct request *request, yyjson_val *root, struct page_facts *ret, struct err *err)
{
	struct page_facts facts = {.announced = -1};
	if (check_container(request, root, err))
		return -1;
	struct items_iter iter = items_begin(request, root);
	yyjson_val *item, *last = NULL;
	while ((item = items_next(&iter))) {
		int64_t counted;
		if (facts.entries++ == 0)
			copy_id(item, facts.first_id);
		if (request->count && json_int(yyjson_obj_get(item, request->count), &counted) && counted > 0 &&
		    counted <= LIMIT_ANNOUNCED)
			facts.counted += counted;
		last = item;
	}
	if (last)
		copy_id(last, facts.last_id);
	if (request->announced && !json_int(json_path(root, request->announced), &facts.announced))
		facts.announced = -1;
	*ret = facts;
	return 0;
}

int page_ids(const struct request *request, yyjson_val *root, int64_t skip, struct arena *arena, const char ***ret,
             size_t *count, struct err *err)
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
		copy_id(item, id);
		if (i >= skip && *id && !(ids[used++] = arena_copy(arena, span_of(id))))
			ids = NULL;
	}
	if (!ids)
		return err_set(err, ERR_RETRY, 0, "the list of ids is larger than allowed");
	*ret = ids;
	*count = used;
	return 0;
}

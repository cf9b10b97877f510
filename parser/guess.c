/* From the most telling sign to the least: what was said, the list's place, the items' wrapper, their members. */
#include "parser/guess.h"

#include <stdio.h>

#include "parser/entries.h"
#include "parser/others.h"

enum { NAMES = 200 };

/* Requests, or what they are of, as people are told of them: each name once. */
struct names {
	char text[NAMES];
};

struct candidate {
	struct guessed guessed;
	int likeness, known;
};

/* All requests of all services fit; the table of services has room for as many more. */
struct candidates {
	struct candidate at[64];
	size_t count;
};

static void add_name(struct names *names, const char *name)
{
	size_t used = strlen(names->text);
	const char *there = strstr(names->text, name);
	bool whole = there && (there[strlen(name)] == '\0' || there[strlen(name)] == ',');
	if (!whole)
		snprintf(names->text + used, sizeof names->text - used, "%s%s", used ? ", " : "", name);
}

/* ---- an answer that is no list ---- */

/* Where each service puts the sentence of an error: OpenSubsonic; Spotify, Apple Music; OAuth's token endpoints. */
static const char *const sentences[] = {"subsonic-response.error.message", "error.message", "errors.0.detail",
                                        "errors.0.title", "error_description"};

static int check_error(yyjson_val *root, struct err *err)
{
	bool is_error = yyjson_is_obj(json_path(root, "subsonic-response.error")) || json_path(root, "error") ||
	                yyjson_is_arr(json_path(root, "errors"));
	const char *sentence = NULL;
	for (size_t i = 0; i < COUNT_OF(sentences) && !sentence; i++)
		sentence = yyjson_get_str(json_path(root, sentences[i]));
	if (!is_error)
		return 0;
	return err_set(err, ERR_REJECT, 0, "the answer is an error, not a list%s%.200s", sentence ? ": " : "",
	               sentence ? sentence : "");
}

static int check_other(const struct said *said, yyjson_val *root, struct err *err)
{
	const char *other = said->request.len ? NULL : others_find(root);
	return other ? err_set(err, ERR_REJECT, 0, "the answer is %s", other) : 0;
}

/* The members of the object around the list. */
static const char *name_members(yyjson_val *root, struct names *names)
{
	size_t i, max;
	yyjson_obj_iter iter = yyjson_obj_iter_with(root);
	yyjson_val *only = yyjson_obj_size(root) == 1 ? yyjson_obj_iter_get_val(yyjson_obj_iter_next(&iter)) : NULL;
	yyjson_val *key, *value, *object = yyjson_is_obj(only) ? only : root;
	names->text[0] = '\0';
	yyjson_obj_foreach (object, i, max, key, value)
		add_name(names, yyjson_get_str(key));
	return *names->text ? names->text : "nothing";
}

static int tell_no_list(const struct said *said, yyjson_val *root, struct err *err)
{
	struct names names;
	return err_set(err, ERR_REJECT, 0, "the answer has no list%s%.*s that %.*s is known to send; what it has: %s",
	               said->category.len ? " of " : "", SPAN_ARG(said->category),
	               SPAN_ARG(said->provider.len ? said->provider : span_of("a provider")), name_members(root, &names));
}

/* ---- how much a request's answers are like this one ---- */

static yyjson_val *core_of(const struct mapping *mapping, yyjson_val *item)
{
	for (size_t i = 0; mapping->cores && mapping->cores[i]; i++) {
		yyjson_val *core = yyjson_obj_get(item, mapping->cores[i]);
		if (yyjson_is_obj(core))
			return core;
	}
	return NULL;
}

/* The first item that sits in the mapping's wrapper, or else the first that is an object. */
static yyjson_val *telling_item(const struct mapping *mapping, yyjson_val *root)
{
	struct entries entries = entries_begin(mapping, root);
	yyjson_val *item, *first = NULL;
	while ((item = entries_next(&entries)) && !core_of(mapping, item))
		first = first || !yyjson_is_obj(item) ? first : item;
	return item ? item : first;
}

/* Servers with an envelope leave an empty list out of the object around it, and the brackets around a single item; a list at
 * the top of an answer is one. */
static bool has_list(const struct provider_mappings *provider, const struct mapping *mapping, yyjson_val *root)
{
	char container[128];
	const char *dot = strrchr(mapping->list, '.');
	yyjson_val *list = json_path(root, mapping->list);
	if (!provider->envelope)
		return yyjson_is_arr(list);
	snprintf(container, sizeof container, "%.*s", (int)(dot ? dot - mapping->list : 0), mapping->list);
	return (list && !yyjson_is_null(list)) || yyjson_is_obj(json_path(root, container));
}

static bool takes(const struct mapping *mapping, const char *name)
{
	for (size_t i = 0; i < mapping->rule_count; i++) {
		const char *member = mapping->rules[i].member;
		size_t len = member ? strcspn(member, ".") : 0;
		if (len && strlen(name) == len && memcmp(member, name, len) == 0)
			return true;
	}
	return false;
}

/* How many members of an object the mapping's rules take. */
static int count_known(const struct mapping *mapping, yyjson_val *object)
{
	int known = 0;
	if (!object)
		return 0;
	size_t i, max;
	yyjson_val *key, *value;
	yyjson_obj_foreach (object, i, max, key, value)
		known += takes(mapping, yyjson_get_str(key));
	return known;
}

/* Lists of other things than are read here also have items with an id and a name. */
enum { KNOWN_ENOUGH = 3 };

/* 0: the list is not there. 1: it is. 2: and an item sits in no wrapper, as the mapping has it; 3: in the mapping's. */
static int likeness(const struct provider_mappings *provider, const struct mapping *mapping, yyjson_val *root)
{
	if (!has_list(provider, mapping, root))
		return 0;
	yyjson_val *item = telling_item(mapping, root);
	if (core_of(mapping, item))
		return 3;
	return !mapping->cores && count_known(mapping, item) >= KNOWN_ENOUGH ? 2 : 1;
}

/* ---- choosing ---- */

static bool fits(const struct said *said, const struct provider_mappings *provider, const struct mapping *mapping)
{
	return (!said->provider.len || span_is(said->provider, provider->name)) &&
	       (!said->category.len || span_is(said->category, category_name(mapping->category))) &&
	       (!said->request.len || span_is(said->request, mapping->request));
}

/* Those that fit what was said; without a root all of them, otherwise those whose list is there. */
static void gather(const struct said *said, yyjson_val *root, struct candidates *all)
{
	const struct provider_mappings *provider;
	all->count = 0;
	for (size_t i = 0; (provider = mappings_at(i)); i++) {
		for (size_t n = 0; n < provider->count && all->count < COUNT_OF(all->at); n++) {
			const struct mapping *mapping = &provider->mappings[n];
			int like = !fits(said, provider, mapping) ? 0 : root ? likeness(provider, mapping, root) : 1;
			yyjson_val *item = like && root ? telling_item(mapping, root) : NULL;
			if (like)
				all->at[all->count++] = (struct candidate){{provider, mapping},
				                                           like,
				                                           count_known(mapping, item) +
				                                               count_known(mapping, core_of(mapping, item))};
		}
	}
}

static void keep_likest(struct candidates *all)
{
	size_t kept = 0;
	int most = 0;
	for (size_t i = 0; i < all->count; i++)
		most = all->at[i].likeness > most ? all->at[i].likeness : most;
	for (size_t i = 0; i < all->count; i++) {
		if (all->at[i].likeness == most)
			all->at[kept++] = all->at[i];
	}
	all->count = kept;
}

/* Within one category an item's members tell; songs of a library and of a playlist may be the same in all of them. */
static void keep_best_known(struct candidates *all)
{
	size_t kept = 0;
	int most = 0;
	for (size_t i = 0; i < all->count; i++)
		most = all->at[i].known > most ? all->at[i].known : most;
	for (size_t i = 0; i < all->count; i++) {
		if (all->at[i].known == most)
			all->at[kept++] = all->at[i];
	}
	all->count = kept;
}

/* Providers, categories or requests of the candidates. */
enum of { OF_PROVIDERS, OF_CATEGORIES, OF_REQUESTS };

static size_t list_names(const struct candidates *all, enum of of, struct names *names)
{
	size_t count = 0;
	names->text[0] = '\0';
	for (size_t i = 0; i < all->count; i++) {
		const struct guessed *guessed = &all->at[i].guessed;
		size_t before = strlen(names->text);
		add_name(names, of == OF_PROVIDERS    ? guessed->provider->name
		                : of == OF_CATEGORIES ? category_name(guessed->mapping->category)
		                                      : guessed->mapping->request);
		count += strlen(names->text) > before;
	}
	return count;
}

/* Whatever of it exists nowhere, with what there is instead. */
static int check_said(const struct said *said, struct err *err)
{
	struct candidates all;
	struct names names;
	const struct said none = {0}, wider = {.provider = said->provider, .category = said->category};
	gather(&none, NULL, &all);
	list_names(&all, OF_PROVIDERS, &names);
	if (said->provider.len && !mappings_find(said->provider))
		return err_set(err, ERR_CONFIG, 0, "no provider '%.*s' is known; there is: %s", SPAN_ARG(said->provider),
		               names.text);
	gather(said, NULL, &all);
	if (all.count)
		return 0;
	gather(&wider, NULL, &all);
	list_names(&all, OF_REQUESTS, &names);
	return err_set(err, ERR_CONFIG, 0, "%.*s has no request '%.*s'%s%.*s; there is: %s",
	               SPAN_ARG(said->provider.len ? said->provider : span_of("no provider")), SPAN_ARG(said->request),
	               said->category.len ? " of " : "", SPAN_ARG(said->category), names.text);
}

static int ask_which(const struct candidates *all, struct err *err)
{
	static const char *const whats[] = {"provider", "category", "request"};
	struct names names;
	for (enum of of = OF_PROVIDERS; of <= OF_REQUESTS; of++) {
		if (list_names(all, of, &names) > 1)
			return err_set(err, ERR_CONFIG, 0, "such a list could be of more than one %s; say --%s, one of: %s",
			               whats[of], whats[of], names.text);
	}
	return err_set(err, ERR_CONFIG, 0, "such a list could answer more than one request");
}

int guess_mapping(const struct said *said, yyjson_val *root, struct guessed *guessed, struct err *err)
{
	struct candidates all;
	struct names names;
	if (check_said(said, err) || check_error(root, err) || check_other(said, root, err))
		return -1;
	gather(said, root, &all);
	if (all.count == 0)
		return tell_no_list(said, root, err);
	keep_likest(&all);
	if (list_names(&all, OF_PROVIDERS, &names) == 1 && list_names(&all, OF_CATEGORIES, &names) == 1)
		keep_best_known(&all);
	if (all.count > 1)
		return ask_which(&all, err);
	*guessed = all.at[0].guessed;
	return 0;
}

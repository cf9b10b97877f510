/* A sorted array of pairs of hashes. */
#include "fetcher/versions.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/hash.h"
#include "common/json.h"
#include "common/sql.h"

struct pair {
	uint64_t id, version;
};

struct versions {
	size_t count;
	struct pair pairs[];
};

static int compare(const void *a, const void *b)
{
	const struct pair *left = a, *right = b;
	return (left->id > right->id) - (left->id < right->id);
}

int versions_load(struct pg *pg, const struct settings *settings, int64_t account_id, const char *sync,
                  struct versions **ret, struct err *err)
{
	char id[24], hours[24], days[24];
	const char *values[] = {id, hours, days, sync};
	PG_RESULT *rows = NULL;
	snprintf(id, sizeof id, "%lld", (long long)account_id);
	snprintf(hours, sizeof hours, "%lld", (long long)settings->reread_hours);
	snprintf(days, sizeof days, "%lld", (long long)settings->entries_reread_days);
	if (pg_query(pg, sql_text("q_claim_versions"), COUNT_OF(values), values, &rows, err))
		return -1;
	size_t count = (size_t)PQntuples(rows);
	struct versions *versions = malloc(sizeof *versions + count * sizeof *versions->pairs);
	if (!versions)
		return err_set(err, ERR_RETRY, 0, "no memory for the versions of %zu playlists", count);
	versions->count = count;
	for (size_t i = 0; i < count; i++)
		versions->pairs[i] = (struct pair){hash_of(span_of(pg_text(rows, (int)i, "id"))),
		                                   hash_of(span_of(pg_text(rows, (int)i, "entries_version")))};
	qsort(versions->pairs, count, sizeof *versions->pairs, compare);
	*ret = versions;
	return 0;
}

void versions_free(struct versions **versions)
{
	free(*versions);
	*versions = NULL;
}

bool versions_has(const struct versions *versions, const char *id, struct span version)
{
	if (!versions || version.len == 0)
		return false;
	const struct pair wanted = {.id = hash_of(span_of(id))};
	const struct pair *found = bsearch(&wanted, versions->pairs, versions->count, sizeof *versions->pairs, compare);
	return found && found->version == hash_of(version);
}

struct span version_of(const struct version *version, yyjson_val *item)
{
	if (!version->path)
		return (struct span){0};
	yyjson_val *moving = version->moving ? json_path(item, version->moving) : NULL;
	if (moving && (!version->value || yyjson_equals_str(moving, version->value)))
		return (struct span){0};
	yyjson_val *text = json_path(item, version->path);
	return yyjson_is_str(text) ? (struct span){yyjson_get_str(text), yyjson_get_len(text)} : (struct span){0};
}

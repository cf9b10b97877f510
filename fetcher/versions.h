/* Which playlists' entries are here already: by the version (snapshot, time of change) under which they were last read in a
 * complete walk, or refused. Kept as hashes; a collision of two 64-bit hashes would keep old entries until they are read again. */
#ifndef SYNCLINE_FETCHER_VERSIONS_H
#define SYNCLINE_FETCHER_VERSIONS_H

#include "common/pg.h"
#include "common/settings.h"
#include "fetcher/provider.h"

struct versions;

/* Those of an account, at most LIMIT_CHILDREN of them, without those that were read too long before the sync began
 * (entries_reread_days, reread_hours); *ret is freed with versions_free. RETRY: Postgres is away. */
int versions_load(struct pg *pg, const struct settings *settings, int64_t account_id, const char *sync,
                  struct versions **ret, struct err *err) MUST_USE;
void versions_free(struct versions **versions);

/* Was the item with this id read at this version? false when versions is NULL, or version is absent. */
bool versions_has(const struct versions *versions, const char *id, struct span version);

/* The version in an element of a list; absent when there is none, or it means nothing there. Lives as long as item. */
struct span version_of(const struct version *version, yyjson_val *item);

#endif

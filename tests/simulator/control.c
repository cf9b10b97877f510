/* The control interface's routes. */
#include "control.h"

#include <stdio.h>
#include <stdlib.h>

#include "service.h"
#include "words.h"

/* Writes an answer into out and gives the HTTP status. */
typedef int route_function(struct simulator *sim, const struct request *request, struct out *out);

static int refuse(struct out *out, const char *reason)
{
	out->len = 0;
	OUT_LIT(out, "{\"error\":");
	out_quoted(out, reason);
	OUT_LIT(out, "}\n");
	return 400;
}

static int edit(struct simulator *sim, const struct request *request, struct out *out)
{
	bool now;
	const char *wrong = edits_add(&sim->edits, &sim->library, request, &now);
	if (wrong)
		return refuse(out, wrong);
	out_printf(out, "{\"applied\":%s,\"lastModified\":%lld}\n", now ? "true" : "false",
	           (long long)library_time_ms(sim->library.step));
	return 200;
}

static int fault(struct simulator *sim, const struct request *request, struct out *out)
{
	const char *wrong = faults_add(&sim->faults, request);
	if (wrong)
		return refuse(out, wrong);
	out_printf(out, "{\"rule\":%u}\n", sim->faults.count - 1);
	return 200;
}

static int set_limit(struct simulator *sim, const struct request *request, struct out *out)
{
	int64_t requests = request_int(request, "requests", 0), window_ms = request_int(request, "window_ms", 60000);
	if (requests < 0 || window_ms < 1)
		return refuse(out, "requests begins at 0, window_ms at 1");
	bool silent = request_int(request, "retry_after", 1) == 0;
	sim->limit = (struct limit){.requests = requests, .window_ms = window_ms, .silent = silent};
	out_printf(out, "{\"requests\":%lld,\"window_ms\":%lld}\n", (long long)requests, (long long)window_ms);
	return 200;
}

static int print_log(struct simulator *sim, const struct request *request, struct out *out)
{
	int64_t after = request_int(request, "after", 0);
	journal_print(&sim->journal, after > 0 ? (uint64_t)after : 0, out);
	return 200;
}

/* One line's id, and its name as JSON text when asked for: names may hold anything. */
struct truth {
	const struct simulator *sim;
	struct out *out;
	bool names;
	const char *user; /* whose ids */
};

static bool truth_id(const struct truth *truth, enum kind kind, uint32_t index)
{
	const struct flavour *flavour = truth->sim->flavour;
	return flavour->service->truth_item(&truth->sim->library, flavour, truth->user, kind, index, truth->out);
}

static void truth_name(const struct truth *truth, enum kind kind, uint32_t index)
{
	const struct library *library = &truth->sim->library;
	const struct service *service = truth->sim->flavour->service;
	struct out *out = truth->out;
	OUT_LIT(out, "\t\"");
	if (service->truth_nameless && service->truth_nameless(kind, index))
		;
	else if (kind == KIND_TRACK)
		words_title(out, library->size.seed, index, library->tracks[index].revision);
	else if (kind == KIND_ALBUM)
		words_album(out, library->size.seed, index, library->size.albums);
	else if (kind == KIND_ARTIST)
		words_artist(out, library->size.seed, index, library->size.artists);
	else
		words_playlist(out, index);
	out_byte(out, '"');
}

static void truth_line(const struct truth *truth, enum kind kind, uint32_t index)
{
	if (!truth_id(truth, kind, index))
		return;
	if (truth->names)
		truth_name(truth, kind, index);
	out_byte(truth->out, '\n');
}

static bool entries_readable(const struct truth *truth, uint32_t playlist)
{
	const struct flavour *flavour = truth->sim->flavour;
	const struct service *service = flavour->service;
	return !service->truth_readable || service->truth_readable(&truth->sim->library, flavour, playlist);
}

static void truth_entry(const struct truth *truth, uint32_t playlist, uint32_t track)
{
	const struct service *service = truth->sim->flavour->service;
	if (service->truth_entry)
		service->truth_entry(&truth->sim->library, truth->user, playlist, track, truth->out);
	else
		truth_id(truth, KIND_TRACK, track);
}

static void truth_entries(const struct truth *truth)
{
	const struct library *library = &truth->sim->library;
	for (uint32_t i = 0; i < library->playlist_order.count; i++) {
		uint32_t playlist = library->playlist_order.at[i];
		const struct order *entries = &library->playlists[playlist].entries;
		for (uint32_t position = 0; position < entries->count && entries_readable(truth, playlist); position++) {
			if (!truth_id(truth, KIND_PLAYLIST, playlist))
				break;
			out_byte(truth->out, '\t');
			out_uint(truth->out, position);
			out_byte(truth->out, '\t');
			truth_entry(truth, playlist, entries->at[position]);
			out_byte(truth->out, '\n');
		}
	}
}

/* Playlists that are listed, but whose entries the provider refuses. */
static void truth_refused(const struct truth *truth)
{
	const struct order *order = &truth->sim->library.playlist_order;
	for (uint32_t i = 0; i < order->count; i++) {
		if (!entries_readable(truth, order->at[i]))
			truth_line(truth, KIND_PLAYLIST, order->at[i]);
	}
}

static int print_truth(struct simulator *sim, const struct request *request, struct out *out)
{
	static const char *const kinds[] = {"artists", "albums", "tracks", "playlists"};
	const struct library *library = &sim->library;
	const struct order *orders[] = {&library->artist_order, &library->album_order, &library->track_order,
	                                &library->playlist_order};
	const char *user = request_param(request, "user");
	const struct truth truth = {sim, out, request_int(request, "names", 0) != 0, user ? user : sim->grants.user};
	const char *kind = request_param(request, "kind");
	for (unsigned i = 0; kind && i < 4; i++) {
		if (strcmp(kinds[i], kind) != 0)
			continue;
		for (uint32_t j = 0; j < orders[i]->count; j++)
			truth_line(&truth, (enum kind)i, orders[i]->at[j]);
		return 200;
	}
	if (kind && strcmp(kind, "entries") == 0)
		truth_entries(&truth);
	else if (kind && strcmp(kind, "refused") == 0)
		truth_refused(&truth);
	else
		return refuse(out, "kind: one of tracks albums artists playlists entries refused");
	return 200;
}

static int revoke(struct simulator *sim, const struct request *request, struct out *out)
{
	static const char *const names[] = {"all", "access", "refresh"};
	const char *user = request_param(request, "user"), *what = request_param(request, "what");
	for (unsigned i = 0; user && i < 3; i++) {
		if (what ? strcmp(names[i], what) != 0 : i > 0)
			continue;
		grants_revoke(&sim->grants, user, (enum revoke)i);
		OUT_LIT(out, "{\"revoked\":true}\n");
		return 200;
	}
	return refuse(out, "user, and what: one of all access refresh");
}

static int grant(struct simulator *sim, const struct request *request, struct out *out)
{
	const char *user = request_param(request, "user"), *scope = request_param(request, "scope");
	if (!user || !scope || strlen(user) >= USER_MAX || strlen(scope) >= SCOPE_MAX)
		return refuse(out, "user, and scope with spaces between");
	grants_set_scope(&sim->grants, user, scope);
	OUT_LIT(out, "{\"granted\":true}\n");
	return 200;
}

static int consent(struct simulator *sim, const struct request *request, struct out *out)
{
	const char *user = request_param(request, "user"), *scope = request_param(request, "scope");
	struct grants *grants = &sim->grants;
	if ((user && strlen(user) >= USER_MAX) || (scope && strlen(scope) >= SCOPE_MAX))
		return refuse(out, "user or scope: too long");
	snprintf(grants->consent_user, USER_MAX, "%s", user ? user : "");
	snprintf(grants->consent_scope, SCOPE_MAX, "%s", scope ? scope : "");
	grants->consent_denied = request_int(request, "deny", 0) != 0;
	OUT_LIT(out, "{\"consent\":true}\n");
	return 200;
}

static int reset(struct simulator *sim, const struct request *request, struct out *out)
{
	const char *what = request_param(request, "what");
	bool all = !what || strcmp(what, "all") == 0;
	if (!all && strcmp(what, "faults") != 0 && strcmp(what, "edits") != 0 && strcmp(what, "log") != 0 &&
	    strcmp(what, "library") != 0 && strcmp(what, "grants") != 0)
		return refuse(out, "what: one of all faults edits log library grants");
	if (all || strcmp(what, "faults") == 0) {
		sim->faults.count = 0;
		sim->limit = (struct limit){0};
		sim->pause = (struct pause){0};
	}
	if (all || strcmp(what, "edits") == 0)
		sim->edits = (struct edits){0};
	if (all || strcmp(what, "log") == 0)
		journal_clear(&sim->journal);
	if (all || strcmp(what, "library") == 0)
		library_reset(&sim->library);
	/* Not with all: what clients hold stays good. */
	if (!all && strcmp(what, "grants") == 0)
		grants_reset(&sim->grants);
	OUT_LIT(out, "{\"reset\":true}\n");
	return 200;
}

static int print_stats(struct simulator *sim, const struct request *request, struct out *out)
{
	const struct library *library = &sim->library;
	uint64_t entries = 0;
	(void)request;
	for (uint32_t i = 0; i < library->playlist_order.count; i++)
		entries += library->playlists[library->playlist_order.at[i]].entries.count;
	OUT_LIT(out, "{\"requests\":");
	journal_print_counts(&sim->journal, out);
	out_printf(out, ",\"total\":%llu,\"bytes\":%llu,\"faults\":%llu,", (unsigned long long)sim->journal.count,
	           (unsigned long long)sim->journal.bytes, (unsigned long long)sim->journal.faults);
	out_printf(out, "\"limited\":%llu,\"early\":%llu,", (unsigned long long)sim->limit.refused,
	           (unsigned long long)sim->pause.early);
	out_printf(out, "\"refreshes\":%llu,\"reused\":%llu,\"asked_at_once\":%u,",
	           (unsigned long long)sim->grants.refreshes, (unsigned long long)sim->grants.reused,
	           sim->grants.asked_at_once);
	out_printf(out, "\"edits\":%llu,\"waiting\":%u,", (unsigned long long)sim->edits.applied, sim->edits.count);
	out_printf(out, "\"cache_hits\":%llu,\"cache_misses\":%llu,", (unsigned long long)sim->cache.hits,
	           (unsigned long long)sim->cache.misses);
	out_printf(out, "\"lastModified\":%lld,", (long long)library_time_ms(library->step));
	out_printf(out, "\"tracks\":%u,\"albums\":%u,\"artists\":%u,\"playlists\":%u,\"entries\":%llu}\n",
	           library->track_order.count, library->album_order.count, library->artist_order.count,
	           library->playlist_order.count, (unsigned long long)entries);
	return 200;
}

static const struct {
	const char *method, *path, *content_type;
	route_function *answer;
} routes[] = {
	{"POST", "/_sim/edit", "application/json", edit},
	{"POST", "/_sim/fault", "application/json", fault},
	{"POST", "/_sim/limit", "application/json", set_limit},
	{"POST", "/_sim/reset", "application/json", reset},
	{"POST", "/_sim/revoke", "application/json", revoke},
	{"POST", "/_sim/grant", "application/json", grant},
	{"POST", "/_sim/consent", "application/json", consent},
	{"GET", "/_sim/log", "text/tab-separated-values", print_log},
	{"GET", "/_sim/truth", "text/tab-separated-values", print_truth},
	{"GET", "/_sim/stats", "application/json", print_stats},
};

void control_answer(struct simulator *sim, const struct request *request, struct response *response)
{
	struct out out = {0};
	response->status = 404;
	response->content_type = "application/json";
	for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
		if (strcmp(routes[i].path, request->path) != 0 || strcmp(routes[i].method, request->method) != 0)
			continue;
		response->content_type = routes[i].content_type;
		response->status = routes[i].answer(sim, request, &out);
	}
	if (response->status == 404)
		OUT_LIT(&out, "{\"error\":\"no such route; see README.md\"}\n");
	response->body = body_new(out.at, out.len);
	out_done(&out);
}

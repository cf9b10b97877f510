/* One request after another through the adapter's own tables. */
#include "fetcher/probe.h"

#include <stdio.h>

#include "common/clock.h"
#include "fetcher/outcome.h"
#include "fetcher/page.h"
#include "fetcher/query.h"

/* Ids of one page. */
enum { IDS_BYTES = 64 * 1024 * 1024 };

struct probe {
	struct session session;
	struct credentials credentials;
	struct transfer_set *set;
	struct transfer *transfer;
	struct buf scratch;
	int page_size, requests;
};

static int probe_open(const struct settings *settings, const struct account *account, struct probe *probe,
                      struct err *err)
{
	*probe = (struct probe){.session = {.provider = provider_find(account->provider), .account = account}};
	if (!probe->session.provider)
		return err_set(err, ERR_CONFIG, 0, "there is no provider '%s'; there is %s", account->provider,
		               provider_names());
	probe->session.sign_mode = provider_first_sign_mode(probe->session.provider, account);
	probe->page_size = (int)settings->page_size;
	if (credentials_used(account->provider)) {
		if (credentials_parse(account->provider, account->secret, &probe->credentials, err))
			return -1;
		probe->session.credentials = &probe->credentials;
		const struct provider *provider = probe->session.provider;
		if (provider->prepare && provider->prepare(&probe->session, clock_wall_ms(), err))
			return -1;
	}
	buf_init(&probe->scratch, LIMIT_UNPACKED_BYTES);
	if (transfer_set_open(settings, &probe->set, err))
		return -1;
	return transfer_open(probe->set, probe, &probe->transfer, err);
}

static void probe_close(struct probe *probe)
{
	transfer_close(&probe->transfer);
	transfer_set_close(&probe->set);
	buf_done(&probe->scratch);
	credentials_wipe(&probe->credentials);
}

static int send_and_wait(struct probe *probe, const struct request *request, const struct query_args *args,
                         const struct answer **answer, struct err *err)
{
	if (query_send(&probe->session, request, args, probe->transfer, err))
		return -1;
	probe->requests++;
	while (!transfer_finished(probe->set, answer))
		transfer_wait(probe->set, NULL, 0, 1000);
	return 0;
}

/* What a person can do; an account that is not stored yet cannot sign in again, it is still to be added. */
static const char *step_of(const struct probe *probe, const struct verdict *verdict, char text[OUTCOME_STEP])
{
	static const char login[] = "account login ", add[] = "account add ";
	const struct account *account = probe->session.account;
	outcome_step_of(verdict->next_step, account->name, text);
	char *at = strstr(text, login);
	if (at && !account->id) {
		memcpy(at, add, sizeof add - 1);
		memmove(at + sizeof add - 1, at + sizeof login - 1, strlen(at + sizeof login - 1) + 1);
	}
	return text;
}

/* Asks until there is an answer that decides; tries the next way of signing in when one is not understood. */
static int ask(struct probe *probe, const struct request *request, const struct query_args *args, yyjson_doc **doc,
               struct verdict *verdict, struct err *err)
{
	for (;;) {
		const struct answer *answer;
		if (send_and_wait(probe, request, args, &answer, err))
			return -1;
		outcome_judge(&probe->session, request, answer, &probe->scratch, verdict, doc);
		if (verdict->outcome == OUTCOME_OK)
			return 0;
		int next = verdict->outcome == OUTCOME_SIGN_OTHERWISE
		               ? provider_next_sign_mode(probe->session.provider, probe->session.account,
		                                         probe->session.sign_mode)
		               : -1;
		if (next < 0)
			break;
		probe->session.sign_mode = next;
	}
	bool later = verdict->outcome == OUTCOME_RETRY || verdict->outcome == OUTCOME_TOO_SLOW ||
	             verdict->outcome == OUTCOME_THROTTLED;
	int code = verdict->outcome == OUTCOME_NEEDS_AUTH ? 401 : (int)verdict->status;
	char step[OUTCOME_STEP];
	return err_set(err, later ? ERR_RETRY : ERR_CONFIG, code, "%s; %s", verdict->cause, step_of(probe, verdict, step));
}

static int hello(struct probe *probe, struct err *err)
{
	const struct provider *provider = probe->session.provider;
	const struct query_args none = {0};
	struct verdict verdict;
	struct err ignored;
	yyjson_doc *doc = NULL;
	if (ask(probe, provider->hello, &none, &doc, &verdict, err))
		return -1;
	provider_learn(provider->hello, yyjson_doc_get_root(doc), &probe->session);
	yyjson_doc_free(doc);
	doc = NULL;
	if (provider->extras && ask(probe, provider->extras, &none, &doc, &verdict, &ignored) == 0)
		provider_learn(provider->extras, yyjson_doc_get_root(doc), &probe->session);
	yyjson_doc_free(doc);
	return 0;
}

int probe_sign_in(const struct settings *settings, const struct account *account, struct probe_server *server,
                  struct err *err)
{
	struct probe probe;
	int result = probe_open(settings, account, &probe, err);
	if (result == 0)
		result = hello(&probe, err);
	if (result == 0) {
		snprintf(server->name, sizeof server->name, "%s", probe.session.server);
		const struct sign_way *ways = probe.session.provider->sign_ways;
		server->auth = ways ? ways[probe.session.sign_mode].auth : account->auth;
	}
	probe_close(&probe);
	return result;
}

/* What is read of a category: how many, and which if somebody wants to know. */
struct tally {
	int64_t items;
	struct buf *ids; /* JSON strings with commas between; NULL: only counted */
};

static int add_ids(const struct request *request, yyjson_val *root, int64_t skip, struct buf *ids, struct err *err)
{
	struct arena arena;
	const char **found;
	size_t count = 0;
	arena_init(&arena, IDS_BYTES);
	int result = page_ids(request, root, skip, NULL, &arena, &found, &count, err);
	for (size_t i = 0; result == 0 && i < count; i++) {
		buf_add_text(ids, ids->len ? "," : "");
		buf_add_json_text(ids, span_of(found[i]));
	}
	arena_done(&arena);
	if (result == 0 && ids->failed)
		return err_set(err, ERR_FATAL, 0, "the server's ids are more than fit into %zu bytes", ids->max);
	return result;
}

static int add_child(struct probe *probe, const struct request *child, const char *id, struct tally *tally,
                     struct err *err)
{
	const struct query_args args = {.size = probe->page_size, .after = "", .id = id};
	struct verdict verdict;
	yyjson_doc *doc = NULL;
	if (ask(probe, child, &args, &doc, &verdict, err))
		return verdict.outcome == OUTCOME_MISSING || verdict.outcome == OUTCOME_EMPTY ? 0 : -1;
	int result = add_ids(child, yyjson_doc_get_root(doc), 0, tally->ids, err);
	yyjson_doc_free(doc);
	return result;
}

/* The items of a list that only leads to them (songs of albums). */
static int add_children(struct probe *probe, const struct plan *plan, yyjson_val *root, int64_t skip,
                        struct tally *tally, struct err *err)
{
	struct arena arena;
	const char **parents;
	size_t count = 0;
	arena_init(&arena, IDS_BYTES);
	int result = page_ids(plan->list, root, skip, NULL, &arena, &parents, &count, err);
	for (size_t i = 0; result == 0 && i < count; i++)
		result = add_child(probe, plan->child, parents[i], tally, err);
	arena_done(&arena);
	return result;
}

static int take_page(struct probe *probe, const struct plan *plan, yyjson_val *root, int64_t skip,
                     struct page_facts *facts, struct tally *tally, struct err *err)
{
	if (page_read(plan->list, root, facts, err))
		return -1;
	/* An unpublished list counts what it lists (songs of albums), not itself. */
	tally->items += plan->list_is_published ? facts->entries - skip : facts->counted;
	if (!tally->ids)
		return 0;
	return plan->list_is_published ? add_ids(plan->list, root, skip, tally->ids, err)
	                               : add_children(probe, plan, root, skip, tally, err);
}

/* Reads one list, overlapping as the walk does; only the first plan that gives something. */
static int read_list(struct probe *probe, const struct plan *plan, struct tally *tally, struct err *err)
{
	const struct request *request = plan->list;
	struct query_args args = {.size = probe->page_size, .after = ""};
	char after[LIMIT_ID + 1] = "";
	struct verdict verdict;
	for (;;) {
		struct page_facts facts;
		yyjson_doc *doc = NULL;
		bool overlaps = request->paging == PAGING_OFFSET && args.offset > 0;
		if (ask(probe, request, &args, &doc, &verdict, err))
			return verdict.outcome == OUTCOME_EMPTY ? 0 : -1;
		int result = take_page(probe, plan, yyjson_doc_get_root(doc), overlaps, &facts, tally, err);
		yyjson_doc_free(doc);
		if (result)
			return -1;
		page_goes_on(request, args.offset, args.size, &facts);
		args.offset += facts.entries - overlaps;
		if (request_promises(request) ? !facts.goes_on : request->paging == PAGING_NONE || facts.entries <= overlaps)
			return 0;
		if (facts.next_offset > args.offset)
			args.offset = facts.next_offset;
		snprintf(after, sizeof after, "%s", facts.after);
		args.after = after;
	}
}

int probe_lists(const struct settings *settings, const struct account *account,
                void (*progress)(void *context, enum category category, int64_t items), void *context,
                struct buf ids[CATEGORY_COUNT], struct probe_totals *totals, struct err *err)
{
	struct probe probe;
	*totals = (struct probe_totals){0};
	int result = probe_open(settings, account, &probe, err);
	if (result == 0)
		result = hello(&probe, err);
	for (unsigned i = 0; i < CATEGORY_COUNT && result == 0; i++) {
		const struct plan *plan = probe.session.provider->plans[i];
		struct tally tally = {.ids = ids ? &ids[i] : NULL};
		do
			result = read_list(&probe, plan, &tally, err);
		while (result == 0 && tally.items == 0 && (++plan)->list);
		totals->items[i] = tally.items;
		totals->snapshot[i] = plan->list && plan->list->paging == PAGING_NONE;
		if (result)
			err_wrap(err, "%s: ", category_name((enum category)i));
		else if (progress)
			progress(context, (enum category)i, totals->items[i]);
	}
	totals->requests = probe.requests;
	probe_close(&probe);
	return result;
}

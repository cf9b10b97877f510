/* Signed in as the commands do, by the same steps. */
#include "console/connect.h"

#include <stdio.h>

#include "console/action.h"
#include "console/audit.h"
#include "console/limits.h"
#include "console/outside.h"
#include "console/router.h"
#include "ctl/account_store.h"
#include "ctl/left.h"

static void begin(struct connect *connect, struct visit *visit)
{
	*connect = (struct connect){.visit = visit};
	if (visit->ctl.settings.request_timeout_ms > LIMIT_CONSOLE_SIGN_IN_MS)
		visit->ctl.settings.request_timeout_ms = LIMIT_CONSOLE_SIGN_IN_MS;
	connect->sign_in = (struct sign_in){.settings = &visit->ctl.settings, .account = &connect->account};
}

static int find_way(struct connect *connect, const char *provider, struct err *err)
{
	connect->way = sign_in_find(provider);
	return connect->way ? 0
	                    : err_set(err, ERR_REJECT, 0, "there is no provider '%.60s'; there is %s", provider,
	                              sign_in_providers());
}

int connect_open_new(struct connect *connect, struct visit *visit, const char *provider, const char *name,
                     struct err *err)
{
	begin(connect, visit);
	if (!span_copy(span_of(name), connect->account.name, sizeof connect->account.name))
		connect->account.name[0] = '\0'; /* as no name: sign_in_check tells what one is */
	return find_way(connect, provider, err) || vault_open(visit->ctl.settings.key_file, &connect->vault, err) ? -1 : 0;
}

int connect_open_again(struct connect *connect, struct visit *visit, const char *account, struct err *err)
{
	begin(connect, visit);
	connect->sign_in.again = true;
	return vault_open(visit->ctl.settings.key_file, &connect->vault, err) ||
	               account_load_again(visit->ctl.pg, connect->vault, account, &connect->account, err) ||
	               find_way(connect, connect->account.provider, err)
	           ? -1
	           : 0;
}

void connect_close(struct connect *connect)
{
	sign_in_done(&connect->sign_in);
	vault_close(&connect->vault);
}

int connect_check(struct connect *connect, struct connect_problem *problem)
{
	struct sign_in *sign_in = &connect->sign_in;
	struct err err;
	int result = sign_in_check(connect->way, sign_in, &err);
	if (result == 0 && !sign_in->again &&
	    (result = account_is_free(connect->visit->ctl.pg, connect->account.name, &err))) {
		sign_in->field = err.class == ERR_CONFIG ? "name" : NULL;
		if (sign_in->field)
			IGNORE(err_set(&err, ERR_CONFIG, 0, "is another account's already")); /* fills only */
	}
	if (result)
		connect_form_explain(connect->way, sign_in, &err, problem);
	return result;
}

/* What the account's last sync could not read because of its sign-in is asked for at once. true: *sync is that. */
static bool go_on(struct connect *connect, char sync[UUID_TEXT])
{
	struct visit *visit = connect->visit;
	struct left left;
	struct enqueued enqueued;
	struct err err;
	if (left_read(&visit->ctl, connect->account.name, NULL, &left, &err))
		return false; /* the page of the account shows what is missing */
	left_by_sign_in(&left);
	if (!left.over || !*left.wish.categories || action_sync(visit, &left.wish, &enqueued, &err))
		return false;
	snprintf(sync, UUID_TEXT, "%s", enqueued.sync);
	return true;
}

static void store(struct connect *connect)
{
	struct visit *visit = connect->visit;
	const struct account *account = &connect->account;
	bool again = connect->sign_in.again;
	char place[LIMIT_ACCOUNT + 64], sync[UUID_TEXT];
	struct err err;
	if (again ? account_store_again(visit->ctl.pg, connect->vault, account, &err)
	          : account_store_new(visit->ctl.pg, connect->vault, account, &err)) {
		visit_fail(visit, &err);
		return;
	}
	audit(visit, again ? "account signed in again" : "account added", account->name);
	if (again && go_on(connect, sync))
		snprintf(place, sizeof place, "/syncs/%s", sync);
	else
		snprintf(place, sizeof place, "/accounts/%s", account->name);
	http_redirect(visit->request, visit->response, place);
}

static void note_failure(struct connect *connect)
{
	char subject[300];
	snprintf(subject, sizeof subject, "%s at %.220s", connect->account.name, connect->account.url);
	audit(connect->visit, "account sign-in failed", subject);
}

enum connect_end connect_try(struct connect *connect, connect_step *step, const void *context,
                             struct connect_problem *problem)
{
	struct err err;
	if (!outside_begin(connect->visit))
		return CONNECT_BUSY;
	int result = step ? step(&connect->sign_in, context, &err) : sign_in_run(connect->way, &connect->sign_in, &err);
	outside_end();
	if (result == 0) {
		store(connect);
		return CONNECT_STORED;
	}
	note_failure(connect);
	connect_form_explain(connect->way, &connect->sign_in, &err, problem);
	return CONNECT_REFUSED;
}

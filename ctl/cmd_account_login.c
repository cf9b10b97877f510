/* `syncline account login`: signs an existing account in again, with its library kept, and lets the sync that stopped go on. */
#include <stdio.h>
#include <string.h>

#include "common/stop.h"
#include "ctl/account_store.h"
#include "ctl/left.h"
#include "ctl/sign_in_input.h"

static int login(struct ctl *ctl, struct sign_in_input *input, struct vault **vault, struct err *err)
{
	struct account *account = &input->account;
	char id[ID_TEXT];
	if (vault_open(ctl->settings.key_file, vault, err) || ctl_database(ctl, true, err) ||
	    ctl_find_account(ctl, input->name, id, err) || account_load_again(ctl->pg, *vault, input->name, account, err))
		return -1;
	const struct sign_in_way *way = sign_in_find(account->provider);
	if (!way)
		return err_set(err, ERR_CONFIG, 0, "there is no provider '%s'; there is %s", account->provider,
		               sign_in_providers());
	if (sign_in_input_check(input, way, err) || sign_in_input_run(input, way, err))
		return -1;
	return account_store_again(ctl->pg, *vault, account, err);
}

static void tell_next(const struct wish *wish, bool runs)
{
	if (runs)
		printf("Its sync goes on by itself. To watch it: syncline watch %s\n", wish->account);
	else if (*wish->categories)
		printf("Its last sync stopped before %s %s complete. Next: syncline sync %s --mode %s --only %s --wait\n",
		       wish->categories, strchr(wish->categories, ',') ? "were" : "was", wish->account, wish->mode,
		       wish->categories);
	else
		printf("Next: syncline sync %s --wait\n", wish->account);
}

/* The sign-in is stored by now, whatever becomes of the sync. */
static int go_on(struct ctl *ctl, const char *name, bool no_sync, struct err *err)
{
	struct left left = {0};
	struct enqueued enqueued = {0};
	const struct wish *wish = &left.wish;
	if (left_read(ctl, name, NULL, &left, err))
		return -1;
	bool runs = *left.state && !left.over;
	left_by_sign_in(&left);
	if (runs || no_sync || !*wish->categories) {
		tell_next(wish, runs);
		return 0;
	}
	if (stop_open(err) || enqueue_sync(ctl, wish, &enqueued, err)) {
		if (!enqueued.stored)
			tell_next(wish, false);
		return -1;
	}
	printf("Its last sync stopped before %s %s complete: they are asked for again, as sync %s.\n"
	       "To watch it: syncline watch %s\n",
	       wish->categories, strchr(wish->categories, ',') ? "were" : "was", enqueued.sync, wish->account);
	return 0;
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	struct err err;
	static struct sign_in_input input;
	struct vault *vault = NULL;
	int result = sign_in_input_read(ctl, true, argc, argv, &input, &err) || login(ctl, &input, &vault, &err);
	const char *name = input.name;
	bool no_sync = input.no_sync;
	sign_in_input_done(&input);
	vault_close(&vault);
	if (result)
		return ctl_fail(&err);
	printf("Account %s is signed in again.\n", name);
	return go_on(ctl, name, no_sync, &err) ? ctl_fail(&err) : EXIT_OK;
}

const struct command command_account_login = {
	.name = "account login",
	.args = "NAME [OPTIONS]",
	.help = "sign an account in again, with its library kept",
	.text =
		"For an account whose sign-in was refused (needs_auth), has ended or soon will. Signs in as `syncline account\n"
		"add` does, and replaces what is stored of the sign-in; library, history and settings of the account stay.\n"
		"What is not given is kept: user name, app, key.\n\n"
		"What the account's last sync could not read because of it is asked for again at once.\n\n"
		"  --no-test                  do not try whether the sign-in works\n"
		"  --no-sync                  do not ask for a sync\n\n"
		"opensubsonic\n"
		"  --user U, --auth HOW       another user name, another way\n"
		"  --password-file F, --password-stdin\n"
		"                             where the new password comes from; asked for without them\n\n"
		"spotify\n"
		"  --paste                    for a machine without a browser\n"
		"  --redirect-port N          another port than 8917, as registered with the app\n"
		"  --client-id ID             another app; --client-secret-stdin with its secret\n"
		"  --other-user               another user may sign in: that library replaces the one that is stored\n\n"
		"applemusic\n"
		"  --user-token-file F, --user-token-stdin\n"
		"                             the new user token; asked for when nothing else is replaced\n"
		"  --team-id T --key-id K --key-file F, or --developer-token-file F\n"
		"                             another key, or a new developer token\n\n"
		"jellyfin\n"
		"  --user U, --auth HOW, --password-file F, --password-stdin\n"
		"                             as opensubsonic; by password or apikey\n\n"
		"  syncline account login anna\n"
		"  syncline account login ben --developer-token-file token\n",
	.run = run,
};

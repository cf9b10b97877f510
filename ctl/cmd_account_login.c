/* `syncline account login`: signs an existing account in again, with its library kept, and lets the sync that stopped go on. */
#include <stdio.h>
#include <string.h>

#include "common/stop.h"
#include "common/vault.h"
#include "ctl/account_store.h"
#include "ctl/left.h"
#include "ctl/sign_in.h"

/* A secret that cannot be unsealed any more is no obstacle: it is going to be replaced. */
static int load(struct ctl *ctl, const struct vault *vault, const char *name, struct account *account, struct err *err)
{
	char id[ID_TEXT];
	if (ctl_find_account(ctl, name, id, err))
		return -1;
	int result = account_load(ctl->pg, vault, name, account, err);
	if (result && err->class == ERR_CONFIG && account->id && *account->auth) {
		account_wipe(account);
		return 0;
	}
	return result;
}

static int login(struct ctl *ctl, const struct sign_in_options *options, struct account *account, struct vault **vault,
                 struct err *err)
{
	const struct sign_in_way *way;
	if (vault_open(ctl->settings.key_file, vault, err) || ctl_database(ctl, true, err) ||
	    load(ctl, *vault, options->name, account, err) || sign_in_find(options, account->provider, &way, err) ||
	    way->check(options, true, account, err) || way->run(ctl, options, true, account, err))
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
static int go_on(struct ctl *ctl, const struct sign_in_options *options, struct err *err)
{
	struct left left = {0};
	struct enqueued enqueued;
	const struct wish *wish = &left.wish;
	if (left_read(ctl, options->name, NULL, &left, err))
		return -1;
	bool runs = *left.state && !left.over;
	if (strcmp(left.state, "cancelled") == 0)
		left.wish.categories[0] = '\0'; /* that was no trouble with the sign-in: somebody wanted it so */
	if (runs || options->no_sync || !*wish->categories) {
		tell_next(wish, runs);
		return 0;
	}
	if (stop_open(err) || enqueue_sync(ctl, wish, &enqueued, err)) {
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
	struct sign_in_options options;
	static struct account account;
	struct vault *vault = NULL;
	if (sign_in_read(ctl, true, argc, argv, &options, &err))
		return ctl_fail(&err);
	int result = login(ctl, &options, &account, &vault, &err);
	account_wipe(&account);
	vault_close(&vault);
	if (result)
		return ctl_fail(&err);
	printf("Account %s is signed in again.\n", options.name);
	return go_on(ctl, &options, &err) ? ctl_fail(&err) : EXIT_OK;
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

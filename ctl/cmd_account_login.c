/* `syncline account login`: signs an existing account in again; its library stays as it is. */
#include <stdio.h>

#include "common/vault.h"
#include "ctl/account_store.h"
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
	printf("Account %s is signed in again. Next: syncline sync %s --wait\n", options.name, options.name);
	return EXIT_OK;
}

const struct command command_account_login = {
	.name = "account login",
	.args = "NAME [OPTIONS]",
	.help = "sign an account in again, with its library kept",
	.text =
		"For an account whose sign-in was refused (needs_auth), has ended or soon will. Signs in as `syncline account\n"
		"add` does, and replaces what is stored of the sign-in; library, history and settings of the account stay.\n"
		"What is not given is kept: user name, app, key.\n\n"
		"  --no-test                  do not try whether the sign-in works\n\n"
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

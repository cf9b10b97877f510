/* `syncline account add`: checks what was typed, signs in the provider's way, seals the secret, stores it. */
#include <stdio.h>

#include "ctl/account_store.h"
#include "ctl/sign_in_input.h"

/* What can be refused is refused before anybody is asked for anything. */
static int add(struct ctl *ctl, struct sign_in_input *input, struct vault **vault, struct err *err)
{
	if (!input->provider)
		return err_set(err, ERR_CONFIG, 0, "--provider is missing; there is %s", sign_in_providers());
	const struct sign_in_way *way = sign_in_find(input->provider);
	if (!way)
		return err_set(err, ERR_CONFIG, 0, "there is no provider '%s'; there is %s", input->provider,
		               sign_in_providers());
	if (sign_in_input_check(input, way, err) || vault_open(ctl->settings.key_file, vault, err) ||
	    ctl_database(ctl, true, err) || account_is_free(ctl->pg, input->name, err) ||
	    sign_in_input_run(input, way, err))
		return -1;
	return account_store_new(ctl->pg, *vault, &input->account, err);
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	struct err err;
	static struct sign_in_input input;
	struct vault *vault = NULL;
	int result = sign_in_input_read(ctl, false, argc, argv, &input, &err) || add(ctl, &input, &vault, &err);
	const char *name = input.name;
	sign_in_input_done(&input);
	vault_close(&vault);
	if (result)
		return ctl_fail(&err);
	printf("Account %s added. Next: syncline sync %s --wait\n", name, name);
	return EXIT_OK;
}

const struct command command_account_add = {
	.name = "account add",
	.args = "NAME --provider PROVIDER [OPTIONS]",
	.help = "store an account, after trying its sign-in",
	.text =
		"Signs in, seals what the sign-in gives with the key file, and stores it. Secrets are asked for on the\n"
		"terminal, or read from a file or standard input; they are never shown again, and never stand in a command\n"
		"line.\n\n"
		"  NAME               a-z, 0-9, '.', '_', '-'; how all other commands call it; cannot be changed\n"
		"  --provider P       opensubsonic, spotify, applemusic or jellyfin\n"
		"  --url URL          opensubsonic, jellyfin: the server's address, without /rest, /web or a password;\n"
		"                     spotify, applemusic: only if requests shall go elsewhere than to the provider itself\n"
		"  --no-test          do not try whether the sign-in works\n\n"
		"opensubsonic (Navidrome, Gonic, Supysonic, LMS, ... and Subsonic itself): a password or API key\n\n"
		"  --user U           user name at the server\n"
		"  --auth HOW         auto (default: the best that works), token, password, apikey\n"
		"  --password-file F  read it from a file (first line)\n"
		"  --password-stdin   read it from standard input\n\n"
		"  syncline account add home --provider opensubsonic --url https://music.example.org --user anna\n"
		"  pass show music | syncline account add home --provider opensubsonic --url http://nas:4533 --user anna \\\n"
		"      --password-stdin\n\n"
		"spotify: the user agrees in a browser, to an app that you make once for all accounts\n\n"
		"  1. At https://developer.spotify.com/dashboard choose \"Create app\", tick \"Web API\".\n"
		"  2. As redirect URI register, exactly:  http://127.0.0.1:8917/callback\n"
		"  3. As long as the app is in development mode: add each user's e-mail under User Management.\n"
		"  4. Copy the client id from the app's settings. The client secret is not needed.\n\n"
		"  --client-id ID     the app's client id\n"
		"  --client-secret-stdin\n"
		"                     sign in with the app's secret, too (first line of standard input)\n"
		"  --redirect-port N  another port than 8917; the redirect URI of step 2 must then have it\n"
		"  --paste            for a machine without a browser: open the address elsewhere, and paste the address\n"
		"                     that the browser ends at\n\n"
		"  syncline account add anna --provider spotify --client-id 0123456789abcdef0123456789abcdef\n\n"
		"The sign-in holds for six months; `syncline account list` shows when it ends, and `syncline account login\n"
		"anna` renews it.\n\n"
		"applemusic: a key that signs developer tokens, and the user's token\n\n"
		"  1. At https://developer.apple.com/account under \"Certificates, Identifiers & Profiles\" make a media\n"
		"     identifier with MusicKit, and a key for it (Keys, \"+\", Media Services); download AuthKey_KEYID.p8.\n"
		"     The team id stands under Membership.\n"
		"  2. The user token is given by MusicKit when the user agrees, in a page or an app that is signed with\n"
		"     that key (MusicKit on the Web: music.authorize()). No server gives it. It holds about 180 days.\n\n"
		"  --team-id T --key-id K --key-file F\n"
		"                     the key; tokens are signed here, for an hour each\n"
		"  --developer-token-file F\n"
		"                     or a developer token that was signed elsewhere; its end is read from it\n"
		"  --user-token-file F, --user-token-stdin\n"
		"                     the user's token (first line); asked for without them\n\n"
		"  syncline account add ben --provider applemusic --team-id TEAM123456 --key-id KEY1234567 \\\n"
		"      --key-file AuthKey_KEY1234567.p8 --user-token-file token\n\n"
		"jellyfin: a user of the server, by password or by an API key of the server's\n\n"
		"  --user U           user name at the server: the library is what this user may see\n"
		"  --auth HOW         password (default): gives a token, which is stored; the password is not.\n"
		"                     apikey: made by an administrator in the dashboard, under API Keys\n"
		"  --password-file F, --password-stdin\n"
		"                     where password or key come from; asked for without them\n\n"
		"  syncline account add tv --provider jellyfin --url https://jellyfin.example.org --user anna\n\n"
		"The sign-in holds until it is revoked there (Dashboard, Devices: \"Syncline\").\n",
	.run = run,
};

/* `syncline key` and `syncline version`. */
#include <librdkafka/rdkafka.h>
#include <stdio.h>

#include "common/sql.h"
#include "common/vault.h"
#include "common/version.h"
#include "ctl/args.h"

static int run_key(struct ctl *ctl, int argc, char **argv)
{
	struct err err;
	const struct args args = {.ctl = ctl};
	if (args_read(&args, argc, argv, NULL, &err) || vault_create_key(ctl->settings.key_file, &err))
		return ctl_fail(&err);
	printf("%s made. Keep a copy in a safe place: without it stored credentials cannot be read.\n"
	       "The fetcher's user must own it (mode 0600).\n",
	       ctl->settings.key_file);
	return EXIT_OK;
}

const struct command command_key = {
	.name = "key",
	.args = "",
	.help = "make the key file that seals credentials",
	.text =
		"Writes a new random key to the setting key_file, readable by its owner only. A file that is there is never\n"
		"overwritten: every stored credential would be lost.\n\n"
		"  syncline --key-file /etc/syncline/syncline.key key\n",
	.run = run_key,
};

static int run_version(struct ctl *ctl, int argc, char **argv)
{
	struct err err;
	const struct args args = {.ctl = ctl, .json = true};
	if (args_read(&args, argc, argv, NULL, &err))
		return ctl_fail(&err);
	if (ctl->json)
		printf("{\"version\":\"%s\",\"schema\":%d,\"librdkafka\":\"%s\",\"libpq\":%d}\n", SYNCLINE_VERSION,
		       sql_schema_version(), rd_kafka_version_str(), PQlibVersion());
	else
		printf("syncline %s (schema %d, librdkafka %s, libpq %d.%d)\n", SYNCLINE_VERSION, sql_schema_version(),
		       rd_kafka_version_str(), PQlibVersion() / 10000, PQlibVersion() % 10000);
	return EXIT_OK;
}

const struct command command_version = {
	.name = "version",
	.args = "[--json]",
	.help = "version of this program, of the schema it needs, and of its libraries",
	.text = "What to name in a bug report.\n\n  syncline version\n",
	.without_settings = true,
	.run = run_version,
};

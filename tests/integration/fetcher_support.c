/* Connections, a schema and a prefix that nobody else has. */
#include "fetcher_support.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct settings settings = {.request_timeout_ms = 100};
struct vault *vault;
struct pg *eye;
struct redis *eye_redis;
char prefix[64];
static char schema[64];

static struct pg *connect_pg(void)
{
	struct pg *pg = connect_to(schema);
	struct err err;
	if (!getenv("SYNCLINE_TEST_REDIS"))
		fail_msg("set SYNCLINE_TEST_REDIS to where this test may make keys");
	must(pg_exec(pg, "SET lock_timeout = 100", &err), &err);
	return pg;
}

struct token_places connect_places(void)
{
	struct token_places at = {.vault = vault, .settings = &settings, .pg = connect_pg()};
	struct err err;
	must(redis_open(getenv("SYNCLINE_TEST_REDIS"), &at.redis, &err), &err);
	return at;
}

void close_places(struct token_places *at)
{
	pg_close(&at->pg);
	redis_close(&at->redis);
}

int places_open(void **state)
{
	struct err err;
	(void)state;
	snprintf(schema, sizeof schema, "test_token_%d", (int)getpid());
	snprintf(prefix, sizeof prefix, "test-token-%d-", (int)getpid());
	snprintf(settings.kafka_prefix, sizeof settings.kafka_prefix, "%s", prefix);
	char key_path[64];
	snprintf(key_path, sizeof key_path, "/tmp/syncline-token-%d.key", (int)getpid());
	must(vault_create_key(key_path, &err), &err);
	must(vault_open(key_path, &vault, &err), &err);
	unlink(key_path);
	struct token_places at = connect_places();
	eye = at.pg;
	eye_redis = at.redis;
	make_tables(eye);
	return 0;
}

int places_close(void **state)
{
	(void)state;
	drop_schema(eye, schema);
	pg_close(&eye);
	redis_close(&eye_redis);
	vault_close(&vault);
	return 0;
}

void redis_do(const char *command, const char *name)
{
	struct err err;
	REDIS_REPLY *reply = NULL;
	char format[64];
	snprintf(format, sizeof format, "%s %%s%%s:home", command);
	must(redis_command(eye_redis, &reply, &err, format, prefix, name), &err); /* NOLINT: made above */
}

bool redis_has(const char *name)
{
	struct err err;
	REDIS_REPLY *reply = NULL;
	must(redis_command(eye_redis, &reply, &err, "EXISTS %s%s:home", prefix, name), &err);
	return reply->integer == 1;
}

/* Takes connections and never answers. */
int silent_port(char url[64])
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	snprintf(url, 64, "redis://127.0.0.1:%d", ntohs(address.sin_port));
	return fd;
}

/* ---- the account ---- */

struct account account = {.name = "home", .provider = "spotify", .url = "http://127.0.0.1:1"};

/* As time does with the lock of a worker that was killed. */
void lock_ends(void)
{
	redis_do("DEL", "token_lock");
}

void store(const struct credentials *credentials)
{
	static char text[LIMIT_SECRET + 1], hex[2 * VAULT_SEALED_MAX + 3] = "\\x";
	static unsigned char sealed[VAULT_SEALED_MAX];
	size_t len = 0;
	struct err err;
	const char *values[] = {hex};
	must(credentials_text(credentials, text, &err), &err);
	must(vault_seal(vault, span_of("home"), span_of(text), sealed, &len, &err), &err);
	for (size_t i = 0; i < len; i++)
		snprintf(hex + 2 + 2 * i, 3, "%02x", sealed[i]);
	must(pg_run(eye,
	            "INSERT INTO account (name, provider, url, secret) VALUES ('home', 'spotify', 'x', $1::bytea) "
	            "ON CONFLICT (name) DO UPDATE SET secret = EXCLUDED.secret",
	            1, values, NULL, &err),
	     &err);
}

const struct credentials *stored(void)
{
	static struct account row;
	static struct credentials credentials;
	struct err err;
	must(account_load(eye, vault, "home", &row, &err), &err);
	must(credentials_parse("spotify", row.secret, &credentials, &err), &err);
	return &credentials;
}

/* ---- a provider that rotates, and a worker ---- */

struct test_provider provider = {.mutex = PTHREAD_MUTEX_INITIALIZER};

void asks_provider(struct worker *worker)
{
	pthread_mutex_lock(&provider.mutex);
	int number = (int)strtol(worker->credentials.refresh_token + strlen(CANARY "-r"), NULL, 10);
	provider.requests++;
	worker->answer = (struct answer){.status = number == provider.valid ? 200 : 400};
	if (number == provider.valid) {
		provider.valid++;
		snprintf(worker->body, sizeof worker->body,
		         "{\"access_token\":\"" CANARY
		         "-a%d\",\"token_type\":\"Bearer\",\"expires_in\":3600,\"refresh_token\":\"" CANARY "-r%d\"}",
		         provider.valid, provider.valid);
	} else {
		provider.refused++;
		snprintf(worker->body, sizeof worker->body, "{\"error\":\"invalid_grant\"}");
	}
	worker->answer.body = span_of(worker->body);
	pthread_mutex_unlock(&provider.mutex);
}

enum token_step begins(struct worker *worker)
{
	struct err err;
	must(token_begin(&worker->at, &account, &worker->credentials, NOW, &worker->token, &worker->step, &err), &err);
	return worker->step;
}

enum outcome takes(struct worker *worker)
{
	token_take(&worker->at, &worker->token, &worker->answer, NOW, &worker->credentials, &worker->verdict);
	return worker->verdict.outcome;
}

int saves(struct worker *worker, struct err *err)
{
	return token_save(&worker->at, &worker->token, &worker->credentials, &worker->step, err);
}

/* Users. */
#include "console/user.h"

#include <pthread.h>
#include <sodium.h>
#include <stdio.h>

#include "console/access.h"
#include "ctl/account_input.h"

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

/* Under the lock. false: no memory, which is all that can go wrong. */
static bool hash_password(const char *password, char hash[crypto_pwhash_STRBYTES])
{
	return crypto_pwhash_str(hash, password, strlen(password), crypto_pwhash_OPSLIMIT_INTERACTIVE,
	                         crypto_pwhash_MEMLIMIT_INTERACTIVE) == 0;
}

/* Under the lock. false: no memory to tell, which libsodium tells as it does a password that does not fit. */
static bool compare(const char *hash, const char *password, bool *fits)
{
	char probe[crypto_pwhash_STRBYTES];
	*fits = crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
	return *fits || hash_password("", probe);
}

static int no_memory(struct err *err)
{
	return err_set(err, ERR_RETRY, 0, "no memory to hash a password (64 MiB)");
}

int user_store(struct pg *pg, const char *name, const char *password, enum scope scope, struct err *err)
{
	char hash[crypto_pwhash_STRBYTES];
	size_t len = strlen(password);
	if (account_check_name(name, err))
		return err_wrap(err, "the name ");
	if (len < USER_PASSWORD_LEAST || len > USER_PASSWORD_MOST)
		return err_set(err, ERR_CONFIG, 0, "the password must have %d to %d bytes; three or four random words are good",
		               USER_PASSWORD_LEAST, USER_PASSWORD_MOST);
	if (sodium_init() < 0)
		return err_set(err, ERR_FATAL, 0, "libsodium could not start");
	pthread_mutex_lock(&one_at_a_time);
	bool hashed = hash_password(password, hash);
	pthread_mutex_unlock(&one_at_a_time);
	if (!hashed)
		return no_memory(err);
	const char *values[] = {name, hash, scope_name(scope)};
	return pg_run(pg,
	              "WITH gone AS (DELETE FROM console_session WHERE name = $1) "
	              "INSERT INTO console_user (name, password, scope) VALUES ($1, $2, $3) "
	              "ON CONFLICT (name) DO UPDATE SET password = $2, scope = $3",
	              3, values, NULL, err);
}

int user_remove(struct pg *pg, const char *name, struct err *err)
{
	int64_t rows = 0;
	if (pg_run(pg, "DELETE FROM console_user WHERE name = $1", 1, &name, &rows, err))
		return -1;
	return rows ? 0 : err_set(err, ERR_REJECT, 0, "there is no user '%s'; `syncline user list` shows all", name);
}

int user_check(struct pg *pg, const char *name, const char *password, bool *good, struct err *err)
{
	/* Of no password: what a name that is not there is compared with. */
	static const char nobody[] = "$argon2id$v=19$m=65536,t=2,p=1$c3luY2xpbmVzeW5jbGluZQ$"
								 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
	PG_RESULT *row = NULL;
	*good = false;
	if (strlen(password) > USER_PASSWORD_MOST)
		return 0;
	if (pg_query(pg, "SELECT password FROM console_user WHERE name = $1", 1, &name, &row, err))
		return -1;
	const char *hash = PQntuples(row) ? pg_text(row, 0, "password") : nobody;
	pthread_mutex_lock(&one_at_a_time);
	bool fits, told = compare(hash, password, &fits);
	pthread_mutex_unlock(&one_at_a_time);
	*good = told && fits && PQntuples(row);
	return told ? 0 : no_memory(err);
}

/* Webhooks: addresses that are told what becomes of syncs. Of each the address and the secret it is signed with are stored
 * sealed together, since the path of an address is often a secret, too; shown is where it leads to ("https://hooks.example.org").
 *
 * What is to be told is a row, made by triggers in the transaction in which it becomes true (schemas/sql/011_webhooks.sql). */
#ifndef SYNCLINE_CONSOLE_WEBHOOK_H
#define SYNCLINE_CONSOLE_WEBHOOK_H

#include <stddef.h>

#include "common/limits.h"
#include "common/pg.h"
#include "common/vault.h"
#include "console/limits.h"
#include "console/webhook_signature.h"

struct webhook_event {
	const char *word; /* as people write it: "partial" */
	const char *type; /* as it is told: "sync.partial" */
	const char *help;
};
enum { WEBHOOK_EVENTS = 5 };
extern const struct webhook_event webhook_events[WEBHOOK_EVENTS];

/* "partial, sync.failed,held" as the text of an array of types, in the order of the table; NULL or "": all. CONFIG: a word that
 * is none. */
enum { WEBHOOK_TYPES = 128 };
int webhook_read_events(const char *words, char types[WEBHOOK_TYPES], struct err *err) MUST_USE;

/* The other way: "{sync.partial,removals.held}" -> "partial, held"; "all". Returns words. */
const char *webhook_write_events(const char *types, char words[WEBHOOK_TYPES]);

/* Is this an address that may be told? Fills target with what is shown of it. CONFIG: no http or https address with a host,
 * holds a user, is too long; or not internal and either http or visibly an internal address (names are judged each time they
 * are connected to). The text never repeats more than the target. */
enum { WEBHOOK_TARGET = 300 };
int webhook_check_url(const char *url, bool internal, char target[WEBHOOK_TARGET], struct err *err) MUST_USE;

struct webhook_wish {
	const char *url;
	const char *types;      /* of webhook_read_events */
	const char *account_id; /* NULL: all accounts */
	bool internal;          /* may lead into an internal network, and be http */
};

enum { WEBHOOK_ID = 12 };
struct webhook_made {
	char id[WEBHOOK_ID], target[WEBHOOK_TARGET], secret[WEBHOOK_SECRET]; /* the secret is never shown again */
};

/* Checks, seals and stores it. The caller wipes made. CONFIG: the address, the key file, or there are LIMIT_WEBHOOKS. */
int webhook_add(struct pg *pg, const char *key_file, const struct webhook_wish *wish, struct webhook_made *made,
                struct err *err) MUST_USE;

/* What waits for it, and its log, go with it. target[WEBHOOK_TARGET]: what it was. REJECT: there is none. */
int webhook_remove(struct pg *pg, const char *id, char target[WEBHOOK_TARGET], struct err *err) MUST_USE;

/* "3" is an id; "x", "007" or "99999999999" is none. */
bool webhook_is_id(const char *text);
/* REJECT: there is no webhook of that id. id: as somebody has written it. */
int webhook_find(struct pg *pg, const char *id, struct err *err) MUST_USE;

/* secret[WEBHOOK_SECRET] and url[LIMIT_URL] of a row's sealed column (as Postgres writes bytea: "\x..."), both to be wiped by the
 * caller. CONFIG: another key file. */
int webhook_unseal(const struct vault *vault, const char *target, const char *sealed_hex, char *secret, char *url,
                   struct err *err) MUST_USE;

#endif

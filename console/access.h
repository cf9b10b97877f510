/* Who comes, and what they may: a session's cookie, an API token, or (while nobody has a password) anybody on this machine.
 *
 * Stored are only digests: of a session's and a token's random value, and of passwords (Argon2id). */
#ifndef SYNCLINE_CONSOLE_ACCESS_H
#define SYNCLINE_CONSOLE_ACCESS_H

#include "console/console.h"

/* "read", "operate", "admin"; NULL-safe the other way: SCOPE_NONE for any other word. */
const char *scope_name(enum scope scope);
enum scope scope_find(const char *name);
/* Of --scope. CONFIG: it is none. */
int scope_read(const char *name, enum scope *scope, struct err *err) MUST_USE;

/* Fills visit->visitor. A cookie or token that is not known is as none. */
int access_read(struct visit *visit, struct err *err) MUST_USE;

/* Is the request, which changes something, one that our own page made (or a program with a token)? */
bool access_is_from_us(const struct visit *visit);
/* Does the browser say that a page elsewhere made the request? Old browsers say nothing. */
bool access_is_from_elsewhere(const struct visit *visit);
/* While the console is open to everybody on this machine: is it asked for by a name of this machine, and by nobody on behalf of
 * another? Else a page elsewhere could be made to resolve to it (DNS rebinding), or a proxy let the world in. */
bool access_host_is_ours(const struct visit *visit);

/* Behind a proxy on this machine (console_url is set), the address becomes the one that the proxy saw. */
void access_read_address(struct visit *visit);

/* Fills the visitor's scope and name if this is an API token; scope stays as it is if not. */
int access_token(struct pg *pg, const char *token, struct visitor *visitor, struct err *err) MUST_USE;

/* A new session for a user: sets the cookie. */
int access_begin_session(struct visit *visit, const char *user, struct err *err) MUST_USE;
/* Ends the visitor's session, if it has one. */
int access_end_session(struct visit *visit, struct err *err) MUST_USE;

/* Is there any user? If not, the console is open on loopback addresses and must not listen elsewhere. */
int access_has_users(struct pg *pg, bool *any, struct err *err) MUST_USE;
bool access_is_loopback(const char *address);
/* Does the URL lead to this machine alone? "" does. */
bool access_url_is_local(const char *url);

/* Text of `bytes` random bytes as hexadecimal digits; text[2 * bytes + 1]. */
void access_random(size_t bytes, char *text);
/* The digest under which a secret value is stored or signed: 64 hexadecimal digits. purpose keeps digests apart. */
void access_digest(const char *purpose, const char *value, char text[65]);

#endif

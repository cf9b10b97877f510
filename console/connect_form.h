/* The form by which an account signs in to its provider: one input for each field of the provider's way (ctl/sign_in.h), and an
 * error beside the one that it is about. What is secret is never shown again. */
#ifndef SYNCLINE_CONSOLE_CONNECT_FORM_H
#define SYNCLINE_CONSOLE_CONNECT_FORM_H

#include "console/console.h"
#include "ctl/sign_in.h"

enum { CONNECT_PROBLEM = 400 };

/* What is wrong with a sign-in, in words of ours. */
struct connect_problem {
	const char *field; /* of the form, whose label stands before the text; NULL: none's */
	char text[CONNECT_PROBLEM];
};

/* Takes what was typed into sign_in, whose texts are then the request's. An empty field is not given. */
void connect_form_read(const struct visit *visit, struct sign_in *sign_in);

/* Of the error of sign_in_check, sign_in_run or sign_in_spotify_finish. A text that quotes the server's answer is replaced: the
 * address may lead anywhere, and nobody shall read other servers by it. */
void connect_form_explain(const struct sign_in_way *way, const struct sign_in *sign_in, const struct err *err,
                          struct connect_problem *problem);

/* The form, with what was typed as far as it is no secret. account: to be signed in again; NULL: a new one, whose name is asked
 * for. problem: NULL at first. */
void connect_form_show(struct visit *visit, const struct sign_in_way *way, const char *account,
                       const struct connect_problem *problem);

#endif

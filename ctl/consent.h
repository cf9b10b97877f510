/* The user's consent to a sign-in at Spotify, asked for on a terminal: in a browser on this machine, or by an address that is
 * pasted. */
#ifndef SYNCLINE_CTL_CONSENT_H
#define SYNCLINE_CTL_CONSENT_H

#include "ctl/sign_in.h"

struct consent_options {
	int64_t redirect_port; /* of this machine, where the browser ends; 0: the one stored, or the usual one */
	bool paste;
};

/* Behind sign_in_check: shows the address, waits for the answer, and finishes the sign-in (sign_in_spotify.h). CONFIG: refused,
 * or nobody answered within 5 minutes. */
int consent_run(struct sign_in *sign_in, const struct consent_options *options, struct err *err) MUST_USE;

#endif

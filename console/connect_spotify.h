/* Spotify's sign-in in the console: the address at which the user agrees is shown, the browser comes back to
 * /accounts/connect/spotify/callback, or its address is pasted where that cannot be reached. */
#ifndef SYNCLINE_CONSOLE_CONNECT_SPOTIFY_H
#define SYNCLINE_CONSOLE_CONNECT_SPOTIFY_H

#include "console/connect.h"

/* How an app is made, with the redirect URI that it must know. */
void connect_spotify_steps(struct visit *visit);
/* Behind connect_check: keeps the sign-in for the session (console/authorizations.h) and shows where to go on. */
void connect_spotify_ask(struct connect *connect);

#endif

/* Spotify's accounts service: /authorize as if a user sat at the browser, and /api/token. */
#ifndef SIMULATOR_OAUTH_H
#define SIMULATOR_OAUTH_H

#include "service.h"

/* Both fill *response. */
void oauth_authorize(const struct call *call, struct response *response);
void oauth_token(const struct call *call, struct response *response);

#endif

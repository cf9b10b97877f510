/* The Spotify Web API a library sync uses, and its accounts service, answered from the library. */
#ifndef SIMULATOR_SPOTIFY_H
#define SIMULATOR_SPOTIFY_H

#include "service.h"

extern const struct service spotify_service;

#endif

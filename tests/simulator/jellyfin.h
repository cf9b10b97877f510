/* Jellyfin, answered from the library. */
#ifndef SIMULATOR_JELLYFIN_H
#define SIMULATOR_JELLYFIN_H

#include "service.h"

extern const struct service jellyfin_service;

#endif

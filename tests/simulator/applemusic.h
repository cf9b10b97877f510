/* The Apple Music API's user library, answered from the library. */
#ifndef SIMULATOR_APPLEMUSIC_H
#define SIMULATOR_APPLEMUSIC_H

#include "service.h"

extern const struct service applemusic_service;

#endif

/* The rule of unusually many removals, for who judges them (removal.c) and who foretells them (`syncline verify`). */
#ifndef SYNCLINE_WRITER_REMOVAL_H
#define SYNCLINE_WRITER_REMOVAL_H

#include "common/settings.h"

/* missing of active items are held when they are more than the setting's items and more than its share. */
static inline bool removal_is_too_many(const struct settings *settings, int64_t missing, int64_t active)
{
	return missing > settings->removal_items && missing * 100 > active * settings->removal_percent;
}

#endif

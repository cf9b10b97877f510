/* When a scripted fault or edit happens: which requests it counts, and which of those it strikes. */
#ifndef SIMULATOR_TRIGGER_H
#define SIMULATOR_TRIGGER_H

#include "request.h"

struct trigger {
	char endpoint[32];  /* "*": any method */
	char contains[128]; /* of the decoded query; "": any */
	int64_t nth;        /* the first counted request it may strike, from 1 */
	int64_t count;      /* strikes in all; 0: no end */
	int64_t every;      /* strikes each so many counted requests */
	double probability; /* of each strike, 1: certain */
	uint64_t seed;
	uint32_t salt; /* set by the owner: rules with one seed do not all strike the same requests */
	int64_t seen, struck;
};

/* From the parameters endpoint, contains, nth_key (its name differs between faults and edits), count, every, probability,
 * seed. NULL, or what is wrong with them. */
const char *trigger_read(struct trigger *trigger, const struct request *request, const char *nth_key);
/* Counts the request when it matches, and says whether it may be struck: then call trigger_strike or let it pass. */
bool trigger_sees(struct trigger *trigger, const char *endpoint, const char *query);
void trigger_strike(struct trigger *trigger);
bool trigger_spent(const struct trigger *trigger);

#endif

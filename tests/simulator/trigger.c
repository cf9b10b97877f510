/* Counts requests and decides strikes; chance comes from a seed, so that a run can be repeated. */
#include "trigger.h"

#include <stdio.h>
#include <stdlib.h>

#include "mix.h"

const char *trigger_read(struct trigger *trigger, const struct request *request, const char *nth_key)
{
	const char *endpoint = request_param(request, "endpoint"), *contains = request_param(request, "contains");
	const char *probability = request_param(request, "probability");
	bool lasting = probability || request_param(request, "every");
	*trigger = (struct trigger){
		.nth = request_int(request, nth_key, 1),
		.count = request_int(request, "count", lasting ? 0 : 1),
		.every = request_int(request, "every", 1),
		.probability = probability ? strtod(probability, NULL) : 1,
		.seed = (uint64_t)request_int(request, "seed", 1),
	};
	snprintf(trigger->endpoint, sizeof trigger->endpoint, "%s", endpoint && *endpoint ? endpoint : "*");
	snprintf(trigger->contains, sizeof trigger->contains, "%s", contains ? contains : "");
	if (contains && strlen(contains) >= sizeof trigger->contains)
		return "contains: at most 127 bytes";
	if (trigger->nth < 1 || trigger->count < 0 || trigger->every < 1)
		return "nth and every begin at 1, count at 0";
	if (!(trigger->probability >= 0 && trigger->probability <= 1))
		return "probability: 0 to 1";
	return NULL;
}

bool trigger_sees(struct trigger *trigger, const char *endpoint, const char *query)
{
	if (strcmp(trigger->endpoint, "*") != 0 && strcmp(trigger->endpoint, endpoint) != 0)
		return false;
	if (*trigger->contains && !strstr(query, trigger->contains))
		return false;
	int64_t since = ++trigger->seen - trigger->nth;
	if (since < 0 || since % trigger->every || trigger_spent(trigger))
		return false;
	if (trigger->probability >= 1)
		return true;
	uint64_t number = draw(trigger->seed, trigger->salt, (uint32_t)trigger->seen);
	return (double)(number >> 11) * 0x1p-53 < trigger->probability;
}

void trigger_strike(struct trigger *trigger)
{
	trigger->struck++;
}

bool trigger_spent(const struct trigger *trigger)
{
	return trigger->count && trigger->struck >= trigger->count;
}

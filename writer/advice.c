/* One rule. */
#include "writer/advice.h"

#include <stdio.h>

const char *advice_text(struct span step, const char *command, struct span account, char text[ADVICE_TEXT])
{
	bool names_one = step.len && memmem(step.at, step.len, "syncline ", sizeof "syncline " - 1);
	if (names_one)
		snprintf(text, ADVICE_TEXT, "%.*s", SPAN_ARG(step));
	else
		snprintf(text, ADVICE_TEXT, "%.*s%s%s %.*s", step.len < 380 ? (int)step.len : 380, step.len ? step.at : "",
		         step.len ? ", then: " : "", command, SPAN_ARG(account));
	return text;
}

const char *advice_again(struct span step, struct span mode, struct span account, struct span sync,
                         char text[ADVICE_TEXT])
{
	if (span_is(mode, "replay") || span_is(mode, "replay-rejects"))
		return advice_text(step, "syncline retry", sync, text);
	return advice_text(step, "syncline sync", account, text);
}

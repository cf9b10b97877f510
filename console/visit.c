/* From words of the path to ids. */
#include "console/visit.h"

#include <microhttpd.h>

#include "console/router.h"

bool visit_account(struct visit *visit, char id[ID_TEXT])
{
	struct err err;
	if (ctl_find_account(&visit->ctl, visit->parts[0], id, &err) == 0)
		return true;
	visit_fail(visit, &err);
	return false;
}

bool visit_sync(struct visit *visit, struct target *target)
{
	struct err err;
	if (!uuid_valid(span_of(visit->parts[0]))) {
		visit_problem(visit, MHD_HTTP_NOT_FOUND, "Not found", "A sync's id is a UUID in lower case.");
		return false;
	}
	if (target_find(&visit->ctl, visit->parts[0], target, &err) == 0)
		return true;
	visit_fail(visit, &err);
	return false;
}

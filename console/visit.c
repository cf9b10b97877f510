/* From words of the path to ids. */
#include "console/visit.h"

#include "console/router.h"

bool visit_account(struct visit *visit, char id[ID_TEXT])
{
	struct err err;
	if (ctl_find_account(&visit->ctl, visit->parts[0], id, &err) == 0)
		return true;
	visit_fail(visit, &err);
	return false;
}

/* The audit log. */
#include "console/audit.h"

#include "common/log.h"
#include "common/sql.h"

static void tell(const struct visit *visit, const char *who, const char *action, const char *subject)
{
	log_info(action, "%.63s from %s%s%s", *who ? who : "nobody", visit->request->address, *subject ? ": " : "",
	         subject);
}

void audit_as(struct visit *visit, const char *who, const char *action, const char *subject)
{
	struct err err;
	const char *values[] = {who, visit->request->address, action, subject};
	tell(visit, who, action, subject);
	if (pg_run(visit->ctl.pg, sql_text("q_audit"), COUNT_OF(values), values, NULL, &err))
		log_warn("not in the audit log", "%s: %s", action, err.text);
}

void audit(struct visit *visit, const char *action, const char *subject)
{
	audit_as(visit, visit->visitor.name, action, subject);
}

void audit_noted(struct visit *visit, const char *action, const char *subject)
{
	tell(visit, visit->visitor.name, action, subject);
}

void audit_refused(struct visit *visit, const char *typed, const char *subject)
{
	struct err ignored;
	PG_RESULT *row = NULL;
	bool known = pg_query(visit->ctl.pg, "SELECT 1 FROM console_user WHERE name = $1", 1, &typed, &row, &ignored) ==
	                 0 &&
	             PQntuples(row) == 1;
	audit_as(visit, known ? typed : "(unknown user)", "sign-in refused", subject);
}

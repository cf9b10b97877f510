/* Goal: what Postgres refuses is tried again, set aside or told to a person as its kind wants it. Method: rows of SQLSTATEs. */
#include "unit.h"

#include "common/pg.h"

static void each_sqlstate_has_its_class(void **state)
{
	static const struct row {
		const char *sqlstate;
		enum err_class class;
	} rows[] = {
		{NULL, ERR_RETRY},     {"", ERR_RETRY}, /* the connection was lost */
		{"08006", ERR_RETRY},                   /* connection_failure */
		{"40001", ERR_RETRY},                   /* serialization_failure */
		{"40P01", ERR_RETRY},                   /* deadlock_detected */
		{"23505", ERR_RETRY},                   /* unique_violation: somebody else was here at the same time */
		{"23514", ERR_REJECT},                  /* check_violation */
		{"23502", ERR_REJECT},                  /* not_null_violation */
		{"22021", ERR_REJECT},                  /* character_not_in_repertoire */
		{"22003", ERR_REJECT},                  /* numeric_value_out_of_range */
		{"54000", ERR_REJECT},                  /* program_limit_exceeded */
		{"25006", ERR_RETRY},                   /* read_only_sql_transaction */
		{"53100", ERR_RETRY},                   /* disk_full */
		{"53200", ERR_RETRY},                   /* out_of_memory */
		{"53300", ERR_RETRY},                   /* too_many_connections */
		{"55P03", ERR_RETRY},                   /* lock_not_available */
		{"57P01", ERR_RETRY},                   /* admin_shutdown */
		{"57014", ERR_RETRY},                   /* query_canceled */
		{"58030", ERR_RETRY},                   /* io_error */
		{"28P01", ERR_CONFIG},                  /* invalid_password */
		{"3D000", ERR_CONFIG},                  /* invalid_catalog_name */
		{"42501", ERR_CONFIG},                  /* insufficient_privilege */
		{"42P01", ERR_CONFIG},                  /* undefined_table */
		{"42601", ERR_FATAL},                   /* syntax_error: ours */
		{"XX000", ERR_FATAL},                   /* internal_error */
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		if (pg_classify(rows[i].sqlstate) != rows[i].class)
			fail_msg("%s is %s", rows[i].sqlstate, err_class_name(pg_classify(rows[i].sqlstate)));
	}
}

static void a_connection_that_was_refused_is_tried_again_unless_a_person_must_mend_it(void **state)
{
	static const struct row {
		const char *text;
		enum err_class class;
	} rows[] = {
		{"FATAL:  password authentication failed for user \"u\"", ERR_CONFIG},
		{"FATAL:  Peer authentication failed for user \"u\"", ERR_CONFIG},
		{"FATAL:  no pg_hba.conf entry for host \"10.0.0.1\", user \"u\", database \"d\", no encryption", ERR_CONFIG},
		{"FATAL:  role \"u\" does not exist", ERR_CONFIG},
		{"FATAL:  database \"d\" does not exist", ERR_CONFIG},
		{"FATAL:  role \"u\" is not permitted to log in", ERR_CONFIG},
		{"FATAL:  permission denied for database \"d\" DETAIL:  User does not have CONNECT privilege.", ERR_CONFIG},
		{"FATAL:  no such user: u", ERR_CONFIG},
		{"fe_sendauth: no password supplied", ERR_CONFIG},
		{"server does not support SSL, but SSL was required", ERR_CONFIG},
		{"", ERR_RETRY},
		{"Connection refused  Is the server running on that host and accepting TCP/IP connections?", ERR_RETRY},
		{"could not translate host name \"db\" to address: Temporary failure in name resolution", ERR_RETRY},
		{"timeout expired", ERR_RETRY},
		{"FATAL:  the database system is starting up", ERR_RETRY},
		{"FATAL:  the database system is shutting down", ERR_RETRY},
		{"FATAL:  the database system is in recovery mode", ERR_RETRY},
		{"FATAL:  the database system is not yet accepting connections", ERR_RETRY},
		{"FATAL:  database \"d\" is not currently accepting connections", ERR_RETRY},
		{"FATAL:  sorry, too many clients already", ERR_RETRY},
		{"FATAL:  too many connections for role \"u\"", ERR_RETRY},
		{"FATAL:  remaining connection slots are reserved for non-replication superuser connections", ERR_RETRY},
		{"FATAL:  terminating connection due to administrator command", ERR_RETRY},
		{"FATAL:  server login has been failing, cached error: connect failed (server_login_retry)", ERR_RETRY},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		if (pg_classify_refusal(rows[i].text) != rows[i].class)
			fail_msg("%s is %s", rows[i].text, err_class_name(pg_classify_refusal(rows[i].text)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_sqlstate_has_its_class),
		cmocka_unit_test(a_connection_that_was_refused_is_tried_again_unless_a_person_must_mend_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

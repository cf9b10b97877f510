/* The .sql files of schemas/sql, embedded at build. */
#ifndef SYNCLINE_SQL_H
#define SYNCLINE_SQL_H

struct sql_file {
	const char *name; /* file name without .sql; NULL ends the list. Sorted by name. */
	const char *text;
};

extern const struct sql_file sql_files[];

/* Text of a named statement; the name must exist (checked by assert: it is a constant of ours). */
const char *sql_text(const char *name);

/* Number of the newest migration ("001_tables" is 1). A program and a database agree when these are equal. */
int sql_schema_version(void);

#endif

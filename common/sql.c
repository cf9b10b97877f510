/* Embedded SQL. */
#include "common/sql.h"

#include <assert.h>
#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

const char *sql_text(const char *name)
{
	for (const struct sql_file *file = sql_files; file->name; file++) {
		if (strcmp(file->name, name) == 0)
			return file->text;
	}
	assert(false && "no such .sql file");
	return NULL;
}

int sql_schema_version(void)
{
	int newest = 0;
	for (const struct sql_file *file = sql_files; file->name; file++) {
		if (isdigit((unsigned char)file->name[0]) && (int)strtol(file->name, NULL, 10) > newest)
			newest = (int)strtol(file->name, NULL, 10);
	}
	return newest;
}

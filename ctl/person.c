/* The machine's own list of users. */
#include "ctl/person.h"

#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

const char *person_name(char name[PERSON_TEXT])
{
	const struct passwd *user = getpwuid(getuid());
	snprintf(name, PERSON_TEXT, "%.60s", user ? user->pw_name : "syncline");
	return name;
}

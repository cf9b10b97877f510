/* Who runs the command: the name under which requests and decisions of people are recorded. */
#ifndef SYNCLINE_CTL_PERSON_H
#define SYNCLINE_CTL_PERSON_H

enum { PERSON_TEXT = 65 };

/* The user's name on this machine, or "syncline". Returns name. */
const char *person_name(char name[PERSON_TEXT]);

#endif

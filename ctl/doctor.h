/* What the checks of `syncline doctor` share. */
#ifndef SYNCLINE_CTL_DOCTOR_H
#define SYNCLINE_CTL_DOCTOR_H

#include "ctl/ctl.h"

enum finding { FINDING_OK, FINDING_WARN, FINDING_FAIL };

struct doctor {
	struct ctl *ctl;
	bool failed;
};

/* mend: what a person can do; "" when there is nothing to say. */
void doctor_say(struct doctor *doctor, enum finding finding, const char *mend, const char *format, ...)
	PRINTF_LIKE(4, 5);

/* Broker, topics, and the workers' groups. */
void doctor_check_kafka(struct doctor *doctor);

#endif

/* The control interface under /_sim/: scripts faults and edits, tells the truth. No credentials; for tests on one
 * machine. */
#ifndef SIMULATOR_CONTROL_H
#define SIMULATOR_CONTROL_H

#include "simulator.h"

/* Fills *response. Not written to the journal, never struck by a fault. */
void control_answer(struct simulator *sim, const struct request *request, struct response *response);

#endif

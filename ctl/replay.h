/* Asking for a replay. */
#ifndef SYNCLINE_CTL_REPLAY_H
#define SYNCLINE_CTL_REPLAY_H

#include "ctl/ctl.h"

/* The words of `replay` and `rejects replay`, whose mode is replay or replay-rejects. Returns the exit code. */
int replay_run(struct ctl *ctl, int argc, char **argv, const char *mode);

#endif

/* Manual pages of section 1: syncline(1), one for each command, from the same table and texts as the help, and one for each
 * worker. */
#ifndef SYNCLINE_CTL_MAN_H
#define SYNCLINE_CTL_MAN_H

#include "common/err.h"

/* Writes all of them into a folder that is there. Returns how many, or -1. CONFIG: the folder cannot be written to; FATAL: the
 * disk is full. */
int man_write(const char *folder, struct err *err) MUST_USE;

#endif

/* One line per event on standard error: time, level, program, event, key=value pairs; or the same as JSON.
 * Only programs log; libraries fill errors. Safe from any thread. Never pass a secret. */
#ifndef SYNCLINE_LOG_H
#define SYNCLINE_LOG_H

#include <stdbool.h>

#include "common/attributes.h"

/* program must outlive the process. Call once, before the first line. */
void log_open(const char *program, bool json);

/* event: two or three words, stable, so that it can be searched for. The rest explains. */
void log_info(const char *event, const char *format, ...) PRINTF_LIKE(2, 3);
void log_warn(const char *event, const char *format, ...) PRINTF_LIKE(2, 3);
void log_error(const char *event, const char *format, ...) PRINTF_LIKE(2, 3);

#endif

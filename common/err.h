/* An error as a value: a class that decides what happens, a code for the curious, a text a person can act on.
 *
 * Libraries fill it and never log; programs log it once, where the decision is taken. A function that can fail returns
 * 0 or -1 and takes `struct err *err` last; err is untouched on success and must not be NULL. */
#ifndef SYNCLINE_ERR_H
#define SYNCLINE_ERR_H

#include "common/attributes.h"

enum err_class {
	ERR_NONE,   /* no error has been set */
	ERR_RETRY,  /* the same input may succeed later */
	ERR_REJECT, /* this input is bad; record it and go on */
	ERR_FATAL,  /* this process cannot go on */
	ERR_CONFIG, /* a person must change a setting or an account */
};

struct err {
	enum err_class class;
	int code; /* of the layer that failed: errno, HTTP status, Kafka code; 0 when there is none */
	char text[512];
};

/* Fills *err and returns -1, so that `return err_set(...)` is one line. Text beyond the buffer is cut. */
int err_set(struct err *err, enum err_class class, int code, const char *format, ...) PRINTF_LIKE(4, 5);

/* Puts context before the text: "page 4 of albums: " + what it was. Class and code stay. Returns -1. */
int err_wrap(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* "retry", "reject", "fatal", "config", "none". */
const char *err_class_name(enum err_class class);

#endif

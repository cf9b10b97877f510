/* Compiler attributes with the names this project uses for them. */
#ifndef SYNCLINE_ATTRIBUTES_H
#define SYNCLINE_ATTRIBUTES_H

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))

/* A result that is ignored on purpose; the reason stands beside the call. */
#define IGNORE(call) \
	do { \
		if (call) { \
		} \
	} while (0)

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif

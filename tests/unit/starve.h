/* Allocations that fail: the n-th of the process from a given moment on, wherever it is made, also in shared libraries.
 *
 * This file defines malloc, calloc and realloc for its test program. The dynamic linker takes a program's own definition before
 * any library's, the sanitizer's included, to which each call is handed on: so leaks and overruns are still seen. Include it in
 * one file of a program. One thread at a time. */
#ifndef SYNCLINE_TESTS_STARVE_H
#define SYNCLINE_TESTS_STARVE_H

#include "unit.h"

#include <errno.h>

/* Calls until the failing one; 0: none fails. lasting: those behind it fail as well. */
static long starve_left;
static bool starve_lasting, starve_struck;

void *__interceptor_malloc(size_t size) __attribute__((weak)); /* the sanitizer's */
void *__interceptor_calloc(size_t count, size_t size) __attribute__((weak));
void *__interceptor_realloc(void *at, size_t size) __attribute__((weak));
void *__libc_malloc(size_t size); /* glibc's, in a program without one */
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *at, size_t size);

static bool starve_now(void)
{
	bool fails = starve_left == 1;
	if (starve_left > 1 || (fails && !starve_lasting))
		starve_left--;
	starve_struck |= fails;
	if (fails)
		errno = ENOMEM;
	return fails;
}

void *malloc(size_t size)
{
	if (starve_now())
		return NULL;
	return __interceptor_malloc ? __interceptor_malloc(size) : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	if (starve_now())
		return NULL;
	return __interceptor_calloc ? __interceptor_calloc(count, size) : __libc_calloc(count, size);
}

void *realloc(void *at, size_t size)
{
	if (starve_now())
		return NULL;
	return __interceptor_realloc ? __interceptor_realloc(at, size) : __libc_realloc(at, size);
}

/* From here on the n-th allocation fails, n counted from 1. */
static inline void starve(long n, bool lasting)
{
	starve_left = n;
	starve_lasting = lasting;
	starve_struck = false;
}

/* Back to plenty. Did one fail? */
static inline bool starve_end(void)
{
	starve_left = 0;
	return starve_struck;
}

/* What is tried: returns 0 or -1 with err, and leaves nothing behind either way. When it returns 0 it has checked that the
 * result is whole. Allocations fail between starve_begin and starve_end alone, so that it may check in peace. */
typedef int starved_attempt(struct err *err);

static long starve_from;
static bool starve_from_lasting;

static inline void starve_begin(void)
{
	starve(starve_from, starve_from_lasting);
}

/* Fails the first allocation, then the second ..., one alone and all from it on, until the attempt meets none that fails.
 * Without memory it must say so, in a class that lets the same input come again. least: allocations that there must be at
 * least, or nothing was shown. */
static inline void starve_each(const char *name, starved_attempt *attempt, long least)
{
	long n = 0;
	for (int lasting = 0; lasting < 2; lasting++) {
		bool struck = true;
		for (n = 1; struck; n++) {
			struct err err = {0};
			starve_from = n;
			starve_from_lasting = lasting;
			starve_struck = false;
			int result = attempt(&err);
			struck = starve_end();
			if (!struck && result)
				fail_msg("%s: fails with all memory: %s", name, err.text);
			if (result && err.class != ERR_RETRY && err.class != ERR_FATAL)
				fail_msg("%s: allocation %ld: %s: %s", name, n, err_class_name(err.class), err.text);
			if (result && !strstr(err.text, "memory"))
				fail_msg("%s: allocation %ld: not told: %s", name, n, err.text);
		}
	}
	if (n - 2 < least)
		fail_msg("%s: %ld allocations, fewer than %ld", name, n - 2, least);
}

#endif

/* Growable bytes and the number formats of a page, written by hand because printf would be the slowest part. */
#include "out.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void no_memory(void)
{
	fputs("syncline-simulator: out of memory; make the library or the cache smaller\n", stderr);
	abort();
}

void *must_alloc(size_t count, size_t size)
{
	void *at = calloc(count ? count : 1, size);
	if (!at)
		no_memory();
	return at;
}

void *must_resize(void *at, size_t count, size_t size)
{
	at = reallocarray(at, count ? count : 1, size);
	if (!at)
		no_memory();
	return at;
}

void out_done(struct out *out)
{
	free(out->at);
	*out = (struct out){0};
}

void out_grow(struct out *out, size_t len)
{
	size_t cap = out->cap ? out->cap : 512;
	if (out->cap && cap - out->len >= len)
		return;
	while (cap - out->len < len)
		cap *= 2;
	out->at = must_resize(out->at, cap, 1);
	out->cap = cap;
}

void out_printf(struct out *out, const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	assert(len >= 0);
	out_grow(out, (size_t)len + 1);
	vsnprintf(out->at + out->len, (size_t)len + 1, format, again);
	va_end(again);
	out->len += (size_t)len;
}

void out_uint(struct out *out, uint64_t value)
{
	char digits[20];
	size_t at = sizeof digits;
	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	out_bytes(out, digits + at, sizeof digits - at);
}

void out_digits(struct out *out, uint32_t value, unsigned digits)
{
	char text[9];
	assert(digits <= sizeof text);
	for (unsigned i = digits; i-- > 0; value /= 10)
		text[i] = (char)('0' + value % 10);
	out_bytes(out, text, digits);
}

/* Days since 1970 to a civil date, by 400-year eras that begin in March so that the leap day comes last. */
static void civil(int64_t days, uint32_t *year, uint32_t *month, uint32_t *day)
{
	uint64_t shifted = (uint64_t)(days + 719468);
	uint32_t of_era = (uint32_t)(shifted % 146097);
	uint32_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	uint32_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	uint32_t march_month = (5 * of_year + 2) / 153;
	*day = of_year - (153 * march_month + 2) / 5 + 1;
	*month = march_month < 10 ? march_month + 3 : march_month - 9;
	*year = (uint32_t)(shifted / 146097) * 400 + year_of_era + (*month <= 2);
}

void out_time(struct out *out, int64_t unix_s)
{
	uint32_t year, month, day, second = (uint32_t)(unix_s % 86400);
	civil(unix_s / 86400, &year, &month, &day);
	out_digits(out, year, 4);
	out_byte(out, '-');
	out_digits(out, month, 2);
	out_byte(out, '-');
	out_digits(out, day, 2);
	out_byte(out, 'T');
	out_digits(out, second / 3600, 2);
	out_byte(out, ':');
	out_digits(out, second / 60 % 60, 2);
	out_byte(out, ':');
	out_digits(out, second % 60, 2);
}

void out_quoted(struct out *out, const char *text)
{
	out_byte(out, '"');
	for (const char *at = text; *at; at++) {
		if (*at == '"' || *at == '\\')
			out_byte(out, '\\');
		if ((unsigned char)*at < 0x20)
			out_printf(out, "\\u%04x", (unsigned)*at);
		else
			out_byte(out, *at);
	}
	out_byte(out, '"');
}

const char *out_text(struct out *out)
{
	out_byte(out, 0);
	out->len--;
	return out->at;
}

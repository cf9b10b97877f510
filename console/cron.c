/* Cron expressions. */
#include "console/cron.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "common/span.h"

enum { YEARS_AHEAD = 8 /* 29 February around 2100 */, FIELDS = 5 };

static const char *const month_names[] = {"jan", "feb", "mar", "apr", "may", "jun", "jul",
                                          "aug", "sep", "oct", "nov", "dec", NULL};
static const char *const weekday_names[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat", NULL};

static const struct field {
	const char *name;
	int least, most;
	const char *const *names; /* of least, least + 1 ...; NULL: none */
} fields[FIELDS] = {
	{"minute", 0, 59, NULL},
	{"hour", 0, 23, NULL},
	{"day of month", 1, 31, NULL},
	{"month", 1, 12, month_names},
	{"day of week", 0, 7, weekday_names}, /* 7 is Sunday, too */
};

static int refuse(const struct field *field, const char *text, size_t len, struct err *err)
{
	return err_set(err, ERR_CONFIG, 0, "'%.*s' is no %s of a cron expression: numbers from %d to %d, *, a-b, a,b, */n",
	               (int)len, text, field->name, field->least, field->most);
}

/* A number or name at *at, which moves behind it. -1: neither, or out of range. */
static int read_value(const struct field *field, const char **at, const char *end)
{
	int value = 0;
	const char *begin = *at;
	for (int i = 0; field->names && field->names[i]; i++) {
		if (end - begin >= 3 && strncasecmp(begin, field->names[i], 3) == 0) {
			*at += 3;
			return field->least + i;
		}
	}
	while (*at < end && isdigit((unsigned char)**at) && value <= field->most)
		value = value * 10 + *(*at)++ - '0';
	return *at == begin || value < field->least || value > field->most ? -1 : value;
}

/* "5", "1-5", "*", each with "/2" behind it. */
static int read_part(const struct field *field, const char *text, const char *end, uint64_t *bits, struct err *err)
{
	const char *at = text;
	int first = field->least, last = field->most, step = 1;
	bool star = at < end && *at == '*';
	if (star) {
		at++;
		last = field->most - (field->most == 7);
	} else {
		first = last = read_value(field, &at, end);
		if (first >= 0 && at < end && *at == '-') {
			at++;
			last = read_value(field, &at, end);
		} else if (first >= 0 && at < end && *at == '/') {
			last = field->most; /* "3/5": from 3 on */
		}
	}
	if (first < 0 || last < first)
		return refuse(field, text, (size_t)(end - text), err);
	if (at < end && *at == '/') {
		const struct field steps = {"step", 1, 59, NULL};
		at++;
		step = read_value(&steps, &at, end);
	}
	if (at != end || step < 1)
		return refuse(field, text, (size_t)(end - text), err);
	for (int value = first; value <= last; value += step)
		*bits |= 1ULL << value;
	return 0;
}

static int read_field(const struct field *field, const char *text, size_t len, uint64_t *bits, struct err *err)
{
	const char *end = text + len;
	*bits = 0;
	for (const char *part = text; part <= end;) {
		const char *comma = memchr(part, ',', (size_t)(end - part));
		const char *stop = comma ? comma : end;
		if (read_part(field, part, stop, bits, err))
			return -1;
		part = stop + 1;
	}
	return 0;
}

static const char *expand(const char *text)
{
	static const struct {
		const char *word, *text;
	} words[] = {{"@hourly", "0 * * * *"},  {"@daily", "0 0 * * *"},   {"@midnight", "0 0 * * *"},
	             {"@weekly", "0 0 * * 0"},  {"@monthly", "0 0 1 * *"}, {"@yearly", "0 0 1 1 *"},
	             {"@annually", "0 0 1 1 *"}};
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		if (strcasecmp(text, words[i].word) == 0)
			return words[i].text;
	}
	return text;
}

int cron_parse(const char *text, struct cron *cron, struct err *err)
{
	uint64_t bits[FIELDS];
	const char *starts[FIELDS] = {NULL};
	size_t count = 0;
	for (const char *at = expand(text); *at;) {
		size_t blank = strspn(at, " \t"), len = strcspn(at + blank, " \t");
		at += blank;
		if (len == 0)
			break;
		if (count == FIELDS || read_field(&fields[count], at, len, &bits[count], err))
			return count == FIELDS
			           ? err_set(err, ERR_CONFIG, 0, "a cron expression has five fields, not more: '%s'", text)
			           : -1;
		starts[count++] = at;
		at += len;
	}
	if (count < FIELDS)
		return err_set(err, ERR_CONFIG, 0,
		               "a cron expression has five fields (minute, hour, day of month, month, day of week), '%s' has %zu; "
		               "\"30 3 * * *\" is every day at 3:30",
		               text, count);
	if (bits[4] & 1ULL << 7)
		bits[4] |= 1;
	*cron = (struct cron){bits[0], bits[1], bits[2], bits[3], bits[4], *starts[2] == '*', *starts[4] == '*'};
	return 0;
}

/* ---- calendar ---- */

static int days_in(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return days[month - 1] + (month == 2 && leap);
}

/* Sunday is 0 (Sakamoto's method). */
static int weekday(int year, int month, int day)
{
	static const int shift[] = {0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4};
	year -= month < 3;
	return (year + year / 4 - year / 100 + year / 400 + shift[month - 1] + day) % 7;
}

static bool has(uint64_t bits, int value)
{
	return bits >> value & 1;
}

static bool day_matches(const struct cron *cron, const struct cron_time *time)
{
	bool day = has(cron->days, time->day), of_week = has(cron->weekdays, weekday(time->year, time->month, time->day));
	if (cron->any_day || cron->any_weekday)
		return day && of_week;
	return day || of_week;
}

static void next_month(struct cron_time *time)
{
	*time = (struct cron_time){time->year + time->month / 12, time->month % 12 + 1, 1, 0, 0};
}

static void next_day(struct cron_time *time)
{
	if (time->day == days_in(time->year, time->month))
		next_month(time);
	else
		*time = (struct cron_time){time->year, time->month, time->day + 1, 0, 0};
}

static void next_hour(struct cron_time *time)
{
	if (time->hour == 23)
		next_day(time);
	else
		*time = (struct cron_time){time->year, time->month, time->day, time->hour + 1, 0};
}

static void next_minute(struct cron_time *time)
{
	if (time->minute == 59)
		next_hour(time);
	else
		time->minute++;
}

bool cron_next(const struct cron *cron, const struct cron_time *after, struct cron_time *next)
{
	struct cron_time time = *after;
	next_minute(&time);
	while (time.year <= after->year + YEARS_AHEAD) {
		if (!has(cron->months, time.month))
			next_month(&time);
		else if (!day_matches(cron, &time))
			next_day(&time);
		else if (!has(cron->hours, time.hour))
			next_hour(&time);
		else if (!has(cron->minutes, time.minute))
			next_minute(&time);
		else {
			*next = time;
			return true;
		}
	}
	return false;
}

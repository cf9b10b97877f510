/* Reading times by hand: strptime knows neither fractions nor zones with a colon, and is bound to a locale. */
#include "common/moment.h"

#include <stdbool.h>

static const int64_t SECOND_US = 1000000;

/* Exactly `count` digits; moves *text behind them. */
static bool take_digits(struct span *text, size_t count, int64_t *number)
{
	int64_t value = 0;
	if (text->len < count)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (text->at[i] < '0' || text->at[i] > '9')
			return false;
		value = value * 10 + (text->at[i] - '0');
	}
	*text = (struct span){text->at + count, text->len - count};
	*number = value;
	return true;
}

static bool take_char(struct span *text, char wanted)
{
	if (text->len == 0 || text->at[0] != wanted)
		return false;
	*text = (struct span){text->at + 1, text->len - 1};
	return true;
}

static bool is_leap(int64_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int64_t days_in(int64_t year, int64_t month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	return days[month - 1] + (month == 2 && is_leap(year));
}

/* Days since 1970-01-01. Years are counted from March, so that the leap day is the last of its year. */
static int64_t days_since_1970(int64_t year, int64_t month, int64_t day)
{
	int64_t shifted = month > 2 ? year : year - 1;
	int64_t month_from_march = (month + 9) % 12;
	int64_t day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
	return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + day_of_year - 719468;
}

enum moment date_check(struct date *date)
{
	if (date->year == 0)
		return MOMENT_NONE;
	if (date->year < 1 || date->year > 9999 || date->month < 0 || date->month > 12 || date->day < 0)
		return MOMENT_BAD;
	if (date->month == 0)
		date->day = 0;
	if (date->month && date->day > days_in(date->year, date->month))
		return MOMENT_BAD;
	return MOMENT_TOLD;
}

enum moment date_of_text(struct span text, struct date *ret)
{
	struct date date = {0};
	if (text.len == 0)
		return MOMENT_NONE;
	if (!take_digits(&text, 4, &date.year))
		return MOMENT_BAD;
	if (text.len && (!take_char(&text, '-') || !take_digits(&text, 2, &date.month)))
		return MOMENT_BAD;
	if (text.len && (!take_char(&text, '-') || !take_digits(&text, 2, &date.day)))
		return MOMENT_BAD;
	if (text.len && text.at[0] != 'T' && text.at[0] != ' ')
		return MOMENT_BAD;
	enum moment result = date_check(&date);
	if (result == MOMENT_TOLD)
		*ret = date;
	return result;
}

/* A fraction of any length, in microseconds. */
static bool take_fraction(struct span *text, int64_t *us)
{
	int64_t digit, scale = SECOND_US / 10;
	*us = 0;
	if (!take_char(text, '.') && !take_char(text, ','))
		return true;
	if (!take_digits(text, 1, &digit))
		return false;
	do {
		*us += digit * scale;
		scale /= 10;
	} while (take_digits(text, 1, &digit));
	return true;
}

/* "Z", "+02:00", "-0530", or nothing, which is UTC. */
static bool take_zone(struct span *text, int64_t *offset_s)
{
	int64_t hours, minutes = 0;
	*offset_s = 0;
	if (text->len == 0 || take_char(text, 'Z') || take_char(text, 'z'))
		return true;
	bool west = text->at[0] == '-';
	if ((!take_char(text, '+') && !take_char(text, '-')) || !take_digits(text, 2, &hours))
		return false;
	if (text->len) {
		take_char(text, ':');
		if (!take_digits(text, 2, &minutes))
			return false;
	}
	if (hours > 23 || minutes > 59)
		return false;
	*offset_s = (hours * 60 + minutes) * 60 * (west ? -1 : 1);
	return true;
}

static bool take_clock(struct span *text, int64_t *second_of_day)
{
	int64_t hour, minute, second = 0;
	if (!take_digits(text, 2, &hour) || !take_char(text, ':') || !take_digits(text, 2, &minute))
		return false;
	if (take_char(text, ':') && !take_digits(text, 2, &second))
		return false;
	if (hour > 23 || minute > 59 || second > 60) /* 60: a leap second, which becomes the next minute */
		return false;
	*second_of_day = (hour * 60 + minute) * 60 + second;
	return true;
}

static bool all_digits(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] < '0' || text.at[i] > '9')
			return false;
	}
	return text.len > 4 && text.len < 16; /* four are a year */
}

static enum moment moment_of_digits(struct span text, int64_t *us)
{
	int64_t number = 0;
	return take_digits(&text, text.len, &number) ? moment_of_number(number, us) : MOMENT_BAD;
}

enum moment moment_of_text(struct span text, int64_t *us)
{
	struct date date = {0};
	int64_t second_of_day = 0, fraction_us = 0, offset_s = 0;
	if (text.len == 0 || span_is(text, "0"))
		return MOMENT_NONE;
	if (all_digits(text))
		return moment_of_digits(text, us);
	if (!take_digits(&text, 4, &date.year) || !take_char(&text, '-') || !take_digits(&text, 2, &date.month) ||
	    !take_char(&text, '-') || !take_digits(&text, 2, &date.day) || date.month == 0 || date.day == 0)
		return MOMENT_BAD;
	if (text.len && (!(take_char(&text, 'T') || take_char(&text, 't') || take_char(&text, ' ')) ||
	                 !take_clock(&text, &second_of_day) || !take_fraction(&text, &fraction_us) ||
	                 !take_zone(&text, &offset_s) || text.len))
		return MOMENT_BAD;
	if (date_check(&date) != MOMENT_TOLD)
		return MOMENT_BAD;
	int64_t seconds = days_since_1970(date.year, date.month, date.day) * 86400 + second_of_day - offset_s;
	/* A time that was never set: Go prints the first day of year 1, and Spotify's charts were added when Unix began
	 * (nokazn/ravyd#49). No music was. */
	if (date.year == 1 || (seconds == 0 && fraction_us == 0))
		return MOMENT_NONE;
	*us = seconds * SECOND_US + fraction_us;
	return MOMENT_TOLD;
}

enum moment moment_of_number(int64_t number, int64_t *us)
{
	const int64_t seconds_max = 100000000000; /* year 5138; as milliseconds it is 1973 */
	if (number == 0)
		return MOMENT_NONE;
	if (number < 0 || number >= seconds_max * 1000)
		return MOMENT_BAD;
	*us = number < seconds_max ? number * SECOND_US : number * 1000;
	return MOMENT_TOLD;
}

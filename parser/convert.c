/* What servers write, and what it means. */
#include "parser/convert.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/json.h"
#include "common/moment.h"
#include "common/text.h"
#include "parser/signed_address.h"

/* Text is cut before it is tidied, so that a lyric in a title costs no megabytes; tidying only ever shortens by spaces
 * and combining marks. */
enum { TIDY_BYTES = 16 * LIMIT_NAME };

static bool read_text(struct conversion *conversion, yyjson_val *from, struct span *text);
static bool read_name(struct conversion *conversion, yyjson_val *from, struct span *text);
static bool read_id(struct conversion *conversion, yyjson_val *from, struct span *text);

bool convert_refuse(struct conversion *conversion, const char *reason, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(conversion->problem, sizeof conversion->problem, format, args);
	va_end(args);
	conversion->reason = reason;
	return false;
}

bool convert_check_text(struct conversion *conversion, struct span text)
{
	if (!conversion->check_text || text_valid(text))
		return true;
	if (memchr(text.at, '\0', text.len))
		return convert_refuse(conversion, "nul_in_text",
		                      "a text holds a NUL character, which the database cannot store; "
		                      "correct the item's tags on the server");
	return convert_refuse(conversion, "invalid_utf8",
	                      "a text is not valid UTF-8; correct the encoding of the item's tags "
	                      "on the server");
}

static bool refuse_for_size(struct conversion *conversion)
{
	return convert_refuse(conversion, "too_large", "the item is larger than any real one and was not read");
}

static void set_text(struct value *to, struct span text)
{
	if (text.len)
		*to = (struct value){.type = VALUE_TEXT, .text = text};
}

static void set_int(struct value *to, int64_t number)
{
	*to = (struct value){.type = VALUE_INT, .number = number};
}

static void set_bool(struct value *to, bool flag)
{
	*to = (struct value){.type = VALUE_BOOL, .number = flag};
}

/* ---- text ---- */

bool convert_id(struct conversion *conversion, yyjson_val *from, struct value *to)
{
	struct span text = {0};
	if (!read_id(conversion, from, &text))
		return false;
	set_text(to, text);
	return true;
}

bool convert_artwork(struct conversion *conversion, yyjson_val *from, struct value *to)
{
	struct span text = {0};
	if (!read_text(conversion, from, &text))
		return false;
	if (text.len > LIMIT_URL)
		conversion->warnings++;
	else if (!signed_address(text))
		set_text(to, text);
	return true;
}

bool convert_path(struct conversion *conversion, yyjson_val *from, struct value *to)
{
	struct span whole;
	if (!read_text(conversion, from, &whole))
		return false;
	struct span text = text_cut(whole, LIMIT_NAME);
	conversion->warnings += text.len < whole.len;
	set_text(to, text);
	return true;
}

bool convert_name(struct conversion *conversion, yyjson_val *from, struct value *to)
{
	struct span text = {0};
	if (!read_name(conversion, from, &text))
		return false;
	set_text(to, text);
	return true;
}

/* Absent for values that are no text. */
static bool read_text(struct conversion *conversion, yyjson_val *from, struct span *text)
{
	char scratch[JSON_NUMBER_TEXT];
	if (yyjson_is_str(from)) {
		*text = (struct span){yyjson_get_str(from), yyjson_get_len(from)};
		return convert_check_text(conversion, *text);
	}
	if (yyjson_is_raw(from)) { /* a number beyond 64 bits, kept as its digits */
		*text = (struct span){yyjson_get_raw(from), yyjson_get_len(from)};
		return true;
	}
	struct span digits = json_text(from, scratch);
	*text = digits;
	if (digits.at && !(text->at = arena_copy(conversion->arena, digits)))
		return refuse_for_size(conversion);
	return true;
}

static bool read_id(struct conversion *conversion, yyjson_val *from, struct span *text)
{
	if (!read_text(conversion, from, text))
		return false;
	if (text->len > LIMIT_ID)
		return convert_refuse(conversion, "bad_id", "an id of %zu bytes is longer than the %d that are taken",
		                      text->len, LIMIT_ID);
	return true;
}

static bool read_name(struct conversion *conversion, yyjson_val *from, struct span *text)
{
	struct span whole;
	if (!read_text(conversion, from, &whole))
		return false;
	struct span head = text_cut(whole, TIDY_BYTES), tidy = head;
	if (head.len && !text_tidy(head, conversion->arena, &tidy))
		return refuse_for_size(conversion);
	*text = text_cut(tidy, LIMIT_NAME);
	conversion->warnings += text->len < tidy.len || head.len < whole.len;
	while (text->len && text->at[text->len - 1] == ' ') /* where it was cut */
		text->len--;
	return true;
}

/* ---- numbers ---- */

bool convert_int(struct conversion *conversion, yyjson_val *from, struct value *to)
{
	int64_t number;
	if (json_int(from, &number))
		set_int(to, number);
	else
		conversion->warnings += !yyjson_equals_str(from, "");
	return true;
}

bool convert_bool(struct conversion *conversion, yyjson_val *from, struct value *to)
{
	bool flag;
	if (json_bool(from, &flag))
		set_bool(to, flag);
	else
		conversion->warnings += !yyjson_equals_str(from, "");
	return true;
}

bool convert_is_there(struct conversion *conversion, yyjson_val *from, struct value *to)
{
	(void)conversion;
	*to = (struct value){.type = from && !yyjson_is_null(from) ? VALUE_BOOL : VALUE_NONE, .number = 1};
	return true;
}

bool convert_is_not(struct conversion *conversion, yyjson_val *from, struct value *to)
{
	(void)conversion;
	(void)from;
	*to = (struct value){.type = VALUE_BOOL};
	return true;
}

bool convert_explicit(struct conversion *conversion, yyjson_val *from, struct value *to)
{
	bool is_explicit = yyjson_equals_str(from, "explicit");
	if (is_explicit || yyjson_equals_str(from, "clean"))
		set_bool(to, is_explicit);
	else
		conversion->warnings += !yyjson_equals_str(from, "");
	return true;
}

bool convert_rating(struct conversion *conversion, yyjson_val *from, struct value *to)
{
	int64_t number;
	bool is_number = json_int(from, &number);
	if (is_number && number >= 1 && number <= 5)
		set_int(to, number);
	else
		conversion->warnings += (!is_number || number != 0) && !yyjson_equals_str(from, "");
	return true;
}

/* Whole or with a fraction, as a number or as text. */
static bool read_milliseconds(yyjson_val *from, int64_t *ms)
{
	int64_t seconds;
	double real;
	char *end = NULL;
	const int64_t seconds_max = INT64_MAX / 1000;
	if (json_int(from, &seconds)) {
		if (seconds > seconds_max || seconds < -seconds_max)
			return false;
		*ms = seconds * 1000;
		return true;
	}
	if (yyjson_is_real(from))
		real = yyjson_get_real(from);
	else if (yyjson_is_str(from) && yyjson_get_len(from))
		real = strtod(yyjson_get_str(from), &end);
	else
		return false;
	if ((end && *end) || !(fabs(real) < 1e12))
		return false;
	*ms = (int64_t)llround(real * 1000);
	return true;
}

bool convert_duration(struct conversion *conversion, yyjson_val *from, struct value *to)
{
	int64_t ms;
	if (!read_milliseconds(from, &ms)) {
		conversion->warnings++;
		set_int(to, 0);
		return true;
	}
	if (ms < 0)
		return convert_refuse(conversion, "negative_duration",
		                      "a duration of %lld ms is below zero; scan the file again on "
		                      "the server",
		                      (long long)ms);
	set_int(to, ms);
	return true;
}

bool convert_duration_lenient(struct conversion *conversion, yyjson_val *from, struct value *to)
{
	int64_t ms;
	if (read_milliseconds(from, &ms) && ms >= 0)
		set_int(to, ms);
	else
		conversion->warnings++;
	return true;
}

bool convert_ms(struct conversion *conversion, yyjson_val *from, struct value *to)
{
	int64_t ms;
	if (!json_int(from, &ms))
		conversion->warnings++;
	else if (ms < 0)
		return convert_refuse(conversion, "negative_duration", "a duration of %lld ms is below zero", (long long)ms);
	else
		set_int(to, ms);
	return true;
}

bool convert_ms_lenient(struct conversion *conversion, yyjson_val *from, struct value *to)
{
	int64_t ms;
	if (json_int(from, &ms) && ms >= 0)
		set_int(to, ms);
	else
		conversion->warnings++;
	return true;
}

/* ---- times ---- */

bool convert_time(struct conversion *conversion, yyjson_val *from, struct value *to)
{
	int64_t number, us;
	enum moment moment = MOMENT_BAD;
	if (yyjson_is_str(from))
		moment = moment_of_text((struct span){yyjson_get_str(from), yyjson_get_len(from)}, &us);
	else if (json_int(from, &number))
		moment = moment_of_number(number, &us);
	if (moment == MOMENT_TOLD)
		set_int(to, us);
	conversion->warnings += moment == MOMENT_BAD;
	return true;
}

/* A part of a date object; absent is 0, what is no number is -1 and thereby no date. */
static int64_t date_part(yyjson_val *from, const char *name)
{
	int64_t number;
	yyjson_val *part = yyjson_obj_get(from, name);
	if (!part || yyjson_is_null(part))
		return 0;
	return json_int(part, &number) ? number : -1;
}

static enum moment read_date(yyjson_val *from, struct date *date)
{
	int64_t year;
	if (yyjson_is_obj(from)) {
		*date = (struct date){date_part(from, "year"), date_part(from, "month"), date_part(from, "day")};
		return date_check(date);
	}
	if (json_int(from, &year)) { /* text of four digits as well */
		*date = (struct date){.year = year};
		return date_check(date);
	}
	if (!yyjson_is_str(from))
		return MOMENT_BAD;
	return date_of_text((struct span){yyjson_get_str(from), yyjson_get_len(from)}, date);
}

bool convert_date(struct conversion *conversion, yyjson_val *from, struct value *to)
{
	struct date date;
	enum moment moment = read_date(from, &date);
	conversion->warnings += moment == MOMENT_BAD;
	if (moment != MOMENT_TOLD)
		return true;
	enum { SIZE = 16 };
	char *text = arena_alloc(conversion->arena, SIZE);
	if (!text)
		return refuse_for_size(conversion);
	int year = (int)date.year, month = (int)date.month, day = (int)date.day;
	if (day)
		snprintf(text, SIZE, "%04d-%02d-%02d", year, month % 100, day % 100);
	else if (month)
		snprintf(text, SIZE, "%04d-%02d", year, month % 100);
	else
		snprintf(text, SIZE, "%04d", year);
	set_text(to, span_of(text));
	return true;
}

/* ---- lists ---- */

typedef bool read_element(struct conversion *conversion, yyjson_val *element, struct span *text);

/* The elements of an array, or the one value where a list is meant. */
static size_t list_size(yyjson_val *from)
{
	return yyjson_is_arr(from) ? yyjson_arr_size(from) : 1;
}

enum list_form {
	LIST_TEXTS,   /* elements are texts or objects; those without text are left out */
	LIST_ALIGNED, /* the same, but an element without text is "", so that two lists of one source match */
	LIST_MEMBERS, /* aligned, and only objects have what is looked for */
};

/* Absent when the element holds nothing of the kind. */
static yyjson_val *element_value(yyjson_val *element, const char *member, enum list_form form)
{
	if (yyjson_is_obj(element))
		return json_member(element, member);
	return form == LIST_MEMBERS ? NULL : element;
}

static bool read_list(struct conversion *conversion, yyjson_val *from, read_element *read, const char *member,
                      enum list_form form, struct value *to)
{
	size_t count = list_size(from), used = 0;
	yyjson_val *element = yyjson_is_arr(from) ? yyjson_arr_get_first(from) : from;
	conversion->warnings += count > LIMIT_LIST;
	count = count > LIMIT_LIST ? LIMIT_LIST : count;
	struct span *texts = arena_alloc(conversion->arena, count * sizeof *texts);
	if (!texts)
		return refuse_for_size(conversion);
	for (size_t i = 0; i < count; i++, element = i < count ? unsafe_yyjson_get_next(element) : NULL) {
		struct span text = {0};
		if (!read(conversion, element_value(element, member, form), &text))
			return false;
		if (text.len || form != LIST_TEXTS)
			texts[used++] = text.len ? text : span_of("");
	}
	/* One value that is no text is not a list of one "". */
	if (used && (yyjson_is_ctn(from) || texts[0].len))
		*to = (struct value){.type = VALUE_TEXTS, .texts = texts, .count = used};
	return true;
}

bool convert_names(struct conversion *conversion, yyjson_val *from, struct value *to)
{
	return read_list(conversion, from, read_name, "name", LIST_ALIGNED, to);
}

bool convert_ids(struct conversion *conversion, yyjson_val *from, struct value *to)
{
	return read_list(conversion, from, read_id, "id", LIST_MEMBERS, to);
}

static bool read_resource_name(struct conversion *conversion, yyjson_val *attributes, struct span *text)
{
	return read_name(conversion, yyjson_obj_get(attributes, "name"), text);
}

bool convert_resource_names(struct conversion *conversion, yyjson_val *from, struct value *to)
{
	struct value names = {0};
	if (!read_list(conversion, from, read_resource_name, "attributes", LIST_MEMBERS, &names))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		if (names.texts[i].len == 0)
			return true;
	}
	*to = names;
	return true;
}

bool convert_genres(struct conversion *conversion, yyjson_val *from, struct value *to)
{
	return read_list(conversion, from, read_name, "name", LIST_TEXTS, to);
}

bool convert_codes(struct conversion *conversion, yyjson_val *from, struct value *to)
{
	return read_list(conversion, from, read_id, "id", LIST_TEXTS, to);
}

static bool read_isrc(struct conversion *conversion, yyjson_val *from, struct span *text)
{
	if (!read_id(conversion, from, text))
		return false;
	char *upper = text->len ? arena_copy(conversion->arena, *text) : NULL;
	if (text->len && !upper)
		return refuse_for_size(conversion);
	for (size_t i = 0; i < text->len; i++) {
		if (upper[i] >= 'a' && upper[i] <= 'z')
			upper[i] = (char)(upper[i] - 'a' + 'A');
	}
	text->at = upper;
	return true;
}

bool convert_isrcs(struct conversion *conversion, yyjson_val *from, struct value *to)
{
	return read_list(conversion, from, read_isrc, "id", LIST_TEXTS, to);
}

bool convert_isrc(struct conversion *conversion, yyjson_val *from, struct value *to)
{
	struct span text = {0};
	if (!read_isrc(conversion, from, &text))
		return false;
	set_text(to, text);
	return true;
}

bool convert_local_uri(struct conversion *conversion, yyjson_val *from, struct value *to)
{
	const char *uri = yyjson_get_str(from);
	return !uri || !strstr(uri, ":local:") || convert_artwork(conversion, from, to);
}

static yyjson_val *first_member(yyjson_val *from, const char *name)
{
	return json_member(yyjson_is_arr(from) ? yyjson_arr_get_first(from) : from, name);
}

bool convert_first_name(struct conversion *conversion, yyjson_val *from, struct value *to)
{
	return convert_name(conversion, first_member(from, "name"), to);
}

bool convert_first_id(struct conversion *conversion, yyjson_val *from, struct value *to)
{
	return convert_id(conversion, first_member(from, "id"), to);
}

/* ---- from the page ---- */

bool convert_position(struct conversion *conversion, yyjson_val *from, struct value *to)
{
	(void)from;
	set_int(to, conversion->first + conversion->position);
	return true;
}

bool convert_parent(struct conversion *conversion, yyjson_val *from, struct value *to)
{
	(void)from;
	set_text(to, conversion->parent);
	return true;
}

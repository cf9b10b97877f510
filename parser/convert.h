/* Converters: one JSON value, as some server wrote it, to one value of a column.
 *
 * Each takes what servers were seen to send (scalars as strings, one object where a list is meant, "" for "not told")
 * and answers with a value, with none, or with a refusal of the item. A value that cannot be used but may be missing is
 * a warning and none: one odd year must not cost a track. Pure; results live in the conversion's arena or in the
 * document. */
#ifndef SYNCLINE_PARSER_CONVERT_H
#define SYNCLINE_PARSER_CONVERT_H

#include <stdint.h>
#include <yyjson.h>

#include "common/arena.h"
#include "common/attributes.h"
#include "common/limits.h"

enum value_type { VALUE_NONE, VALUE_TEXT, VALUE_INT, VALUE_BOOL, VALUE_TEXTS };

struct value {
	enum value_type type;
	struct span text;
	int64_t number; /* INT; BOOL as 0 or 1 */
	const struct span *texts;
	size_t count;
};

/* The item in hand. */
struct conversion {
	struct arena *arena;
	bool check_text;  /* the body may hold NUL or invalid UTF-8: look at each string */
	yyjson_val *item; /* NULL when the entry is no object */
	struct span parent;
	int64_t position, first; /* in the page, from 0; and of the page in its playlist */
	uint32_t present;        /* bit per column that has a value */
	unsigned warnings;
	/* A refusal: a stable word, the member (set by the engine) and a sentence. reason is NULL while there is none. */
	const char *reason, *field;
	char problem[LIMIT_CAUSE];
};

/* false: the item is refused, reason and problem are set. from is NULL for rules without a member. */
typedef bool convert(struct conversion *conversion, yyjson_val *from, struct value *to);

/* Fills the refusal and returns false. */
bool convert_refuse(struct conversion *conversion, const char *reason, const char *format, ...) PRINTF_LIKE(3, 4);
/* Refuses text that cannot be stored: nul_in_text, invalid_utf8. */
bool convert_check_text(struct conversion *conversion, struct span text);

/* As it is, at most LIMIT_ID bytes (bad_id); numbers as their digits, never through a double. */
convert convert_id;
/* A picture's id or address, as it is; one that is signed is none, one that is too long a warning and none. */
convert convert_artwork;
/* Tidied text, cut at LIMIT_NAME bytes with a warning. */
convert convert_name;
/* Of a file, as it is, for tidied it would be another one; cut as a name. */
convert convert_path;
convert convert_int;
convert convert_bool;
/* What a member's being there says: true, whatever it holds; and of a rule without a member, false. */
convert convert_is_there;
convert convert_is_not;
/* Milliseconds. Negative: negative_duration. Local files have been seen with an object there: none. */
convert convert_ms;
/* The same, but nothing refuses the item. */
convert convert_ms_lenient;
/* A list of recording codes or one of them, in capitals; servers differ in case. */
convert convert_isrcs;
convert convert_isrc;
/* An address of a local file ("spotify:local:..."); others say no more than an id. */
convert convert_local_uri;
/* "explicit" and "clean"; "" is not told. */
convert convert_explicit;
/* Seconds, also with a fraction, to milliseconds. Negative: negative_duration. */
convert convert_duration;
/* The same, but nothing refuses the item. */
convert convert_duration_lenient;
/* Microseconds since 1970. */
convert convert_time;
/* Text at the precision told; from text, a year as a number, or {year, month, day}. */
convert convert_date;
/* 1 to 5; 0 is "no rating". */
convert convert_rating;
/* The names of a list of {id, name}, or a single name; "" for an element that has none. */
convert convert_names;
/* The names of a list of {id, attributes: {name}}; none when one of them is told by its id alone. */
convert convert_resource_names;
/* The ids of the same list, in the same order; "" for an element that has none. */
convert convert_ids;
/* A list of texts, or of objects with a name; a single one of either. Empty ones are left out. */
convert convert_genres;
/* Name and id of the first element of a list of {id, name}. */
convert convert_first_name;
convert convert_first_id;
/* A list of ids or codes, or a single one; as they are, without empty ones. */
convert convert_codes;

/* Without a member: the entry's place in its playlist, and the page's parent. */
convert convert_position;
convert convert_parent;
/* What an entry is (convert_entry.c). Without a member: "null" for an entry without an item, then "track" or, without an
 * id, "unavailable". */
convert convert_entry_type;
/* Where there is more to tell, one question after another: "null" for an entry without an item; "episode" and "video" of a
 * member that says so; "local", "unavailable" and "track" of is_local, is_playable and an id; "unavailable" for the rest. */
convert convert_entry_null;
convert convert_entry_episode;
convert convert_entry_video;
convert convert_entry_local;
convert convert_entry_unplayable;
convert convert_entry_track;
convert convert_entry_rest;

#endif

/* How one server differs from the others: every quirk a row of flags, seen on the server it is named after. */
#ifndef SIMULATOR_FLAVOUR_H
#define SIMULATOR_FLAVOUR_H

#include <stdbool.h>
#include <stdint.h>

enum id_scheme { ID_BASE62, ID_UUID, ID_ROW, ID_NUMBER, ID_APPLE, ID_HEX };
enum date_style { DATE_NANOS_Z, DATE_SECONDS_Z, DATE_ZONELESS };
enum extensions { EXTENSIONS_PUBLIC, EXTENSIONS_SIGNED_IN, EXTENSIONS_UNKNOWN };
enum unknown_method { UNKNOWN_404_JSON, UNKNOWN_404_HTML, UNKNOWN_200_CODE_70, UNKNOWN_404_TEXT };
/* What search3 takes for "everything". */
enum empty_query { QUERY_ANY, QUERY_REQUIRED, QUERY_BARE_ONLY, QUERY_NOTHING };
/* What a list without items looks like. */
enum empty_list { LIST_OMITTED, LIST_WRITTEN, LIST_OMITTED_IN_SEARCH };

/* The family of servers it is one of: see service.h. */
struct service;

struct flavour {
	const struct service *service;
	const char *name, *type, *server_version, *version; /* type NULL: not an OpenSubsonic server */
	enum id_scheme ids;
	enum date_style dates;
	enum extensions extensions;
	enum unknown_method unknown;
	enum empty_query empty_query;
	enum empty_list empty_list;
	int token_refusal;        /* Subsonic code for a token sign-in; -1: tokens are taken */
	uint32_t size_max;        /* albums of one getAlbumList2 page; 0: as many as asked for */
	uint32_t bit_rate_unit;   /* bits per second shown as 1 */
	bool payload_first;       /* the payload, or error, comes before status */
	bool total_count;         /* x-total-count on album lists */
	bool numbers_as_text;     /* "track":"3", "isDir":"false" */
	bool one_as_object;       /* a list of one is that one, without brackets */
	bool empty_library_fails; /* error 70 on getArtists and getIndexes */
	bool scan_status, last_scan;
	bool last_modified;    /* false: always 0, and ifModifiedSince is ignored */
	bool artists_modified; /* getArtists tells lastModified too */
	bool playlist_changed;
	bool isrc;
	bool folder_id_text;
	/* Spotify's: which of the two shapes of 2026 is spoken; both at once was seen. */
	bool old_shape;    /* /playlists/{id}/tracks, entries with `track`, playlists with `tracks` */
	bool new_shape;    /* /playlists/{id}/items, entries with `item`, playlists with `items` */
	bool reduced;      /* fields that development mode lost in 2026 are missing, and what it may not ask for is 403 */
	bool alphabetical; /* lists are in the order of names, and some playlists are empty */
	bool entries_stay; /* a track taken out of the library stays in playlists: they are of a catalogue */
};

/* NULL when there is none of that name. */
const struct flavour *flavour_find(const char *name);
/* "navidrome|supysonic|..." */
const char *flavour_names(void);

#endif

/* The servers' quirks as data. Sources: the OpenSubsonic specification; navidrome, sentriz/gonic and spl0k/supysonic as
 * read and run; legacy gathers what Subsonic, Airsonic and LMS installations were reported to do. Spotify: its pages, its
 * announcements of 2024 to 2026, and recorded responses. Apple Music: its pages, and responses that clients recorded.
 * Jellyfin: its source. */
#include "flavour.h"

#include <stddef.h>
#include <string.h>

#include "applemusic.h"
#include "jellyfin.h"
#include "opensubsonic.h"
#include "spotify.h"

static const struct flavour flavours[] = {
	{
		.service = &opensubsonic_service,
		.name = "navidrome",
		.type = "navidrome",
		.server_version = "0.61.0 (simulator)",
		.version = "1.16.1",
		.ids = ID_BASE62,
		.dates = DATE_NANOS_Z,
		.extensions = EXTENSIONS_PUBLIC,
		.unknown = UNKNOWN_404_TEXT,
		.empty_query = QUERY_ANY,
		.empty_list = LIST_OMITTED,
		.token_refusal = -1,
		.size_max = 500,
		.bit_rate_unit = 1000,
		.total_count = true,
		.empty_library_fails = true,
		.scan_status = true,
		.last_scan = true,
		.last_modified = true,
		.artists_modified = true,
		.playlist_changed = true,
		.isrc = true,
	},
	{
		.service = &opensubsonic_service,
		.name = "supysonic",
		.version = "1.10.2",
		.ids = ID_UUID,
		.dates = DATE_ZONELESS,
		.extensions = EXTENSIONS_UNKNOWN,
		.unknown = UNKNOWN_404_JSON,
		.empty_query = QUERY_BARE_ONLY,
		.empty_list = LIST_OMITTED,
		.token_refusal = 10,
		.bit_rate_unit = 1, /* 0.7.2 says 128000 of 128 kbit/s */
		.payload_first = true,
		.last_modified = true,
		.folder_id_text = true,
	},
	{
		.service = &opensubsonic_service,
		.name = "gonic",
		.type = "gonic",
		.server_version = "v0.16.4",
		.version = "1.15.0",
		.ids = ID_ROW,
		.dates = DATE_SECONDS_Z,
		.extensions = EXTENSIONS_SIGNED_IN,
		.unknown = UNKNOWN_200_CODE_70,
		.empty_query = QUERY_REQUIRED,
		.empty_list = LIST_OMITTED_IN_SEARCH,
		.token_refusal = -1,
		.bit_rate_unit = 1000,
		.scan_status = true,
		.playlist_changed = true,
	},
	{
		.service = &opensubsonic_service,
		.name = "legacy",
		.version = "1.14.0",
		.ids = ID_NUMBER,
		.dates = DATE_ZONELESS,
		.extensions = EXTENSIONS_UNKNOWN,
		.unknown = UNKNOWN_404_HTML,
		.empty_query = QUERY_NOTHING,
		.empty_list = LIST_OMITTED,
		.token_refusal = 41,
		.size_max = 500,
		.bit_rate_unit = 1000,
		.numbers_as_text = true,
		.one_as_object = true,
		.last_modified = true,
		.playlist_changed = true,
	},
	{
		.service = &spotify_service,
		.name = "spotify",
		.ids = ID_BASE62,
		.dates = DATE_SECONDS_Z,
		.old_shape = true,
		.entries_stay = true,
	},
	{
		.service = &spotify_service,
		.name = "spotify-both",
		.ids = ID_BASE62,
		.dates = DATE_SECONDS_Z,
		.old_shape = true,
		.new_shape = true,
		.entries_stay = true,
	},
	{
		.service = &spotify_service,
		.name = "spotify-2026",
		.ids = ID_BASE62,
		.dates = DATE_SECONDS_Z,
		.new_shape = true,
		.reduced = true,
		.entries_stay = true,
	},
	{
		.service = &applemusic_service,
		.name = "applemusic",
		.ids = ID_APPLE,
		.dates = DATE_SECONDS_Z,
		.entries_stay = true,
		.alphabetical = true,
	},
	{
		.service = &jellyfin_service,
		.name = "jellyfin",
		.ids = ID_HEX,
		.dates = DATE_SECONDS_Z,
	},
};

const struct flavour *flavour_find(const char *name)
{
	for (size_t i = 0; i < sizeof flavours / sizeof *flavours; i++) {
		if (strcmp(flavours[i].name, name) == 0)
			return &flavours[i];
	}
	return NULL;
}

const char *flavour_names(void)
{
	return "navidrome|supysonic|gonic|legacy|spotify|spotify-both|spotify-2026|applemusic|jellyfin";
}

/* Playlists, their owners and what stands in them: tracks, local files, episodes and nothing. */
#include <ctype.h>

#include "facts.h"
#include "mix.h"
#include "spotify_item.h"
#include "words.h"

static const struct {
	const char *id, *name;
} strangers[] = {
	{"spotify_españa", "Spotify España"},
	{"müsli & co", NULL},
	{"東京リスナー", "東京"},
	{"31kq2ryxwl4wjzr3s5gkfhmkdk6e", "Ann"},
};

/* ---- what is no track of the catalogue ---- */

/* spotify:local:Artist:Album:Title:seconds; a percent sign or a plus is how the parts are written in it. */
static void local_uri(const struct library *library, uint32_t track, struct out *out)
{
	out_printf(out, "spotify:local:Garage+Band:Demos+%%28%u%%29:Take+%u:%u", track % 7, track,
	           library_duration_s(library, track));
}

static void local_track(struct spotify_writer *writer, uint32_t track)
{
	struct page *page = writer->page;
	struct out *out = page->out;
	page_open(page, '{');
	OUT_LIT(out,
	        "\"album\":{\"album_type\":null,\"artists\":[],\"available_markets\":[],\"external_urls\":{},\"href\":null,"
	        "\"id\":null,\"images\":[],");
	out_printf(out, "\"name\":\"Demos (%u)\",", track % 7);
	OUT_LIT(out, "\"release_date\":null,\"release_date_precision\":null,\"type\":\"album\",\"uri\":null},");
	OUT_LIT(out,
	        "\"artists\":[{\"external_urls\":{},\"href\":null,\"id\":null,\"name\":\"Garage Band\",\"type\":\"artist\","
	        "\"uri\":null}],\"available_markets\":[],\"disc_number\":0,\"duration_ms\":");
	/* One in four has an object there. */
	out_printf(out, track / 24 % 4 == 3 ? "{\"totalMilliseconds\":%u}" : "%u",
	           library_duration_s(writer->call->library, track) * 1000);
	OUT_LIT(out,
	        ",\"explicit\":false,\"external_ids\":{},\"external_urls\":{},\"href\":null,\"id\":null,\"is_local\":true,");
	out_printf(out,
	           "\"name\":\"Take %u\",\"popularity\":0,\"preview_url\":null,\"track_number\":0,\"type\":\"track\",\"uri\":\"",
	           track);
	local_uri(writer->call->library, track, out);
	OUT_LIT(out, "\"");
	page_close(page, '}');
}

/* What stands where a client did not say that it knows episodes: a track's form, the show as its album and artist. */
static void episode_as_track(struct spotify_writer *writer, const char *show)
{
	struct page *page = writer->page;
	PAGE_KEY(page, "album");
	page_open(page, '{');
	OUT_LIT(page->out,
	        "\"album_type\":\"compilation\",\"artists\":[],\"images\":[],\"name\":\"A Show\",\"total_tracks\":0");
	page->comma = true;
	spotify_identity(page, "show", show);
	page_close(page, '}');
	PAGE_KEY(page, "artists");
	OUT_LIT(page->out, "[{\"name\":\"A Show\"");
	page->comma = true;
	spotify_identity(page, "show", show);
	OUT_LIT(page->out,
	        "}],\"disc_number\":0,\"track_number\":0,\"external_ids\":{},\"is_local\":false,\"popularity\":0");
}

static void episode_as_itself(struct spotify_writer *writer, const char *show)
{
	struct page *page = writer->page;
	PAGE_KEY(page, "show");
	page_open(page, '{');
	OUT_LIT(page->out,
	        "\"copyrights\":[],\"description\":\"About this and that.\",\"explicit\":false,"
	        "\"html_description\":\"<p>About this and that.</p>\",\"images\":[],\"is_externally_hosted\":false,"
	        "\"languages\":[\"en\"],\"media_type\":\"audio\",\"name\":\"A Show\",\"publisher\":\"Somebody\","
	        "\"total_episodes\":120");
	if (!writer->call->flavour->reduced)
		OUT_LIT(page->out, ",\"available_markets\":[\"AD\",\"AE\"]");
	page->comma = true;
	spotify_identity(page, "show", show);
	page_close(page, '}');
	OUT_LIT(page->out,
	        ",\"audio_preview_url\":null,\"description\":\"This time: that.\","
	        "\"html_description\":\"<p>This time: that.</p>\",\"is_externally_hosted\":false,\"language\":\"en\","
	        "\"languages\":[\"en\"],\"release_date\":\"2024-05-06\",\"release_date_precision\":\"day\"");
}

static void episode(struct spotify_writer *writer, uint32_t track)
{
	struct page *page = writer->page;
	const struct library *library = writer->call->library;
	const char *types = request_param(writer->call->request, "additional_types");
	char id[ID_TEXT_MAX], show[ID_TEXT_MAX];
	spotify_id(library, KIND_EPISODE, track, id);
	spotify_id(library, KIND_SHOW, track % 5, show);
	page_open(page, '{');
	if (types && strstr(types, "episode"))
		episode_as_itself(writer, show);
	else
		episode_as_track(writer, show);
	PAGE_KEY(page, "duration_ms");
	page_int(page, (int64_t)library_duration_s(library, track) * 10000);
	OUT_LIT(page->out, ",\"explicit\":false,\"images\":[],\"is_playable\":true,\"track\":false,\"episode\":true");
	PAGE_KEY(page, "name");
	out_printf(page->out, "\"Episode %u\"", track);
	spotify_identity(page, "episode", id);
	page_close(page, '}');
}

/* ---- playlists ---- */

void spotify_encode(struct out *out, const char *text)
{
	for (; *text; text++) {
		if (isalnum((unsigned char)*text) || strchr("-._~", *text))
			out_byte(out, *text);
		else
			out_printf(out, "%%%02x", (unsigned char)*text);
	}
}

void spotify_user_members(struct page *page, const char *id)
{
	struct out encoded = {0};
	spotify_encode(&encoded, id);
	const char *text = out_text(&encoded);
	out_printf(page->out, "\"external_urls\":{\"spotify\":\"https://open.spotify.com/user/%s\"}", text);
	out_printf(page->out, ",\"href\":\"https://api.spotify.com/v1/users/%s\",\"type\":\"user\"", text);
	out_printf(page->out, ",\"uri\":\"spotify:user:%s\",\"id\":", text);
	out_quoted(page->out, id);
	page->comma = true;
	out_done(&encoded);
}

static const char *owner_of(const struct library *library, const char *user, uint32_t playlist, const char **name)
{
	size_t stranger = (playlist / 8 * 2 + playlist / 4 % 2) % (sizeof strangers / sizeof *strangers);
	switch (spotify_playlist_of(library, playlist)) {
	case PLAYLIST_FOREIGN:
	case PLAYLIST_SHARED:
		*name = strangers[stranger].name;
		return strangers[stranger].id;
	case PLAYLIST_SPOTIFY:
		*name = "Spotify";
		return "spotify";
	default:
		*name = user;
		return user;
	}
}

/* Opaque to clients: of seed, playlist and edit step, and of the request where Spotify gives another one each time. */
static void snapshot_id(struct spotify_writer *writer, uint32_t index)
{
	static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const struct library *library = writer->call->library;
	uint64_t number = mix64(draw(library->size.seed, 77, index) + library->playlists[index].step);
	if (spotify_playlist_of(library, index) == PLAYLIST_SPOTIFY)
		number = mix64(number + writer->call->serial);
	PAGE_KEY(writer->page, "snapshot_id");
	out_byte(writer->page->out, '"');
	for (uint32_t i = 0; i < 32; i++)
		out_byte(writer->page->out, base64[draw(number, 1, i) % 64]);
	out_byte(writer->page->out, '"');
}

static void playlist_images(struct spotify_writer *writer, uint32_t playlist)
{
	struct page *page = writer->page;
	PAGE_KEY(page, "images");
	if (spotify_playlist_of(writer->call->library, playlist) == PLAYLIST_BARE ||
	    !writer->call->library->playlists[playlist].entries.count)
		page_null(page);
	else
		out_printf(page->out, "[{\"height\":null,\"url\":\"https://mosaic.scdn.co/640/%016llx\",\"width\":null}]",
		           (unsigned long long)draw(writer->call->library->size.seed, SALT_ART, playlist));
}

static void entry_counts(struct spotify_writer *writer, uint32_t playlist)
{
	struct page *page = writer->page;
	const struct flavour *flavour = writer->call->flavour;
	char id[ID_TEXT_MAX];
	unsigned count = writer->call->library->playlists[playlist].entries.count;
	spotify_id(writer->call->library, KIND_PLAYLIST, playlist, id);
	if (flavour->old_shape) {
		PAGE_KEY(page, "tracks");
		out_printf(page->out, "{\"href\":\"https://api.spotify.com/v1/playlists/%s/tracks\",\"total\":%u}", id, count);
	}
	if (flavour->new_shape) {
		PAGE_KEY(page, "items");
		out_printf(page->out, "{\"href\":\"https://api.spotify.com/v1/playlists/%s/items\",\"total\":%u}", id, count);
	}
}

void spotify_playlist_members(struct spotify_writer *writer, uint32_t playlist)
{
	struct page *page = writer->page;
	enum spotify_playlist kind = spotify_playlist_of(writer->call->library, playlist);
	enum flaw flaw = page_next_flaw(page);
	const char *name;
	const char *owner = owner_of(writer->call->library, writer->call->user, playlist, &name);
	PAGE_KEY(page, "collaborative");
	page_bool(page, kind == PLAYLIST_SHARED);
	PAGE_KEY(page, "description");
	page_str(page, kind == PLAYLIST_BARE ? "" : "Gathered by &lt;hand&gt;");
	spotify_item_identity(writer, "playlist", KIND_PLAYLIST, playlist, flaw);
	playlist_images(writer, playlist);
	spotify_shown_name(writer, KIND_PLAYLIST, playlist, flaw);
	PAGE_KEY(page, "owner");
	page_open(page, '{');
	spotify_user_members(page, owner);
	PAGE_KEY(page, "display_name");
	if (name)
		out_quoted(page->out, name);
	else
		page_null(page);
	page_close(page, '}');
	PAGE_KEY(page, "primary_color");
	page_null(page);
	PAGE_KEY(page, "public");
	if (kind == PLAYLIST_SECRET)
		page_null(page);
	else
		page_bool(page, kind != PLAYLIST_PRIVATE && kind != PLAYLIST_SHARED);
	snapshot_id(writer, playlist);
}

void spotify_playlist(struct spotify_writer *writer, uint32_t playlist)
{
	struct page *page = writer->page;
	page_comma(page);
	if (spotify_playlist_of(writer->call->library, playlist) == PLAYLIST_NULL) {
		page_null(page);
		return;
	}
	page_open(page, '{');
	spotify_playlist_members(writer, playlist);
	entry_counts(writer, playlist);
	page_close(page, '}');
}

/* ---- playlist entries ---- */

static void entry_item(struct spotify_writer *writer, uint32_t track)
{
	switch (spotify_entry_of(track)) {
	case ENTRY_LOCAL:
		local_track(writer, track);
		break;
	case ENTRY_EPISODE:
		episode(writer, track);
		break;
	case ENTRY_NULL:
		page_null(writer->page);
		break;
	case ENTRY_TRACK:
		spotify_track(writer, track, true);
		break;
	}
	writer->page->comma = true;
}

/* Who put an entry there. NULL: the playlist is so old that it knows neither that nor when. */
static const char *adder_of(const struct library *library, const char *user, uint32_t playlist, uint32_t track)
{
	const char *name;
	if (playlist % 4 == 0 && track % 9 == 4)
		return NULL;
	return track % 2 ? user : owner_of(library, user, playlist, &name);
}

static int64_t added_ms(uint32_t track)
{
	return library_time_ms(0) - ((int64_t)track + 7) * 3600000;
}

static void entry_added(struct spotify_writer *writer, uint32_t playlist, uint32_t track)
{
	struct page *page = writer->page;
	const char *adder = adder_of(writer->call->library, writer->call->user, playlist, track);
	PAGE_KEY(page, "added_at");
	if (!adder) {
		OUT_LIT(page->out, "null,\"added_by\":null");
		return;
	}
	page_date(page, added_ms(track));
	PAGE_KEY(page, "added_by");
	page_open(page, '{');
	spotify_user_members(page, adder);
	page_close(page, '}');
}

void spotify_entry(struct spotify_writer *writer, uint32_t playlist, uint32_t track)
{
	struct page *page = writer->page;
	const struct flavour *flavour = writer->call->flavour;
	struct spoil spoil = page->spoil;
	page_comma(page);
	page_open(page, '{');
	entry_added(writer, playlist, track);
	PAGE_KEY(page, "is_local");
	page_bool(page, spotify_entry_of(track) == ENTRY_LOCAL);
	PAGE_KEY(page, "primary_color");
	page_null(page);
	if (flavour->old_shape) {
		PAGE_KEY(page, "track");
		entry_item(writer, track);
	}
	if (flavour->old_shape && flavour->new_shape)
		page->spoil = spoil; /* the same once more */
	if (flavour->new_shape) {
		PAGE_KEY(page, "item");
		entry_item(writer, track);
	}
	PAGE_KEY(page, "video_thumbnail");
	OUT_LIT(page->out, "{\"url\":null}");
	page_close(page, '}');
}

/* ---- truth ---- */

void spotify_entry_truth(const struct library *library, const char *user, uint32_t playlist, uint32_t track,
                         struct out *out)
{
	static const char *const types[] = {"track", "local", "episode", "null"};
	enum spotify_entry kind = spotify_entry_of(track);
	const char *adder = adder_of(library, user, playlist, track);
	char id[ID_TEXT_MAX] = "";
	if (kind == ENTRY_TRACK)
		spotify_track_id(library, track, id);
	else if (kind == ENTRY_EPISODE)
		spotify_id(library, KIND_EPISODE, track, id);
	out_printf(out, "%s\t%s\t", id, kind == ENTRY_TRACK && spotify_cannot_play(track) ? "unavailable" : types[kind]);
	if (*id)
		out_printf(out, "spotify:%s:%s", types[kind], id);
	else if (kind == ENTRY_LOCAL)
		local_uri(library, track, out);
	out_byte(out, '\t');
	if (adder)
		out_time(out, added_ms(track) / 1000);
	out_printf(out, "%s\t%s", adder ? "Z" : "", adder ? adder : "");
}

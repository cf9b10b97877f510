/* By one member each, at its path. */
#include "parser/others.h"

#include "common/json.h"

static const struct other {
	const char *path, *value; /* value NULL: whatever text it is */
	const char *text;
} others[] = {
	{"access_token", NULL, "a sign-in's tokens: they are secrets, delete the file"},
	{"AccessToken", NULL, "a sign-in's token (Jellyfin's AuthenticateByName): it is a secret, delete the file"},
	{"type", "user", "a user's profile (Spotify's /v1/me), which holds nothing of the library"},
	{"type", "playlist",
     "one playlist with its first entries inside (Spotify's /v1/playlists/ID); syncs read what "
     "/v1/me/playlists and /v1/playlists/ID/items answer: save that"},
	{"data.0.type", "storefronts",
     "a storefront (Apple Music's /v1/me/storefront), which holds nothing of the library"},
	{"ServerName", NULL, "a description of the server (Jellyfin's System/Info), which holds nothing of the library"},
};

const char *others_find(yyjson_val *root)
{
	for (size_t i = 0; i < COUNT_OF(others); i++) {
		const char *value = yyjson_get_str(json_path(root, others[i].path));
		if (value && (!others[i].value || strcmp(value, others[i].value) == 0))
			return others[i].text;
	}
	return NULL;
}

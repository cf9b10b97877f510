-- The four kinds in one form also tell which sync removed an item, its category, and its label: the name with who made it, as
-- lists for people show it.
CREATE OR REPLACE VIEW library_item AS
SELECT account_id, 'artist'::text AS kind, id, name, sort_name, NULL::text AS artist_name, NULL::text AS artist_id,
       NULL::text[] AS artist_ids, NULL::text[] AS artist_names, NULL::text AS album_id, NULL::text AS album_title,
       NULL::bigint AS disc, NULL::bigint AS number, NULL::bigint AS duration_ms, NULL::text AS release_date,
       album_count AS children, artwork, starred_at, removed_at, first_sync, content_hash,
       'artists'::text AS category, removed_sync, name AS label
FROM artist
UNION ALL
SELECT account_id, 'album', id, title, NULL, artist_name, artist_id, artist_ids, artist_names, NULL, NULL,
       NULL, NULL, duration_ms, release_date, song_count, artwork, starred_at, removed_at, first_sync, content_hash,
       'albums', removed_sync, title || coalesce(' - ' || artist_name, '')
FROM album
UNION ALL
SELECT account_id, 'track', id, title, NULL, artist_name, artist_id, artist_ids, artist_names, album_id, album_title,
       disc, number, duration_ms, release_date, NULL, artwork, starred_at, removed_at, first_sync, content_hash,
       'tracks', removed_sync, title || coalesce(' - ' || artist_name, '')
FROM track
UNION ALL
SELECT account_id, 'playlist', id, name, NULL, owner, NULL, NULL, NULL, NULL, NULL,
       NULL, NULL, duration_ms, NULL, entry_count, artwork, NULL, removed_at, first_sync, content_hash,
       'playlists', removed_sync, name
FROM playlist;

-- Held removals of an account ($1, its id) in category $2, or NULL for all, with the walked sync that found them.
SELECT category, held, sync_id AS sync, since FROM library_held
WHERE account_id = $1::int AND ($2::text IS NULL OR category = $2)
ORDER BY array_position(ARRAY['artists', 'albums', 'tracks', 'playlists'], category)

-- The playlists of account $1, LIMIT_SELECTION_LISTS at most: whether they are removed, and whether their entries can be read.
SELECT id, removed_at IS NOT NULL AS removed, entries_refused IS NULL AS readable FROM playlist
WHERE account_id = $1::integer LIMIT 200000

-- Playlists of account $1, in the order of the JSON list of ids in $2. changed must move with every change of the entries: the
-- provider's own time or version does; without either, the newest sync that touched an entry tells.
SELECT t.id, t.name, t.comment, t.owner, t.public, t.read_only, t.artwork, coalesce(t.entry_count, n.entries) AS entries,
       coalesce(t.duration_ms, 0) AS duration_ms,
       coalesce(to_char(t.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                to_char(to_timestamp(('x' || substr(t.first_sync::text, 1, 8) || substr(t.first_sync::text, 10, 4))::bit(48)::bigint / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) AS created,
       coalesce(to_char(t.changed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                to_char(to_timestamp(('x' || substr(greatest(t.changed_sync::text, n.newest)::text, 1, 8) || substr(greatest(t.changed_sync::text, n.newest)::text, 10, 4))::bit(48)::bigint / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) AS changed
FROM json_array_elements_text($2::json) WITH ORDINALITY AS wanted(id, n)
JOIN playlist t ON t.account_id = $1::integer AND t.id = wanted.id AND t.removed_at IS NULL
LEFT JOIN LATERAL (
	SELECT count(*) AS entries, max(e.changed_sync::text) AS newest FROM playlist_entry e
	WHERE e.account_id = $1::integer AND e.playlist_id = t.id AND (t.entry_count IS NULL OR t.changed_at IS NULL AND t.version IS NULL)
) n ON true
ORDER BY wanted.n

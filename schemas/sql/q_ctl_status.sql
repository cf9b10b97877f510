-- Every account with its library, its last proof and its newest sync; $1 is an account's name or NULL for all,
-- $2 when sign-ins end: [{account, sign_in_ends_at, sign_in_ends_of}].
SELECT a.name AS account, a.provider, l.artists, l.albums, l.tracks, l.playlists, l.complete_categories, l.complete_at,
       coalesce((extract(epoch FROM now() - l.complete_at) * 1000)::bigint, 0) AS complete_age_ms,
       s.sync_id AS sync, s.state AS sync_state, s.cause, s.next_step,
       (s.sync_id IS NOT NULL AND s.ended_at IS NULL
        AND s.state NOT IN ('complete', 'partial', 'failed', 'cancelled')) AS unfinished,
       coalesce((extract(epoch FROM now() - coalesce(s.ended_at, s.started_at, s.queued_at)) * 1000)::bigint, 0)
       AS sync_age_ms,
       coalesce(h.held, 0) AS held, e.sign_in_ends_at, e.sign_in_ends_of
FROM account a
LEFT JOIN LATERAL (
	SELECT sum(items) FILTER (WHERE category = 'artists') AS artists, sum(items) FILTER (WHERE category = 'albums') AS albums,
	       sum(items) FILTER (WHERE category = 'tracks') AS tracks,
	       sum(items) FILTER (WHERE category = 'playlists') AS playlists,
	       count(complete_at) AS complete_categories, min(complete_at) AS complete_at
	FROM library WHERE account_id = a.account_id
) l ON true
LEFT JOIN LATERAL (
	SELECT * FROM sync WHERE account_id = a.account_id AND state <> 'joined' ORDER BY sync_id DESC LIMIT 1
) s ON true
LEFT JOIN LATERAL (SELECT sum(held)::bigint AS held FROM sync_category WHERE sync_id = s.sync_id) h ON true
LEFT JOIN json_to_recordset($2::json) AS e(account text, sign_in_ends_at timestamptz, sign_in_ends_of text)
  ON e.account = a.name
WHERE $1::text IS NULL OR a.name = $1
ORDER BY a.name

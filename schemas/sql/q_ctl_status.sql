-- Every account with its library, its last proof and its newest sync; $1 is an account's name or NULL for all,
-- $2 when sign-ins end: [{account, sign_in_ends_at, sign_in_ends_of}], $3 until when (ms since 1970) requests wait for a
-- provider's limit, by name: {account: ms}; slow_until is that, or when a parked sync goes on. paused_until: NULL when paused
-- means until it is resumed. held_told: by the newest sync's cause. next_run_at: by its rule; NULL: it has none, or that is paused.
SELECT a.name AS account, a.provider, l.artists, l.albums, l.tracks, l.playlists, l.complete_categories, l.complete_at,
       coalesce((extract(epoch FROM now() - l.complete_at) * 1000)::bigint, 0) AS complete_age_ms,
       s.sync_id AS sync, s.shown AS sync_state, s.cause, s.next_step,
       a.needs_auth_epoch IS NOT NULL AS needs_auth, coalesce(n.cause, '') AS needs_auth_cause,
       coalesce(n.next_step, 'syncline account login ' || a.name) AS needs_auth_step,
       coalesce(s.epoch = a.needs_auth_epoch, false) AS needs_auth_told,
       (s.sync_id IS NOT NULL AND s.ended_at IS NULL
        AND s.state NOT IN ('complete', 'partial', 'failed', 'cancelled')) AS unfinished,
       coalesce((extract(epoch FROM now() - coalesce(s.ended_at, s.started_at, s.queued_at)) * 1000)::bigint, 0)
       AS sync_age_ms, coalesce(s.ended_at, s.started_at, s.queued_at) AS sync_at,
       to_char(s.not_before AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS begins_at,
       coalesce((extract(epoch FROM s.not_before - now()) * 1000)::bigint, 0) AS begins_ms,
       p.paused, p.paused_until,
       to_char(d.next_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS next_run_at,
       coalesce((extract(epoch FROM d.next_at - now()) * 1000)::bigint, 0) AS next_run_ms,
       coalesce(h.held, 0) AS held, coalesce(h.told, false) AS held_told, e.sign_in_ends_at, e.sign_in_ends_of,
       to_char(slow.until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS slow_until,
       coalesce((extract(epoch FROM slow.until - now()) * 1000)::bigint, 0) AS slow_ms,
       r.refused AS refused_playlists, coalesce(r.cause, '') AS refused_cause
FROM account a
LEFT JOIN LATERAL (
	SELECT sum(items) FILTER (WHERE category = 'artists') AS artists, sum(items) FILTER (WHERE category = 'albums') AS albums,
	       sum(items) FILTER (WHERE category = 'tracks') AS tracks,
	       sum(items) FILTER (WHERE category = 'playlists') AS playlists,
	       count(complete_at) AS complete_categories, min(complete_at) AS complete_at
	FROM library WHERE account_id = a.account_id
) l ON true
LEFT JOIN LATERAL (
	SELECT y.*, shown_state(y) AS shown FROM sync y WHERE y.account_id = a.account_id AND y.state <> 'joined'
	ORDER BY y.sync_id DESC LIMIT 1
) s ON true
LEFT JOIN LATERAL (
	-- What failed last in it: whatever is left fails with the sign-in.
	-- By the epoch (sync_category_failed), never by all syncs of the account.
	SELECT c.cause, c.next_step FROM (
		SELECT sync_id, cause, next_step, ended_at FROM sync_category
		WHERE epoch = a.needs_auth_epoch AND state IN ('failed', 'partial') OFFSET 0
	) c JOIN sync USING (sync_id) WHERE sync.account_id = a.account_id
	ORDER BY c.ended_at DESC LIMIT 1
) n ON true
LEFT JOIN LATERAL (
	SELECT sum(held)::bigint AS held, bool_or(sync_id = s.sync_id) AS told FROM library_held WHERE account_id = a.account_id
) h ON true
LEFT JOIN json_to_recordset($2::json) AS e(account text, sign_in_ends_at timestamptz, sign_in_ends_of text)
  ON e.account = a.name
LEFT JOIN LATERAL (
	SELECT greatest(to_timestamp(($3::jsonb ->> a.name)::bigint / 1000.0),
	                CASE WHEN s.state = 'throttled' THEN s.not_before END) AS until
) slow ON s.ended_at IS NULL AND slow.until > now()
CROSS JOIN account_pause(a) p
LEFT JOIN schedule d ON d.account_id = a.account_id AND NOT d.paused
CROSS JOIN LATERAL (
	SELECT count(*) AS refused, mode() WITHIN GROUP (ORDER BY entries_refused) AS cause FROM playlist
	WHERE account_id = a.account_id AND removed_at IS NULL AND entries_refused IS NOT NULL
) r
WHERE $1::text IS NULL OR a.name = $1
ORDER BY a.name

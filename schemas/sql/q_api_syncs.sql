-- Syncs, newest first: of an account ($1, NULL: all), in a state ($2, NULL: any), behind an id ($3), $4 of them.
SELECT s.sync_id AS id, a.name AS account, s.mode, s.categories, s.requested_by, s.state, s.joined_into, s.not_before, s.cause,
       s.next_step, s.queued_at, s.started_at, s.ended_at
FROM sync s JOIN account a USING (account_id)
WHERE ($1::text IS NULL OR a.name = $1) AND ($2::text IS NULL OR s.state = $2) AND ($3::uuid IS NULL OR s.sync_id < $3::uuid)
ORDER BY s.sync_id DESC LIMIT $4::int

-- One sync ($1) with its categories.
SELECT s.sync_id AS id, a.name AS account, s.mode, s.categories AS wanted, s.requested_by, s.state, s.joined_into, s.not_before,
       s.cause, s.next_step, s.queued_at, s.started_at, s.ended_at, s.ended_at IS NOT NULL AS over,
       (SELECT coalesce(json_agg(row_to_json(c) ORDER BY array_position(ARRAY['artists', 'albums', 'tracks', 'playlists'], category)),
        '[]') FROM (
		SELECT k.category, k.state, k.moved, k.unchanged, k.total,
		       CASE WHEN k.ended_at IS NULL THEN coalesce(p.received, 0) ELSE k.received END AS received,
		       CASE WHEN k.ended_at IS NULL THEN coalesce(p.stored, 0) ELSE k.stored END AS stored,
		       CASE WHEN k.ended_at IS NULL THEN coalesce(p.rejected, 0) ELSE k.rejected END AS errors,
		       k.warnings, k.added, k.changed, k.removed, k.held, k.requests, k.needed AS requests_needed, k.cause, k.next_step,
		       k.started_at, k.ended_at
		FROM sync_category k
		LEFT JOIN LATERAL (
			SELECT sum(received) AS received, sum(stored) AS stored, sum(rejected) AS rejected FROM sync_page g
			WHERE g.sync_id = k.sync_id AND g.category = k.category
			AND g.walk = (SELECT max(walk) FROM sync_page w WHERE w.sync_id = k.sync_id AND w.category = k.category)
		) p ON k.ended_at IS NULL
		WHERE k.sync_id = s.sync_id
	) c) AS categories
FROM sync s JOIN account a USING (account_id)
WHERE s.sync_id = $1::uuid

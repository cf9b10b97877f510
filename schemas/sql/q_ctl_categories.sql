-- The categories of a sync ($1): settled ones as they were settled, the others as sums over their newest walk.
-- refused: playlists of the account whose entries the provider does not give, and refused_cause the most frequent reason.
SELECT trim(wanted.name) AS category, coalesce(c.state, 'queued') AS state,
       coalesce(c.unchanged, false) AS unchanged, coalesce(c.moved, false) AS moved,
       coalesce(CASE WHEN c.ended_at IS NULL THEN p.walk ELSE c.walk END, 0) AS walk, coalesce(c.total, 0) AS total,
       coalesce(p.pages, 0) AS pages,
       coalesce(CASE WHEN c.ended_at IS NULL THEN p.received ELSE c.received END, 0) AS received,
       coalesce(CASE WHEN c.ended_at IS NULL THEN p.stored ELSE c.stored END, 0) AS stored,
       coalesce(CASE WHEN c.ended_at IS NULL THEN p.rejected ELSE c.rejected END, 0) AS errors,
       coalesce(CASE WHEN c.ended_at IS NULL THEN p.warnings ELSE c.warnings END, 0) AS warnings,
       coalesce(CASE WHEN c.ended_at IS NULL THEN p.added ELSE c.added END, 0) AS added,
       coalesce(CASE WHEN c.ended_at IS NULL THEN p.changed ELSE c.changed END, 0) AS changed,
       coalesce(c.requests, 0) AS requests, coalesce(c.needed, 0) AS requests_needed,
       coalesce(c.removed, 0) AS removed, coalesce(c.held, 0) AS held, coalesce(l.items, 0) AS library_items,
       coalesce(c.cause, '') AS cause, coalesce(c.next_step, '') AS next_step,
       coalesce((extract(epoch FROM coalesce(c.ended_at, now()) - c.started_at) * 1000)::bigint, 0) AS took_ms,
       r.refused, coalesce(r.cause, '') AS refused_cause
FROM sync s
CROSS JOIN LATERAL unnest(string_to_array(s.categories, ',')) WITH ORDINALITY AS wanted (name, place)
LEFT JOIN sync_category c ON c.sync_id = s.sync_id AND c.category = trim(wanted.name)
LEFT JOIN library l ON l.account_id = s.account_id AND l.category = trim(wanted.name)
LEFT JOIN LATERAL (
	SELECT max(g.walk) AS walk, count(*) AS pages, sum(g.received) AS received, sum(g.stored) AS stored, sum(g.rejected) AS rejected,
	       sum(g.warnings) AS warnings, sum(g.added) AS added, sum(g.changed) AS changed
	FROM sync_page g
	WHERE g.sync_id = s.sync_id AND g.category = trim(wanted.name)
	AND g.walk = (SELECT max(w.walk) FROM sync_page w WHERE w.sync_id = s.sync_id AND w.category = trim(wanted.name))
) p ON c.ended_at IS NULL
CROSS JOIN LATERAL (
	SELECT count(*) AS refused, mode() WITHIN GROUP (ORDER BY entries_refused) AS cause FROM playlist
	WHERE trim(wanted.name) = 'playlists' AND account_id = s.account_id AND removed_at IS NULL AND entries_refused IS NOT NULL
) r
WHERE s.sync_id = $1::uuid
ORDER BY wanted.place

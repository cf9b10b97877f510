-- Cancels sync $2 of account $1, or with NULL all of its syncs that have not ended; $3: cause, $4: next step. Categories that
-- had ended stay as they are, the others end with what the ledger holds. From now on writers drop all messages of these
-- syncs; the syncs themselves end (q_cancel_end) when no fetcher works on them any more.
WITH stopped AS (
	UPDATE sync SET state = 'cancelling', cause = $3, next_step = $4, not_before = NULL
	WHERE account_id = $1::integer AND ended_at IS NULL AND ($2::uuid IS NULL OR sync_id = $2::uuid)
	RETURNING sync_id, categories
), ended AS (
	INSERT INTO sync_category AS c (sync_id, category, state, walk, received, stored, rejected, warnings, added, changed, ended_at)
	SELECT s.sync_id, w.category, 'cancelled', coalesce(p.walk, 0), coalesce(p.received, 0), coalesce(p.stored, 0),
	       coalesce(p.rejected, 0), coalesce(p.warnings, 0), coalesce(p.added, 0), coalesce(p.changed, 0), now()
	FROM stopped s
	CROSS JOIN LATERAL (SELECT trim(name) AS category FROM unnest(string_to_array(s.categories, ',')) name) w
	LEFT JOIN LATERAL (
		SELECT n.walk, sum(g.received) FILTER (WHERE g.walk = n.walk) AS received, sum(g.stored) FILTER (WHERE g.walk = n.walk) AS stored,
		       sum(g.rejected) FILTER (WHERE g.walk = n.walk) AS rejected,
		       sum(g.warnings) FILTER (WHERE g.walk = n.walk) AS warnings, sum(g.added) AS added, sum(g.changed) AS changed
		FROM (SELECT max(walk) AS walk FROM sync_page WHERE sync_id = s.sync_id AND category = w.category) n
		JOIN sync_page g ON g.sync_id = s.sync_id AND g.category = w.category
		GROUP BY n.walk
	) p ON true
	ON CONFLICT (sync_id, category) DO UPDATE SET
		state = excluded.state, walk = excluded.walk, received = excluded.received, stored = excluded.stored,
		rejected = excluded.rejected, warnings = excluded.warnings, added = excluded.added, changed = excluded.changed,
		ended_at = excluded.ended_at
	WHERE c.ended_at IS NULL
)
SELECT s.sync_id AS sync, (SELECT count(*) FROM sync j WHERE j.joined_into = s.sync_id) AS joined FROM stopped s ORDER BY s.sync_id

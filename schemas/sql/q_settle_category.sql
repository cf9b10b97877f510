-- Ends a category: $1 sync, $2 category, $3 state, $4 epoch, $5 the walk that counts, $6 total, $7 moved, $8 unchanged,
-- $9 removed, $10 held, $11 cause, $12 next step, $13 requests, $14 needed of them, $15 held since which epoch, $16 unlisted.
-- The sums come from the ledger: items from the walk that counts, what was added and changed from all walks. A settled
-- category stays as it is unless the epoch is newer: who took the sync over ends it again. What was removed stays counted, and
-- what was proved complete stays proved.
INSERT INTO sync_category AS c (sync_id, category, state, epoch, walk, total, moved, unchanged, received, stored, rejected,
                                warnings, added, changed, removed, held, cause, next_step, requests, needed,
                                held_since, unlisted, started_at, ended_at)
SELECT $1::uuid, $2, $3, $4::bigint, $5::integer, $6::bigint, $7::boolean, $8::boolean,
       coalesce(sum(received) FILTER (WHERE walk = $5::integer), 0), coalesce(sum(stored) FILTER (WHERE walk = $5::integer), 0),
       coalesce(sum(rejected) FILTER (WHERE walk = $5::integer), 0),
       coalesce(sum(warnings) FILTER (WHERE walk = $5::integer), 0), coalesce(sum(added), 0), coalesce(sum(changed), 0),
       $9::bigint, $10::bigint, $11, $12, $13::bigint, $14::bigint, $15::bigint, $16::bigint, now(), now()
FROM sync_page WHERE sync_id = $1::uuid AND category = $2
ON CONFLICT (sync_id, category) DO UPDATE SET
	state = excluded.state, epoch = excluded.epoch, walk = excluded.walk,
	total = CASE WHEN excluded.total > 0 THEN excluded.total ELSE c.total END, moved = excluded.moved,
	unchanged = excluded.unchanged, received = excluded.received, stored = excluded.stored, rejected = excluded.rejected,
	warnings = excluded.warnings, added = excluded.added, changed = excluded.changed, removed = c.removed + excluded.removed,
	held = excluded.held, cause = excluded.cause, next_step = excluded.next_step, requests = excluded.requests,
	needed = excluded.needed, held_since = excluded.held_since, unlisted = excluded.unlisted,
	started_at = coalesce(c.started_at, excluded.started_at), ended_at = excluded.ended_at
WHERE c.ended_at IS NULL OR (c.epoch < excluded.epoch AND (c.state <> 'complete' OR excluded.state = 'complete'))
RETURNING received, stored, rejected, CASE WHEN state = 'complete' OR category = 'playlists' THEN received
          ELSE greatest(received, total) END AS expected

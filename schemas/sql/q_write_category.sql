-- Pages of a category are arriving: $1 sync, $2 category, $3 epoch, $4 walk, $5 total. A settled category is opened again
-- only by a newer epoch while its sync is unfinished; nothing is written when nothing is new. The fence of the last complete walk
-- no longer stands for what is here: this walk may never come to its end. (A replay derives what that walk has read.)
WITH unsure AS (
	UPDATE library l SET fence = NULL FROM sync s
	WHERE s.sync_id = $1::uuid AND l.account_id = s.account_id AND l.category = $2 AND l.fence IS NOT NULL
	  AND s.mode NOT LIKE 'replay%'
)
INSERT INTO sync_category AS c (sync_id, category, state, epoch, walk, total, started_at)
VALUES ($1::uuid, $2, 'running', $3::bigint, $4::integer, $5::bigint, now())
ON CONFLICT (sync_id, category) DO UPDATE SET
	state = 'running', epoch = excluded.epoch, walk = excluded.walk, total = excluded.total, ended_at = NULL, cause = '',
	next_step = '', unchanged = false, moved = false, started_at = coalesce(c.started_at, excluded.started_at)
WHERE (c.state, c.epoch, c.walk, c.total) IS DISTINCT FROM ('running', excluded.epoch, excluded.walk, excluded.total)
  AND (c.ended_at IS NULL
       OR (c.epoch < excluded.epoch
           AND EXISTS (SELECT FROM sync s WHERE s.sync_id = excluded.sync_id AND s.ended_at IS NULL)))

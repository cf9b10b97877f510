-- A sync that has begun, and that no fetcher can take as its account stands now: $1 sync, $2 cause, $3 next step. It is tried
-- again, and goes on when that is mended.
UPDATE sync SET cause = $2, next_step = $3
WHERE sync_id = $1::uuid AND ended_at IS NULL AND state IN ('running', 'throttled') AND (cause, next_step) IS DISTINCT FROM ($2, $3)

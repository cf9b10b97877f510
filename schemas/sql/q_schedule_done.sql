-- A rule ($1) was followed, or its run left out or its time reckoned anew (then $3 is NULL): it is due again at $2 (ms since 1970).
UPDATE schedule SET next_at = to_timestamp($2::bigint / 1000.0), reckoned_at = now(),
       last_at = CASE WHEN $3::uuid IS NULL THEN last_at ELSE now() END,
       last_sync = coalesce($3::uuid, last_sync)
WHERE account_id = $1::int

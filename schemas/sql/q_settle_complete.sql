-- A complete walk: $1 account, $2 category, $3 sync, $4 walk, $5 fence (NULL: it moved, or there is none), $6 active rows.
UPDATE library l SET
	previous_sync = CASE WHEN complete_sync = $3::uuid THEN previous_sync ELSE complete_sync END,
	previous_walk = CASE WHEN complete_sync = $3::uuid THEN previous_walk ELSE complete_walk END,
	complete_sync = $3::uuid, complete_walk = $4::integer, complete_at = now(), fence = $5, items = $6::bigint,
	full_sync = CASE WHEN s.mode = 'full' THEN s.sync_id ELSE full_sync END,
	full_walk = CASE WHEN s.mode = 'full' THEN $4::integer ELSE full_walk END
FROM sync s
WHERE l.account_id = $1::integer AND l.category = $2 AND s.sync_id = $3::uuid

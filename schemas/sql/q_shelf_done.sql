-- A pass over category $2 of account $1 is through: begun at $4 with the library as it was in $3, it wrote $5 rows.
INSERT INTO shelf_state (account_id, category, seen, read_at, took_ms, changed_at)
SELECT account_id, $2, $3, $4::timestamptz, (extract(epoch FROM clock_timestamp() - $4::timestamptz) * 1000)::bigint,
       clock_timestamp()
FROM account WHERE account_id = $1::integer
ON CONFLICT (account_id, category) DO UPDATE SET
	seen = excluded.seen, read_at = excluded.read_at, took_ms = excluded.took_ms,
	changed_at = CASE WHEN $5::bigint > 0 THEN excluded.changed_at ELSE shelf_state.changed_at END

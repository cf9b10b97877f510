-- Categories that may have had messages on their way at $1 (ms since 1970), when some were found lost.
SELECT s.sync_id AS sync, a.name AS account, c.category
FROM sync s JOIN account a USING (account_id) JOIN sync_category c USING (sync_id)
WHERE s.ended_at IS NULL AND c.ended_at IS NULL AND s.started_at <= to_timestamp($1::bigint / 1000.0) AND s.lost = ''

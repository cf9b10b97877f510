-- Categories that may have had messages on their way at $1 (ms since 1970), when some were found lost ($2 says what); also of
-- syncs of which nothing has arrived yet, not of those that have this noted.
SELECT s.sync_id AS sync, a.name AS account, trim(w.category) AS category
FROM sync s JOIN account a USING (account_id)
CROSS JOIN LATERAL unnest(string_to_array(s.categories, ',')) AS w (category)
LEFT JOIN sync_category c ON c.sync_id = s.sync_id AND c.category = trim(w.category)
WHERE s.ended_at IS NULL AND c.ended_at IS NULL AND strpos(s.lost, $2) = 0
  AND coalesce(s.started_at, s.queued_at) <= to_timestamp($1::bigint / 1000.0)

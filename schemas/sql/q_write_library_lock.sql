-- The positions of $1 (account) and $2 (category), locked in order: two writers never wait for each other in a circle.
SELECT account_id, category, epoch, walk, page, part, complete_sync IS NULL AS is_first FROM library
WHERE (account_id, category) IN (SELECT * FROM unnest($1::integer[], $2::text[]))
ORDER BY account_id, category FOR UPDATE

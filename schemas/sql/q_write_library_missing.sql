-- Rows of $1 (account) and $2 (category) that are not there yet. They begin at the account's own beginning: what comes of a lease
-- that is older was read for another account, which had this one's name and was removed.
INSERT INTO library (account_id, category, epoch)
SELECT w.account_id, w.category, (extract(epoch FROM a.created_at) * 1000)::bigint
FROM unnest($1::integer[], $2::text[]) w (account_id, category) JOIN account a USING (account_id) ORDER BY 1, 2
ON CONFLICT DO NOTHING

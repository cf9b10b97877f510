-- Rows of $1 (account) and $2 (category) that are not there yet.
INSERT INTO library (account_id, category)
SELECT * FROM unnest($1::integer[], $2::text[]) ORDER BY 1, 2
ON CONFLICT DO NOTHING

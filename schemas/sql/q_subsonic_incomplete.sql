-- The categories among $2 ("artists,tracks") of account $1 that were never complete.
SELECT a.name AS account, c.category
FROM account a
CROSS JOIN unnest(string_to_array($2, ',')) AS c(category)
LEFT JOIN library l ON l.account_id = a.account_id AND l.category = c.category
WHERE a.account_id = $1::integer AND l.complete_at IS NULL

-- How many rows category $2 of account $1 has after a replay ($3): of what is proved nothing changes. Where removals are held the next
-- sync reads the list: they are confirmed only when it has judged anew (q_confirm_removals).
UPDATE library l SET items = $3::bigint, fence = CASE WHEN NOT EXISTS (
	SELECT FROM library_held h WHERE h.account_id = l.account_id AND h.category = l.category) THEN fence END
WHERE account_id = $1::integer AND category = $2

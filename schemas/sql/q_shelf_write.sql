-- Puts items of kind $2 of account $1, a JSON array in $3, on the shelf; not of an account that is being removed.
WITH here AS (SELECT account_id FROM account WHERE account_id = $1::integer FOR KEY SHARE)
INSERT INTO shelf (account_id, kind, id, removed, letter, sort_key, words, content_hash)
SELECT here.account_id, $2, i.id, i.removed, i.letter, i.sort_key, array_to_tsvector(i.words), i.content_hash
FROM here, json_to_recordset($3::json) AS
     i(id text, removed boolean, letter text, sort_key text, words text[], content_hash bigint)
ON CONFLICT (account_id, kind, id) DO UPDATE SET
	removed = excluded.removed, letter = excluded.letter, sort_key = excluded.sort_key, words = excluded.words,
	content_hash = excluded.content_hash

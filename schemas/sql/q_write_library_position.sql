-- $1 account, $2 category, then the position.
UPDATE library SET epoch = $3::bigint, walk = $4::integer, page = $5::integer, part = $6::integer
WHERE account_id = $1::integer AND category = $2

-- $1 target, $2 sealed, $3 events as an array's text, $4 account or NULL, $5 internal, $6 how many there may be. No row: there are
-- as many.
INSERT INTO webhook (target, sealed, events, account_id, internal)
SELECT $1, $2::bytea, $3::text[], $4::int, $5::boolean WHERE (SELECT count(*) FROM webhook) < $6::int
RETURNING webhook_id

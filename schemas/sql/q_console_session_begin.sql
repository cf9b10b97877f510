-- A session ($1) of a user ($2) from an address ($3); those that ended go.
WITH ended AS (DELETE FROM console_session WHERE seen_at < now() - interval '30 days')
INSERT INTO console_session (digest, name, address) VALUES ($1, $2, $3)

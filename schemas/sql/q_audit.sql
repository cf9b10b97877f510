-- Who did what: $1 who, $2 from which address, $3 action, $4 subject. A year is kept.
WITH old AS (DELETE FROM console_audit WHERE at < now() - interval '1 year')
INSERT INTO console_audit (who, address, action, subject) VALUES (left($1, 63), $2, $3, left($4, 300))

-- Ids of accounts by name ($1), locked so that none is removed while its rows are written.
SELECT account_id, name FROM account WHERE name = ANY ($1::text[]) ORDER BY account_id FOR KEY SHARE

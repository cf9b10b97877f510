-- Somebody has signed account $1 in again: $2 username, $3 auth, $4 secret.
UPDATE account SET username = $2, auth = $3, secret = $4::bytea, needs_auth_epoch = NULL WHERE account_id = $1::integer

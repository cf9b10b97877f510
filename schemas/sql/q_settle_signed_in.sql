-- A category of account $1 was read to its end under epoch $2: its sign-in is good.
UPDATE account SET needs_auth_epoch = NULL WHERE account_id = $1::integer AND needs_auth_epoch < $2::bigint

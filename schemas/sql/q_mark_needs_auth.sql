-- The sign-in of account $1 was refused under epoch $2; nobody has signed in since that began.
UPDATE account SET needs_auth_epoch = $2::bigint
WHERE account_id = $1::integer AND coalesce(needs_auth_epoch, 0) < $2::bigint AND signed_in_epoch < $2::bigint

-- Somebody has signed account $1 in again: $2 username, $3 auth, $4 secret. What was claimed before may have been refused with the old
-- ones, and its marks may still be on their way: those of an epoch (ms since 1970) up to signed_in_epoch count no more. It grows
-- with every sign-in: who has loaded the account sees by it that what he has is stored no more.
UPDATE account a SET username = $2, auth = $3, secret = $4::bytea, needs_auth_epoch = NULL,
	signed_in_epoch = greatest((extract(epoch FROM clock_timestamp()) * 1000)::bigint, a.signed_in_epoch + 1, a.needs_auth_epoch,
	                           (SELECT max(s.epoch) FROM sync s WHERE s.account_id = a.account_id))
WHERE account_id = $1::integer

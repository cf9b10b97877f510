-- A rule ($1) could not be followed: it is tried again in an hour.
UPDATE schedule SET next_at = now() + interval '1 hour', reckoned_at = now() WHERE account_id = $1::int

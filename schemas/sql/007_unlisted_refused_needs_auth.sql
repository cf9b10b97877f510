-- What a provider did not give, and when it was last asked for.

-- Items that it counts behind what it calls the end of a list: nobody knows which they are, so they could be among those that
-- a walk has missed.
ALTER TABLE sync_category ADD COLUMN unlisted bigint NOT NULL DEFAULT 0;
-- When the entries were last refused; NULL: they are not, or it was before this column was there.
ALTER TABLE playlist ADD COLUMN entries_refused_at timestamptz;
-- Under which epoch the provider last refused the account's sign-in; NULL: it did not since somebody signed in, or since a later
-- sync has read something to its end.
ALTER TABLE account ADD COLUMN needs_auth_epoch bigint;

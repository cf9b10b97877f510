-- Cancelling, pausing, priorities, and syncs that begin later.

-- Until when no sync of the account begins or goes on; infinity: until `syncline resume`.
ALTER TABLE account ADD COLUMN paused_until timestamptz;
ALTER TABLE sync ADD COLUMN priority text NOT NULL DEFAULT 'normal' CHECK (priority IN ('normal', 'background'));
-- What has begun since a request was made. Thousands of requests may have joined one sync: they are not in it.
CREATE INDEX sync_began ON sync (account_id, started_at) WHERE started_at IS NOT NULL;

-- What people are shown as its state. That it waits for its account or its time is no state of its own: it ends by itself.
CREATE FUNCTION shown_state(s sync) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT CASE WHEN s.ended_at IS NOT NULL OR s.state = 'cancelling' THEN s.state
	            WHEN EXISTS (SELECT FROM account a WHERE a.account_id = s.account_id AND a.paused_until > now()) THEN 'paused'
	            WHEN s.state = 'queued' AND s.not_before > now() THEN 'scheduled'
	            ELSE s.state END
$$;

-- Is the account paused, and until when, as text; NULL: until it is resumed.
CREATE FUNCTION account_pause(a account, OUT paused boolean, OUT paused_until text) LANGUAGE sql STABLE AS $$
	SELECT coalesce(a.paused_until > now(), false),
	       CASE WHEN a.paused_until > now() AND a.paused_until < 'infinity'
	            THEN to_char(a.paused_until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') END
$$;

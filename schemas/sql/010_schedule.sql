-- When accounts are synced by themselves: one rule for each at most.
CREATE TABLE schedule (
	account_id   integer PRIMARY KEY REFERENCES account ON DELETE CASCADE,
	rule         text NOT NULL,                  -- a cron expression, or "every 6h"
	zone         text NOT NULL DEFAULT 'UTC',    -- in which a cron expression is meant
	jitter_s     integer NOT NULL DEFAULT 0 CHECK (jitter_s BETWEEN 0 AND 86400),
	mode         text NOT NULL DEFAULT 'incremental' CHECK (mode IN ('full', 'incremental')),
	catch_up     boolean NOT NULL DEFAULT true,  -- a run that was missed is done once, late; else it is left out
	paused       boolean NOT NULL DEFAULT false,
	next_at      timestamptz NOT NULL,           -- with its jitter
	last_at      timestamptz,
	last_sync    uuid
);
CREATE INDEX schedule_next ON schedule (next_at) WHERE NOT paused;

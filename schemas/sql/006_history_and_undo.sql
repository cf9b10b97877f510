-- A library's history sync by sync, what people brought back, and pauses that outlive Redis.

-- Of a changed item: {"title": ["before", "after"]}. person: who brought it back; NULL: a sync did.
ALTER TABLE library_change ADD COLUMN change_id bigint GENERATED ALWAYS AS IDENTITY;
ALTER TABLE library_change ADD COLUMN columns jsonb;
ALTER TABLE library_change ADD COLUMN person text;
-- Read page by page behind the last change_id, and trimmed sync by sync. Ids of syncs are in order of time.
DROP INDEX library_change_account;
ALTER TABLE library_change ADD PRIMARY KEY (account_id, sync_id, kind, change_id);
CREATE INDEX library_change_restored ON library_change (account_id, sync_id) WHERE change = 'restored';

-- A value that fits a line; longer ones are cut.
CREATE FUNCTION library_short(value jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN octet_length(value::text) <= 600 THEN value ELSE to_jsonb(left(value #>> '{}', 200) || '...') END
$$;

-- Items that a person brought back. Walks that miss them hold them, until the provider lists them again or they are
-- confirmed.
CREATE TABLE library_kept (
	account_id   integer NOT NULL REFERENCES account ON DELETE CASCADE,
	kind         text NOT NULL,
	id           text COLLATE "C" NOT NULL,
	person       text NOT NULL,
	at           timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (account_id, kind, id)
);

-- Syncs that wait for another one's result.
CREATE INDEX sync_joined ON sync (joined_into) WHERE joined_into IS NOT NULL;

-- Until when a provider must be left alone, for what it counts requests under (sha256 of the throttle's key). Redis knows
-- it too; this is for when Redis has lost it.
CREATE TABLE provider_pause (
	credential   bytea PRIMARY KEY,
	until        timestamptz NOT NULL
);

-- The library of every account, and the proof that it is complete. Every key starts with the account.

CREATE TABLE account (
	account_id   integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name         text NOT NULL UNIQUE,           -- slug; never changes, is the key in Kafka
	provider     text NOT NULL,
	url          text NOT NULL,                  -- without credentials
	username     text NOT NULL DEFAULT '',
	auth         text NOT NULL DEFAULT 'auto',   -- how to sign in: auto, token, password, apikey
	secret       bytea NOT NULL,                 -- sealed (common/vault.h)
	created_at   timestamptz NOT NULL DEFAULT now()
);

-- The state of one category of one account: what has been applied, and the last complete walk.
CREATE TABLE library (
	account_id   integer NOT NULL REFERENCES account ON DELETE CASCADE,
	category     text NOT NULL,
	-- Position of the newest message applied: (epoch, walk, page, part). Anything not above it is old.
	epoch        bigint NOT NULL DEFAULT 0,
	walk         integer NOT NULL DEFAULT 0,
	page         integer NOT NULL DEFAULT -1,
	part         integer NOT NULL DEFAULT 0,
	-- The newest complete walk, and the one before it: ledgers kept for "missed by two".
	complete_sync  uuid,
	complete_walk  integer,
	previous_sync  uuid,
	previous_walk  integer,
	complete_at    timestamptz,
	fence          text,                          -- of the newest complete walk that did not move
	items          bigint NOT NULL DEFAULT 0,     -- active rows after it
	PRIMARY KEY (account_id, category)
);

CREATE TABLE sync (
	sync_id      uuid PRIMARY KEY,
	account_id   integer NOT NULL REFERENCES account ON DELETE CASCADE,
	mode         text NOT NULL,
	categories   text NOT NULL,
	requested_by text NOT NULL DEFAULT '',
	state        text NOT NULL DEFAULT 'queued'
	             CHECK (state IN ('queued', 'running', 'throttled', 'needs_auth', 'cancelling',
	                              'complete', 'partial', 'failed', 'cancelled', 'joined')),
	epoch        bigint NOT NULL DEFAULT 0,
	joined_into  uuid,
	not_before   timestamptz,                     -- throttled until
	cause        text NOT NULL DEFAULT '',
	next_step    text NOT NULL DEFAULT '',
	queued_at    timestamptz NOT NULL DEFAULT now(),
	started_at   timestamptz,
	ended_at     timestamptz,
	-- The reconciler's memory: when it last put the sync back to work, and how often.
	requeued_at  timestamptz,
	requeues     integer NOT NULL DEFAULT 0
);
CREATE INDEX sync_account ON sync (account_id, sync_id DESC);
CREATE INDEX sync_unfinished ON sync (queued_at) WHERE ended_at IS NULL;

CREATE TABLE sync_category (
	sync_id      uuid NOT NULL REFERENCES sync ON DELETE CASCADE,
	category     text NOT NULL,
	state        text NOT NULL DEFAULT 'queued'
	             CHECK (state IN ('queued', 'running', 'complete', 'partial', 'failed', 'cancelled')),
	epoch        bigint NOT NULL DEFAULT 0,
	walk         integer NOT NULL DEFAULT 0,      -- the walk that counts
	moved        boolean NOT NULL DEFAULT false,  -- complete, but the library moved while it was read
	unchanged    boolean NOT NULL DEFAULT false,  -- nothing was walked: the fence had not changed
	total        bigint NOT NULL DEFAULT 0,       -- told or estimated by the provider; 0: not known
	-- Written once, when the category is settled, as sums over the ledger.
	received     bigint NOT NULL DEFAULT 0,
	stored       bigint NOT NULL DEFAULT 0,
	rejected     bigint NOT NULL DEFAULT 0,
	warnings     bigint NOT NULL DEFAULT 0,
	added        bigint NOT NULL DEFAULT 0,
	changed      bigint NOT NULL DEFAULT 0,
	removed      bigint NOT NULL DEFAULT 0,
	held         bigint NOT NULL DEFAULT 0,       -- removals that wait for `syncline confirm`
	cause        text NOT NULL DEFAULT '',
	next_step    text NOT NULL DEFAULT '',
	started_at   timestamptz,
	ended_at     timestamptz,
	PRIMARY KEY (sync_id, category)
);

-- The ledger: one row per page.
CREATE TABLE sync_page (
	sync_id      uuid NOT NULL REFERENCES sync ON DELETE CASCADE,
	category     text NOT NULL,
	walk         integer NOT NULL,
	page         integer NOT NULL,
	epoch        bigint NOT NULL,
	received     integer NOT NULL,
	stored       integer NOT NULL,
	rejected     integer NOT NULL,
	warnings     integer NOT NULL,
	added        integer NOT NULL,
	changed      integer NOT NULL,
	unidentified integer NOT NULL,                -- rejected items whose id could not be read
	is_last      boolean NOT NULL,
	next_cursor  text NOT NULL,
	lists        bytea[] NOT NULL,                -- what was seen: digests of page_list, one per part
	PRIMARY KEY (sync_id, category, walk, page)
);

-- What pages listed, by content: a library that has not changed is read in the same pages again, and costs nothing here.
CREATE TABLE page_list (
	account_id   integer NOT NULL REFERENCES account ON DELETE CASCADE,
	category     text NOT NULL,
	digest       bytea NOT NULL,                  -- sha256 of ids
	-- hashtextextended(id, 0) of every item, stored or rejected, sorted. A collision can only keep an item, never remove one.
	ids          bigint[] NOT NULL,
	PRIMARY KEY (account_id, category, digest)
);
ALTER TABLE page_list ALTER COLUMN ids SET STORAGE EXTERNAL; -- hashes do not compress

CREATE TABLE sync_reject (
	topic        text NOT NULL,
	kafka_partition integer NOT NULL,
	kafka_offset bigint NOT NULL,
	position     integer NOT NULL,
	account_id   integer REFERENCES account ON DELETE CASCADE,
	sync_id      uuid,
	category     text NOT NULL DEFAULT '',
	walk         integer NOT NULL DEFAULT 0,
	page         integer NOT NULL DEFAULT 0,
	kind         text NOT NULL DEFAULT '',
	item_id      text NOT NULL DEFAULT '',
	field        text NOT NULL DEFAULT '',
	reason       text NOT NULL,
	detail       text NOT NULL,
	original     bytea NOT NULL,
	at           timestamptz NOT NULL,
	PRIMARY KEY (topic, kafka_partition, kafka_offset, position)
);
CREATE INDEX sync_reject_sync ON sync_reject (sync_id, category, page, position);

-- From here on no foreign keys to account: their check costs a fifth of an insert. Writers hold FOR KEY SHARE on the
-- accounts of a batch, and account_forget (at the end) does what ON DELETE CASCADE would.

-- What was changed, removed or came back, by which sync. Additions are in the rows themselves (first_sync).
CREATE TABLE library_change (
	account_id   integer NOT NULL,
	kind         text NOT NULL,
	id           text NOT NULL,
	sync_id      uuid NOT NULL,
	change       text NOT NULL CHECK (change IN ('changed', 'removed', 'restored')),
	label        text NOT NULL,                   -- the name before the change
	at           timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX library_change_account ON library_change (account_id, at);

CREATE TABLE artist (
	account_id   integer NOT NULL,
	id           text COLLATE "C" NOT NULL,
	name         text NOT NULL,
	sort_name    text,
	album_count  bigint,
	mbid         text,
	artwork      text,
	starred_at   timestamptz,
	rating       bigint,
	extra        jsonb,
	content_hash bigint NOT NULL,
	first_sync   uuid NOT NULL,
	changed_sync uuid NOT NULL,
	removed_at   timestamptz,
	removed_sync uuid,
	PRIMARY KEY (account_id, id)
);

CREATE TABLE album (
	account_id   integer NOT NULL,
	id           text COLLATE "C" NOT NULL,
	title        text NOT NULL,
	artist_id    text COLLATE "C",
	artist_name  text,
	artist_ids   text[],
	artist_names text[],
	song_count   bigint,
	duration_ms  bigint,
	release_date text,
	genres       text[],
	compilation  boolean,
	mbid         text,
	artwork      text,
	added_at     timestamptz,
	starred_at   timestamptz,
	rating       bigint,
	play_count   bigint,
	extra        jsonb,
	content_hash bigint NOT NULL,
	first_sync   uuid NOT NULL,
	changed_sync uuid NOT NULL,
	removed_at   timestamptz,
	removed_sync uuid,
	PRIMARY KEY (account_id, id)
);

CREATE TABLE track (
	account_id   integer NOT NULL,
	id           text COLLATE "C" NOT NULL,
	title        text NOT NULL,
	album_id     text COLLATE "C",
	album_title  text,
	artist_id    text COLLATE "C",
	artist_name  text,
	artist_ids   text[],
	artist_names text[],
	disc         bigint,
	number       bigint,
	duration_ms  bigint,
	release_date text,
	genres       text[],
	isrcs        text[],
	mbid         text,
	explicit     boolean,
	bitrate      bigint,
	size_bytes   bigint,
	content_type text,
	path         text,
	artwork      text,
	added_at     timestamptz,
	starred_at   timestamptz,
	rating       bigint,
	play_count   bigint,
	extra        jsonb,
	content_hash bigint NOT NULL,
	first_sync   uuid NOT NULL,
	changed_sync uuid NOT NULL,
	removed_at   timestamptz,
	removed_sync uuid,
	PRIMARY KEY (account_id, id)
);

CREATE TABLE playlist (
	account_id   integer NOT NULL,
	id           text COLLATE "C" NOT NULL,
	name         text NOT NULL,
	comment      text,
	owner        text,
	public       boolean,
	entry_count  bigint,
	duration_ms  bigint,
	created_at   timestamptz,
	changed_at   timestamptz,
	artwork      text,
	read_only    boolean,
	extra        jsonb,
	content_hash bigint NOT NULL,
	first_sync   uuid NOT NULL,
	changed_sync uuid NOT NULL,
	removed_at   timestamptz,
	removed_sync uuid,
	PRIMARY KEY (account_id, id)
);

-- Position is the key: order and duplicates are kept. No foreign key to track: an entry may point to a track that is
-- not here (yet).
CREATE TABLE playlist_entry (
	account_id   integer NOT NULL,
	playlist_id  text COLLATE "C" NOT NULL,
	position     bigint NOT NULL,
	track_id     text COLLATE "C",
	type         text,
	title        text,
	artist_name  text,
	album_title  text,
	duration_ms  bigint,
	added_at     timestamptz,
	added_by     text,
	content_hash bigint NOT NULL,
	changed_sync uuid NOT NULL,
	PRIMARY KEY (account_id, playlist_id, position)
);

-- Each entry with what is known of its track now. `here` resolves by itself when the track arrives.
CREATE VIEW playlist_track AS
SELECT e.account_id, e.playlist_id, e.position, e.type, e.track_id,
       coalesce(t.title, e.title) AS title, coalesce(t.artist_name, e.artist_name) AS artist_name,
       CASE WHEN e.track_id IS NULL THEN e.type
            WHEN t.id IS NULL THEN 'not in the library'
            WHEN t.removed_at IS NOT NULL THEN 'removed'
            ELSE 'here' END AS status
FROM playlist_entry e
LEFT JOIN track t ON t.account_id = e.account_id AND t.id = e.track_id;

CREATE FUNCTION account_forget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM playlist_entry WHERE account_id = OLD.account_id;
	DELETE FROM playlist WHERE account_id = OLD.account_id;
	DELETE FROM track WHERE account_id = OLD.account_id;
	DELETE FROM album WHERE account_id = OLD.account_id;
	DELETE FROM artist WHERE account_id = OLD.account_id;
	DELETE FROM library_change WHERE account_id = OLD.account_id;
	RETURN OLD;
END $$;
-- BEFORE: the row is locked by then, so no writer's batch is under way that could add more.
CREATE TRIGGER account_forget BEFORE DELETE ON account FOR EACH ROW EXECUTE FUNCTION account_forget();

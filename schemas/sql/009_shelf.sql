-- What people browse and search: one row for each item of a library, in the order in which it is shown, with the words by
-- which it is found. `syncline serve` keeps it behind the library (console/shelf.h), so that the tables that the writer
-- fills need no index for readers.

CREATE TABLE shelf (
	account_id   integer NOT NULL,
	kind         text COLLATE "C" NOT NULL,      -- artist, album, track, playlist
	id           text COLLATE "C" NOT NULL,
	removed      boolean NOT NULL,
	letter       text COLLATE "C" NOT NULL,      -- under which it stands, as common/fold.h tells
	sort_key     text COLLATE "C" NOT NULL,      -- folded (common/fold.h), without a leading article, cut
	-- Lexemes begin with account and kind, so that a search reads nothing of other libraries: "7t.love" a word of a track,
	-- "7t@9" stands on album 9, "7t~3" is by artist 3.
	words        tsvector NOT NULL,
	content_hash bigint NOT NULL,                -- of the item as it was read
	PRIMARY KEY (account_id, kind, id)
);
CREATE INDEX shelf_order ON shelf (account_id, kind, removed, letter, sort_key, id);
CREATE INDEX shelf_words ON shelf USING gin (words);

-- How far the shelf has followed a category: the state of its library row when the last pass over it began.
CREATE TABLE shelf_state (
	account_id   integer NOT NULL REFERENCES account ON DELETE CASCADE,
	category     text NOT NULL,
	seen         text NOT NULL,                  -- position and count, as q_shelf_due tells them
	read_at      timestamptz NOT NULL,           -- when that pass began ...
	took_ms      bigint NOT NULL,                -- ... how long it took ...
	changed_at   timestamptz NOT NULL,           -- ... and when one last found something to write
	PRIMARY KEY (account_id, category)
);

-- No foreign key, as for the library's own tables (001_tables).
CREATE FUNCTION shelf_forget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM shelf WHERE account_id = OLD.account_id;
	RETURN OLD;
END $$;
CREATE TRIGGER shelf_forget BEFORE DELETE ON account FOR EACH ROW EXECUTE FUNCTION shelf_forget();

-- The four kinds in one form, for what treats them alike. With the kind given, only its table is read.
CREATE VIEW library_item AS
SELECT account_id, 'artist'::text AS kind, id, name, sort_name, NULL::text AS artist_name, NULL::text AS artist_id,
       NULL::text[] AS artist_ids, NULL::text[] AS artist_names, NULL::text AS album_id, NULL::text AS album_title,
       NULL::bigint AS disc, NULL::bigint AS number, NULL::bigint AS duration_ms, NULL::text AS release_date,
       album_count AS children, artwork, starred_at, removed_at, first_sync, content_hash
FROM artist
UNION ALL
SELECT account_id, 'album', id, title, NULL, artist_name, artist_id, artist_ids, artist_names, NULL, NULL,
       NULL, NULL, duration_ms, release_date, song_count, artwork, starred_at, removed_at, first_sync, content_hash
FROM album
UNION ALL
SELECT account_id, 'track', id, title, NULL, artist_name, artist_id, artist_ids, artist_names, album_id, album_title,
       disc, number, duration_ms, release_date, NULL, artwork, starred_at, removed_at, first_sync, content_hash
FROM track
UNION ALL
SELECT account_id, 'playlist', id, name, NULL, owner, NULL, NULL, NULL, NULL, NULL,
       NULL, NULL, duration_ms, NULL, entry_count, artwork, NULL, removed_at, first_sync, content_hash
FROM playlist;

-- What a search finds. Always by the index of words: the planner, told of a limit, would rather read all libraries in the
-- hope to come across it.
CREATE FUNCTION shelf_find(question tsquery, most integer) RETURNS SETOF shelf LANGUAGE sql STABLE
SET enable_seqscan = off SET enable_indexscan = off AS $$
	SELECT * FROM shelf WHERE words @@ question AND NOT removed LIMIT most
$$;

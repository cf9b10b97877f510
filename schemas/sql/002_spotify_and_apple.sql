-- What Spotify and Apple Music tell beside what OpenSubsonic servers do.

ALTER TABLE artist ADD COLUMN catalog_id text COLLATE "C";
ALTER TABLE album ADD COLUMN upc text;
ALTER TABLE album ADD COLUMN type text;
ALTER TABLE album ADD COLUMN label text;
ALTER TABLE album ADD COLUMN catalog_id text COLLATE "C";
ALTER TABLE track ADD COLUMN popularity bigint;
ALTER TABLE track ADD COLUMN playable boolean;
ALTER TABLE track ADD COLUMN linked_id text COLLATE "C";
ALTER TABLE track ADD COLUMN catalog_id text COLLATE "C";
ALTER TABLE playlist ADD COLUMN version text;
ALTER TABLE playlist ADD COLUMN catalog_id text COLLATE "C";
ALTER TABLE playlist_entry ADD COLUMN uri text;
ALTER TABLE playlist_entry ADD COLUMN isrc text;
ALTER TABLE playlist_entry ADD COLUMN linked_id text COLLATE "C";

-- The version at which a complete walk has read the entries; NULL: they must be read.
ALTER TABLE playlist ADD COLUMN entries_version text;
-- Why the provider does not give the entries; NULL: it does.
ALTER TABLE playlist ADD COLUMN entries_refused text;

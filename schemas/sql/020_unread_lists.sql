-- Which list of items could not be read (an album, on the way to its tracks), and why; NULL: none. The walk is not complete then.
-- That of a playlist is told at the playlist (entries_refused).
ALTER TABLE sync_page ADD COLUMN unread text;

-- Items that the provider counts behind what it calls the end of a list: nobody knows which they are, so they could be among
-- those that a walk has missed.
ALTER TABLE sync_category ADD COLUMN unlisted bigint NOT NULL DEFAULT 0;

-- What a category cost the provider, and since when nobody has seen what is held.

ALTER TABLE sync_category ADD COLUMN requests bigint NOT NULL DEFAULT 0; -- sent: pages of all walks, fences, retries
ALTER TABLE sync_category ADD COLUMN needed bigint NOT NULL DEFAULT 0;   -- the fewest that could have done
-- What is held was seen by no walk of this epoch or a later one; 0 in syncs that ended before this column was there.
ALTER TABLE sync_category ADD COLUMN held_since bigint NOT NULL DEFAULT 0;

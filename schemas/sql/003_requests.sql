-- What a category cost the provider.

ALTER TABLE sync_category ADD COLUMN requests bigint NOT NULL DEFAULT 0; -- sent: pages of all walks, fences, retries
ALTER TABLE sync_category ADD COLUMN needed bigint NOT NULL DEFAULT 0;   -- the fewest that could have done

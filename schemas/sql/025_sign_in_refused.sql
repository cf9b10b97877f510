-- Which category an account's sign-in failed with, by the epoch that account.needs_auth_epoch names: without looking at all of its
-- syncs, twice a second, for an overview that somebody looks at.
CREATE INDEX sync_category_failed ON sync_category (epoch) WHERE state IN ('failed', 'partial');

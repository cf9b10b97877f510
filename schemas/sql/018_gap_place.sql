-- News of a gap has a place of its own (-2): a page that was rejected as a whole (-1) may be the first that is gone.
UPDATE sync_reject SET position = -2 WHERE reason = 'kafka_gap' AND position = -1;

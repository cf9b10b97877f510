-- Kafka lost messages that may be sync $1's: $2 says what.
UPDATE sync SET lost = $2, look_again = true, cause = $2,
       next_step = 'nothing by hand: what has not arrived is read again, or the sync ends partial and says what it lacks'
WHERE sync_id = $1::uuid AND ended_at IS NULL

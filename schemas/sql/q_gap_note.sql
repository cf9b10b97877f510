-- Kafka lost messages that may be sync $1's: $2 says what. Losses before stay told as far as they fit.
UPDATE sync SET lost = CASE WHEN lost = '' OR length(lost) > 250 THEN $2 ELSE lost || '; ' || $2 END, look_again = true, cause = $2,
       next_step = 'nothing by hand: what has not arrived is read again, or the sync ends partial and says what it lacks'
WHERE sync_id = $1::uuid AND ended_at IS NULL AND strpos(lost, $2) = 0

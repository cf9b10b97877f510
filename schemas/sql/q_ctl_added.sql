-- Items of kind $3 of account $1 that sync $2 saw first, also those that are removed by now: $5 at most, behind id $4. Each
-- statement is planned with its values, so that one of these tables is read, along its key.
SELECT id, label FROM (
	SELECT id, name AS label FROM artist
	WHERE $3 = 'artist' AND account_id = $1::int AND first_sync = $2::uuid AND id > $4
	UNION ALL
	SELECT id, title || coalesce(' - ' || artist_name, '') FROM album
	WHERE $3 = 'album' AND account_id = $1::int AND first_sync = $2::uuid AND id > $4
	UNION ALL
	SELECT id, title || coalesce(' - ' || artist_name, '') FROM track
	WHERE $3 = 'track' AND account_id = $1::int AND first_sync = $2::uuid AND id > $4
	UNION ALL
	SELECT id, name FROM playlist
	WHERE $3 = 'playlist' AND account_id = $1::int AND first_sync = $2::uuid AND id > $4
) added ORDER BY id LIMIT $5::bigint

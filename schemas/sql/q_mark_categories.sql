-- A row for each category ($2, comma list) of sync $1.
INSERT INTO sync_category (sync_id, category, epoch)
SELECT $1::uuid, name, $3::bigint FROM unnest(string_to_array($2, ',')) name ORDER BY name
ON CONFLICT DO NOTHING

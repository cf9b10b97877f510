-- Ids of albums of account $1 in order $2 (a type of getAlbumList2), $4 from the $3th on; of genre $5, or from year $6 to $7 (from
-- the later one on, if that is first). The account's albums are sorted for it.
SELECT id FROM album
WHERE account_id = $1::integer AND removed_at IS NULL
  AND ($2 <> 'byGenre' OR lower($5) IN (SELECT lower(g) FROM unnest(genres) g))
  AND ($2 <> 'byYear' OR left(release_date, 4) BETWEEN least($6, $7) AND greatest($6, $7))
  AND ($2 <> 'starred' OR starred_at IS NOT NULL) AND ($2 <> 'frequent' OR play_count > 0) AND ($2 <> 'highest' OR rating > 0)
ORDER BY CASE WHEN $2 = 'random' THEN random() END,
         CASE WHEN $2 = 'newest' THEN added_at END DESC NULLS LAST,
         CASE WHEN $2 = 'frequent' THEN play_count WHEN $2 = 'highest' THEN rating END DESC NULLS LAST,
         CASE WHEN $2 = 'starred' THEN starred_at END DESC,
         CASE WHEN $2 = 'alphabeticalByArtist' THEN lower(artist_name) END, CASE WHEN $2 = 'alphabeticalByArtist' THEN lower(title) END,
         CASE WHEN $2 = 'byYear' AND $6 <= $7 THEN release_date END, CASE WHEN $2 = 'byYear' AND $6 > $7 THEN release_date END DESC,
         id
OFFSET $3::integer LIMIT $4::integer

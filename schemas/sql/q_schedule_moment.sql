-- When the clocks of a zone ($2) show a local time ($1), as ms since 1970. A time that is left out in spring is taken an hour
-- later, one that comes twice in autumn the first time (Postgres takes the second; clocks are set back by half an hour or one).
SELECT (extract(epoch FROM min(l.at - b.back)) * 1000)::bigint AS ms
FROM (SELECT $1::timestamp AT TIME ZONE $2 AS at) l
CROSS JOIN unnest('{0 min, 30 min, 60 min}'::interval[]) AS b(back)
WHERE b.back = '0 min' OR (l.at - b.back) AT TIME ZONE $2 = $1::timestamp

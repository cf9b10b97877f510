-- A moment ($1, ms since 1970) on the clocks of a zone ($2).
SELECT extract(year FROM l.t)::int AS year, extract(month FROM l.t)::int AS month, extract(day FROM l.t)::int AS day,
       extract(hour FROM l.t)::int AS hour, extract(minute FROM l.t)::int AS minute
FROM (SELECT to_timestamp($1::bigint / 1000.0) AT TIME ZONE $2 AS t) l

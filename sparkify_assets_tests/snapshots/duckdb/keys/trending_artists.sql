SELECT
  week_start,
  rank,
  artist,
  plays,
  listeners,
  plays_before
FROM trending_artists AS written
WHERE
  week_start IS NULL
  OR rank IS NULL
  OR artist IS NULL
  OR plays IS NULL
  OR listeners IS NULL
  OR plays_before IS NULL;

SELECT
  week_start,
  artist,
  COUNT(*) AS copies
FROM (
  SELECT
    GREATEST(week_start, week_start) AS week_start,
    GREATEST(artist, artist) AS artist
  FROM trending_artists AS declared
) AS written
GROUP BY
  week_start,
  artist
HAVING
  COUNT(*) > 1;

SELECT
  week_start,
  rank,
  COUNT(*) AS copies
FROM (
  SELECT
    GREATEST(week_start, week_start) AS week_start,
    GREATEST(rank, rank) AS rank
  FROM trending_artists AS declared
) AS written
GROUP BY
  week_start,
  rank
HAVING
  COUNT(*) > 1;

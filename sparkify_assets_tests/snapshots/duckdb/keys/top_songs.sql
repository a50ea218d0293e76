SELECT
  rank,
  plays,
  listeners,
  matched_plays
FROM top_songs AS written
WHERE
  rank IS NULL OR plays IS NULL OR listeners IS NULL OR matched_plays IS NULL;

SELECT
  title,
  artist,
  COUNT(*) AS copies
FROM (
  SELECT
    GREATEST(title, title) AS title,
    GREATEST(artist, artist) AS artist
  FROM top_songs AS declared
) AS written
GROUP BY
  title,
  artist
HAVING
  COUNT(*) > 1;

SELECT
  rank,
  COUNT(*) AS copies
FROM (
  SELECT
    GREATEST(rank, rank) AS rank
  FROM top_songs AS declared
) AS written
GROUP BY
  rank
HAVING
  COUNT(*) > 1;

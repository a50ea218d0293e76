SELECT
  rank,
  plays,
  matched_plays
FROM top_songs AS written
WHERE
  rank IS NULL OR plays IS NULL OR matched_plays IS NULL;

SELECT
  play_month,
  rank,
  COUNT(*) AS copies
FROM top_songs AS written
GROUP BY
  play_month,
  rank
HAVING
  COUNT(*) > 1;

SELECT
  play_month,
  title,
  artist,
  COUNT(*) AS copies
FROM top_songs AS written
GROUP BY
  play_month,
  title,
  artist
HAVING
  COUNT(*) > 1;

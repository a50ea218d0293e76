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
FROM (
  SELECT
    GREATEST(play_month, play_month) AS play_month,
    GREATEST(rank, rank) AS rank
  FROM top_songs AS declared
) AS written
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
FROM (
  SELECT
    GREATEST(play_month, play_month) AS play_month,
    GREATEST(title, title) AS title,
    GREATEST(artist, artist) AS artist
  FROM top_songs AS declared
) AS written
GROUP BY
  play_month,
  title,
  artist
HAVING
  COUNT(*) > 1;

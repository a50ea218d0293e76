SELECT
  plays.plays,
  catalog.songs
FROM (
  SELECT
    COUNT(*) AS plays,
    COUNT(song_id) AS matched
  FROM songplays
  WHERE
    log_date BETWEEN $first_day AND $last_day
) AS plays
CROSS JOIN (
  SELECT
    COUNT(*) AS songs
  FROM songs
) AS catalog
WHERE
  plays.plays > 0 AND plays.matched = 0 AND catalog.songs > 0;

SELECT
  COUNT(*) AS plays,
  COUNT(song_id) AS matched,
  CASE WHEN COUNT(*) > 0 THEN ROUND(CAST(COUNT(song_id) AS DOUBLE) / COUNT(*), 4) END AS matched_share
FROM songplays
WHERE
  log_date BETWEEN $first_day AND $last_day;

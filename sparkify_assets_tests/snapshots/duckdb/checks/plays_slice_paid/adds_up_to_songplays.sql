SELECT
  slice.plays AS plays_here,
  fact.plays AS plays_in_songplays
FROM (
  SELECT
    COALESCE(SUM(plays), 0) AS plays
  FROM plays_slice_paid
) AS slice
CROSS JOIN (
  SELECT
    COUNT(*) AS plays
  FROM songplays
  WHERE
    level = 'paid'
) AS fact
WHERE
  slice.plays <> fact.plays;

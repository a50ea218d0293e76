SELECT
  play_date,
  plays,
  seconds,
  listeners,
  songs
FROM plays_slice_paid AS written
WHERE
  play_date IS NULL
  OR plays IS NULL
  OR seconds IS NULL
  OR listeners IS NULL
  OR songs IS NULL;

SELECT
  play_date,
  gender,
  region,
  COUNT(*) AS copies
FROM (
  SELECT
    GREATEST(play_date, play_date) AS play_date,
    GREATEST(gender, gender) AS gender,
    GREATEST(region, region) AS region
  FROM plays_slice_paid AS declared
) AS written
GROUP BY
  play_date,
  gender,
  region
HAVING
  COUNT(*) > 1;

SELECT
  dimensions,
  all_dates,
  all_hours,
  all_levels,
  all_genders,
  all_regions,
  all_artists,
  plays,
  seconds,
  listeners
FROM plays_cube AS written
WHERE
  dimensions IS NULL
  OR all_dates IS NULL
  OR all_hours IS NULL
  OR all_levels IS NULL
  OR all_genders IS NULL
  OR all_regions IS NULL
  OR all_artists IS NULL
  OR plays IS NULL
  OR seconds IS NULL
  OR listeners IS NULL;

SELECT
  dimensions,
  play_month,
  play_date,
  hour,
  level,
  gender,
  region,
  artist,
  COUNT(*) AS copies
FROM (
  SELECT
    GREATEST(dimensions, dimensions) AS dimensions,
    GREATEST(play_month, play_month) AS play_month,
    GREATEST(play_date, play_date) AS play_date,
    GREATEST(hour, hour) AS hour,
    GREATEST(level, level) AS level,
    GREATEST(gender, gender) AS gender,
    GREATEST(region, region) AS region,
    GREATEST(artist, artist) AS artist
  FROM plays_cube AS declared
) AS written
GROUP BY
  dimensions,
  play_month,
  play_date,
  hour,
  level,
  gender,
  region,
  artist
HAVING
  COUNT(*) > 1;

SELECT
  COUNT(*)
FROM (
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
  FROM (
    SELECT
      plays_cube.dimensions,
      plays_cube.play_month,
      plays_cube.play_date,
      plays_cube.hour,
      plays_cube.level,
      plays_cube.gender,
      plays_cube.region,
      plays_cube.artist,
      plays_cube.all_dates,
      plays_cube.all_hours,
      plays_cube.all_levels,
      plays_cube.all_genders,
      plays_cube.all_regions,
      plays_cube.all_artists,
      plays_cube.plays,
      plays_cube.seconds,
      plays_cube.listeners,
      plays_cube.songs
    FROM plays_cube
    WHERE
      (
        plays_cube.play_month BETWEEN $first_day AND $last_day
        OR plays_cube.play_month IS NULL
      )
      AND (
        plays_cube.play_date IN (
          SELECT
            play_date
          FROM changed_days
        )
        OR (
          plays_cube.play_date IS NULL
          AND plays_cube.play_month IN (
            SELECT
              play_month
            FROM changed_days
          )
        )
        OR plays_cube.play_month IS NULL
      )
  ) AS written
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
    OR listeners IS NULL
) AS broken;

SELECT
  COUNT(*)
FROM (
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
    FROM (
      SELECT
        dimensions,
        play_month,
        play_date,
        hour,
        level,
        gender,
        region,
        artist
      FROM plays_cube
      WHERE
        (
          plays_cube.play_month BETWEEN $first_day AND $last_day
          OR plays_cube.play_month IS NULL
        )
        AND (
          plays_cube.play_date IN (
            SELECT
              play_date
            FROM changed_days
          )
          OR (
            plays_cube.play_date IS NULL
            AND plays_cube.play_month IN (
              SELECT
                play_month
              FROM changed_days
            )
          )
          OR plays_cube.play_month IS NULL
        )
    ) AS declared
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
    COUNT(*) > 1
) AS broken;

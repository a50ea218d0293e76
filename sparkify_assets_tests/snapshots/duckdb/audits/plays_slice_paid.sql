SELECT
  COUNT(*)
FROM (
  SELECT
    play_date,
    plays,
    seconds,
    listeners,
    songs
  FROM (
    SELECT
      plays_slice_paid.play_date,
      plays_slice_paid.gender,
      plays_slice_paid.region,
      plays_slice_paid.plays,
      plays_slice_paid.seconds,
      plays_slice_paid.listeners,
      plays_slice_paid.songs
    FROM plays_slice_paid
    WHERE
      plays_slice_paid.play_date BETWEEN $first_day AND $last_day
      AND plays_slice_paid.play_date IN (
        SELECT
          play_date
        FROM changed_days
      )
  ) AS written
  WHERE
    play_date IS NULL
    OR plays IS NULL
    OR seconds IS NULL
    OR listeners IS NULL
    OR songs IS NULL
) AS broken;

SELECT
  COUNT(*)
FROM (
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
    FROM (
      SELECT
        play_date,
        gender,
        region
      FROM plays_slice_paid
      WHERE
        plays_slice_paid.play_date BETWEEN $first_day AND $last_day
        AND plays_slice_paid.play_date IN (
          SELECT
            play_date
          FROM changed_days
        )
    ) AS declared
  ) AS written
  GROUP BY
    play_date,
    gender,
    region
  HAVING
    COUNT(*) > 1
) AS broken;

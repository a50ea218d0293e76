SELECT
  COUNT(*)
FROM (
  SELECT
    rank,
    weekday_number,
    weekday,
    hour,
    plays,
    days,
    plays_per_day
  FROM (
    SELECT
      peak_hours.play_month,
      peak_hours.rank,
      peak_hours.weekday_number,
      peak_hours.weekday,
      peak_hours.hour,
      peak_hours.plays,
      peak_hours.listeners,
      peak_hours.days,
      peak_hours.plays_per_day
    FROM peak_hours
    WHERE
      (
        peak_hours.play_month BETWEEN $first_day AND $last_day
        OR peak_hours.play_month IS NULL
      )
      AND (
        peak_hours.play_month IN (
          SELECT
            play_month
          FROM changed_days
        )
        OR peak_hours.play_month IS NULL
      )
  ) AS written
  WHERE
    rank IS NULL
    OR weekday_number IS NULL
    OR weekday IS NULL
    OR hour IS NULL
    OR plays IS NULL
    OR days IS NULL
    OR plays_per_day IS NULL
) AS broken;

SELECT
  COUNT(*)
FROM (
  SELECT
    play_month,
    rank,
    COUNT(*) AS copies
  FROM (
    SELECT
      GREATEST(play_month, play_month) AS play_month,
      GREATEST(rank, rank) AS rank
    FROM (
      SELECT
        play_month,
        rank
      FROM peak_hours
      WHERE
        (
          peak_hours.play_month BETWEEN $first_day AND $last_day
          OR peak_hours.play_month IS NULL
        )
        AND (
          peak_hours.play_month IN (
            SELECT
              play_month
            FROM changed_days
          )
          OR peak_hours.play_month IS NULL
        )
    ) AS declared
  ) AS written
  GROUP BY
    play_month,
    rank
  HAVING
    COUNT(*) > 1
) AS broken;

SELECT
  COUNT(*)
FROM (
  SELECT
    play_month,
    weekday_number,
    hour,
    COUNT(*) AS copies
  FROM (
    SELECT
      GREATEST(play_month, play_month) AS play_month,
      GREATEST(weekday_number, weekday_number) AS weekday_number,
      GREATEST(hour, hour) AS hour
    FROM (
      SELECT
        play_month,
        weekday_number,
        hour
      FROM peak_hours
      WHERE
        (
          peak_hours.play_month BETWEEN $first_day AND $last_day
          OR peak_hours.play_month IS NULL
        )
        AND (
          peak_hours.play_month IN (
            SELECT
              play_month
            FROM changed_days
          )
          OR peak_hours.play_month IS NULL
        )
    ) AS declared
  ) AS written
  GROUP BY
    play_month,
    weekday_number,
    hour
  HAVING
    COUNT(*) > 1
) AS broken;

SELECT
  COUNT(*)
FROM (
  SELECT
    play_month,
    plays,
    seconds
  FROM (
    SELECT
      listener_months.play_month,
      listener_months.user_id,
      listener_months.level,
      listener_months.region,
      listener_months.city,
      listener_months.plays,
      listener_months.seconds
    FROM listener_months
    WHERE
      listener_months.play_month BETWEEN $first_day AND $last_day
      AND listener_months.play_month IN (
        SELECT
          play_month
        FROM changed_days
      )
  ) AS written
  WHERE
    play_month IS NULL OR plays IS NULL OR seconds IS NULL
) AS broken;

SELECT
  COUNT(*)
FROM (
  SELECT
    play_month,
    user_id,
    level,
    region,
    city,
    COUNT(*) AS copies
  FROM (
    SELECT
      GREATEST(play_month, play_month) AS play_month,
      GREATEST(user_id, user_id) AS user_id,
      GREATEST(level, level) AS level,
      GREATEST(region, region) AS region,
      GREATEST(city, city) AS city
    FROM (
      SELECT
        play_month,
        user_id,
        level,
        region,
        city
      FROM listener_months
      WHERE
        listener_months.play_month BETWEEN $first_day AND $last_day
        AND listener_months.play_month IN (
          SELECT
            play_month
          FROM changed_days
        )
    ) AS declared
  ) AS written
  GROUP BY
    play_month,
    user_id,
    level,
    region,
    city
  HAVING
    COUNT(*) > 1
) AS broken;

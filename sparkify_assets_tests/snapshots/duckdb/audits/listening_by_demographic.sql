SELECT
  COUNT(*)
FROM (
  SELECT
    rank,
    plays,
    listeners,
    seconds
  FROM (
    SELECT
      listening_by_demographic.play_month,
      listening_by_demographic.rank,
      listening_by_demographic.gender,
      listening_by_demographic.level,
      listening_by_demographic.region,
      listening_by_demographic.plays,
      listening_by_demographic.listeners,
      listening_by_demographic.sessions,
      listening_by_demographic.seconds,
      listening_by_demographic.plays_per_listener
    FROM listening_by_demographic
    WHERE
      (
        listening_by_demographic.play_month BETWEEN $first_day AND $last_day
        OR listening_by_demographic.play_month IS NULL
      )
      AND (
        listening_by_demographic.play_month IN (
          SELECT
            play_month
          FROM changed_days
        )
        OR listening_by_demographic.play_month IS NULL
      )
  ) AS written
  WHERE
    rank IS NULL OR plays IS NULL OR listeners IS NULL OR seconds IS NULL
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
      FROM listening_by_demographic
      WHERE
        (
          listening_by_demographic.play_month BETWEEN $first_day AND $last_day
          OR listening_by_demographic.play_month IS NULL
        )
        AND (
          listening_by_demographic.play_month IN (
            SELECT
              play_month
            FROM changed_days
          )
          OR listening_by_demographic.play_month IS NULL
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
    gender,
    level,
    region,
    COUNT(*) AS copies
  FROM (
    SELECT
      GREATEST(play_month, play_month) AS play_month,
      GREATEST(gender, gender) AS gender,
      GREATEST(level, level) AS level,
      GREATEST(region, region) AS region
    FROM (
      SELECT
        play_month,
        gender,
        level,
        region
      FROM listening_by_demographic
      WHERE
        (
          listening_by_demographic.play_month BETWEEN $first_day AND $last_day
          OR listening_by_demographic.play_month IS NULL
        )
        AND (
          listening_by_demographic.play_month IN (
            SELECT
              play_month
            FROM changed_days
          )
          OR listening_by_demographic.play_month IS NULL
        )
    ) AS declared
  ) AS written
  GROUP BY
    play_month,
    gender,
    level,
    region
  HAVING
    COUNT(*) > 1
) AS broken;

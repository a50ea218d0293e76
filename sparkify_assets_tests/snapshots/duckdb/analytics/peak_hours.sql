CREATE TABLE IF NOT EXISTS peak_hours (
  play_month DATE,
  rank INT NOT NULL,
  weekday_number INT NOT NULL,
  weekday TEXT(9) NOT NULL,
  hour INT NOT NULL,
  plays BIGINT NOT NULL,
  listeners BIGINT,
  days INT NOT NULL,
  plays_per_day DOUBLE NOT NULL
);

DROP TABLE IF EXISTS hours_of_months;

CREATE TEMPORARY TABLE hours_of_months AS
WITH placed_plays AS (
  SELECT
    start_time,
    user_id,
    session_id,
    song_id,
    level,
    NULLIF(RTRIM(SPLIT_PART(location, ', ', 1), ' '), '') AS city,
    NULLIF(RTRIM(SPLIT_PART(SPLIT_PART(location, ', ', 2), '-', 1), ' '), '') AS region,
    RTRIM(played_title, ' ') AS title,
    RTRIM(played_artist, ' ') AS artist,
    played_seconds
  FROM songplays
), local_plays AS (
  WITH placed AS (
    SELECT
      placed_plays.*,
      start_time AT TIME ZONE 'UTC' AT TIME ZONE $time_zone AS played_at
    FROM placed_plays
    WHERE
      start_time >= (
        CAST(CAST($first_day AS DATE) AS TIMESTAMP) + INTERVAL (-1) DAY
      )
      AND start_time < (
        CAST(CAST($last_day AS DATE) AS TIMESTAMP) + INTERVAL 2 DAY
      )
  )
  SELECT
    user_id,
    session_id,
    song_id,
    level,
    region,
    city,
    title,
    artist,
    played_seconds,
    CAST(played_at AS DATE) AS play_date,
    CAST(DATE_TRUNC('WEEK', played_at) AS DATE) AS week_start,
    CAST(DATE_TRUNC('MONTH', played_at) AS DATE) AS play_month,
    EXTRACT(HOUR FROM played_at) AS hour,
    RTRIM(STRFTIME(played_at, '%A'), ' ') AS weekday
  FROM placed
)
SELECT
  play_month,
  weekday,
  hour,
  COUNT(*) AS plays,
  COUNT(DISTINCT user_id) AS listeners
FROM local_plays
WHERE
  play_month IN (
    SELECT
      changed_days.play_month
    FROM changed_days
  )
GROUP BY
  play_month,
  weekday,
  hour;

DROP TABLE IF EXISTS weekdays_of_months;

CREATE TEMPORARY TABLE weekdays_of_months AS
WITH placed_plays AS (
  SELECT
    start_time,
    user_id,
    session_id,
    song_id,
    level,
    NULLIF(RTRIM(SPLIT_PART(location, ', ', 1), ' '), '') AS city,
    NULLIF(RTRIM(SPLIT_PART(SPLIT_PART(location, ', ', 2), '-', 1), ' '), '') AS region,
    RTRIM(played_title, ' ') AS title,
    RTRIM(played_artist, ' ') AS artist,
    played_seconds
  FROM songplays
), local_plays AS (
  WITH placed AS (
    SELECT
      placed_plays.*,
      start_time AT TIME ZONE 'UTC' AT TIME ZONE $time_zone AS played_at
    FROM placed_plays
    WHERE
      start_time >= (
        CAST(CAST($first_day AS DATE) AS TIMESTAMP) + INTERVAL (-1) DAY
      )
      AND start_time < (
        CAST(CAST($last_day AS DATE) AS TIMESTAMP) + INTERVAL 2 DAY
      )
  )
  SELECT
    user_id,
    session_id,
    song_id,
    level,
    region,
    city,
    title,
    artist,
    played_seconds,
    CAST(played_at AS DATE) AS play_date,
    CAST(DATE_TRUNC('WEEK', played_at) AS DATE) AS week_start,
    CAST(DATE_TRUNC('MONTH', played_at) AS DATE) AS play_month,
    EXTRACT(HOUR FROM played_at) AS hour,
    RTRIM(STRFTIME(played_at, '%A'), ' ') AS weekday
  FROM placed
)
SELECT
  play_month,
  weekday,
  MAX((
    CAST(EXTRACT(DAYOFWEEK FROM play_date) AS INT) + 6
  ) % 7 + 1) AS weekday_number,
  COUNT(DISTINCT play_date) AS days
FROM local_plays
WHERE
  play_month IN (
    SELECT
      changed_days.play_month
    FROM changed_days
  )
GROUP BY
  play_month,
  weekday;

DELETE FROM peak_hours
WHERE
  (
    peak_hours.play_month IN (
      SELECT
        play_month
      FROM changed_days
    )
    OR peak_hours.play_month IS NULL
  );

INSERT INTO peak_hours (
  play_month,
  rank,
  weekday_number,
  weekday,
  hour,
  plays,
  listeners,
  days,
  plays_per_day
)
WITH hours AS (
  SELECT
    hours_of_months.play_month,
    weekdays_of_months.weekday_number,
    hours_of_months.weekday,
    hours_of_months.hour,
    hours_of_months.plays,
    hours_of_months.listeners,
    weekdays_of_months.days
  FROM hours_of_months
  INNER JOIN weekdays_of_months
    ON hours_of_months.play_month = weekdays_of_months.play_month
    AND hours_of_months.weekday = weekdays_of_months.weekday
), months AS (
  SELECT
    play_month,
    weekday_number,
    weekday,
    hour,
    plays,
    days
  FROM hours
  UNION ALL
  SELECT
    play_month,
    weekday_number,
    weekday,
    hour,
    plays,
    days
  FROM peak_hours
  WHERE
    NOT play_month IS NULL
), weekdays AS (
  SELECT
    weekday_number,
    SUM(days) AS days
  FROM (
    SELECT DISTINCT
      play_month,
      weekday_number,
      days
    FROM months
  ) AS weekdays_of_all_months
  GROUP BY
    weekday_number
), busy AS (
  SELECT
    play_month,
    weekday_number,
    weekday,
    hour,
    plays,
    listeners,
    days
  FROM hours
  UNION ALL
  SELECT
    CAST(NULL AS DATE) AS play_month,
    months.weekday_number,
    months.weekday,
    months.hour,
    SUM(months.plays) AS plays,
    CAST(NULL AS BIGINT) AS listeners,
    MAX(weekdays.days) AS days
  FROM months
  INNER JOIN weekdays
    ON months.weekday_number = weekdays.weekday_number
  GROUP BY
    months.weekday_number,
    months.weekday,
    months.hour
)
SELECT
  play_month,
  ROW_NUMBER() OVER (
    PARTITION BY play_month
    ORDER BY FLOOR(CAST(plays AS DOUBLE) / days * 100 + 0.5) DESC NULLS FIRST, plays DESC NULLS FIRST, weekday_number ASC, hour ASC
  ) AS rank,
  weekday_number,
  weekday,
  hour,
  plays,
  listeners,
  days,
  FLOOR(CAST(plays AS DOUBLE) / days * 100 + 0.5) / 100 AS plays_per_day
FROM busy;

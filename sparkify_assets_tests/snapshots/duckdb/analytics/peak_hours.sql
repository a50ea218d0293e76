CREATE TABLE IF NOT EXISTS peak_hours (
  rank INT NOT NULL,
  weekday_number INT NOT NULL,
  weekday TEXT(9) NOT NULL,
  hour INT NOT NULL,
  plays BIGINT NOT NULL,
  listeners BIGINT NOT NULL,
  days INT NOT NULL,
  plays_per_day DOUBLE NOT NULL
);

DROP TABLE IF EXISTS hourly_plays;

CREATE TEMPORARY TABLE hourly_plays AS
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
  )
  SELECT
    user_id,
    level,
    region,
    title,
    artist,
    played_seconds,
    CAST(played_at AS DATE) AS play_date,
    CAST(DATE_TRUNC('WEEK', played_at) AS DATE) AS week_start,
    EXTRACT(HOUR FROM played_at) AS hour,
    RTRIM(STRFTIME(played_at, '%A'), ' ') AS weekday
  FROM placed
)
SELECT
  play_date,
  weekday,
  hour,
  user_id,
  COUNT(*) AS plays
FROM local_plays
GROUP BY
  play_date,
  weekday,
  hour,
  user_id;

DELETE FROM peak_hours;

INSERT INTO peak_hours (
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
    weekday,
    hour,
    SUM(plays) AS plays,
    COUNT(DISTINCT user_id) AS listeners
  FROM hourly_plays
  GROUP BY
    weekday,
    hour
), weekdays AS (
  SELECT
    weekday,
    COUNT(DISTINCT play_date) AS days,
    MAX((
      CAST(EXTRACT(DAYOFWEEK FROM play_date) AS INT) + 6
    ) % 7 + 1) AS weekday_number
  FROM hourly_plays
  GROUP BY
    weekday
), busy AS (
  SELECT
    weekdays.weekday_number,
    hours.weekday,
    hours.hour,
    hours.plays,
    hours.listeners,
    weekdays.days,
    FLOOR(CAST(hours.plays AS DOUBLE) / weekdays.days * 100 + 0.5) / 100 AS plays_per_day
  FROM hours
  INNER JOIN weekdays
    ON hours.weekday = weekdays.weekday
)
SELECT
  ROW_NUMBER() OVER (
    ORDER BY plays_per_day DESC NULLS FIRST, plays DESC NULLS FIRST, weekday_number ASC, hour ASC
  ) AS rank,
  weekday_number,
  weekday,
  hour,
  plays,
  listeners,
  days,
  plays_per_day
FROM busy;

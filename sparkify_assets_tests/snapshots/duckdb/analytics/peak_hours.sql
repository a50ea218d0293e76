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

DROP TABLE IF EXISTS local_plays;

CREATE TEMPORARY TABLE local_plays AS
SELECT
  user_id,
  CAST(played_at AS DATE) AS play_date,
  EXTRACT(HOUR FROM played_at) AS hour,
  CASE EXTRACT(DAYOFWEEK FROM played_at)
    WHEN 0
    THEN 7
    ELSE EXTRACT(DAYOFWEEK FROM played_at)
  END AS weekday_number
FROM (
  SELECT
    user_id,
    start_time AT TIME ZONE 'UTC' AT TIME ZONE $time_zone AS played_at
  FROM songplays
) AS played;

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
SELECT
  ROW_NUMBER() OVER (
    ORDER BY plays_per_day DESC NULLS FIRST, plays DESC NULLS FIRST, weekday_number ASC, hour ASC
  ) AS rank,
  weekday_number,
  CASE weekday_number
    WHEN 1
    THEN 'Monday'
    WHEN 2
    THEN 'Tuesday'
    WHEN 3
    THEN 'Wednesday'
    WHEN 4
    THEN 'Thursday'
    WHEN 5
    THEN 'Friday'
    WHEN 6
    THEN 'Saturday'
    WHEN 7
    THEN 'Sunday'
  END AS weekday,
  hour,
  plays,
  listeners,
  days,
  plays_per_day
FROM (
  SELECT
    hours.weekday_number,
    hours.hour,
    hours.plays,
    hours.listeners,
    weekdays.days,
    FLOOR(CAST(hours.plays AS DOUBLE) / weekdays.days * 100 + 0.5) / 100 AS plays_per_day
  FROM (
    SELECT
      weekday_number,
      hour,
      COUNT(*) AS plays,
      COUNT(DISTINCT user_id) AS listeners
    FROM local_plays
    GROUP BY
      weekday_number,
      hour
  ) AS hours
  INNER JOIN (
    SELECT
      weekday_number,
      COUNT(DISTINCT play_date) AS days
    FROM local_plays
    GROUP BY
      weekday_number
  ) AS weekdays
    ON hours.weekday_number = weekdays.weekday_number
) AS busy;

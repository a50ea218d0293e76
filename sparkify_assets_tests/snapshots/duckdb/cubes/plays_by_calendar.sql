CREATE TABLE IF NOT EXISTS plays_by_calendar (
  calendar_level TEXT(5) NOT NULL,
  first_day DATE NOT NULL,
  days BIGINT NOT NULL,
  plays BIGINT NOT NULL,
  seconds BIGINT NOT NULL
);

DELETE FROM plays_by_calendar;

INSERT INTO plays_by_calendar (
  calendar_level,
  first_day,
  days,
  plays,
  seconds
)
WITH played_days AS (
  SELECT
    play_date,
    CAST(DATE_TRUNC('WEEK', play_date) AS DATE) AS week_start,
    CAST(DATE_TRUNC('MONTH', play_date) AS DATE) AS month_start,
    plays,
    seconds
  FROM plays_cube
  WHERE
    dimensions = 'date'
), added_up AS (
  SELECT
    play_date,
    week_start,
    month_start,
    GROUPING(play_date) AS all_days,
    GROUPING(week_start) AS all_weeks,
    GROUPING(month_start) AS all_months,
    MIN(play_date) AS first_play_date,
    COUNT(*) AS days,
    SUM(plays) AS plays,
    SUM(seconds) AS seconds
  FROM played_days
  GROUP BY
    GROUPING SETS (
      (
        play_date
      ),
      (
        week_start
      ),
      (
        month_start
      ),
      ()
    )
  HAVING
    COUNT(*) > 0
)
SELECT
  CASE
    WHEN all_days = 0
    THEN 'day'
    WHEN all_weeks = 0
    THEN 'week'
    WHEN all_months = 0
    THEN 'month'
    ELSE 'all'
  END AS calendar_level,
  COALESCE(play_date, week_start, month_start, first_play_date) AS first_day,
  days,
  plays,
  seconds
FROM added_up;

CREATE TABLE IF NOT EXISTS active_listeners (
  play_date DATE NOT NULL,
  plays BIGINT NOT NULL,
  daily_listeners BIGINT NOT NULL,
  weekly_listeners BIGINT NOT NULL,
  monthly_listeners BIGINT NOT NULL
);

DELETE FROM active_listeners;

INSERT INTO active_listeners (
  play_date,
  plays,
  daily_listeners,
  weekly_listeners,
  monthly_listeners
)
WITH RECURSIVE numbers(number) AS (
  SELECT
    0 AS number
  UNION ALL
  SELECT
    number + 1 AS number
  FROM numbers
  WHERE
    number < 30
), played_days AS (
  SELECT
    play_date,
    plays,
    listeners
  FROM plays_cube
  WHERE
    dimensions = 'date'
), days_of_months AS (
  SELECT
    plays_cube.play_month,
    CAST(CAST(plays_cube.play_month AS TIMESTAMP) + INTERVAL (numbers.number) DAY AS DATE) AS play_date,
    plays_cube.listeners
  FROM plays_cube
  CROSS JOIN numbers
  WHERE
    plays_cube.dimensions = 'month'
), calendar AS (
  SELECT
    play_date,
    CAST(DATE_TRUNC('WEEK', play_date) AS DATE) AS week_start,
    listeners
  FROM days_of_months
  WHERE
    CAST(DATE_TRUNC('MONTH', play_date) AS DATE) = play_month
    AND play_date >= (
      SELECT
        MIN(first_days.play_date)
      FROM played_days AS first_days
    )
    AND play_date <= (
      SELECT
        MAX(last_days.play_date)
      FROM played_days AS last_days
    )
)
SELECT
  calendar.play_date,
  COALESCE(played_days.plays, 0) AS plays,
  COALESCE(played_days.listeners, 0) AS daily_listeners,
  COALESCE(listeners_by_week.listeners, 0) AS weekly_listeners,
  calendar.listeners AS monthly_listeners
FROM calendar
LEFT JOIN played_days
  ON calendar.play_date = played_days.play_date
LEFT JOIN listeners_by_week
  ON calendar.week_start = listeners_by_week.week_start;

MODEL (
  name sparkify.time,
  kind INCREMENTAL_BY_UNIQUE_KEY (unique_key start_time),
  audits (
    not_null(columns := (start_time, hour, day, week, month, year, weekday)),
    unique_values(columns := (start_time)),
    covers_songplays
  )
);

SELECT
  start_time,
  HOUR(start_time) AS hour,
  DAY(start_time) AS day,
  WEEK(start_time) AS week,
  MONTH(start_time) AS month,
  YEAR(start_time) AS year,
  DAYNAME(start_time) AS weekday
FROM (
  SELECT DISTINCT start_time
  FROM sparkify.songplays
  WHERE log_date BETWEEN @start_date AND @end_date
)

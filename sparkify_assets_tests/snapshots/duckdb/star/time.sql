CREATE TABLE IF NOT EXISTS time (
  start_time TIMESTAMP NOT NULL,
  hour INT NOT NULL,
  day INT NOT NULL,
  week INT NOT NULL,
  month INT NOT NULL,
  year INT NOT NULL,
  weekday TEXT(9) NOT NULL
);

DROP TABLE IF EXISTS new_times;

CREATE TEMPORARY TABLE new_times AS
SELECT
  CAST(CAST('1970-01-01' AS TIMESTAMP) + INTERVAL (CAST((
    ts - ts % 86400000
  ) / 86400000 AS INT)) DAY AS TIMESTAMP) + INTERVAL (CAST(ts % 86400000 AS INT)) MILLISECOND AS start_time
FROM staging_events
WHERE
  page = 'NextSong' AND log_date BETWEEN $first_day AND $last_day
UNION
SELECT
  CAST(CAST('1970-01-01' AS TIMESTAMP) + INTERVAL (CAST((
    events.ts - events.ts % 86400000
  ) / 86400000 AS INT)) DAY AS TIMESTAMP) + INTERVAL (CAST(events.ts % 86400000 AS INT)) MILLISECOND AS start_time
FROM songplays
INNER JOIN staging_events AS events
  ON songplays.session_id = events.sessionId
  AND songplays.item_in_session = events.itemInSession
WHERE
  songplays.log_date BETWEEN $first_day AND $last_day
  AND events.page = 'NextSong'
  AND NOT events.log_date BETWEEN $first_day AND $last_day;

DELETE FROM new_times USING   time
WHERE
  new_times.start_time = time.start_time;

INSERT INTO time (
  start_time,
  hour,
  day,
  week,
  month,
  year,
  weekday
)
SELECT
  start_time,
  EXTRACT(HOUR FROM start_time) AS hour,
  EXTRACT(DAY FROM start_time) AS day,
  EXTRACT(WEEK FROM start_time) AS week,
  EXTRACT(MONTH FROM start_time) AS month,
  EXTRACT(YEAR FROM start_time) AS year,
  CASE EXTRACT(DAYOFWEEK FROM start_time)
    WHEN 0
    THEN 'Sunday'
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
  END AS weekday
FROM new_times;

INSERT INTO unplayed_times (
  start_time
)
SELECT
  start_time
FROM new_times;

DROP TABLE IF EXISTS orphaned_times;

CREATE TEMPORARY TABLE orphaned_times AS
SELECT DISTINCT
  unplayed_times.start_time
FROM unplayed_times
LEFT JOIN (
  SELECT
    start_time
  FROM songplays
  WHERE
    start_time BETWEEN (
      SELECT
        MIN(unplayed_times.start_time)
      FROM unplayed_times
    ) AND (
      SELECT
        MAX(unplayed_times.start_time)
      FROM unplayed_times
    )
) AS played
  ON unplayed_times.start_time = played.start_time
WHERE
  played.start_time IS NULL;

DELETE FROM time USING   orphaned_times
WHERE
  time.start_time = orphaned_times.start_time;

DELETE FROM unplayed_times;

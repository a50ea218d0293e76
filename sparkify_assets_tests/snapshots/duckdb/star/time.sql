CREATE TABLE IF NOT EXISTS time (
  start_time TIMESTAMP NOT NULL,
  hour INT NOT NULL,
  day INT NOT NULL,
  week INT NOT NULL,
  month INT NOT NULL,
  year INT NOT NULL,
  weekday TEXT(9) NOT NULL
);

DROP TABLE IF EXISTS new_time;

CREATE TEMPORARY TABLE new_time AS
WITH new_songplays AS (
  SELECT
    songplays.songplay_id,
    songplays.start_time,
    songplays.user_id,
    songplays.level,
    songplays.song_id,
    songplays.artist_id,
    songplays.session_id,
    songplays.location,
    songplays.user_agent,
    songplays.item_in_session,
    songplays.played_title,
    songplays.played_artist,
    songplays.played_seconds,
    songplays.log_date
  FROM songplays
  WHERE
    songplays.log_date BETWEEN $first_day AND $last_day
  UNION ALL
  SELECT
    songplays.songplay_id,
    songplays.start_time,
    songplays.user_id,
    songplays.level,
    songplays.song_id,
    songplays.artist_id,
    songplays.session_id,
    songplays.location,
    songplays.user_agent,
    songplays.item_in_session,
    songplays.played_title,
    songplays.played_artist,
    songplays.played_seconds,
    songplays.log_date
  FROM songplays
  INNER JOIN affected_songplays
    ON songplays.session_id = affected_songplays.session_id
    AND songplays.item_in_session = affected_songplays.item_in_session
  WHERE
    NOT (
      songplays.log_date BETWEEN $first_day AND $last_day
    )
), played AS (
  SELECT DISTINCT
    start_time
  FROM new_songplays
)
SELECT
  start_time,
  EXTRACT(HOUR FROM start_time) AS hour,
  EXTRACT(DAY FROM start_time) AS day,
  EXTRACT(WEEK FROM start_time) AS week,
  EXTRACT(MONTH FROM start_time) AS month,
  EXTRACT(YEAR FROM start_time) AS year,
  CASE
    WHEN ENDS_WITH(DAYNAME(start_time), ' ')
    THEN RTRIM(DAYNAME(start_time), ' ')
    ELSE DAYNAME(start_time)
  END AS weekday
FROM played;

DELETE FROM new_time USING   time
WHERE
  time.start_time = new_time.start_time
  AND (
    time.hour = new_time.hour OR (
      time.hour IS NULL AND new_time.hour IS NULL
    )
  )
  AND (
    time.day = new_time.day OR (
      time.day IS NULL AND new_time.day IS NULL
    )
  )
  AND (
    time.week = new_time.week OR (
      time.week IS NULL AND new_time.week IS NULL
    )
  )
  AND (
    time.month = new_time.month
    OR (
      time.month IS NULL AND new_time.month IS NULL
    )
  )
  AND (
    time.year = new_time.year OR (
      time.year IS NULL AND new_time.year IS NULL
    )
  )
  AND (
    time.weekday = new_time.weekday
    OR (
      time.weekday IS NULL AND new_time.weekday IS NULL
    )
  );

DROP TABLE IF EXISTS old_time;

CREATE TEMPORARY TABLE old_time AS
SELECT
  time.start_time,
  time.hour,
  time.day,
  time.week,
  time.month,
  time.year,
  time.weekday
FROM time
INNER JOIN new_time
  ON time.start_time = new_time.start_time;

DELETE FROM time USING   old_time
WHERE
  time.start_time = old_time.start_time;

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
  hour,
  day,
  week,
  month,
  year,
  weekday
FROM new_time;

DROP TABLE IF EXISTS orphans_time;

CREATE TEMPORARY TABLE orphans_time AS
SELECT DISTINCT
  old_songplays.start_time
FROM old_songplays
LEFT JOIN (
  SELECT
    start_time
  FROM songplays
  WHERE
    start_time BETWEEN (
      SELECT
        MIN(start_time)
      FROM old_songplays
    ) AND (
      SELECT
        MAX(start_time)
      FROM old_songplays
    )
) AS songplays_start_time
  ON old_songplays.start_time = songplays_start_time.start_time
WHERE
  NOT old_songplays.start_time IS NULL AND songplays_start_time.start_time IS NULL;

DELETE FROM time USING   orphans_time
WHERE
  time.start_time = orphans_time.start_time;

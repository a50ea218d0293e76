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

DELETE FROM peak_hours
WHERE
  (
    peak_hours.play_month BETWEEN $first_day AND $last_day
    OR peak_hours.play_month IS NULL
  )
  AND (
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
WITH placed_plays AS (
  SELECT
    start_time,
    user_id,
    session_id,
    song_id,
    level,
    NULLIF(
      CASE
        WHEN ENDS_WITH(SPLIT_PART(location, ', ', 1), ' ')
        THEN RTRIM(SPLIT_PART(location, ', ', 1), ' ')
        ELSE SPLIT_PART(location, ', ', 1)
      END,
      ''
    ) AS city,
    NULLIF(
      CASE
        WHEN ENDS_WITH(SPLIT_PART(SPLIT_PART(location, ', ', 2), '-', 1), ' ')
        THEN RTRIM(SPLIT_PART(SPLIT_PART(location, ', ', 2), '-', 1), ' ')
        ELSE SPLIT_PART(SPLIT_PART(location, ', ', 2), '-', 1)
      END,
      ''
    ) AS region,
    CASE
      WHEN ENDS_WITH(played_title, ' ')
      THEN RTRIM(played_title, ' ')
      ELSE played_title
    END AS title,
    CASE
      WHEN ENDS_WITH(played_artist, ' ')
      THEN RTRIM(played_artist, ' ')
      ELSE played_artist
    END AS artist,
    played_seconds
  FROM songplays
), local_plays AS (
  WITH placed AS (
    SELECT
      placed_plays.*,
      CASE
        WHEN $time_zone = 'UTC'
        THEN start_time
        ELSE start_time AT TIME ZONE 'UTC' AT TIME ZONE $time_zone
      END AS played_at
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
    (
      CAST(EXTRACT(DAYOFWEEK FROM played_at) AS INT) + 6
    ) % 7 + 1 AS weekday_number,
    CASE
      WHEN ENDS_WITH(DAYNAME(played_at), ' ')
      THEN RTRIM(DAYNAME(played_at), ' ')
      ELSE DAYNAME(played_at)
    END AS weekday
  FROM placed
), counted AS (
  SELECT
    play_month,
    weekday_number,
    weekday,
    hour,
    COUNT(*) AS plays,
    COUNT(DISTINCT user_id) AS listeners,
    COUNT(DISTINCT play_date) AS days
  FROM local_plays
  WHERE
    play_month IN (
      SELECT
        changed_days.play_month
      FROM changed_days
    )
  GROUP BY
    GROUPING SETS (
      (play_month, weekday_number, weekday, hour),
      (play_month, weekday_number, weekday)
    )
), hours AS (
  SELECT
    play_month,
    weekday_number,
    weekday,
    hour,
    plays,
    listeners,
    MAX(days) OVER (PARTITION BY play_month, weekday_number) AS days
  FROM counted
), rated AS (
  SELECT
    hours.*,
    FLOOR(CAST(plays AS DOUBLE) / days * 100 + 0.5) / 100 AS plays_per_day
  FROM hours
  WHERE
    NOT hour IS NULL
)
SELECT
  play_month,
  ROW_NUMBER() OVER (
    PARTITION BY play_month
    ORDER BY plays_per_day DESC NULLS FIRST, plays DESC NULLS FIRST, weekday_number ASC, hour ASC
  ) AS rank,
  weekday_number,
  weekday,
  hour,
  plays,
  listeners,
  days,
  plays_per_day
FROM rated;

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
WITH weekdays AS (
  SELECT
    weekday_number,
    SUM(days) AS days
  FROM (
    SELECT DISTINCT
      play_month,
      weekday_number,
      days
    FROM peak_hours
    WHERE
      NOT play_month IS NULL
  ) AS weekdays_of_months
  GROUP BY
    weekday_number
), hours AS (
  SELECT
    peak_hours.weekday_number,
    peak_hours.weekday,
    peak_hours.hour,
    SUM(peak_hours.plays) AS plays,
    MAX(weekdays.days) AS days
  FROM peak_hours
  INNER JOIN weekdays
    ON peak_hours.weekday_number = weekdays.weekday_number
  WHERE
    NOT peak_hours.play_month IS NULL
  GROUP BY
    peak_hours.weekday_number,
    peak_hours.weekday,
    peak_hours.hour
), rated AS (
  SELECT
    hours.*,
    FLOOR(CAST(plays AS DOUBLE) / days * 100 + 0.5) / 100 AS plays_per_day
  FROM hours
)
SELECT
  CAST(NULL AS DATE) AS play_month,
  ROW_NUMBER() OVER (
    ORDER BY plays_per_day DESC NULLS FIRST, plays DESC NULLS FIRST, weekday_number ASC, hour ASC
  ) AS rank,
  weekday_number,
  weekday,
  hour,
  plays,
  CAST(NULL AS BIGINT) AS listeners,
  days,
  plays_per_day
FROM rated;

CREATE TABLE IF NOT EXISTS listeners_by_week (
  week_start DATE NOT NULL,
  plays BIGINT NOT NULL,
  listeners BIGINT NOT NULL
);

DELETE FROM listeners_by_week
WHERE
  listeners_by_week.week_start BETWEEN $first_day AND $last_day
  AND listeners_by_week.week_start IN (
    SELECT
      week_start
    FROM changed_days
  );

INSERT INTO listeners_by_week (
  week_start,
  plays,
  listeners
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
)
SELECT
  week_start,
  COUNT(*) AS plays,
  COUNT(DISTINCT user_id) AS listeners
FROM local_plays
WHERE
  week_start IN (
    SELECT
      changed_days.week_start
    FROM changed_days
  )
GROUP BY
  week_start;

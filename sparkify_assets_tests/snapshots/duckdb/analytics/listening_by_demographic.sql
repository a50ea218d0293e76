CREATE TABLE IF NOT EXISTS listening_by_demographic (
  play_month DATE,
  rank INT NOT NULL,
  gender TEXT(1),
  level TEXT(16),
  region TEXT(1024),
  plays BIGINT NOT NULL,
  listeners BIGINT NOT NULL,
  sessions BIGINT,
  seconds BIGINT NOT NULL,
  plays_per_listener DOUBLE
);

DELETE FROM listening_by_demographic
WHERE
  (
    listening_by_demographic.play_month BETWEEN $first_day AND $last_day
    OR listening_by_demographic.play_month IS NULL
  )
  AND (
    listening_by_demographic.play_month IN (
      SELECT
        play_month
      FROM changed_days
    )
    OR listening_by_demographic.play_month IS NULL
  );

INSERT INTO listening_by_demographic (
  play_month,
  rank,
  gender,
  level,
  region,
  plays,
  listeners,
  sessions,
  seconds,
  plays_per_listener
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
), demographics AS (
  SELECT
    local_plays.play_month,
    users.gender,
    local_plays.level,
    local_plays.region,
    COUNT(*) AS plays,
    COUNT(DISTINCT local_plays.user_id) AS listeners,
    COUNT(DISTINCT local_plays.session_id) AS sessions,
    COALESCE(SUM(local_plays.played_seconds), 0) AS seconds
  FROM local_plays
  LEFT JOIN users
    ON local_plays.user_id = users.user_id
  WHERE
    local_plays.play_month IN (
      SELECT
        changed_days.play_month
      FROM changed_days
    )
  GROUP BY
    local_plays.play_month,
    users.gender,
    local_plays.level,
    local_plays.region
  UNION ALL
  SELECT
    CAST(NULL AS DATE) AS play_month,
    users.gender,
    listener_months.level,
    listener_months.region,
    SUM(listener_months.plays) AS plays,
    COUNT(DISTINCT listener_months.user_id) AS listeners,
    CAST(NULL AS BIGINT) AS sessions,
    SUM(listener_months.seconds) AS seconds
  FROM listener_months
  LEFT JOIN users
    ON listener_months.user_id = users.user_id
  GROUP BY
    users.gender,
    listener_months.level,
    listener_months.region
)
SELECT
  play_month,
  ROW_NUMBER() OVER (
    PARTITION BY play_month
    ORDER BY plays DESC NULLS FIRST, listeners DESC NULLS FIRST, gender ASC, level ASC, region ASC
  ) AS rank,
  gender,
  level,
  region,
  plays,
  listeners,
  sessions,
  seconds,
  FLOOR(CAST(plays AS DOUBLE) / NULLIF(listeners, 0) * 100 + 0.5) / 100 AS plays_per_listener
FROM demographics;

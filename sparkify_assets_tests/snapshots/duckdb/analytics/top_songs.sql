CREATE TABLE IF NOT EXISTS top_songs (
  play_month DATE,
  rank INT NOT NULL,
  title TEXT(1024),
  artist TEXT(1024),
  plays BIGINT NOT NULL,
  listeners BIGINT,
  matched_plays BIGINT NOT NULL
);

DELETE FROM top_songs
WHERE
  (
    top_songs.play_month BETWEEN $first_day AND $last_day
    OR top_songs.play_month IS NULL
  )
  AND (
    top_songs.play_month IN (
      SELECT
        play_month
      FROM changed_days
    )
    OR top_songs.play_month IS NULL
  );

INSERT INTO top_songs (
  play_month,
  rank,
  title,
  artist,
  plays,
  listeners,
  matched_plays
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
  play_month,
  ROW_NUMBER() OVER (
    PARTITION BY play_month
    ORDER BY COUNT(*) DESC NULLS FIRST, COUNT(DISTINCT user_id) DESC NULLS FIRST, title ASC, artist ASC
  ) AS rank,
  title,
  artist,
  COUNT(*) AS plays,
  COUNT(DISTINCT user_id) AS listeners,
  COUNT(song_id) AS matched_plays
FROM local_plays
WHERE
  play_month IN (
    SELECT
      changed_days.play_month
    FROM changed_days
  )
GROUP BY
  play_month,
  title,
  artist;

INSERT INTO top_songs (
  play_month,
  rank,
  title,
  artist,
  plays,
  listeners,
  matched_plays
)
SELECT
  CAST(NULL AS DATE) AS play_month,
  ROW_NUMBER() OVER (ORDER BY SUM(plays) DESC NULLS FIRST, title ASC, artist ASC) AS rank,
  title,
  artist,
  SUM(plays) AS plays,
  CAST(NULL AS BIGINT) AS listeners,
  SUM(matched_plays) AS matched_plays
FROM top_songs
WHERE
  NOT play_month IS NULL
GROUP BY
  title,
  artist;

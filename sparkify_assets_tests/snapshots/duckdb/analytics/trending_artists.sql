CREATE TABLE IF NOT EXISTS trending_artists (
  week_start DATE NOT NULL,
  rank INT NOT NULL,
  artist TEXT(1024) NOT NULL,
  plays BIGINT NOT NULL,
  listeners BIGINT NOT NULL,
  plays_before BIGINT NOT NULL,
  expected_plays DOUBLE,
  trend DOUBLE
);

DROP TABLE IF EXISTS affected_trending_artists;

CREATE TEMPORARY TABLE affected_trending_artists AS
SELECT DISTINCT
  trending_artists.week_start
FROM trending_artists
INNER JOIN changed_days
  ON trending_artists.week_start > changed_days.week_start
  AND trending_artists.week_start <= (
    CAST(changed_days.week_start AS TIMESTAMP) + INTERVAL 28 DAY
  )
WHERE
  trending_artists.week_start >= $first_day
  AND NOT trending_artists.week_start IN (
    SELECT
      others.week_start
    FROM changed_days AS others
  );

DROP TABLE IF EXISTS weekly_plays;

CREATE TEMPORARY TABLE weekly_plays AS
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
  artist,
  week_start,
  COUNT(*) AS plays,
  COUNT(DISTINCT user_id) AS listeners
FROM local_plays
WHERE
  NOT artist IS NULL
  AND week_start IN (
    SELECT
      changed_days.week_start
    FROM changed_days
  )
GROUP BY
  artist,
  week_start
UNION ALL
SELECT DISTINCT
  trending_artists.artist,
  trending_artists.week_start,
  trending_artists.plays,
  trending_artists.listeners
FROM trending_artists
INNER JOIN changed_days
  ON trending_artists.week_start >= (
    CAST(changed_days.week_start AS TIMESTAMP) + INTERVAL (-28) DAY
  )
  AND trending_artists.week_start <= (
    CAST(changed_days.week_start AS TIMESTAMP) + INTERVAL 28 DAY
  )
WHERE
  trending_artists.week_start >= (
    CAST(CAST($first_day AS DATE) AS TIMESTAMP) + INTERVAL (-28) DAY
  )
  AND NOT trending_artists.week_start IN (
    SELECT
      others.week_start
    FROM changed_days AS others
  );

DELETE FROM trending_artists
WHERE
  trending_artists.week_start BETWEEN $first_day AND $last_day
  AND trending_artists.week_start IN (
    SELECT
      week_start
    FROM changed_days
  );

DELETE FROM trending_artists USING   affected_trending_artists
WHERE
  trending_artists.week_start = affected_trending_artists.week_start;

INSERT INTO trending_artists (
  week_start,
  rank,
  artist,
  plays,
  listeners,
  plays_before,
  expected_plays,
  trend
)
WITH weekly_totals AS (
  SELECT
    week_start,
    SUM(plays) AS plays
  FROM weekly_plays
  GROUP BY
    week_start
), totals_before AS (
  SELECT
    weeks.week_start,
    MAX(weeks.plays) AS plays,
    SUM(earlier.plays) AS plays_before
  FROM weekly_totals AS weeks
  INNER JOIN weekly_totals AS earlier
    ON weeks.week_start > earlier.week_start
    AND weeks.week_start <= (
      CAST(earlier.week_start AS TIMESTAMP) + INTERVAL 28 DAY
    )
  GROUP BY
    weeks.week_start
), artists_before AS (
  SELECT
    weeks.week_start,
    weeks.artist,
    SUM(earlier.plays) AS plays_before
  FROM weekly_plays AS weeks
  INNER JOIN weekly_plays AS earlier
    ON weeks.artist = earlier.artist
    AND weeks.week_start > earlier.week_start
    AND weeks.week_start <= (
      CAST(earlier.week_start AS TIMESTAMP) + INTERVAL 28 DAY
    )
  GROUP BY
    weeks.week_start,
    weeks.artist
), expected AS (
  SELECT
    weekly_plays.week_start,
    weekly_plays.artist,
    weekly_plays.plays,
    weekly_plays.listeners,
    COALESCE(artists_before.plays_before, 0) AS plays_before,
    CAST(COALESCE(artists_before.plays_before, 0) AS DOUBLE) * totals_before.plays / totals_before.plays_before AS expected_plays
  FROM weekly_plays
  INNER JOIN (
    SELECT
      week_start
    FROM changed_days
    UNION
    SELECT
      week_start
    FROM affected_trending_artists
  ) AS touched
    ON weekly_plays.week_start = touched.week_start
  LEFT JOIN totals_before
    ON weekly_plays.week_start = totals_before.week_start
  LEFT JOIN artists_before
    ON weekly_plays.week_start = artists_before.week_start
    AND weekly_plays.artist = artists_before.artist
), compared AS (
  SELECT
    week_start,
    artist,
    plays,
    listeners,
    plays_before,
    FLOOR(expected_plays * 100 + 0.5) / 100 AS expected_plays,
    FLOOR((
      plays + 10
    ) / (
      expected_plays + 10
    ) * 100 + 0.5) / 100 AS trend
  FROM expected
)
SELECT
  week_start,
  ROW_NUMBER() OVER (
    PARTITION BY week_start
    ORDER BY CASE WHEN listeners > 1 THEN 0 ELSE 1 END ASC, COALESCE(trend, 0) DESC NULLS FIRST, plays DESC NULLS FIRST, listeners DESC NULLS FIRST, artist ASC
  ) AS rank,
  artist,
  plays,
  listeners,
  plays_before,
  expected_plays,
  trend
FROM compared;

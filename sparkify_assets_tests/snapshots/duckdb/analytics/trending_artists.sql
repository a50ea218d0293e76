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

DROP TABLE IF EXISTS weekly_plays;

CREATE TEMPORARY TABLE weekly_plays AS
WITH placed_plays AS (
  SELECT
    start_time,
    user_id,
    session_id,
    song_id,
    level,
    NULLIF(RTRIM(SPLIT_PART(location, ', ', 1), ' '), '') AS city,
    NULLIF(RTRIM(SPLIT_PART(SPLIT_PART(location, ', ', 2), '-', 1), ' '), '') AS region,
    RTRIM(played_title, ' ') AS title,
    RTRIM(played_artist, ' ') AS artist,
    played_seconds
  FROM songplays
), local_plays AS (
  WITH placed AS (
    SELECT
      placed_plays.*,
      start_time AT TIME ZONE 'UTC' AT TIME ZONE $time_zone AS played_at
    FROM placed_plays
  )
  SELECT
    user_id,
    level,
    region,
    title,
    artist,
    played_seconds,
    CAST(played_at AS DATE) AS play_date,
    CAST(DATE_TRUNC('WEEK', played_at) AS DATE) AS week_start,
    EXTRACT(HOUR FROM played_at) AS hour,
    RTRIM(STRFTIME(played_at, '%A'), ' ') AS weekday
  FROM placed
)
SELECT
  artist,
  week_start,
  COUNT(*) AS plays,
  COUNT(DISTINCT user_id) AS listeners
FROM local_plays
GROUP BY
  artist,
  week_start;

DROP TABLE IF EXISTS weekly_totals;

CREATE TEMPORARY TABLE weekly_totals AS
SELECT
  week_start,
  SUM(plays) AS plays
FROM weekly_plays
GROUP BY
  week_start;

DELETE FROM trending_artists;

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
WITH totals_before AS (
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
  LEFT JOIN totals_before
    ON weekly_plays.week_start = totals_before.week_start
  LEFT JOIN artists_before
    ON weekly_plays.week_start = artists_before.week_start
    AND weekly_plays.artist = artists_before.artist
  WHERE
    NOT weekly_plays.artist IS NULL
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

CREATE TABLE IF NOT EXISTS plays_cube (
  dimensions TEXT(64) NOT NULL,
  play_month DATE,
  play_date DATE,
  hour INT,
  level TEXT(16),
  gender TEXT(1),
  region TEXT(1024),
  artist TEXT(1024),
  all_dates INT NOT NULL,
  all_hours INT NOT NULL,
  all_levels INT NOT NULL,
  all_genders INT NOT NULL,
  all_regions INT NOT NULL,
  all_artists INT NOT NULL,
  plays BIGINT NOT NULL,
  seconds BIGINT NOT NULL,
  listeners BIGINT NOT NULL,
  songs BIGINT
);

DROP TABLE IF EXISTS numbered_songs;

CREATE TEMPORARY TABLE numbered_songs AS
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
), songs_played AS (
  SELECT DISTINCT
    title,
    artist
  FROM local_plays
  WHERE
    play_month IN (
      SELECT
        changed_days.play_month
      FROM changed_days
    )
)
SELECT
  title,
  artist,
  ROW_NUMBER() OVER (ORDER BY artist ASC, title ASC) AS song_number
FROM songs_played;

DROP TABLE IF EXISTS numbered_artists;

CREATE TEMPORARY TABLE numbered_artists AS
WITH artists_played AS (
  SELECT DISTINCT
    artist
  FROM numbered_songs
  WHERE
    NOT artist IS NULL
)
SELECT
  artist,
  ROW_NUMBER() OVER (ORDER BY artist ASC) AS artist_number
FROM artists_played;

DROP TABLE IF EXISTS described_plays;

CREATE TEMPORARY TABLE described_plays AS
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
  local_plays.play_month,
  local_plays.play_date,
  local_plays.hour,
  local_plays.level,
  users.gender,
  local_plays.region,
  numbered_artists.artist_number,
  local_plays.user_id,
  local_plays.played_seconds,
  numbered_songs.song_number
FROM local_plays
LEFT JOIN users
  ON local_plays.user_id = users.user_id
LEFT JOIN numbered_artists
  ON local_plays.artist = numbered_artists.artist
LEFT JOIN numbered_songs
  ON local_plays.title = numbered_songs.title
  AND local_plays.artist = numbered_songs.artist
WHERE
  local_plays.play_month IN (
    SELECT
      changed_days.play_month
    FROM changed_days
  );

DROP TABLE IF EXISTS sets_of_days;

CREATE TEMPORARY TABLE sets_of_days AS
SELECT
  play_month,
  play_date,
  0 AS all_dates,
  hour,
  level,
  gender,
  region,
  CAST(NULL AS BIGINT) AS artist_number,
  GROUPING(hour) AS all_hours,
  GROUPING(level) AS all_levels,
  GROUPING(gender) AS all_genders,
  GROUPING(region) AS all_regions,
  1 AS all_artists,
  COUNT(*) AS plays,
  COALESCE(SUM(played_seconds), 0) AS seconds,
  COUNT(DISTINCT user_id) AS listeners,
  COUNT(DISTINCT song_number) AS songs
FROM described_plays
WHERE
  play_date IN (
    SELECT
      changed_days.play_date
    FROM changed_days
  )
GROUP BY
  GROUPING SETS (
    (play_month, play_date),
    (play_month, play_date, level),
    (play_month, play_date, gender),
    (play_month, play_date, region),
    (play_month, play_date, level, gender, region),
    (play_month, play_date, hour)
  );

DROP TABLE IF EXISTS artists_of_days;

CREATE TEMPORARY TABLE artists_of_days AS
SELECT
  play_month,
  play_date,
  0 AS all_dates,
  CAST(NULL AS INT) AS hour,
  CAST(NULL AS TEXT(16)) AS level,
  CAST(NULL AS TEXT(1)) AS gender,
  CAST(NULL AS TEXT(1024)) AS region,
  artist_number,
  1 AS all_hours,
  1 AS all_levels,
  1 AS all_genders,
  1 AS all_regions,
  0 AS all_artists,
  COUNT(*) AS plays,
  COALESCE(SUM(played_seconds), 0) AS seconds,
  COUNT(DISTINCT user_id) AS listeners,
  COUNT(DISTINCT song_number) AS songs
FROM described_plays
WHERE
  play_date IN (
    SELECT
      changed_days.play_date
    FROM changed_days
  )
GROUP BY
  play_month,
  play_date,
  artist_number;

DROP TABLE IF EXISTS hours_of_months;

CREATE TEMPORARY TABLE hours_of_months AS
SELECT
  play_month,
  CAST(NULL AS DATE) AS play_date,
  1 AS all_dates,
  hour,
  level,
  gender,
  region,
  CAST(NULL AS BIGINT) AS artist_number,
  0 AS all_hours,
  GROUPING(level) AS all_levels,
  GROUPING(gender) AS all_genders,
  GROUPING(region) AS all_regions,
  1 AS all_artists,
  COUNT(*) AS plays,
  COALESCE(SUM(played_seconds), 0) AS seconds,
  COUNT(DISTINCT user_id) AS listeners,
  COUNT(DISTINCT song_number) AS songs
FROM described_plays
GROUP BY
  GROUPING SETS (
    (play_month, hour),
    (play_month, hour, level),
    (play_month, hour, gender),
    (play_month, hour, region)
  );

DROP TABLE IF EXISTS artists_of_months;

CREATE TEMPORARY TABLE artists_of_months AS
SELECT
  play_month,
  CAST(NULL AS DATE) AS play_date,
  1 AS all_dates,
  CAST(NULL AS INT) AS hour,
  level,
  gender,
  region,
  artist_number,
  1 AS all_hours,
  GROUPING(level) AS all_levels,
  GROUPING(gender) AS all_genders,
  GROUPING(region) AS all_regions,
  0 AS all_artists,
  COUNT(*) AS plays,
  COALESCE(SUM(played_seconds), 0) AS seconds,
  COUNT(DISTINCT user_id) AS listeners,
  COUNT(DISTINCT song_number) AS songs
FROM described_plays
GROUP BY
  GROUPING SETS (
    (play_month, artist_number),
    (play_month, level, artist_number),
    (play_month, gender, artist_number),
    (play_month, region, artist_number)
  );

DELETE FROM plays_cube
WHERE
  (
    plays_cube.play_month BETWEEN $first_day AND $last_day
    OR plays_cube.play_month IS NULL
  )
  AND (
    plays_cube.play_date IN (
      SELECT
        play_date
      FROM changed_days
    )
    OR (
      plays_cube.play_date IS NULL
      AND plays_cube.play_month IN (
        SELECT
          play_month
        FROM changed_days
      )
    )
    OR plays_cube.play_month IS NULL
  );

INSERT INTO plays_cube (
  dimensions,
  play_month,
  play_date,
  hour,
  level,
  gender,
  region,
  artist,
  all_dates,
  all_hours,
  all_levels,
  all_genders,
  all_regions,
  all_artists,
  plays,
  seconds,
  listeners,
  songs
)
WITH listeners_and_songs AS (
  SELECT
    listener_months.play_month,
    listener_months.level,
    users.gender,
    listener_months.region,
    listener_months.user_id,
    CAST(NULL AS BIGINT) AS song_number,
    listener_months.plays,
    listener_months.seconds
  FROM listener_months
  LEFT JOIN users
    ON listener_months.user_id = users.user_id
  WHERE
    listener_months.play_month IN (
      SELECT
        changed_days.play_month
      FROM changed_days
    )
  UNION ALL
  SELECT DISTINCT
    play_month,
    level,
    gender,
    region,
    CAST(NULL AS INT) AS user_id,
    song_number,
    0 AS plays,
    0 AS seconds
  FROM described_plays
), added_up AS (
  SELECT
    *
  FROM sets_of_days
  UNION ALL
  SELECT
    *
  FROM artists_of_days
  UNION ALL
  SELECT
    *
  FROM hours_of_months
  UNION ALL
  SELECT
    *
  FROM artists_of_months
  UNION ALL
  SELECT
    play_month,
    CAST(NULL AS DATE) AS play_date,
    1 AS all_dates,
    CAST(NULL AS INT) AS hour,
    level,
    gender,
    region,
    CAST(NULL AS BIGINT) AS artist_number,
    1 AS all_hours,
    GROUPING(level) AS all_levels,
    GROUPING(gender) AS all_genders,
    GROUPING(region) AS all_regions,
    1 AS all_artists,
    SUM(plays) AS plays,
    SUM(seconds) AS seconds,
    COUNT(DISTINCT user_id) AS listeners,
    COUNT(DISTINCT song_number) AS songs
  FROM listeners_and_songs
  GROUP BY
    play_month,
    CUBE (
      level,
      gender,
      region
    )
  UNION ALL
  SELECT
    CAST(NULL AS DATE) AS play_month,
    CAST(NULL AS DATE) AS play_date,
    1 AS all_dates,
    CAST(NULL AS INT) AS hour,
    listener_months.level,
    users.gender,
    listener_months.region,
    CAST(NULL AS BIGINT) AS artist_number,
    1 AS all_hours,
    GROUPING(listener_months.level) AS all_levels,
    GROUPING(users.gender) AS all_genders,
    GROUPING(listener_months.region) AS all_regions,
    1 AS all_artists,
    COALESCE(SUM(listener_months.plays), 0) AS plays,
    COALESCE(SUM(listener_months.seconds), 0) AS seconds,
    COUNT(DISTINCT listener_months.user_id) AS listeners,
    CAST(NULL AS BIGINT) AS songs
  FROM listener_months
  LEFT JOIN users
    ON listener_months.user_id = users.user_id
  GROUP BY
    CUBE (
      listener_months.level,
      users.gender,
      listener_months.region
    )
)
SELECT
  CASE
    WHEN added_up.play_month IS NULL
    AND added_up.all_levels + added_up.all_genders + added_up.all_regions = 3
    THEN 'total'
    ELSE CASE
      WHEN ENDS_WITH(
        CASE
          WHEN added_up.all_dates = 0
          THEN 'date '
          WHEN NOT added_up.play_month IS NULL
          THEN 'month '
          ELSE ''
        END || CASE WHEN added_up.all_hours = 0 THEN 'hour ' ELSE '' END || CASE WHEN added_up.all_levels = 0 THEN 'level ' ELSE '' END || CASE WHEN added_up.all_genders = 0 THEN 'gender ' ELSE '' END || CASE WHEN added_up.all_regions = 0 THEN 'region ' ELSE '' END || CASE WHEN added_up.all_artists = 0 THEN 'artist ' ELSE '' END,
        ' '
      )
      THEN RTRIM(
        CASE
          WHEN added_up.all_dates = 0
          THEN 'date '
          WHEN NOT added_up.play_month IS NULL
          THEN 'month '
          ELSE ''
        END || CASE WHEN added_up.all_hours = 0 THEN 'hour ' ELSE '' END || CASE WHEN added_up.all_levels = 0 THEN 'level ' ELSE '' END || CASE WHEN added_up.all_genders = 0 THEN 'gender ' ELSE '' END || CASE WHEN added_up.all_regions = 0 THEN 'region ' ELSE '' END || CASE WHEN added_up.all_artists = 0 THEN 'artist ' ELSE '' END,
        ' '
      )
      ELSE CASE
        WHEN added_up.all_dates = 0
        THEN 'date '
        WHEN NOT added_up.play_month IS NULL
        THEN 'month '
        ELSE ''
      END || CASE WHEN added_up.all_hours = 0 THEN 'hour ' ELSE '' END || CASE WHEN added_up.all_levels = 0 THEN 'level ' ELSE '' END || CASE WHEN added_up.all_genders = 0 THEN 'gender ' ELSE '' END || CASE WHEN added_up.all_regions = 0 THEN 'region ' ELSE '' END || CASE WHEN added_up.all_artists = 0 THEN 'artist ' ELSE '' END
    END
  END AS dimensions,
  added_up.play_month,
  added_up.play_date,
  added_up.hour,
  added_up.level,
  added_up.gender,
  added_up.region,
  numbered_artists.artist,
  added_up.all_dates,
  added_up.all_hours,
  added_up.all_levels,
  added_up.all_genders,
  added_up.all_regions,
  added_up.all_artists,
  added_up.plays,
  added_up.seconds,
  added_up.listeners,
  added_up.songs
FROM added_up
LEFT JOIN numbered_artists
  ON added_up.artist_number = numbered_artists.artist_number;

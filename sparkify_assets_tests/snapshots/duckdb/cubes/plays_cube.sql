CREATE TABLE IF NOT EXISTS plays_cube (
  dimensions TEXT(64) NOT NULL,
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
  songs BIGINT NOT NULL
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
), songs_played AS (
  SELECT DISTINCT
    title,
    artist
  FROM local_plays
)
SELECT
  title,
  artist,
  ROW_NUMBER() OVER (ORDER BY artist ASC, title ASC) AS song_number
FROM songs_played;

DROP TABLE IF EXISTS described_plays;

CREATE TEMPORARY TABLE described_plays AS
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
  local_plays.play_date,
  local_plays.hour,
  local_plays.level,
  users.gender,
  local_plays.region,
  local_plays.artist,
  local_plays.user_id,
  local_plays.played_seconds,
  numbered_songs.song_number
FROM local_plays
LEFT JOIN users
  ON local_plays.user_id = users.user_id
LEFT JOIN numbered_songs
  ON local_plays.title = numbered_songs.title
  AND local_plays.artist = numbered_songs.artist;

DELETE FROM plays_cube;

INSERT INTO plays_cube (
  dimensions,
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
WITH added_up AS (
  SELECT
    play_date,
    hour,
    level,
    gender,
    region,
    artist,
    GROUPING(play_date) AS all_dates,
    GROUPING(hour) AS all_hours,
    GROUPING(level) AS all_levels,
    GROUPING(gender) AS all_genders,
    GROUPING(region) AS all_regions,
    GROUPING(artist) AS all_artists,
    COUNT(*) AS plays,
    COALESCE(SUM(played_seconds), 0) AS seconds,
    COUNT(DISTINCT user_id) AS listeners,
    COUNT(DISTINCT song_number) AS songs
  FROM described_plays
  GROUP BY
    GROUPING SETS (
      (),
      (
        level
      ),
      (
        gender
      ),
      (
        region
      ),
      (level, gender),
      (level, region),
      (gender, region),
      (level, gender, region),
      (
        play_date
      ),
      (
        hour
      ),
      (play_date, hour),
      (play_date, level),
      (play_date, gender),
      (play_date, region),
      (play_date, level, gender, region),
      (hour, level),
      (hour, gender),
      (hour, region),
      (
        artist
      ),
      (play_date, artist),
      (level, artist),
      (gender, artist),
      (region, artist)
    )
)
SELECT
  CASE
    WHEN all_dates + all_hours + all_levels + all_genders + all_regions + all_artists = 6
    THEN 'total'
    ELSE RTRIM(
      CASE WHEN all_dates = 0 THEN 'date ' ELSE '' END || CASE WHEN all_hours = 0 THEN 'hour ' ELSE '' END || CASE WHEN all_levels = 0 THEN 'level ' ELSE '' END || CASE WHEN all_genders = 0 THEN 'gender ' ELSE '' END || CASE WHEN all_regions = 0 THEN 'region ' ELSE '' END || CASE WHEN all_artists = 0 THEN 'artist ' ELSE '' END,
      ' '
    )
  END AS dimensions,
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
FROM added_up;

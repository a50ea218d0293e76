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
SELECT
  title,
  artist,
  ROW_NUMBER() OVER (ORDER BY artist ASC, title ASC) AS song_number
FROM (
  SELECT DISTINCT
    RTRIM(played_title, ' ') AS title,
    RTRIM(played_artist, ' ') AS artist
  FROM songplays
) AS songs_played;

DROP TABLE IF EXISTS described_plays;

CREATE TEMPORARY TABLE described_plays AS
SELECT
  CAST(played.played_at AS DATE) AS play_date,
  EXTRACT(HOUR FROM played.played_at) AS hour,
  played.level,
  played.gender,
  NULLIF(RTRIM(SPLIT_PART(SPLIT_PART(played.location, ', ', 2), '-', 1), ' '), '') AS region,
  played.artist,
  played.user_id,
  played.played_seconds,
  numbered_songs.song_number
FROM (
  SELECT
    songplays.start_time AT TIME ZONE 'UTC' AT TIME ZONE $time_zone AS played_at,
    songplays.level,
    users.gender,
    songplays.location,
    RTRIM(songplays.played_title, ' ') AS title,
    RTRIM(songplays.played_artist, ' ') AS artist,
    songplays.user_id,
    songplays.played_seconds
  FROM songplays
  LEFT JOIN users
    ON songplays.user_id = users.user_id
) AS played
LEFT JOIN numbered_songs
  ON played.title = numbered_songs.title AND played.artist = numbered_songs.artist;

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
FROM (
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
) AS added_up;

MODEL (
  name sparkify.songplays,
  kind INCREMENTAL_BY_UNIQUE_KEY (unique_key (session_id, item_in_session)),
  audits (
    not_null(columns := (start_time, session_id, item_in_session)),
    unique_combination_of_columns(columns := (session_id, item_in_session)),
    relationships(column := user_id, parent := sparkify.users),
    relationships(column := song_id, parent := sparkify.songs),
    relationships(column := artist_id, parent := sparkify.artists)
  ),
  depends_on (sparkify.users, sparkify.artists)
);

WITH plays AS (
  SELECT *
  FROM sparkify.stg_events
  WHERE page = 'NextSong' AND log_date BETWEEN @start_date AND @end_date
  QUALIFY ROW_NUMBER() OVER (PARTITION BY session_id, item_in_session ORDER BY ts) = 1
),

matches AS (
  SELECT played.song, played.artist, played.length, songs.song_id, songs.artist_id
  FROM (SELECT DISTINCT song, artist, length FROM plays) AS played
  INNER JOIN sparkify.songs AS songs
    ON RTRIM(played.song) = RTRIM(songs.title) AND RTRIM(played.artist) = RTRIM(songs.artist_name)
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY played.song, played.artist, played.length
    ORDER BY ABS(songs.duration - played.length), songs.song_id
  ) = 1
)

SELECT
  EPOCH_MS(plays.ts)::TIMESTAMP AS start_time,
  plays.user_id,
  plays.level,
  matches.song_id,
  matches.artist_id,
  plays.session_id,
  plays.location,
  plays.user_agent,
  plays.item_in_session,
  plays.song AS played_title,
  plays.artist AS played_artist,
  FLOOR(plays.length + 0.5)::INT AS played_seconds,
  plays.log_date
FROM plays
LEFT JOIN matches
  ON plays.song = matches.song
  AND plays.artist = matches.artist
  AND plays.length IS NOT DISTINCT FROM matches.length

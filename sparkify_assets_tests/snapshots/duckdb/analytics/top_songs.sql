CREATE TABLE IF NOT EXISTS top_songs (
  rank INT NOT NULL,
  title TEXT(1024),
  artist TEXT(1024),
  plays BIGINT NOT NULL,
  listeners BIGINT NOT NULL,
  matched_plays BIGINT NOT NULL
);

DELETE FROM top_songs;

INSERT INTO top_songs (
  rank,
  title,
  artist,
  plays,
  listeners,
  matched_plays
)
SELECT
  ROW_NUMBER() OVER (
    ORDER BY plays DESC NULLS FIRST, listeners DESC NULLS FIRST, title ASC, artist ASC
  ) AS rank,
  title,
  artist,
  plays,
  listeners,
  matched_plays
FROM (
  SELECT
    title,
    artist,
    COUNT(*) AS plays,
    COUNT(DISTINCT user_id) AS listeners,
    COUNT(song_id) AS matched_plays
  FROM (
    SELECT
      RTRIM(played_title, ' ') AS title,
      RTRIM(played_artist, ' ') AS artist,
      user_id,
      song_id
    FROM songplays
  ) AS played
  GROUP BY
    title,
    artist
) AS songs_played;

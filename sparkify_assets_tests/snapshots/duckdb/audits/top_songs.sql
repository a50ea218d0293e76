SELECT
  COUNT(*)
FROM (
  SELECT
    rank,
    plays,
    matched_plays
  FROM (
    SELECT
      top_songs.play_month,
      top_songs.rank,
      top_songs.title,
      top_songs.artist,
      top_songs.plays,
      top_songs.listeners,
      top_songs.matched_plays
    FROM top_songs
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
      )
  ) AS written
  WHERE
    rank IS NULL OR plays IS NULL OR matched_plays IS NULL
) AS broken;

SELECT
  COUNT(*)
FROM (
  SELECT
    play_month,
    rank,
    COUNT(*) AS copies
  FROM (
    SELECT
      GREATEST(play_month, play_month) AS play_month,
      GREATEST(rank, rank) AS rank
    FROM (
      SELECT
        play_month,
        rank
      FROM top_songs
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
        )
    ) AS declared
  ) AS written
  GROUP BY
    play_month,
    rank
  HAVING
    COUNT(*) > 1
) AS broken;

SELECT
  COUNT(*)
FROM (
  SELECT
    play_month,
    title,
    artist,
    COUNT(*) AS copies
  FROM (
    SELECT
      GREATEST(play_month, play_month) AS play_month,
      GREATEST(title, title) AS title,
      GREATEST(artist, artist) AS artist
    FROM (
      SELECT
        play_month,
        title,
        artist
      FROM top_songs
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
        )
    ) AS declared
  ) AS written
  GROUP BY
    play_month,
    title,
    artist
  HAVING
    COUNT(*) > 1
) AS broken;

SELECT
  COUNT(*)
FROM (
  SELECT
    start_time,
    session_id,
    item_in_session,
    log_date
  FROM (
    SELECT
      songplays.songplay_id,
      songplays.start_time,
      songplays.user_id,
      songplays.level,
      songplays.song_id,
      songplays.artist_id,
      songplays.session_id,
      songplays.location,
      songplays.user_agent,
      songplays.item_in_session,
      songplays.played_title,
      songplays.played_artist,
      songplays.played_seconds,
      songplays.log_date
    FROM songplays
    WHERE
      songplays.log_date BETWEEN $first_day AND $last_day
    UNION ALL
    SELECT
      songplays.songplay_id,
      songplays.start_time,
      songplays.user_id,
      songplays.level,
      songplays.song_id,
      songplays.artist_id,
      songplays.session_id,
      songplays.location,
      songplays.user_agent,
      songplays.item_in_session,
      songplays.played_title,
      songplays.played_artist,
      songplays.played_seconds,
      songplays.log_date
    FROM songplays
    INNER JOIN affected_songplays
      ON songplays.session_id = affected_songplays.session_id
      AND songplays.item_in_session = affected_songplays.item_in_session
    WHERE
      NOT (
        songplays.log_date BETWEEN $first_day AND $last_day
      )
  ) AS written
  WHERE
    start_time IS NULL
    OR session_id IS NULL
    OR item_in_session IS NULL
    OR log_date IS NULL
) AS broken;

SELECT
  COUNT(*)
FROM (
  SELECT
    session_id,
    item_in_session,
    COUNT(*) AS copies
  FROM (
    SELECT
      GREATEST(session_id, session_id) AS session_id,
      GREATEST(item_in_session, item_in_session) AS item_in_session
    FROM (
      SELECT
        session_id,
        item_in_session
      FROM songplays
      WHERE
        songplays.log_date BETWEEN $first_day AND $last_day
    ) AS declared
  ) AS written
  GROUP BY
    session_id,
    item_in_session
  HAVING
    COUNT(*) > 1
  UNION ALL
  SELECT
    songplays.session_id,
    songplays.item_in_session,
    2 AS copies
  FROM songplays
  INNER JOIN (
    SELECT
      GREATEST(session_id, session_id) AS session_id,
      GREATEST(item_in_session, item_in_session) AS item_in_session
    FROM songplays
    WHERE
      songplays.log_date BETWEEN $first_day AND $last_day
  ) AS written
    ON songplays.session_id = written.session_id
    AND songplays.item_in_session = written.item_in_session
  WHERE
    NOT (
      songplays.log_date BETWEEN $first_day AND $last_day
    )
  UNION ALL
  SELECT
    GREATEST(songplays.session_id, songplays.session_id) AS session_id,
    GREATEST(songplays.item_in_session, songplays.item_in_session) AS item_in_session,
    COUNT(*) AS copies
  FROM songplays
  INNER JOIN (
    SELECT DISTINCT
      session_id,
      item_in_session
    FROM (
      SELECT
        songplays.session_id,
        songplays.item_in_session
      FROM songplays
      INNER JOIN affected_songplays
        ON songplays.session_id = affected_songplays.session_id
        AND songplays.item_in_session = affected_songplays.item_in_session
    ) AS affected
  ) AS written
    ON songplays.session_id = written.session_id
    AND songplays.item_in_session = written.item_in_session
  GROUP BY
    GREATEST(songplays.session_id, songplays.session_id),
    GREATEST(songplays.item_in_session, songplays.item_in_session)
  HAVING
    COUNT(*) > 1
) AS broken;

SELECT
  COUNT(*)
FROM (
  SELECT
    songplay_id,
    COUNT(*) AS copies
  FROM (
    SELECT
      GREATEST(songplay_id, songplay_id) AS songplay_id
    FROM (
      SELECT
        songplay_id
      FROM songplays
      WHERE
        songplays.log_date BETWEEN $first_day AND $last_day
    ) AS declared
  ) AS written
  GROUP BY
    songplay_id
  HAVING
    COUNT(*) > 1
) AS broken;

SELECT
  (
    SELECT
      COUNT(*)
    FROM (
      SELECT
        songplays.songplay_id,
        songplays.start_time,
        songplays.user_id,
        songplays.level,
        songplays.song_id,
        songplays.artist_id,
        songplays.session_id,
        songplays.location,
        songplays.user_agent,
        songplays.item_in_session,
        songplays.played_title,
        songplays.played_artist,
        songplays.played_seconds,
        songplays.log_date
      FROM songplays
      WHERE
        songplays.log_date BETWEEN $first_day AND $last_day
      UNION ALL
      SELECT
        songplays.songplay_id,
        songplays.start_time,
        songplays.user_id,
        songplays.level,
        songplays.song_id,
        songplays.artist_id,
        songplays.session_id,
        songplays.location,
        songplays.user_agent,
        songplays.item_in_session,
        songplays.played_title,
        songplays.played_artist,
        songplays.played_seconds,
        songplays.log_date
      FROM songplays
      INNER JOIN affected_songplays
        ON songplays.session_id = affected_songplays.session_id
        AND songplays.item_in_session = affected_songplays.item_in_session
      WHERE
        NOT (
          songplays.log_date BETWEEN $first_day AND $last_day
        )
    ) AS written
    WHERE
      NOT written.start_time IS NULL
  ) - (
    SELECT
      COUNT(*)
    FROM (
      SELECT
        songplays.songplay_id,
        songplays.start_time,
        songplays.user_id,
        songplays.level,
        songplays.song_id,
        songplays.artist_id,
        songplays.session_id,
        songplays.location,
        songplays.user_agent,
        songplays.item_in_session,
        songplays.played_title,
        songplays.played_artist,
        songplays.played_seconds,
        songplays.log_date
      FROM songplays
      WHERE
        songplays.log_date BETWEEN $first_day AND $last_day
      UNION ALL
      SELECT
        songplays.songplay_id,
        songplays.start_time,
        songplays.user_id,
        songplays.level,
        songplays.song_id,
        songplays.artist_id,
        songplays.session_id,
        songplays.location,
        songplays.user_agent,
        songplays.item_in_session,
        songplays.played_title,
        songplays.played_artist,
        songplays.played_seconds,
        songplays.log_date
      FROM songplays
      INNER JOIN affected_songplays
        ON songplays.session_id = affected_songplays.session_id
        AND songplays.item_in_session = affected_songplays.item_in_session
      WHERE
        NOT (
          songplays.log_date BETWEEN $first_day AND $last_day
        )
    ) AS written
    WHERE
      NOT written.start_time IS NULL
      AND GREATEST(written.start_time, written.start_time) IN (
        SELECT
          start_time
        FROM time
      )
  ) AS broken;

SELECT
  (
    SELECT
      COUNT(*)
    FROM (
      SELECT
        songplays.songplay_id,
        songplays.start_time,
        songplays.user_id,
        songplays.level,
        songplays.song_id,
        songplays.artist_id,
        songplays.session_id,
        songplays.location,
        songplays.user_agent,
        songplays.item_in_session,
        songplays.played_title,
        songplays.played_artist,
        songplays.played_seconds,
        songplays.log_date
      FROM songplays
      WHERE
        songplays.log_date BETWEEN $first_day AND $last_day
      UNION ALL
      SELECT
        songplays.songplay_id,
        songplays.start_time,
        songplays.user_id,
        songplays.level,
        songplays.song_id,
        songplays.artist_id,
        songplays.session_id,
        songplays.location,
        songplays.user_agent,
        songplays.item_in_session,
        songplays.played_title,
        songplays.played_artist,
        songplays.played_seconds,
        songplays.log_date
      FROM songplays
      INNER JOIN affected_songplays
        ON songplays.session_id = affected_songplays.session_id
        AND songplays.item_in_session = affected_songplays.item_in_session
      WHERE
        NOT (
          songplays.log_date BETWEEN $first_day AND $last_day
        )
    ) AS written
    WHERE
      NOT written.user_id IS NULL
  ) - (
    SELECT
      COUNT(*)
    FROM (
      SELECT
        songplays.songplay_id,
        songplays.start_time,
        songplays.user_id,
        songplays.level,
        songplays.song_id,
        songplays.artist_id,
        songplays.session_id,
        songplays.location,
        songplays.user_agent,
        songplays.item_in_session,
        songplays.played_title,
        songplays.played_artist,
        songplays.played_seconds,
        songplays.log_date
      FROM songplays
      WHERE
        songplays.log_date BETWEEN $first_day AND $last_day
      UNION ALL
      SELECT
        songplays.songplay_id,
        songplays.start_time,
        songplays.user_id,
        songplays.level,
        songplays.song_id,
        songplays.artist_id,
        songplays.session_id,
        songplays.location,
        songplays.user_agent,
        songplays.item_in_session,
        songplays.played_title,
        songplays.played_artist,
        songplays.played_seconds,
        songplays.log_date
      FROM songplays
      INNER JOIN affected_songplays
        ON songplays.session_id = affected_songplays.session_id
        AND songplays.item_in_session = affected_songplays.item_in_session
      WHERE
        NOT (
          songplays.log_date BETWEEN $first_day AND $last_day
        )
    ) AS written
    WHERE
      NOT written.user_id IS NULL
      AND GREATEST(written.user_id, written.user_id) IN (
        SELECT
          user_id
        FROM users
      )
  ) AS broken;

SELECT
  (
    SELECT
      COUNT(*)
    FROM (
      SELECT
        songplays.songplay_id,
        songplays.start_time,
        songplays.user_id,
        songplays.level,
        songplays.song_id,
        songplays.artist_id,
        songplays.session_id,
        songplays.location,
        songplays.user_agent,
        songplays.item_in_session,
        songplays.played_title,
        songplays.played_artist,
        songplays.played_seconds,
        songplays.log_date
      FROM songplays
      WHERE
        songplays.log_date BETWEEN $first_day AND $last_day
      UNION ALL
      SELECT
        songplays.songplay_id,
        songplays.start_time,
        songplays.user_id,
        songplays.level,
        songplays.song_id,
        songplays.artist_id,
        songplays.session_id,
        songplays.location,
        songplays.user_agent,
        songplays.item_in_session,
        songplays.played_title,
        songplays.played_artist,
        songplays.played_seconds,
        songplays.log_date
      FROM songplays
      INNER JOIN affected_songplays
        ON songplays.session_id = affected_songplays.session_id
        AND songplays.item_in_session = affected_songplays.item_in_session
      WHERE
        NOT (
          songplays.log_date BETWEEN $first_day AND $last_day
        )
    ) AS written
    WHERE
      NOT written.song_id IS NULL
  ) - (
    SELECT
      COUNT(*)
    FROM (
      SELECT
        songplays.songplay_id,
        songplays.start_time,
        songplays.user_id,
        songplays.level,
        songplays.song_id,
        songplays.artist_id,
        songplays.session_id,
        songplays.location,
        songplays.user_agent,
        songplays.item_in_session,
        songplays.played_title,
        songplays.played_artist,
        songplays.played_seconds,
        songplays.log_date
      FROM songplays
      WHERE
        songplays.log_date BETWEEN $first_day AND $last_day
      UNION ALL
      SELECT
        songplays.songplay_id,
        songplays.start_time,
        songplays.user_id,
        songplays.level,
        songplays.song_id,
        songplays.artist_id,
        songplays.session_id,
        songplays.location,
        songplays.user_agent,
        songplays.item_in_session,
        songplays.played_title,
        songplays.played_artist,
        songplays.played_seconds,
        songplays.log_date
      FROM songplays
      INNER JOIN affected_songplays
        ON songplays.session_id = affected_songplays.session_id
        AND songplays.item_in_session = affected_songplays.item_in_session
      WHERE
        NOT (
          songplays.log_date BETWEEN $first_day AND $last_day
        )
    ) AS written
    WHERE
      NOT written.song_id IS NULL
      AND GREATEST(written.song_id, written.song_id) IN (
        SELECT
          song_id
        FROM songs
      )
  ) AS broken;

SELECT
  (
    SELECT
      COUNT(*)
    FROM (
      SELECT
        songplays.songplay_id,
        songplays.start_time,
        songplays.user_id,
        songplays.level,
        songplays.song_id,
        songplays.artist_id,
        songplays.session_id,
        songplays.location,
        songplays.user_agent,
        songplays.item_in_session,
        songplays.played_title,
        songplays.played_artist,
        songplays.played_seconds,
        songplays.log_date
      FROM songplays
      WHERE
        songplays.log_date BETWEEN $first_day AND $last_day
      UNION ALL
      SELECT
        songplays.songplay_id,
        songplays.start_time,
        songplays.user_id,
        songplays.level,
        songplays.song_id,
        songplays.artist_id,
        songplays.session_id,
        songplays.location,
        songplays.user_agent,
        songplays.item_in_session,
        songplays.played_title,
        songplays.played_artist,
        songplays.played_seconds,
        songplays.log_date
      FROM songplays
      INNER JOIN affected_songplays
        ON songplays.session_id = affected_songplays.session_id
        AND songplays.item_in_session = affected_songplays.item_in_session
      WHERE
        NOT (
          songplays.log_date BETWEEN $first_day AND $last_day
        )
    ) AS written
    WHERE
      NOT written.artist_id IS NULL
  ) - (
    SELECT
      COUNT(*)
    FROM (
      SELECT
        songplays.songplay_id,
        songplays.start_time,
        songplays.user_id,
        songplays.level,
        songplays.song_id,
        songplays.artist_id,
        songplays.session_id,
        songplays.location,
        songplays.user_agent,
        songplays.item_in_session,
        songplays.played_title,
        songplays.played_artist,
        songplays.played_seconds,
        songplays.log_date
      FROM songplays
      WHERE
        songplays.log_date BETWEEN $first_day AND $last_day
      UNION ALL
      SELECT
        songplays.songplay_id,
        songplays.start_time,
        songplays.user_id,
        songplays.level,
        songplays.song_id,
        songplays.artist_id,
        songplays.session_id,
        songplays.location,
        songplays.user_agent,
        songplays.item_in_session,
        songplays.played_title,
        songplays.played_artist,
        songplays.played_seconds,
        songplays.log_date
      FROM songplays
      INNER JOIN affected_songplays
        ON songplays.session_id = affected_songplays.session_id
        AND songplays.item_in_session = affected_songplays.item_in_session
      WHERE
        NOT (
          songplays.log_date BETWEEN $first_day AND $last_day
        )
    ) AS written
    WHERE
      NOT written.artist_id IS NULL
      AND GREATEST(written.artist_id, written.artist_id) IN (
        SELECT
          artist_id
        FROM artists
      )
  ) AS broken;

SELECT
  COUNT(*)
FROM (
  SELECT
    songplays.session_id,
    songplays.item_in_session,
    songplays.start_time
  FROM songplays
  INNER JOIN (
    SELECT
      old_time.start_time
    FROM old_time
    LEFT JOIN time
      ON old_time.start_time = time.start_time
    WHERE
      time.start_time IS NULL
  ) AS gone
    ON songplays.start_time = gone.start_time
) AS broken;

SELECT
  COUNT(*)
FROM (
  SELECT
    songplays.session_id,
    songplays.item_in_session,
    songplays.user_id
  FROM songplays
  INNER JOIN (
    SELECT
      old_users.user_id
    FROM old_users
    LEFT JOIN users
      ON old_users.user_id = users.user_id
    WHERE
      users.user_id IS NULL
  ) AS gone
    ON songplays.user_id = gone.user_id
) AS broken;

SELECT
  COUNT(*)
FROM (
  SELECT
    songplays.session_id,
    songplays.item_in_session,
    songplays.song_id
  FROM songplays
  INNER JOIN (
    SELECT
      old_songs.song_id
    FROM old_songs
    LEFT JOIN songs
      ON old_songs.song_id = songs.song_id
    WHERE
      songs.song_id IS NULL
  ) AS gone
    ON songplays.song_id = gone.song_id
) AS broken;

SELECT
  COUNT(*)
FROM (
  SELECT
    songplays.session_id,
    songplays.item_in_session,
    songplays.artist_id
  FROM songplays
  INNER JOIN (
    SELECT
      old_artists.artist_id
    FROM old_artists
    LEFT JOIN artists
      ON old_artists.artist_id = artists.artist_id
    WHERE
      artists.artist_id IS NULL
  ) AS gone
    ON songplays.artist_id = gone.artist_id
) AS broken;

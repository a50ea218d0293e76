SELECT
  plays.session_id,
  plays.item_in_session,
  'has no row' AS problem
FROM (
  SELECT
    events.sessionId AS session_id,
    events.itemInSession AS item_in_session
  FROM staging_events AS events
  LEFT JOIN (
    SELECT
      session_id,
      item_in_session
    FROM songplays
    WHERE
      log_date BETWEEN $first_day AND $last_day
  ) AS held
    ON events.sessionId = held.session_id
    AND events.itemInSession = held.item_in_session
  WHERE
    events.page = 'NextSong'
    AND events.log_date BETWEEN $first_day AND $last_day
    AND held.session_id IS NULL
) AS plays
LEFT JOIN songplays
  ON plays.session_id = songplays.session_id
  AND plays.item_in_session = songplays.item_in_session
WHERE
  songplays.session_id IS NULL
UNION ALL
SELECT
  songplays.session_id,
  songplays.item_in_session,
  'has no play' AS problem
FROM songplays
LEFT JOIN (
  SELECT
    sessionId,
    itemInSession
  FROM staging_events
  WHERE
    page = 'NextSong' AND log_date BETWEEN $first_day AND $last_day
) AS events
  ON songplays.session_id = events.sessionId
  AND songplays.item_in_session = events.itemInSession
WHERE
  songplays.log_date BETWEEN $first_day AND $last_day AND events.sessionId IS NULL;

SELECT
  (
    SELECT
      COUNT(*)
    FROM staging_events
    WHERE
      page = 'NextSong' AND log_date BETWEEN $first_day AND $last_day
  ) AS plays_staged,
  (
    SELECT
      COUNT(*)
    FROM songplays
    WHERE
      log_date BETWEEN $first_day AND $last_day
  ) AS rows_in_songplays;

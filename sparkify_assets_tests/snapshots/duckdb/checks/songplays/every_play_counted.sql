SELECT
  unmatched.session_id,
  unmatched.item_in_session,
  CASE WHEN unmatched.is_row THEN 'has no play' ELSE 'has no row' END AS problem
FROM (
  SELECT
    COALESCE(plays.session_id, held.session_id) AS session_id,
    COALESCE(plays.item_in_session, held.item_in_session) AS item_in_session,
    plays.session_id IS NULL AS is_row
  FROM (
    SELECT
      sessionId AS session_id,
      itemInSession AS item_in_session
    FROM staging_events
    WHERE
      page = 'NextSong' AND log_date BETWEEN $first_day AND $last_day
  ) AS plays
  FULL OUTER JOIN (
    SELECT
      session_id,
      item_in_session
    FROM songplays
    WHERE
      log_date BETWEEN $first_day AND $last_day
  ) AS held
    ON plays.session_id = held.session_id
    AND plays.item_in_session = held.item_in_session
  WHERE
    plays.session_id IS NULL OR held.session_id IS NULL
) AS unmatched
LEFT JOIN songplays
  ON unmatched.session_id = songplays.session_id
  AND unmatched.item_in_session = songplays.item_in_session
  AND NOT unmatched.is_row
WHERE
  songplays.session_id IS NULL;

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

SELECT
  unmatched.session_id,
  unmatched.item_in_session,
  CASE WHEN unmatched.is_row THEN 'has no play' ELSE 'has no row' END AS problem
FROM (
  SELECT
    COALESCE(staged.session_id, stored.session_id) AS session_id,
    COALESCE(staged.item_in_session, stored.item_in_session) AS item_in_session,
    staged.session_id IS NULL AS is_row
  FROM (
    SELECT
      session_id,
      item_in_session
    FROM plays
    WHERE
      log_date BETWEEN $first_day AND $last_day
  ) AS staged
  FULL OUTER JOIN (
    SELECT
      session_id,
      item_in_session
    FROM songplays
    WHERE
      log_date BETWEEN $first_day AND $last_day
  ) AS stored
    ON staged.session_id = stored.session_id
    AND staged.item_in_session = stored.item_in_session
  WHERE
    staged.session_id IS NULL OR stored.session_id IS NULL
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
    FROM plays
    WHERE
      log_date BETWEEN $first_day AND $last_day
  ) AS plays_staged,
  (
    SELECT
      COUNT(*)
    FROM songplays
    WHERE
      log_date BETWEEN $first_day AND $last_day
  ) AS rows_in_songplays;

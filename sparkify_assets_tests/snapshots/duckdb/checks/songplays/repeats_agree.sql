WITH repeated AS (
  SELECT
    session_id,
    item_in_session
  FROM plays
  WHERE
    log_date BETWEEN $first_day AND $last_day
  GROUP BY
    session_id,
    item_in_session
  HAVING
    COUNT(*) > 1
)
SELECT
  plays.session_id,
  plays.item_in_session,
  COUNT(*) AS lines,
  MIN(plays.start_time) AS first_start_time,
  MAX(plays.start_time) AS last_start_time
FROM plays
INNER JOIN repeated
  ON plays.session_id = repeated.session_id
  AND plays.item_in_session = repeated.item_in_session
WHERE
  plays.log_date BETWEEN $first_day AND $last_day
GROUP BY
  plays.session_id,
  plays.item_in_session
HAVING
  MIN(plays.start_time) <> MAX(plays.start_time)
  OR MIN(plays.title) <> MAX(plays.title)
  OR MIN(plays.artist) <> MAX(plays.artist)
  OR MIN(plays.user_id) <> MAX(plays.user_id);

SELECT
  user_id,
  last_seen_ts,
  last_session_id,
  last_item_in_session,
  log_date
FROM users AS written
WHERE
  user_id IS NULL
  OR last_seen_ts IS NULL
  OR last_session_id IS NULL
  OR last_item_in_session IS NULL
  OR log_date IS NULL;

SELECT
  user_id,
  COUNT(*) AS copies
FROM (
  SELECT
    GREATEST(user_id, user_id) AS user_id
  FROM users AS declared
) AS written
GROUP BY
  user_id
HAVING
  COUNT(*) > 1;

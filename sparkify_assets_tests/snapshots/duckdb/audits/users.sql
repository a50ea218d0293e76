SELECT
  COUNT(*)
FROM (
  SELECT
    user_id,
    last_seen_ts,
    last_session_id,
    last_item_in_session,
    log_date
  FROM new_users AS written
  WHERE
    user_id IS NULL
    OR last_seen_ts IS NULL
    OR last_session_id IS NULL
    OR last_item_in_session IS NULL
    OR log_date IS NULL
) AS broken;

SELECT
  COUNT(*)
FROM (
  SELECT
    users.user_id,
    COUNT(*) AS copies
  FROM users
  INNER JOIN (
    SELECT DISTINCT
      user_id
    FROM new_users AS affected
  ) AS written
    ON users.user_id = written.user_id
  GROUP BY
    users.user_id
  HAVING
    COUNT(*) > 1
) AS broken;

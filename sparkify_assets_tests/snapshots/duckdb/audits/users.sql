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
  (
    SELECT
      COUNT(*)
    FROM users
    WHERE
      user_id IN (
        SELECT
          user_id
        FROM new_users
      )
  ) - (
    SELECT
      COUNT(DISTINCT user_id)
    FROM new_users
  ) AS broken;

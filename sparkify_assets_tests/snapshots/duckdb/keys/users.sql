SELECT
  user_id,
  last_seen_ts,
  last_session_id,
  last_item_in_session
FROM users
WHERE
  (
    user_id IS NULL
    OR last_seen_ts IS NULL
    OR last_session_id IS NULL
    OR last_item_in_session IS NULL
  )
  AND users.log_date BETWEEN $first_day AND $last_day;

SELECT
  user_id,
  COUNT(*) AS copies
FROM users
WHERE
  1 = 1 AND users.log_date BETWEEN $first_day AND $last_day
GROUP BY
  user_id
HAVING
  COUNT(*) > 1
UNION ALL
SELECT
  others.user_id,
  2 AS copies
FROM users AS others
INNER JOIN (
  SELECT
    user_id
  FROM users
  WHERE
    log_date BETWEEN $first_day AND $last_day
) AS changed
  ON others.user_id = changed.user_id
WHERE
  NOT (
    others.log_date BETWEEN $first_day AND $last_day
  );

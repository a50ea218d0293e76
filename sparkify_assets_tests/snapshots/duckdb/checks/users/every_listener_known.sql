SELECT DISTINCT
  events.user_id
FROM events
LEFT JOIN users
  ON events.user_id = users.user_id
WHERE
  events.log_date BETWEEN $first_day AND $last_day
  AND NOT events.user_id IS NULL
  AND users.user_id IS NULL;

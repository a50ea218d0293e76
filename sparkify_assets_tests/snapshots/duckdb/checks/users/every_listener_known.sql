SELECT DISTINCT
  events.userId AS user_id
FROM staging_events AS events
LEFT JOIN users
  ON events.userId = users.user_id
WHERE
  events.log_date BETWEEN $first_day AND $last_day
  AND NOT events.userId IS NULL
  AND users.user_id IS NULL;

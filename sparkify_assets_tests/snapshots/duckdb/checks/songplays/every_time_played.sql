SELECT
  time.start_time
FROM time
LEFT JOIN songplays
  ON time.start_time = songplays.start_time
WHERE
  time.start_time >= $first_day
  AND time.start_time < (
    CAST($last_day AS TIMESTAMP) + INTERVAL 1 DAY
  )
  AND songplays.start_time IS NULL;

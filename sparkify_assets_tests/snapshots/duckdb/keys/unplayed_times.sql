SELECT
  start_time
FROM unplayed_times
WHERE
  (
    start_time IS NULL
  );

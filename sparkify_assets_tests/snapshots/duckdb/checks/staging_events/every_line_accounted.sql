SELECT
  files.log_date,
  files.line_count AS lines_in_lake,
  COALESCE(staged.events, 0) AS lines_staged,
  COALESCE(rejected.events, 0) AS lines_rejected
FROM (
  SELECT
    log_date,
    SUM(line_count) AS line_count
  FROM lake_files
  WHERE
    table_name = 'staging_events' AND log_date BETWEEN $first_day AND $last_day
  GROUP BY
    log_date
) AS files
LEFT JOIN (
  SELECT
    log_date,
    COUNT(*) AS events
  FROM staging_events
  WHERE
    log_date BETWEEN $first_day AND $last_day
  GROUP BY
    log_date
) AS staged
  ON files.log_date = staged.log_date
LEFT JOIN (
  SELECT
    log_date,
    COUNT(*) AS events
  FROM load_rejects
  WHERE
    table_name = 'staging_events' AND log_date BETWEEN $first_day AND $last_day
  GROUP BY
    log_date
) AS rejected
  ON files.log_date = rejected.log_date
WHERE
  files.line_count <> COALESCE(staged.events, 0) + COALESCE(rejected.events, 0);

SELECT
  (
    SELECT
      COALESCE(SUM(line_count), 0)
    FROM lake_files
    WHERE
      table_name = 'staging_events' AND log_date BETWEEN $first_day AND $last_day
  ) AS lines_in_lake,
  (
    SELECT
      COUNT(*)
    FROM staging_events
    WHERE
      log_date BETWEEN $first_day AND $last_day
  ) AS lines_staged,
  (
    SELECT
      COUNT(*)
    FROM load_rejects
    WHERE
      table_name = 'staging_events' AND log_date BETWEEN $first_day AND $last_day
  ) AS lines_rejected;

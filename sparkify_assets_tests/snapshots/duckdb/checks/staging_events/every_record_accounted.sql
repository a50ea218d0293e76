SELECT
  files.records AS records_in_lake,
  staged.records AS records_staged,
  rejected.records AS records_rejected
FROM (
  SELECT
    COALESCE(SUM(record_count), 0) AS records
  FROM lake_files
  WHERE
    table_name = 'staging_events' AND log_date BETWEEN $first_day AND $last_day
) AS files
CROSS JOIN (
  SELECT
    COUNT(*) AS records
  FROM staging_events
  WHERE
    log_date BETWEEN $first_day AND $last_day
) AS staged
CROSS JOIN (
  SELECT
    COUNT(*) AS records
  FROM load_rejects
  WHERE
    table_name = 'staging_events' AND log_date BETWEEN $first_day AND $last_day
) AS rejected
WHERE
  files.records <> staged.records + rejected.records;

SELECT
  (
    SELECT
      COALESCE(SUM(record_count), 0)
    FROM lake_files
    WHERE
      table_name = 'staging_events' AND log_date BETWEEN $first_day AND $last_day
  ) AS records_in_lake,
  (
    SELECT
      COUNT(*)
    FROM staging_events
    WHERE
      log_date BETWEEN $first_day AND $last_day
  ) AS records_staged,
  (
    SELECT
      COUNT(*)
    FROM load_rejects
    WHERE
      table_name = 'staging_events' AND log_date BETWEEN $first_day AND $last_day
  ) AS records_rejected;

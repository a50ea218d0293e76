SELECT
  files.records AS records_in_lake,
  staged.records AS records_staged,
  rejected.records AS records_rejected
FROM (
  SELECT
    COALESCE(SUM(line_count), 0) AS records
  FROM lake_files
  WHERE
    table_name = 'staging_songs'
) AS files
CROSS JOIN (
  SELECT
    COUNT(*) AS records
  FROM staging_songs
) AS staged
CROSS JOIN (
  SELECT
    COUNT(*) AS records
  FROM load_rejects
  WHERE
    table_name = 'staging_songs'
) AS rejected
WHERE
  files.records <> staged.records + rejected.records;

SELECT
  (
    SELECT
      COALESCE(SUM(line_count), 0)
    FROM lake_files
    WHERE
      table_name = 'staging_songs'
  ) AS records_in_lake,
  (
    SELECT
      COUNT(*)
    FROM staging_songs
  ) AS records_staged,
  (
    SELECT
      COUNT(*)
    FROM load_rejects
    WHERE
      table_name = 'staging_songs'
  ) AS records_rejected;

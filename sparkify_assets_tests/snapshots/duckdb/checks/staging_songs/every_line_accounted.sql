SELECT
  files.lines AS lines_in_lake,
  staged.lines AS lines_staged,
  rejected.lines AS lines_rejected
FROM (
  SELECT
    COALESCE(SUM(line_count), 0) AS lines
  FROM lake_files
  WHERE
    table_name = 'staging_songs' AND 1 = 1
) AS files
CROSS JOIN (
  SELECT
    COUNT(*) AS lines
  FROM staging_songs
  WHERE
    1 = 1
) AS staged
CROSS JOIN (
  SELECT
    COUNT(*) AS lines
  FROM load_rejects
  WHERE
    table_name = 'staging_songs' AND 1 = 1
) AS rejected
WHERE
  files.lines <> staged.lines + rejected.lines;

SELECT
  (
    SELECT
      COALESCE(SUM(line_count), 0)
    FROM lake_files
    WHERE
      table_name = 'staging_songs' AND 1 = 1
  ) AS lines_in_lake,
  (
    SELECT
      COUNT(*)
    FROM staging_songs
    WHERE
      1 = 1
  ) AS lines_staged,
  (
    SELECT
      COUNT(*)
    FROM load_rejects
    WHERE
      table_name = 'staging_songs' AND 1 = 1
  ) AS lines_rejected;

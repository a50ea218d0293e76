WITH texts AS (
  SELECT
    found,
    COUNT(*) AS times
  FROM (
    SELECT
      CASE fields.field
        WHEN 1
        THEN title
        WHEN 2
        THEN artist_name
        WHEN 3
        THEN artist_location
        WHEN 4
        THEN CAST(NULL AS TEXT(1))
        WHEN 5
        THEN CAST(NULL AS TEXT(1))
      END AS found
    FROM staging_songs
    CROSS JOIN (
      SELECT
        1 AS field
      UNION ALL
      SELECT
        2 AS field
      UNION ALL
      SELECT
        3 AS field
      UNION ALL
      SELECT
        4 AS field
      UNION ALL
      SELECT
        5 AS field
    ) AS fields
    WHERE
      1 = 1
  ) AS fields_of_rows
  WHERE
    NOT found IS NULL
  GROUP BY
    found
), marked AS (
  SELECT
    found,
    times,
    TRANSLATE(
      found,
      'ÂÃÄÅÎÏÐÑ×ØÙÚÛâãäåæçèéêëìíð€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ',
      'ÃÃÃÃÃÃÃÃÃÃÃÃÃâââââââââââââ¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶'
    ) AS marks
  FROM texts
)
SELECT
  found,
  times,
  SUM(times) OVER () AS times_in_all
FROM marked
WHERE
  (
    STRPOS(marks, 'Ã') > 0
    AND ASCII(SUBSTRING(marks, STRPOS(marks, 'Ã') + 1, 1)) BETWEEN 128 AND 191
  )
  OR (
    STRPOS(marks, 'â') > 0
    AND ASCII(SUBSTRING(marks, STRPOS(marks, 'â') + 1, 1)) BETWEEN 128 AND 191
    AND ASCII(SUBSTRING(marks, STRPOS(marks, 'â') + 2, 1)) BETWEEN 128 AND 191
  )
ORDER BY
  times DESC NULLS FIRST,
  found ASC;

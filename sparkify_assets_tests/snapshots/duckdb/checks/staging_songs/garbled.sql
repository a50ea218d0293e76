WITH texts AS (
  SELECT
    found,
    COUNT(*) AS times
  FROM (
    SELECT
      title AS found
    FROM staging_songs
    WHERE
      1 = 1 AND STRLEN(title) > LENGTH(title)
    UNION ALL
    SELECT
      artist_name AS found
    FROM staging_songs
    WHERE
      1 = 1 AND STRLEN(artist_name) > LENGTH(artist_name)
    UNION ALL
    SELECT
      artist_location AS found
    FROM staging_songs
    WHERE
      1 = 1 AND STRLEN(artist_location) > LENGTH(artist_location)
    UNION ALL
    SELECT
      CAST(NULL AS TEXT(1)) AS found
    FROM staging_songs
    WHERE
      1 = 1 AND STRLEN(CAST(NULL AS TEXT(1))) > LENGTH(CAST(NULL AS TEXT(1)))
    UNION ALL
    SELECT
      CAST(NULL AS TEXT(1)) AS found
    FROM staging_songs
    WHERE
      1 = 1 AND STRLEN(CAST(NULL AS TEXT(1))) > LENGTH(CAST(NULL AS TEXT(1)))
  ) AS longer
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

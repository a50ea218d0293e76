WITH texts AS (
  SELECT
    found,
    COUNT(*) AS times
  FROM (
    SELECT
      artist AS found
    FROM staging_events
    WHERE
      log_date BETWEEN $first_day AND $last_day AND STRLEN(artist) > LENGTH(artist)
    UNION ALL
    SELECT
      song AS found
    FROM staging_events
    WHERE
      log_date BETWEEN $first_day AND $last_day AND STRLEN(song) > LENGTH(song)
    UNION ALL
    SELECT
      location AS found
    FROM staging_events
    WHERE
      log_date BETWEEN $first_day AND $last_day AND STRLEN(location) > LENGTH(location)
    UNION ALL
    SELECT
      firstName AS found
    FROM staging_events
    WHERE
      log_date BETWEEN $first_day AND $last_day
      AND STRLEN(firstName) > LENGTH(firstName)
    UNION ALL
    SELECT
      lastName AS found
    FROM staging_events
    WHERE
      log_date BETWEEN $first_day AND $last_day AND STRLEN(lastName) > LENGTH(lastName)
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

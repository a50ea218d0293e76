SELECT
  auth,
  gender,
  level,
  method,
  COUNT(*) AS events
FROM staging_events
WHERE
  log_date BETWEEN $first_day AND $last_day
GROUP BY
  auth,
  gender,
  level,
  method
HAVING
  NOT auth IN ('Logged In', 'Logged Out')
  OR NOT gender IN ('F', 'M')
  OR NOT level IN ('free', 'paid')
  OR NOT method IN ('GET', 'PUT');

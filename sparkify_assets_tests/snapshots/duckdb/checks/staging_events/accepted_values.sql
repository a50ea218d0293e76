WITH written AS (
  SELECT
    auth,
    gender,
    level,
    method,
    page,
    COUNT(*) AS events
  FROM staging_events
  WHERE
    log_date BETWEEN $first_day AND $last_day
  GROUP BY
    auth,
    gender,
    level,
    method,
    page
)
SELECT
  CAST('auth' AS TEXT(8)) AS field,
  auth AS found,
  SUM(events) AS events
FROM written
WHERE
  NOT auth IN ('Logged In', 'Logged Out', 'Guest', 'Cancelled')
GROUP BY
  auth
UNION ALL
SELECT
  CAST('gender' AS TEXT(8)) AS field,
  gender AS found,
  SUM(events) AS events
FROM written
WHERE
  NOT gender IN ('F', 'M')
GROUP BY
  gender
UNION ALL
SELECT
  CAST('level' AS TEXT(8)) AS field,
  level AS found,
  SUM(events) AS events
FROM written
WHERE
  NOT level IN ('free', 'paid')
GROUP BY
  level
UNION ALL
SELECT
  CAST('method' AS TEXT(8)) AS field,
  method AS found,
  SUM(events) AS events
FROM written
WHERE
  NOT method IN ('GET', 'PUT')
GROUP BY
  method
UNION ALL
SELECT
  CAST('page' AS TEXT(8)) AS field,
  page AS found,
  SUM(events) AS events
FROM written
WHERE
  NOT page IN (
    'About',
    'Add Friend',
    'Add to Playlist',
    'Cancel',
    'Cancellation Confirmation',
    'Downgrade',
    'Error',
    'Help',
    'Home',
    'Login',
    'Logout',
    'NextSong',
    'Register',
    'Roll Advert',
    'Save Settings',
    'Settings',
    'Submit Downgrade',
    'Submit Registration',
    'Submit Upgrade',
    'Thumbs Down',
    'Thumbs Up',
    'Upgrade'
  )
GROUP BY
  page;

CREATE TABLE IF NOT EXISTS users (
  user_id INT NOT NULL,
  first_name TEXT(128),
  last_name TEXT(128),
  gender TEXT(1),
  level TEXT(16),
  last_seen_ts BIGINT NOT NULL,
  last_session_id INT NOT NULL,
  last_item_in_session INT NOT NULL,
  log_date DATE NOT NULL
);

DROP TABLE IF EXISTS given_users;

CREATE TEMPORARY TABLE given_users AS
WITH stale_users AS (
  SELECT
    user_id
  FROM users
  WHERE
    log_date BETWEEN $first_day AND $last_day
), seen AS (
  SELECT
    user_id,
    ts
  FROM events
  WHERE
    log_date BETWEEN $first_day AND $last_day
  UNION ALL
  SELECT
    events.user_id,
    events.ts
  FROM events
  INNER JOIN stale_users
    ON events.user_id = stale_users.user_id
  WHERE
    NOT events.log_date BETWEEN $first_day AND $last_day
), latest_times AS (
  SELECT
    user_id,
    MAX(ts) AS ts
  FROM seen
  WHERE
    NOT user_id IS NULL
  GROUP BY
    user_id
), candidates AS (
  SELECT
    events.user_id,
    events.first_name,
    events.last_name,
    events.gender,
    events.level,
    events.ts AS last_seen_ts,
    events.session_id AS last_session_id,
    events.item_in_session AS last_item_in_session,
    events.log_date
  FROM events
  INNER JOIN latest_times
    ON events.user_id = latest_times.user_id AND events.ts = latest_times.ts
  UNION ALL
  SELECT
    users.user_id,
    users.first_name,
    users.last_name,
    users.gender,
    users.level,
    users.last_seen_ts,
    users.last_session_id,
    users.last_item_in_session,
    users.log_date
  FROM users
  INNER JOIN latest_times
    ON users.user_id = latest_times.user_id
  WHERE
    NOT users.log_date BETWEEN $first_day AND $last_day
), ranked AS (
  SELECT
    candidates.*,
    ROW_NUMBER() OVER (
      PARTITION BY user_id
      ORDER BY last_seen_ts DESC NULLS FIRST, last_session_id DESC NULLS FIRST, last_item_in_session DESC NULLS FIRST, level ASC, first_name ASC, last_name ASC, gender ASC, log_date ASC
    ) AS event_rank
  FROM candidates
)
SELECT
  user_id,
  first_name,
  last_name,
  gender,
  level,
  last_seen_ts,
  last_session_id,
  last_item_in_session,
  log_date
FROM ranked
WHERE
  event_rank = 1;

DROP TABLE IF EXISTS new_users;

CREATE TEMPORARY TABLE new_users AS
SELECT
  user_id,
  first_name,
  last_name,
  gender,
  level,
  last_seen_ts,
  last_session_id,
  last_item_in_session,
  log_date
FROM given_users;

DELETE FROM new_users USING   users
WHERE
  users.user_id = new_users.user_id
  AND (
    users.first_name = new_users.first_name
    OR (
      users.first_name IS NULL AND new_users.first_name IS NULL
    )
  )
  AND (
    users.last_name = new_users.last_name
    OR (
      users.last_name IS NULL AND new_users.last_name IS NULL
    )
  )
  AND (
    users.gender = new_users.gender
    OR (
      users.gender IS NULL AND new_users.gender IS NULL
    )
  )
  AND (
    users.level = new_users.level
    OR (
      users.level IS NULL AND new_users.level IS NULL
    )
  )
  AND (
    users.last_seen_ts = new_users.last_seen_ts
    OR (
      users.last_seen_ts IS NULL AND new_users.last_seen_ts IS NULL
    )
  )
  AND (
    users.last_session_id = new_users.last_session_id
    OR (
      users.last_session_id IS NULL AND new_users.last_session_id IS NULL
    )
  )
  AND (
    users.last_item_in_session = new_users.last_item_in_session
    OR (
      users.last_item_in_session IS NULL AND new_users.last_item_in_session IS NULL
    )
  )
  AND (
    users.log_date = new_users.log_date
    OR (
      users.log_date IS NULL AND new_users.log_date IS NULL
    )
  );

DROP TABLE IF EXISTS old_users;

CREATE TEMPORARY TABLE old_users AS
SELECT
  users.user_id,
  users.first_name,
  users.last_name,
  users.gender,
  users.level,
  users.last_seen_ts,
  users.last_session_id,
  users.last_item_in_session,
  users.log_date
FROM users
INNER JOIN new_users
  ON users.user_id = new_users.user_id
UNION ALL
SELECT
  users.user_id,
  users.first_name,
  users.last_name,
  users.gender,
  users.level,
  users.last_seen_ts,
  users.last_session_id,
  users.last_item_in_session,
  users.log_date
FROM users
LEFT JOIN given_users
  ON users.user_id = given_users.user_id
WHERE
  users.log_date BETWEEN $first_day AND $last_day AND given_users.user_id IS NULL;

DELETE FROM users USING   old_users
WHERE
  users.user_id = old_users.user_id;

INSERT INTO users (
  user_id,
  first_name,
  last_name,
  gender,
  level,
  last_seen_ts,
  last_session_id,
  last_item_in_session,
  log_date
)
SELECT
  user_id,
  first_name,
  last_name,
  gender,
  level,
  last_seen_ts,
  last_session_id,
  last_item_in_session,
  log_date
FROM new_users;

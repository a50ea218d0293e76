CREATE TABLE IF NOT EXISTS users (
  user_id INT NOT NULL,
  first_name TEXT(128),
  last_name TEXT(128),
  gender TEXT(1),
  level TEXT(16),
  last_seen_ts BIGINT NOT NULL,
  last_session_id INT NOT NULL,
  last_item_in_session INT NOT NULL,
  log_date DATE
);

DROP TABLE IF EXISTS stale_users;

CREATE TEMPORARY TABLE stale_users AS
SELECT
  user_id
FROM users
WHERE
  log_date BETWEEN $first_day AND $last_day;

DROP TABLE IF EXISTS latest_times;

CREATE TEMPORARY TABLE latest_times AS
SELECT
  events.userId AS user_id,
  MAX(events.ts) AS ts
FROM (
  SELECT
    userId,
    ts
  FROM staging_events
  WHERE
    log_date BETWEEN $first_day AND $last_day
  UNION ALL
  SELECT
    earlier.userId,
    earlier.ts
  FROM staging_events AS earlier
  INNER JOIN stale_users
    ON earlier.userId = stale_users.user_id
  WHERE
    NOT earlier.log_date BETWEEN $first_day AND $last_day
) AS events
WHERE
  NOT events.userId IS NULL
GROUP BY
  events.userId;

DROP TABLE IF EXISTS latest_users;

CREATE TEMPORARY TABLE latest_users AS
SELECT
  candidates.*,
  ROW_NUMBER() OVER (
    PARTITION BY candidates.user_id
    ORDER BY candidates.last_seen_ts DESC NULLS FIRST, candidates.last_session_id DESC NULLS FIRST, candidates.last_item_in_session DESC NULLS FIRST, candidates.level ASC, candidates.first_name ASC, candidates.last_name ASC, candidates.gender ASC, candidates.log_date ASC
  ) AS place
FROM (
  SELECT
    events.userId AS user_id,
    events.firstName AS first_name,
    events.lastName AS last_name,
    events.gender,
    events.level,
    events.ts AS last_seen_ts,
    events.sessionId AS last_session_id,
    events.itemInSession AS last_item_in_session,
    events.log_date
  FROM staging_events AS events
  INNER JOIN latest_times
    ON events.userId = latest_times.user_id AND events.ts = latest_times.ts
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
) AS candidates;

DELETE FROM users USING   latest_users
WHERE
  users.user_id = latest_users.user_id;

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
FROM latest_users
WHERE
  place = 1;

UPDATE users SET log_date = NULL
WHERE
  log_date BETWEEN $first_day AND $last_day
  AND NOT user_id IN (
    SELECT
      user_id
    FROM latest_users
  );

DELETE FROM users
WHERE
  log_date IS NULL;

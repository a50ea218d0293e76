SELECT
  events.sessionId AS session_id,
  events.itemInSession AS item_in_session,
  COUNT(*) AS lines,
  MIN(events.ts) AS first_ts,
  MAX(events.ts) AS last_ts
FROM staging_events AS events
INNER JOIN (
  SELECT
    sessionId,
    itemInSession
  FROM staging_events
  WHERE
    page = 'NextSong' AND log_date BETWEEN $first_day AND $last_day
  GROUP BY
    sessionId,
    itemInSession
  HAVING
    COUNT(*) > 1
) AS repeated
  ON events.sessionId = repeated.sessionId
  AND events.itemInSession = repeated.itemInSession
WHERE
  events.page = 'NextSong' AND events.log_date BETWEEN $first_day AND $last_day
GROUP BY
  events.sessionId,
  events.itemInSession
HAVING
  MIN(events.ts) <> MAX(events.ts)
  OR MIN(events.song) <> MAX(events.song)
  OR MIN(events.artist) <> MAX(events.artist)
  OR MIN(events.userId) <> MAX(events.userId);

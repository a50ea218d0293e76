MODEL (
  name sparkify.stg_events,
  -- JSON knows upper and lower case.
  dialect 'duckdb, normalization_strategy=case_sensitive',
  kind INCREMENTAL_BY_TIME_RANGE (time_column log_date),
  audits (
    not_null(columns := (session_id, item_in_session, page, ts)),
    accepted_values(column := level, is_in := ('free', 'paid')),
    accepted_values(column := gender, is_in := ('F', 'M'))
  )
);

SELECT
  artist, song, length, page, level, location, gender, ts,
  firstName AS first_name,
  lastName AS last_name,
  TRY_CAST(userId AS INTEGER) AS user_id,
  sessionId AS session_id,
  itemInSession AS item_in_session,
  userAgent AS user_agent,
  CAST(REGEXP_EXTRACT(filename, '(\d{4}-\d{2}-\d{2})-events', 1) AS DATE) AS log_date
FROM READ_JSON(
  @lake || '/log_data/*/*/*.json', filename = TRUE, format = 'newline_delimited',
  columns = {
    artist: 'VARCHAR', firstName: 'VARCHAR', gender: 'VARCHAR', itemInSession: 'INTEGER',
    lastName: 'VARCHAR', length: 'DOUBLE', level: 'VARCHAR', location: 'VARCHAR', page: 'VARCHAR',
    sessionId: 'INTEGER', song: 'VARCHAR', ts: 'BIGINT', userAgent: 'VARCHAR', userId: 'VARCHAR'
  }
)
WHERE CAST(REGEXP_EXTRACT(filename, '(\d{4}-\d{2}-\d{2})-events', 1) AS DATE) BETWEEN @start_date AND @end_date

MODEL (
  name sparkify.users,
  kind INCREMENTAL_BY_UNIQUE_KEY (unique_key user_id),
  audits (not_null(columns := (user_id)), unique_values(columns := (user_id)))
);

SELECT user_id, first_name, last_name, gender, level
FROM sparkify.stg_events
WHERE user_id IS NOT NULL AND log_date BETWEEN @start_date AND @end_date
QUALIFY ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY ts DESC, session_id DESC, item_in_session DESC) = 1

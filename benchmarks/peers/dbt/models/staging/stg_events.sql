{{ config(materialized="incremental", incremental_strategy="delete+insert", unique_key="log_date") }}

select
    artist, song, length, page, level, location, gender, ts,
    firstName as first_name,
    lastName as last_name,
    try_cast(userId as integer) as user_id,
    sessionId as session_id,
    itemInSession as item_in_session,
    userAgent as user_agent,
    cast(regexp_extract(filename, '(\d{4}-\d{2}-\d{2})-events', 1) as date) as log_date
from read_json(
    '{{ env_var("LAKE") }}/log_data/*/*/*.json', filename = true, format = 'newline_delimited',
    columns = {
        artist: 'VARCHAR', firstName: 'VARCHAR', gender: 'VARCHAR', itemInSession: 'INTEGER', lastName: 'VARCHAR',
        length: 'DOUBLE', level: 'VARCHAR', location: 'VARCHAR', page: 'VARCHAR', sessionId: 'INTEGER',
        song: 'VARCHAR', ts: 'BIGINT', userAgent: 'VARCHAR', userId: 'VARCHAR'
    }
)
where log_date between '{{ env_var("FIRST_DAY") }}' and '{{ env_var("LAST_DAY") }}'

{{ config(materialized="incremental", incremental_strategy="delete+insert", unique_key="user_id") }}

select user_id, first_name, last_name, gender, level
from {{ ref("stg_events") }}
where
    user_id is not null
    {% if is_incremental() %} and log_date between '{{ env_var("FIRST_DAY") }}' and '{{ env_var("LAST_DAY") }}' {% endif %}
qualify row_number() over (partition by user_id order by ts desc, session_id desc, item_in_session desc) = 1

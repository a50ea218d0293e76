{{ config(materialized="incremental", incremental_strategy="delete+insert", unique_key="start_time") }}

select
    start_time,
    hour(start_time) as hour,
    day(start_time) as day,
    week(start_time) as week,
    month(start_time) as month,
    year(start_time) as year,
    dayname(start_time) as weekday
from (
    select distinct start_time
    from {{ ref("songplays") }}
    {% if is_incremental() %} where log_date between '{{ env_var("FIRST_DAY") }}' and '{{ env_var("LAST_DAY") }}' {% endif %}
)

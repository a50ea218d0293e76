-- The lines which repeat a play are equal; where they differ, the earliest counts.
-- severity: warn
with repeated as (
    select
        session_id,
        item_in_session
    from plays
    where log_date between :first_day and :last_day
    group by session_id, item_in_session
    having count(*) > 1
)

select
    plays.session_id,
    plays.item_in_session,
    count(*) as lines,
    min(plays.start_time) as first_start_time,
    max(plays.start_time) as last_start_time
from plays
inner join repeated
    on plays.session_id = repeated.session_id and plays.item_in_session = repeated.item_in_session
where plays.log_date between :first_day and :last_day
group by plays.session_id, plays.item_in_session
having
    min(plays.start_time) <> max(plays.start_time)
    or min(plays.title) <> max(plays.title)
    or min(plays.artist) <> max(plays.artist)
    or min(plays.user_id) <> max(plays.user_id);

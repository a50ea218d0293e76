-- Start times of the plays which a load of the star put in or took out, or whose listener has another gender now.
-- The answers and cubes count these days again. It is read like a table.
select start_time
from new_songplays
union all
select start_time
from old_songplays
union all
select songplays.start_time
from songplays
inner join new_users on songplays.user_id = new_users.user_id
inner join old_users on new_users.user_id = old_users.user_id
where coalesce(new_users.gender, '') <> coalesce(old_users.gender, '');

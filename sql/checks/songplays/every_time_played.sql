-- Each start time in `time` is that of a play.
-- severity: error
select time.start_time
from time
left join songplays on time.start_time = songplays.start_time
where
    time.start_time >= :first_day
    and time.start_time < dateadd(day, 1, :last_day)
    and songplays.start_time is null;

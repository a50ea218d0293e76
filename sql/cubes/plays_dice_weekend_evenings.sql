-- One row per day and hour: a dice of plays_cube, which restricts several dimensions to some of their values.
-- Here to Saturdays and Sundays and to the hours from 18 to 23, in SPARKIFY_TIME_ZONE.
-- load: months
create table if not exists plays_dice_weekend_evenings (
    play_date date not null, -- A Saturday or Sunday
    hour integer not null, -- 18 to 23
    plays bigint not null, -- Plays; they add up
    seconds bigint not null, -- Length of the songs played; it adds up
    listeners bigint not null, -- Distinct users; they do not add up
    songs bigint not null, -- Distinct songs; they do not add up
    primary key (play_date, hour)
)
diststyle all
sortkey (play_date, hour);

select
    play_date,
    hour,
    plays,
    seconds,
    listeners,
    songs
from plays_cube
where
    dimensions = 'date hour'
    and extract(dow from play_date) in (0, 6)
    and hour between 18 and 23
    and play_date between :first_day and :last_day
    and play_date in (select changed_days.play_date from changed_days);

-- One row per day, gender and region: a slice of plays_cube, which fixes one dimension (level = 'paid').
-- The other dimensions keep all their values; null is not known.
-- load: months
-- check: adds_up_to_songplays period=play_date seconds=seconds counted="level = 'paid'"
create table if not exists plays_slice_paid (
    play_date date not null, -- Day of the play in SPARKIFY_TIME_ZONE
    gender varchar(1), -- F or M
    region varchar(1024), -- State of the listener
    plays bigint not null, -- Plays by paying listeners; they add up
    seconds bigint not null, -- Length of the songs played; it adds up
    listeners bigint not null, -- Distinct users; they do not add up
    songs bigint not null, -- Distinct songs; they do not add up
    unique (play_date, gender, region)
)
diststyle all
sortkey (play_date, gender, region);

select
    play_date,
    gender,
    region,
    plays,
    seconds,
    listeners,
    songs
from plays_cube
where
    dimensions = 'date level gender region'
    and level = 'paid'
    and play_date between :first_day and :last_day
    and play_date in (select changed_days.play_date from changed_days);

-- The dice has the plays which plays_cube has in these hours of these days.
-- severity: error
select
    dice.plays as plays_here,
    cube_rows.plays as plays_in_cube
from (
    select coalesce(sum(plays), 0) as plays
    from plays_dice_weekend_evenings
    where play_date between :first_day and :last_day
) as dice
cross join (
    select coalesce(sum(plays), 0) as plays
    from plays_cube
    where
        dimensions = 'date hour'
        and play_date between :first_day and :last_day
        and extract(dow from play_date) in (0, 6)
        and hour between 18 and 23
) as cube_rows
where dice.plays <> cube_rows.plays;

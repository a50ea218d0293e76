-- The cities of each state add up to it.
-- severity: error
select
    state,
    sum(case when place_level = 'city' then plays else 0 end) as plays_of_cities,
    sum(case when place_level = 'state' then plays else 0 end) as plays_of_state
from plays_by_place
where place_level in ('city', 'state')
group by state
having
    sum(case when place_level = 'city' then plays else 0 end)
    <> sum(case when place_level = 'state' then plays else 0 end);

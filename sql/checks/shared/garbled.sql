-- No text was encoded twice, as 'BjÃ¶rk' was: UTF-8, read as Latin-1 or Windows-1252 and encoded again. It is kept.
-- `sparkify import --repair-text` repairs such a dump on its way into a lake.
-- severity: warn
-- default: d=cast(null as varchar(1))
-- default: e=cast(null as varchar(1))
-- default: days=1 = 1
with texts as (
    select
        found,
        count(*) as times
    from (
        select
            case fields.field
                when 1 then :a
                when 2 then :b
                when 3 then :c
                when 4 then :d
                when 5 then :e
            end as found
        from :table
        cross join (
            select 1 as field
            union all
            select 2 as field
            union all
            select 3 as field
            union all
            select 4 as field
            union all
            select 5 as field
        ) as fields
        where :days
    ) as fields_of_rows
    where found is not null
    group by found
),

-- As Latin-1, UTF-8 begins a character with one of these letters, and goes on with characters of 128 to 191, for which
-- Windows-1252 has the signs. Letters which begin two bytes become Ã here, those which begin more become â, signs ¶.
marked as (
    select
        found,
        times,
        translate(
            found,
            'ÂÃÄÅÎÏÐÑ×ØÙÚÛâãäåæçèéêëìíð€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ',
            'ÃÃÃÃÃÃÃÃÃÃÃÃÃâââââââââââââ¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶¶'
        ) as marks
    from texts
)

select
    found,
    times,
    sum(times) over () as times_in_all
from marked
where
    (
        position('Ã' in marks) > 0
        and ascii(substring(marks, position('Ã' in marks) + 1, 1)) between 128 and 191
    )
    or (
        position('â' in marks) > 0
        and ascii(substring(marks, position('â' in marks) + 1, 1)) between 128 and 191
        and ascii(substring(marks, position('â' in marks) + 2, 1)) between 128 and 191
    )
order by times desc, found asc;

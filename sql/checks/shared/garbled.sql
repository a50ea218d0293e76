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
        -- A garbled text has letters of several bytes; few texts have any.
        select :a as found
        from :table
        where :days and octet_length(:a) > length(:a)
        union all
        select :b as found
        from :table
        where :days and octet_length(:b) > length(:b)
        union all
        select :c as found
        from :table
        where :days and octet_length(:c) > length(:c)
        union all
        select :d as found
        from :table
        where :days and octet_length(:d) > length(:d)
        union all
        select :e as found
        from :table
        where :days and octet_length(:e) > length(:e)
    ) as longer
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

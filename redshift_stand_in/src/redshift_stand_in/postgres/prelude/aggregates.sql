-- Aggregates. AVG of integers is a BIGINT, SUM of REAL is DOUBLE PRECISION (Developer Guide: AVG, SUM).

create function redshift.add_value(total numeric[], value bigint) returns numeric[]
language sql immutable strict as 'select array[total[1] + value, total[2] + 1]';

create function redshift.whole_average(total numeric[]) returns bigint
language sql immutable strict as 'select trunc(total[1] / nullif(total[2], 0))::bigint';

create aggregate redshift.avg(bigint) (
    sfunc = redshift.add_value, stype = numeric[], initcond = '{0,0}', finalfunc = redshift.whole_average
);
create function redshift.whole_average(total bigint[]) returns bigint
language sql immutable strict as 'select total[2] / nullif(total[1], 0)';

create aggregate redshift.avg(integer) (
    sfunc = int4_avg_accum, stype = bigint[], initcond = '{0,0}', finalfunc = redshift.whole_average
);
create aggregate redshift.avg(smallint) (
    sfunc = int2_avg_accum, stype = bigint[], initcond = '{0,0}', finalfunc = redshift.whole_average
);

create function redshift.add_value(total double precision, value real) returns double precision
language sql immutable as 'select case when value is null then total else coalesce(total, 0) + value end';
create aggregate redshift.sum(real) (sfunc = redshift.add_value, stype = double precision);

create function redshift.middle(found anyarray) returns numeric
language sql immutable as $$
    select avg(value::numeric)
    from (
        select value, row_number() over (order by value) as rank, count(*) over () as members
        from unnest(found) as value
        where value is not null
    ) as sorted
    where rank in ((members + 1) / 2, members / 2 + 1)
$$;
create function redshift.middle_of_double(found double precision[]) returns double precision
language sql immutable as 'select redshift.middle(found)::double precision';

create aggregate redshift.median(integer) (sfunc = array_append, stype = integer[], finalfunc = redshift.middle);
create aggregate redshift.median(bigint) (sfunc = array_append, stype = bigint[], finalfunc = redshift.middle);
create aggregate redshift.median(numeric) (sfunc = array_append, stype = numeric[], finalfunc = redshift.middle);
create aggregate redshift.median(double precision) (
    sfunc = array_append, stype = double precision[], finalfunc = redshift.middle_of_double
);

-- What LISTAGG gives is a VARCHAR(65535) (Developer Guide: LISTAGG).
create function redshift.listagg(list text) returns text
language plpgsql immutable as $$
begin
    if octet_length(list) > 65535 then
        raise exception using errcode = '22001', message = 'Result size exceeds LISTAGG limit';
    end if;
    return list;
end $$;

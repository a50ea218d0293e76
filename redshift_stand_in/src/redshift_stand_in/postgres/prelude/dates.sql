-- Dates and times. sql/translate.py hands date parts over as words which PostgreSQL's `extract` knows.

create function redshift.date_part(part text, value timestamp) returns integer
language sql immutable as $$
    select case part
        when 'microseconds' then pg_catalog.date_part(part, value)::bigint % 1000000
        when 'milliseconds' then trunc(pg_catalog.date_part(part, value))::bigint % 1000
        else trunc(pg_catalog.date_part(part, value))
    end::integer
$$;
create function redshift.date_part(part text, value date) returns integer
language sql immutable as 'select redshift.date_part(part, value::timestamp)';
create function redshift.date_part(part text, value timestamptz) returns integer
language sql stable as 'select redshift.date_part(part, value::timestamp)';
create function redshift.date_part(part text, value time) returns integer
language sql immutable as 'select redshift.date_part(part, date ''epoch'' + value)';
create function redshift.date_part(part text, value interval) returns integer
language sql immutable as 'select trunc(pg_catalog.date_part(part, value))::integer';
create function redshift.date_part(part text, value text) returns integer
language sql stable as 'select redshift.date_part(part, value::timestamp)';

create function redshift.pgdate_part(part text, value timestamp) returns double precision
language sql immutable as 'select pg_catalog.date_part(part, value)';
create function redshift.pgdate_part(part text, value date) returns double precision
language sql immutable as 'select pg_catalog.date_part(part, value::timestamp)';
create function redshift.pgdate_part(part text, value timestamptz) returns double precision
language sql stable as 'select pg_catalog.date_part(part, value)';
create function redshift.pgdate_part(part text, value interval) returns double precision
language sql immutable as 'select pg_catalog.date_part(part, value)';
create function redshift.pgdate_part(part text, value text) returns double precision
language sql stable as 'select pg_catalog.date_part(part, value::timestamp)';

create function redshift.span(part text) returns interval
language sql immutable as $$
    select case part
        when 'microseconds' then interval '1 microsecond'
        when 'milliseconds' then interval '1 millisecond'
        when 'second' then interval '1 second'
        when 'minute' then interval '1 minute'
        when 'hour' then interval '1 hour'
        when 'day' then interval '1 day'
        when 'dow' then interval '1 day'
        when 'doy' then interval '1 day'
        when 'week' then interval '7 days'
        when 'month' then interval '1 month'
        when 'quarter' then interval '3 months'
        when 'year' then interval '1 year'
        when 'decade' then interval '10 years'
        when 'century' then interval '100 years'
        when 'millennium' then interval '1000 years'
    end
$$;
create function redshift.dateadd(part text, amount integer, value timestamp) returns timestamp
language sql immutable as 'select value + amount * redshift.span(part)';
create function redshift.dateadd(part text, amount integer, value date) returns timestamp
language sql immutable as 'select value + amount * redshift.span(part)';
create function redshift.dateadd(part text, amount integer, value timestamptz) returns timestamptz
language sql stable as 'select value + amount * redshift.span(part)';
create function redshift.dateadd(part text, amount integer, value text) returns timestamp
language sql stable as 'select value::timestamp + amount * redshift.span(part)';

-- DATEDIFF counts the boundaries between two times (Developer Guide: DATEDIFF). That weeks begin on Monday is assumed.
create function redshift.boundaries(part text, value timestamp) returns bigint
language sql immutable as $$
    select floor(case part
        when 'microseconds' then extract(epoch from value) * 1000000
        when 'milliseconds' then extract(epoch from value) * 1000
        when 'second' then extract(epoch from value)
        when 'minute' then extract(epoch from value) / 60
        when 'hour' then extract(epoch from value) / 3600
        when 'day' then value::date - date '2001-01-01'
        when 'week' then floor((value::date - date '2001-01-01') / 7.0)
        when 'month' then extract(year from value) * 12 + extract(month from value)
        when 'quarter' then extract(year from value) * 4 + extract(quarter from value)
        when 'year' then extract(year from value)
        when 'decade' then extract(decade from value)
        when 'century' then extract(century from value)
        when 'millennium' then extract(millennium from value)
    end)::bigint
$$;
create function redshift.datediff(part text, first timestamp, last timestamp) returns bigint
language sql immutable as 'select redshift.boundaries(part, last) - redshift.boundaries(part, first)';
create function redshift.datediff(part text, first timestamptz, last timestamptz) returns bigint
language sql stable as 'select redshift.datediff(part, first::timestamp, last::timestamp)';
create function redshift.datediff(part text, first date, last date) returns bigint
language sql immutable as 'select redshift.datediff(part, first::timestamp, last::timestamp)';

create function redshift.date_trunc(part text, value date) returns timestamp
language sql immutable as 'select pg_catalog.date_trunc(part, value::timestamp)';
create function redshift.trunc(value timestamp) returns date
language sql immutable as 'select value::date';
create function redshift.last_day(value timestamp) returns date
language sql immutable as $$
    select (pg_catalog.date_trunc('month', value) + interval '1 month - 1 day')::date
$$;
-- The last day of a month stays the last day (Developer Guide: ADD_MONTHS).
create function redshift.add_months(value timestamp, months integer) returns timestamp
language sql immutable as $$
    select case
        when value::date = redshift.last_day(value)
            then redshift.last_day(value + months * interval '1 month') + (value - pg_catalog.date_trunc('day', value))
        else value + months * interval '1 month'
    end
$$;
create function redshift.convert_timezone(zone text, value timestamp) returns timestamp
language sql stable as 'select value at time zone ''UTC'' at time zone zone';
create function redshift.convert_timezone(from_zone text, to_zone text, value timestamp) returns timestamp
language sql stable as 'select value at time zone from_zone at time zone to_zone';

create function redshift.getdate() returns timestamp
language sql stable as 'select pg_catalog.date_trunc(''second'', statement_timestamp() at time zone ''UTC'')';
create function redshift.sysdate() returns timestamp
language sql stable as 'select transaction_timestamp() at time zone ''UTC''';

-- What PostgreSQL has to learn to answer like Redshift; installed once, into the template of every database.
--
-- Schema `redshift` stands before `pg_catalog` in the search path, so a function of the same name and arguments hides
-- PostgreSQL's. Where no function can reach (comparison, length, casts) the catalogue of the template is changed.

create schema redshift;

alter role all set search_path = public, redshift, pg_catalog;

-- Settings which PostgreSQL does not know; sql_translate gives them their prefix in SET, SHOW and RESET.
alter role all set redshift.query_group = 'default';
alter role all set redshift.analyze_threshold_percent = '10';
alter role all set redshift.enable_case_sensitive_identifier = 'off';
alter role all set redshift.enable_result_cache_for_session = 'on';
alter role all set redshift.error_on_nondeterministic_update = 'off';
alter role all set redshift.wlm_query_slot_count = '1';

create function redshift.current_setting(name text) returns text
language sql stable as $$
    select coalesce(pg_catalog.current_setting('redshift.' || name, true), pg_catalog.current_setting(name))
$$;


-- Comparison of strings ignores trailing blanks (Developer Guide: Character types).
-- PostgreSQL compares CHAR so; VARCHAR and TEXT take over its functions, in operators, sorting, and hashing: thus also in
-- joins, IN, DISTINCT, GROUP BY, set operations and window partitions. LIKE, length and `||` see the blanks, as in Redshift.

update pg_operator
set oprcode = ('bpchar' || name)::regproc
from (values ('=', 'eq'), ('<>', 'ne'), ('<', 'lt'), ('<=', 'le'), ('>', 'gt'), ('>=', 'ge')) as compared (symbol, name)
where oprname = symbol and oprleft = 'text'::regtype and oprright = 'text'::regtype;

update pg_amproc
set amproc = blind
from (
    values
    ('bttextcmp'::regproc, 'bpcharcmp'::regproc),
    ('bttextsortsupport', 'bpchar_sortsupport'),
    ('hashtext', 'hashbpchar'),
    ('hashtextextended', 'hashbpcharextended')
) as replaced (seeing, blind)
where amproc = seeing and amproclefttype = 'text'::regtype and amprocrighttype = 'text'::regtype;


-- VARCHAR(n) and CHAR(n) count bytes (Developer Guide: Character types). These are PostgreSQL's own length casts, which run
-- on each assignment to a column and each CAST; 4 is what a type modifier adds to the length.

create function redshift.first_bytes(value text, bytes integer) returns text
language plpgsql immutable as $$
declare
    encoded bytea := convert_to(value, 'UTF8');
begin
    if octet_length(encoded) > bytes then
        while bytes > 0 and get_byte(encoded, bytes) & 192 = 128 loop
            bytes := bytes - 1;
        end loop;
    end if;
    return convert_from(substring(encoded for bytes), 'UTF8');
end $$;

create function redshift.shortened(value text, bytes integer, is_cast boolean, type_name text) returns text
language plpgsql immutable as $$
declare
    cut text := redshift.first_bytes(value, bytes);
begin
    if not is_cast and octet_length(rtrim(value, ' ')) > bytes then
        raise exception using
            errcode = '22001', message = format('value too long for type %s(%s)', type_name, bytes);
    end if;
    return cut;
end $$;

create function redshift.varchar_of_bytes(value varchar, modifier integer, is_cast boolean) returns varchar
language sql immutable as $$
    select case
        when modifier < 4 or octet_length(value) <= modifier - 4 then value
        else redshift.shortened(value::text, modifier - 4, is_cast, 'character varying')::varchar
    end
$$;

create function redshift.char_of_bytes(value bpchar, modifier integer, is_cast boolean) returns bpchar
language sql immutable as $$
    select case
        when modifier < 4 or octet_length(value) <= modifier - 4 then pg_catalog.bpchar(value, modifier, is_cast)
        else redshift.shortened(pg_catalog.concat(value), modifier - 4, is_cast, 'character')::bpchar
    end
$$;

update pg_cast
set castfunc = 'redshift.varchar_of_bytes'::regproc
where castsource = 'varchar'::regtype and casttarget = 'varchar'::regtype;

update pg_cast
set castfunc = 'redshift.char_of_bytes'::regproc
where castsource = 'bpchar'::regtype and casttarget = 'bpchar'::regtype;


-- A boolean is not cast to a string (seen live: AgamiAI/agami-core#325).

create function redshift.no_string_of(value boolean) returns text
language plpgsql immutable as $$
begin
    raise exception using errcode = '42846', message = 'cannot cast type boolean to character varying';
end $$;

update pg_cast
set castfunc = 'redshift.no_string_of'::regproc, castmethod = 'f'
where castsource = 'boolean'::regtype and casttarget in ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype);


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
        select value, row_number() over (order by value) as place, count(*) over () as members
        from unnest(found) as value
        where value is not null
    ) as sorted
    where place in ((members + 1) / 2, members / 2 + 1)
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


-- Dates and times. sql_translate hands date parts over as words which PostgreSQL's `extract` knows.

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


-- Strings and numbers

create function redshift.len(value text) returns integer
language sql immutable as 'select length(value)';
create function redshift.charindex(part text, value text) returns integer
language sql immutable as 'select strpos(value, part)';
create function redshift.concat(first text, second text) returns text
language sql immutable as 'select first || second';

-- All occurrences are replaced; without a match REGEXP_SUBSTR gives an empty string (Developer Guide: the pages of each).
create function redshift.regexp_replace(value text, pattern text) returns text
language sql immutable as 'select pg_catalog.regexp_replace(value, pattern, '''', ''g'')';
create function redshift.regexp_replace(value text, pattern text, replacement text) returns text
language sql immutable as 'select pg_catalog.regexp_replace(value, pattern, replacement, ''g'')';
create function redshift.regexp_replace(value text, pattern text, replacement text, place integer) returns text
language sql immutable as 'select pg_catalog.regexp_replace(value, pattern, replacement, place, 0)';
create function redshift.regexp_substr(value text, pattern text, place integer default 1, nth integer default 1)
returns text
language sql immutable as $$
    select case
        when value is not null and pattern is not null
            then coalesce(pg_catalog.regexp_substr(value, pattern, place, nth), '')
    end
$$;

create function redshift.strtol(digits text, base integer) returns bigint
language plpgsql immutable strict as $$
declare
    total numeric := 0;
    body text := lower(regexp_replace(digits, case base when 16 then '^\s*[-+]?(0[xX])?' else '^\s*[-+]?' end, ''));
    digit integer;
begin
    for place in 1..length(body) loop
        digit := strpos('0123456789abcdefghijklmnopqrstuvwxyz', substr(body, place, 1)) - 1;
        if digit < 0 or digit >= base then
            raise exception using
                errcode = '22023',
                message = format('The input %s is not valid to be converted to base %s', digits, base);
        end if;
        total := total * base + digit;
    end loop;
    return (case when digits ~ '^\s*-' then -total else total end)::bigint;
end $$;

-- FNV-1a with 64 bits (Developer Guide: FNV_HASH); of strings only.
create function redshift.fnv_hash(value text, seed bigint default -3750763034362895579) returns bigint
language plpgsql immutable strict as $$
declare
    hash numeric := case when seed < 0 then seed + 18446744073709551616 else seed end;
    bytes bytea := convert_to(value, 'UTF8');
    low integer;
begin
    for place in 0..octet_length(bytes) - 1 loop
        low := (hash % 256)::integer;
        hash := mod((hash - low + (low # get_byte(bytes, place))) * 1099511628211, 18446744073709551616);
    end loop;
    return case when hash >= 9223372036854775808 then hash - 18446744073709551616 else hash end::bigint;
end $$;

create function redshift.sha2(value text, bits integer) returns text
language sql immutable as $$
    select encode(case bits
        when 224 then sha224(convert_to(value, 'UTF8'))
        when 384 then sha384(convert_to(value, 'UTF8'))
        when 512 then sha512(convert_to(value, 'UTF8'))
        else sha256(convert_to(value, 'UTF8'))
    end, 'hex')
$$;

create function redshift.round(value double precision, digits integer) returns double precision
language sql immutable as 'select pg_catalog.round(value::numeric, digits)::double precision';
create function redshift.trunc(value double precision, digits integer) returns double precision
language sql immutable as 'select pg_catalog.trunc(value::numeric, digits)::double precision';

-- NULL where a value does not convert (Developer Guide: TRY_CAST).
create function redshift.try_cast(value text, kind anyelement) returns anyelement
language plpgsql stable as $$
declare
    converted kind%type;
begin
    if pg_input_is_valid(value, pg_typeof(kind)::text) then
        execute format('select %L::%s', value, pg_typeof(kind)) into converted;
    end if;
    return converted;
end $$;


-- JSON in VARCHAR (Developer Guide: JSON functions)

create function redshift.is_valid_json(value text) returns boolean
language sql stable as $$ select value is json object $$;
create function redshift.can_json_parse(value text) returns boolean
language sql stable as $$ select value is json $$;
create function redshift.json_extract_path_text(value text, variadic path text[]) returns text
language sql stable as $$
    select case when value is not null then coalesce(pg_catalog.json_extract_path_text(value::json, variadic path), '') end
$$;
create function redshift.json_array_length(value text) returns integer
language sql stable as $$ select pg_catalog.json_array_length(value::json) $$;
create function redshift.json_extract_array_element_text(value text, place integer) returns text
language sql stable as $$ select value::json ->> place $$;


-- The session

create function redshift.version() returns text
language sql immutable as $$
    select 'PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC gcc (GCC) 3.4.2 20041017 (Red Hat 3.4.2-6.fc3), '
        || 'Redshift 1.0.136785'
$$;
create function redshift.pg_last_copy_id() returns bigint
language sql stable as $$ select coalesce(nullif(current_setting('stand_in.last_copy_id', true), ''), '-1')::bigint $$;
create function redshift.pg_last_copy_count() returns bigint
language sql stable as $$ select coalesce(nullif(current_setting('stand_in.last_copy_count', true), ''), '0')::bigint $$;
create function redshift.pg_last_query_id() returns bigint
language sql stable as $$ select coalesce(nullif(current_setting('stand_in.query_id', true), ''), '-1')::bigint $$;


-- What a CREATE TABLE or ALTER TABLE declares and PostgreSQL must not enforce or does not know, which sql_translate
-- puts into a comment of the statement: keys, distribution, sort order, encodings.

create table redshift.declaration (
    place bigint generated always as identity,
    table_id oid not null,
    declared jsonb not null
);

create view redshift.declared_keys as
select
    tables.relnamespace::regnamespace::text as schema_name,
    tables.relname::text as table_name,
    keys.key ->> 'kind' as kind,
    keys.key -> 'columns' as columns,
    keys.key ->> 'references' as references_table,
    keys.key -> 'reference_columns' as reference_columns
from redshift.declaration
join pg_class as tables on tables.oid = declaration.table_id
cross join lateral jsonb_array_elements(declaration.declared -> 'keys') as keys (key);

create function redshift.remember_declaration() returns event_trigger
language plpgsql as $$
declare
    made record;
    stated text := substring(current_query() from '/\*declared (\{.*?\})\*/');
begin
    for made in
        select commands.objid, exists (
            select from pg_attribute where attrelid = commands.objid and attidentity <> ''
        ) as has_identity
        from pg_event_trigger_ddl_commands() as commands
        where commands.object_type = 'table'
    loop
        if stated is not null then
            insert into redshift.declaration (table_id, declared) values (made.objid, stated::jsonb);
        end if;
        if made.has_identity and tg_tag = 'CREATE TABLE' then
            execute format(
                'create trigger identity_gap before insert on %s for each statement execute function redshift.leave_gap()',
                made.objid::regclass
            );
        end if;
    end loop;
end $$;

-- Values of an IDENTITY have gaps (Developer Guide: CREATE TABLE); here each statement leaves one.
create function redshift.leave_gap() returns trigger
language plpgsql as $$
declare
    sequence_id regclass;
    is_called boolean;
begin
    for sequence_id in
        select pg_get_serial_sequence(tg_relid::regclass::text, attname)
        from pg_attribute
        where attrelid = tg_relid and attidentity <> ''
    loop
        execute format('select is_called from %s', sequence_id) into is_called;
        if is_called then
            perform nextval(sequence_id) from generate_series(1, 3);
        end if;
    end loop;
    return null;
end $$;

create event trigger remember_declaration on ddl_command_end
when tag in ('CREATE TABLE', 'CREATE TABLE AS', 'ALTER TABLE')
execute function redshift.remember_declaration();


-- System views, with the columns people ask for

create view redshift.declared_layout as
select
    table_id,
    (array_agg(declared ->> 'diststyle' order by place desc) filter (where declared ? 'diststyle'))[1] as diststyle,
    (array_agg(declared ->> 'sortkey' order by place desc) filter (where declared ? 'sortkey'))[1] as sortkey,
    (array_agg(declared -> 'encodings' order by place desc) filter (where declared ? 'encodings'))[1] as encodings
from redshift.declaration
group by table_id;

create function redshift.rows_of(table_id oid) returns bigint
language plpgsql stable as $$
declare
    found bigint;
begin
    execute format('select count(*) from %s', table_id::regclass) into found;
    return found;
end $$;

create view redshift.user_tables as
select
    pg_class.oid as table_id,
    nspname::text as schema_name,
    relname::text as table_name,
    case when relkind = 'r' then 'TABLE' else 'VIEW' end as table_type,
    obj_description(pg_class.oid, 'pg_class') as remarks
from pg_class
join pg_namespace on pg_namespace.oid = relnamespace
where
    relkind in ('r', 'v', 'm')
    and nspname not in ('pg_catalog', 'information_schema', 'redshift', 'stand_in', 'pg_toast')
    and not pg_is_other_temp_schema(relnamespace);

-- Empty tables are absent (Developer Guide: SVV_TABLE_INFO).
create view redshift.svv_table_info as
select
    current_database()::text as database,
    schema_name as schema,
    table_id,
    table_name as "table",
    case when encodings is null then 'N' else 'Y' end || ', AUTO(ENCODE)' as encoded,
    coalesce(diststyle, 'AUTO(ALL)') as diststyle,
    coalesce(sortkey, 'AUTO(SORTKEY)') as sortkey1,
    greatest(1, pg_total_relation_size(table_id) / 1048576) as size,
    0::numeric(5, 2) as unsorted,
    0::numeric(5, 2) as stats_off,
    tbl_rows::numeric(38, 0) as tbl_rows,
    null::numeric(19, 2) as skew_sortkey1,
    null::numeric(19, 2) as skew_rows
from redshift.user_tables
left join redshift.declared_layout using (table_id)
cross join lateral redshift.rows_of(table_id) as tbl_rows
where table_type = 'TABLE' and tbl_rows > 0;

create view redshift.svv_all_tables as
select
    current_database()::text as database_name,
    schema_name,
    table_name,
    null::text as table_acl,
    table_type,
    remarks
from redshift.user_tables;
create view redshift.svv_redshift_tables as select * from redshift.svv_all_tables;
create view redshift.svv_tables as
select
    database_name as table_catalog,
    schema_name as table_schema,
    table_name,
    case when table_type = 'TABLE' then 'BASE TABLE' else table_type end as table_type,
    remarks
from redshift.svv_all_tables;

create view redshift.svv_all_columns as
select
    current_database()::text as database_name,
    schema_name,
    user_tables.table_name,
    column_name::text,
    ordinal_position::integer,
    column_default::text,
    is_nullable::text,
    data_type::text,
    character_maximum_length::integer,
    numeric_precision::integer,
    numeric_scale::integer,
    col_description(table_id, ordinal_position::integer) as remarks
from redshift.user_tables
join information_schema.columns
    on columns.table_schema = user_tables.schema_name and columns.table_name = user_tables.table_name;
create view redshift.svv_redshift_columns as select * from redshift.svv_all_columns;
create view redshift.svv_columns as
select
    database_name as table_catalog,
    schema_name as table_schema,
    table_name,
    column_name,
    ordinal_position,
    column_default,
    is_nullable,
    data_type,
    character_maximum_length,
    numeric_precision,
    numeric_scale,
    remarks
from redshift.svv_all_columns;

create view redshift.pg_table_def as
select
    schema_name as schemaname,
    table_name as tablename,
    attname::text as "column",
    format_type(atttypid, atttypmod) as type,
    coalesce(encodings ->> attname::text, 'none') as encoding,
    coalesce(diststyle = format('KEY(%s)', attname), false) as distkey,
    case when sortkey = attname then 1 else 0 end as sortkey,
    attnotnull as "notnull"
from redshift.user_tables
join pg_attribute on attrelid = table_id and attnum > 0 and not attisdropped
left join redshift.declared_layout using (table_id)
where schema_name = any (current_schemas(false)) or starts_with(schema_name, 'pg_temp');

create view redshift.svv_redshift_databases as
select
    datname::text as database_name,
    datdba::integer as database_owner,
    'local'::text as database_type,
    null::text as database_acl,
    null::text as database_options,
    'Snapshot Isolation'::text as database_isolation_level
from pg_database
where not datistemplate;
create view redshift.stv_db_isolation_level as
select oid::integer as db_id, datname::text as db_name, 'Snapshot Isolation'::text as isolation_level
from pg_database
where not datistemplate;

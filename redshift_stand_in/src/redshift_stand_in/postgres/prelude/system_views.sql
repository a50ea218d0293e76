-- System views, with the columns people query

create view redshift.declared_layout as
select
    table_id,
    (array_agg(declared ->> 'diststyle' order by position desc) filter (where declared ? 'diststyle'))[1] as diststyle,
    (array_agg(declared ->> 'sortkey' order by position desc) filter (where declared ? 'sortkey'))[1] as sortkey,
    (array_agg(declared -> 'encodings' order by position desc) filter (where declared ? 'encodings'))[1] as encodings
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
    current_setting('stand_in.isolation')::text as database_isolation_level
from pg_database
where not datistemplate;
create view redshift.stv_db_isolation_level as
select oid::integer as db_id, datname::text as db_name, current_setting('stand_in.isolation')::text as isolation_level
from pg_database
where not datistemplate;

-- Slices of data (type D) and of the leader's own work (type C), as on a cluster of two nodes.
create view redshift.stv_slices as
select node, slice, slice % 2 as localslice, type::character(1)
from (values (0, 0, 'D'), (0, 1, 'D'), (1, 2, 'D'), (1, 3, 'D'), (0, 6411, 'C')) as slices (node, slice, type);

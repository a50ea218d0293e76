-- What the load views of Redshift show, written by wire/load_log.py on a connection of its own; see contract.py.
-- Views have the columns of the Developer Guide's pages of the same names; CHAR(n) columns are padded with blanks.

create schema if not exists stand_in;

-- Redshift's system views do not follow the snapshot of a transaction, PostgreSQL's do: what is written on another
-- connection stays hidden from the transaction which ran the COPY. So that transaction gets a second set, `seen_by` it alone.

create table stand_in.all_load (
    seen_by xid8,
    visible_at timestamp,
    query_id bigint,
    user_id bigint,
    transaction_id bigint,
    session_id bigint,
    database_name text,
    table_id bigint,
    table_name text,
    start_time timestamp,
    end_time timestamp,
    status text,
    query_text text,
    data_source text,
    file_format text,
    loaded_rows bigint,
    loaded_bytes bigint,
    error_count bigint
);

create table stand_in.all_load_file (
    seen_by xid8,
    visible_at timestamp,
    query_id bigint,
    file_name text,
    lines bigint,
    bytes bigint
);

create table stand_in.all_load_error (
    seen_by xid8,
    visible_at timestamp,
    query_id bigint,
    file_name text,
    line_number bigint,
    column_name text,
    column_type text,
    column_length text,
    "position" bigint,
    error_code bigint,
    error_message text,
    raw_line text,
    raw_field_value text
);

create view stand_in.load as
select * from stand_in.all_load
where (seen_by is null or seen_by = pg_current_xact_id_if_assigned()) and visible_at <= clock_timestamp() at time zone 'UTC';

create view stand_in.load_file as
select * from stand_in.all_load_file
where (seen_by is null or seen_by = pg_current_xact_id_if_assigned()) and visible_at <= clock_timestamp() at time zone 'UTC';

create view stand_in.load_error as
select * from stand_in.all_load_error
where (seen_by is null or seen_by = pg_current_xact_id_if_assigned()) and visible_at <= clock_timestamp() at time zone 'UTC';

-- The query ids of SYS views differ from those of STL views and of pg_last_copy_id() (Developer Guide: System tables and
-- views, Improving query identifier tracking using the SYS monitoring views).
create view redshift.sys_load_error_detail as
select
    load.user_id::integer,
    load.query_id + 11000000 as query_id,
    load.transaction_id,
    load.session_id::integer,
    load.database_name::character(64),
    load.table_id::integer,
    load.start_time,
    error.file_name::character(256),
    error.line_number,
    error.column_name::character(127),
    error.column_type::character(10),
    error.column_length::character(10),
    error."position"::integer,
    error.error_code::integer,
    error.error_message::character(512)
from stand_in.load_error as error
inner join stand_in.load as load using (query_id);

create view redshift.sys_load_history as
select
    load.user_id::integer,
    load.query_id + 11000000 as query_id,
    load.transaction_id,
    load.session_id::integer,
    load.database_name,
    load.status,
    load.table_name,
    load.start_time,
    load.end_time,
    (extract(epoch from load.end_time - load.start_time) * 1000000)::bigint as duration,
    load.data_source,
    load.file_format,
    load.loaded_rows,
    load.loaded_bytes,
    files.source_file_count::integer,
    files.source_file_bytes,
    files.source_file_count::integer as file_count_scanned,
    files.source_file_bytes as file_bytes_scanned,
    load.error_count,
    null::bigint as copy_job_id
from stand_in.load as load
cross join lateral (
    select count(*) as source_file_count, coalesce(sum(file.bytes), 0)::bigint as source_file_bytes
    from stand_in.load_file as file
    where file.query_id = load.query_id
) as files;

create view redshift.sys_load_detail as
select
    load.user_id::integer,
    load.query_id + 11000000 as query_id,
    file.file_name::character(256),
    file.bytes as bytes_scanned,
    file.lines as lines_scanned,
    load.end_time as record_time,
    1 as splits_scanned,
    load.start_time,
    load.end_time,
    ''::character(256) as file_etag,
    null::timestamp as file_last_modified
from stand_in.load_file as file
inner join stand_in.load as load using (query_id);

create view redshift.stl_load_errors as
select
    load.user_id::integer as userid,
    0 as slice,
    load.table_id::integer as tbl,
    load.start_time as starttime,
    load.session_id::integer as "session",
    load.query_id::integer as query,
    error.file_name::character(256) as filename,
    error.line_number,
    error.column_name::character(127) as colname,
    error.column_type::character(10) as type,
    error.column_length::character(10) as col_length,
    error."position"::integer,
    error.raw_line::character(1024),
    error.raw_field_value::character(1024),
    error.error_code::integer as err_code,
    error.error_message::character(100) as err_reason,
    false as is_partial,
    0::bigint as start_offset
from stand_in.load_error as error
inner join stand_in.load as load using (query_id);

create view redshift.stl_load_commits as
select
    load.user_id::integer as userid,
    load.query_id::integer as query,
    0 as slice,
    file.file_name::character(256) as name,
    file.file_name::character(256) as filename,
    0 as byte_offset,
    file.lines as lines_scanned,
    0 as errors,
    load.end_time as curtime,
    1 as status,
    ''::character(16) as file_format,
    false as is_partial,
    0::bigint as start_offset
from stand_in.load_file as file
inner join stand_in.load as load using (query_id)
where load.status = 'completed';

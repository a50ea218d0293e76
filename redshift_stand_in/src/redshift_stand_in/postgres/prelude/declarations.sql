-- What a CREATE TABLE or ALTER TABLE declares and PostgreSQL must not enforce or does not know, which sql/translate.py
-- puts into a comment of the statement: keys, distribution, sort order, encodings.

create table redshift.declaration (
    position bigint generated always as identity,
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

create function redshift.store_declaration() returns event_trigger
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

create event trigger store_declaration on ddl_command_end
when tag in ('CREATE TABLE', 'CREATE TABLE AS', 'ALTER TABLE')
execute function redshift.store_declaration();

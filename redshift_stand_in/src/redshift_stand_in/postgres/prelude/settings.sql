-- What PostgreSQL has to learn to answer like Redshift; installed once, into the template of every database.
--
-- Schema `redshift` is before `pg_catalog` in the search path, so a function of the same name and arguments hides
-- PostgreSQL's. Where no function can reach (comparison, length, casts) the catalog of the template is changed.

create schema redshift;

alter role all set search_path = public, redshift, pg_catalog;

-- Settings which PostgreSQL does not know; sql/translate.py gives them their prefix in SET, SHOW and RESET.
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

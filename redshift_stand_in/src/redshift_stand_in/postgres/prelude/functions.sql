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
create function redshift.regexp_replace(value text, pattern text, replacement text, start_at integer) returns text
language sql immutable as 'select pg_catalog.regexp_replace(value, pattern, replacement, start_at, 0)';
create function redshift.regexp_substr(value text, pattern text, start_at integer default 1, nth integer default 1)
returns text
language sql immutable as $$
    select case
        when value is not null and pattern is not null
            then coalesce(pg_catalog.regexp_substr(value, pattern, start_at, nth), '')
    end
$$;

create function redshift.strtol(digits text, base integer) returns bigint
language plpgsql immutable strict as $$
declare
    total numeric := 0;
    body text := lower(regexp_replace(digits, case base when 16 then '^\s*[-+]?(0[xX])?' else '^\s*[-+]?' end, ''));
    digit integer;
begin
    for index in 1..length(body) loop
        digit := strpos('0123456789abcdefghijklmnopqrstuvwxyz', substr(body, index, 1)) - 1;
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
    for index in 0..octet_length(bytes) - 1 loop
        low := (hash % 256)::integer;
        hash := mod((hash - low + (low # get_byte(bytes, index))) * 1099511628211, 18446744073709551616);
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
create function redshift.json_extract_array_element_text(value text, index integer) returns text
language sql stable as $$ select value::json ->> index $$;

-- Comparison of strings ignores trailing blanks (Developer Guide: Character types).
-- PostgreSQL compares CHAR so; VARCHAR and TEXT take over its functions, in operators, sorting, and hashing: thus also in
-- joins, IN, DISTINCT, GROUP BY, set operations and window partitions. LIKE, length and `||` see the blanks, as in Redshift.

update pg_operator
set oprcode = ('bpchar' || name)::regproc
from (values ('=', 'eq'), ('<>', 'ne'), ('<', 'lt'), ('<=', 'le'), ('>', 'gt'), ('>=', 'ge')) as compared (symbol, name)
where oprname = symbol and oprleft = 'text'::regtype and oprright = 'text'::regtype;

update pg_amproc
set amproc = blank_blind
from (
    values
    ('bttextcmp'::regproc, 'bpcharcmp'::regproc),
    ('bttextsortsupport', 'bpchar_sortsupport'),
    ('hashtext', 'hashbpchar'),
    ('hashtextextended', 'hashbpcharextended')
) as replaced (exact, blank_blind)
where amproc = exact and amproclefttype = 'text'::regtype and amprocrighttype = 'text'::regtype;


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

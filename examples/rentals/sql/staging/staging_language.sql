-- One row per language.
-- source: language, without last_update
create table if not exists staging_language (
    language_id integer not null, -- Language
    name varchar(20) not null, -- English name
    primary key (language_id)
)
diststyle all
sortkey (language_id);

-- One row per table by weeks or months and per day in UTC in which plays changed, until the table has taken it.
-- A load of the star leaves them here; the next load of the table, in whatever run, takes them.
create table if not exists pending_plays (
    table_name varchar(128) not null, -- Table which has to follow
    first_time timestamp not null, -- Start of the first of these plays, UTC
    last_time timestamp not null -- Start of the last of them
)
diststyle all;

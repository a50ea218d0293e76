-- One row per table by weeks or months: what its rows were made by. If that has changed, they are made anew.
create table if not exists made_tables (
    table_name varchar(128) not null, -- Table
    made_by varchar(64) not null, -- Digest of its SQL and of the time zone
    primary key (table_name)
)
diststyle all;

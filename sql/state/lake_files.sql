-- The manifest of what is staged: one row per file of the lake whose records are in a staging table.
-- Written in the transaction which stages the records, so that it is never ahead of them or behind.
create table if not exists lake_files (
    table_name varchar(128) not null, -- Staging table which holds the records
    source_file varchar(1024) not null, -- File, relative to the lake
    log_date date, -- Day of a log file, null for catalog files
    size_bytes bigint not null, -- Size when it was read
    version varchar(128) not null, -- Modification time or etag when it was read
    record_count bigint not null, -- Records of the file, whatever became of them
    primary key (table_name, source_file)
)
diststyle all
sortkey (table_name, log_date);

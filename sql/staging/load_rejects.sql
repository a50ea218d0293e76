-- One row per record of the lake which could not be staged, with the first reason found.
create table if not exists load_rejects (
    table_name varchar(128) not null, -- Staging table which refused the record
    source_file varchar(1024) not null, -- File, relative to the lake
    line_number bigint not null, -- Line of the file where the record begins, from 1
    column_name varchar(128), -- First field which does not fit, null if the record is no JSON object
    reason varchar(256) not null, -- Why it does not fit
    raw_value varchar(1024), -- Start of the value which does not fit
    raw_line varchar(4096), -- Start of the record
    log_date date -- Day of the log file, null for catalog files
)
diststyle even
sortkey (log_date);

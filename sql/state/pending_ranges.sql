-- Days which were staged anew and which a daily table has not processed yet.
-- A run which dies between two tables leaves them here, and the next run, of whatever day, repairs them.
create table if not exists pending_ranges (
    table_name varchar(128) not null, -- Daily table which has to follow
    first_day date not null, -- First day of log files which were staged
    last_day date not null -- Last day of log files which were staged
)
diststyle all;

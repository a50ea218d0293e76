-- Each line of the log files is staged or stands in load_rejects, day by day.
-- severity: error
select
    files.log_date,
    files.line_count as lines_in_lake,
    coalesce(staged.events, 0) as lines_staged,
    coalesce(rejected.events, 0) as lines_rejected
from (
    select
        log_date,
        sum(line_count) as line_count
    from lake_files
    where table_name = 'staging_events' and log_date between :first_day and :last_day
    group by log_date
) as files
left join (
    select
        log_date,
        count(*) as events
    from staging_events
    where log_date between :first_day and :last_day
    group by log_date
) as staged on files.log_date = staged.log_date
left join (
    select
        log_date,
        count(*) as events
    from load_rejects
    where table_name = 'staging_events' and log_date between :first_day and :last_day
    group by log_date
) as rejected on files.log_date = rejected.log_date
where files.line_count <> coalesce(staged.events, 0) + coalesce(rejected.events, 0);

-- numbers
select
    (
        select coalesce(sum(line_count), 0)
        from lake_files
        where table_name = 'staging_events' and log_date between :first_day and :last_day
    ) as lines_in_lake,
    (
        select count(*)
        from staging_events
        where log_date between :first_day and :last_day
    ) as lines_staged,
    (
        select count(*)
        from load_rejects
        where table_name = 'staging_events' and log_date between :first_day and :last_day
    ) as lines_rejected;

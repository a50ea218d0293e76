-- Each line of the files of the lake is in the staging table or in load_rejects.
-- severity: error
-- default: days=1 = 1
select
    files.lines as lines_in_lake,
    staged.lines as lines_staged,
    rejected.lines as lines_rejected
from (
    select coalesce(sum(line_count), 0) as lines
    from lake_files
    where table_name = ':table' and :days
) as files
cross join (
    select count(*) as lines
    from :table
    where :days
) as staged
cross join (
    select count(*) as lines
    from load_rejects
    where table_name = ':table' and :days
) as rejected
where files.lines <> staged.lines + rejected.lines;

-- metrics
select
    (
        select coalesce(sum(line_count), 0)
        from lake_files
        where table_name = ':table' and :days
    ) as lines_in_lake,
    (
        select count(*)
        from :table
        where :days
    ) as lines_staged,
    (
        select count(*)
        from load_rejects
        where table_name = ':table' and :days
    ) as lines_rejected;

-- Each record of the files of the lake is in the staging table or in load_rejects.
-- severity: error
-- default: days=1 = 1
select
    files.records as records_in_lake,
    staged.records as records_staged,
    rejected.records as records_rejected
from (
    select coalesce(sum(record_count), 0) as records
    from lake_files
    where table_name = ':table' and :days
) as files
cross join (
    select count(*) as records
    from :table
    where :days
) as staged
cross join (
    select count(*) as records
    from load_rejects
    where table_name = ':table' and :days
) as rejected
where files.records <> staged.records + rejected.records;

-- metrics
select
    (
        select coalesce(sum(record_count), 0)
        from lake_files
        where table_name = ':table' and :days
    ) as records_in_lake,
    (
        select count(*)
        from :table
        where :days
    ) as records_staged,
    (
        select count(*)
        from load_rejects
        where table_name = ':table' and :days
    ) as records_rejected;

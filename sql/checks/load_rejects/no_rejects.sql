-- Every record of the lake fits its staging table. A share above SPARKIFY_MAX_REJECT_SHARE fails the load itself.
-- severity: warn
select
    table_name,
    column_name,
    reason,
    count(*) as records_rejected,
    min(source_file) as first_file
from load_rejects
group by table_name, column_name, reason;

-- metrics
select
    (
        select count(*)
        from load_rejects
    ) as records_rejected,
    (
        select coalesce(sum(record_count), 0)
        from lake_files
    ) as records_in_lake;

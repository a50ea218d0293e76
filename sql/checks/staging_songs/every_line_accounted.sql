-- Each record of the song files is staged or stands in load_rejects.
-- severity: error
select
    files.records as records_in_lake,
    staged.records as records_staged,
    rejected.records as records_rejected
from (
    select coalesce(sum(line_count), 0) as records
    from lake_files
    where table_name = 'staging_songs'
) as files
cross join (
    select count(*) as records
    from staging_songs
) as staged
cross join (
    select count(*) as records
    from load_rejects
    where table_name = 'staging_songs'
) as rejected
where files.records <> staged.records + rejected.records;

-- numbers
select
    (
        select coalesce(sum(line_count), 0)
        from lake_files
        where table_name = 'staging_songs'
    ) as records_in_lake,
    (
        select count(*)
        from staging_songs
    ) as records_staged,
    (
        select count(*)
        from load_rejects
        where table_name = 'staging_songs'
    ) as records_rejected;

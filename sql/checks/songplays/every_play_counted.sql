-- Each play of the staged events has its row, and each row a play: repeats count once, and nothing else is dropped.
-- severity: error
select
    unmatched.session_id,
    unmatched.item_in_session,
    case when unmatched.is_row then 'has no play' else 'has no row' end as problem
from (
    -- Most plays have their row under their own day; only the others are looked for in all days.
    select
        coalesce(staged.session_id, stored.session_id) as session_id,
        coalesce(staged.item_in_session, stored.item_in_session) as item_in_session,
        staged.session_id is null as is_row
    from (
        select
            session_id,
            item_in_session
        from plays
        where log_date between :first_day and :last_day
    ) as staged
    full outer join (
        select
            session_id,
            item_in_session
        from songplays
        where log_date between :first_day and :last_day
    ) as stored
        on
            staged.session_id = stored.session_id
            and staged.item_in_session = stored.item_in_session
    where staged.session_id is null or stored.session_id is null
) as unmatched
left join songplays
    on
        unmatched.session_id = songplays.session_id
        and unmatched.item_in_session = songplays.item_in_session
        and not unmatched.is_row
where songplays.session_id is null;

-- metrics
select
    (
        select count(*)
        from plays
        where log_date between :first_day and :last_day
    ) as plays_staged,
    (
        select count(*)
        from songplays
        where log_date between :first_day and :last_day
    ) as rows_in_songplays;

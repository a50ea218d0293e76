-- Each play of the staged events has its row, and each row a play: repeats count once, and nothing else is dropped.
-- severity: error
select
    unmatched.session_id,
    unmatched.item_in_session,
    case when unmatched.is_row then 'has no play' else 'has no row' end as problem
from (
    -- Most plays have their row under their own day; only the others are looked for in all days.
    select
        coalesce(plays.session_id, held.session_id) as session_id,
        coalesce(plays.item_in_session, held.item_in_session) as item_in_session,
        plays.session_id is null as is_row
    from (
        select
            sessionId as session_id,
            itemInSession as item_in_session
        from staging_events
        where page = 'NextSong' and log_date between :first_day and :last_day
    ) as plays
    full outer join (
        select
            session_id,
            item_in_session
        from songplays
        where log_date between :first_day and :last_day
    ) as held
        on
            plays.session_id = held.session_id
            and plays.item_in_session = held.item_in_session
    where plays.session_id is null or held.session_id is null
) as unmatched
left join songplays
    on
        unmatched.session_id = songplays.session_id
        and unmatched.item_in_session = songplays.item_in_session
        and not unmatched.is_row
where songplays.session_id is null;

-- numbers
select
    (
        select count(*)
        from staging_events
        where page = 'NextSong' and log_date between :first_day and :last_day
    ) as plays_staged,
    (
        select count(*)
        from songplays
        where log_date between :first_day and :last_day
    ) as rows_in_songplays;

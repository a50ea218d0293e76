-- One row per event line of the logs, as written: repeats, late lines and every page are kept.
-- `log_date` is the day of the file, not of the event: a reload replaces exactly the rows of its files.
-- check: every_record_accounted days="log_date between :first_day and :last_day"
-- check: garbled a=artist b=song c=location d=firstName e=lastName days="log_date between :first_day and :last_day"
create table if not exists staging_events (
    artist varchar(1024), -- Artist of the play, as the player sent it
    auth varchar(32), -- Logged In or Logged Out
    firstName varchar(128), -- First name, null while logged out
    gender varchar(1), -- F or M, null while logged out
    itemInSession integer not null, -- Position of the event in its session, from 0
    lastName varchar(128), -- Last name, null while logged out
    length double precision, -- Seconds the song lasts, null for other pages
    level varchar(16), -- free or paid at the time of the event
    location varchar(1024), -- Metropolitan area and states of the listener
    method varchar(16), -- HTTP method
    page varchar(64) not null, -- Page of the app; NextSong is a play
    registration double precision, -- Epoch milliseconds of the sign-up
    sessionId integer not null, -- Session of the listener
    song varchar(1024), -- Title of the play, as the player sent it
    status integer, -- HTTP status
    ts bigint not null, -- Epoch milliseconds of the event, UTC
    userAgent varchar(2048), -- Browser of the listener
    userId integer, -- Listener, null while logged out
    log_date date not null -- Day of the log file which holds the line
)
distkey (sessionId)
sortkey (log_date);

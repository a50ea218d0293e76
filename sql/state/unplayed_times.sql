-- Start times which `time` took in before their plays were published.
-- `songplays` empties it, and drops from `time` those which found no play.
create table if not exists unplayed_times (
    start_time timestamp not null -- Start time in `time`
)
diststyle all;

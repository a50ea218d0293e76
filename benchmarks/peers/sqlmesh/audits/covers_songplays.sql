AUDIT (name covers_songplays);

SELECT songplays.start_time
FROM sparkify.songplays AS songplays
ANTI JOIN @this_model AS times ON songplays.start_time = times.start_time

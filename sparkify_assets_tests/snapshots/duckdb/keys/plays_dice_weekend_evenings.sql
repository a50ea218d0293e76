SELECT
  play_date,
  hour,
  plays,
  seconds,
  listeners,
  songs
FROM plays_dice_weekend_evenings AS written
WHERE
  play_date IS NULL
  OR hour IS NULL
  OR plays IS NULL
  OR seconds IS NULL
  OR listeners IS NULL
  OR songs IS NULL;

SELECT
  play_date,
  hour,
  COUNT(*) AS copies
FROM (
  SELECT
    GREATEST(play_date, play_date) AS play_date,
    GREATEST(hour, hour) AS hour
  FROM plays_dice_weekend_evenings AS declared
) AS written
GROUP BY
  play_date,
  hour
HAVING
  COUNT(*) > 1;

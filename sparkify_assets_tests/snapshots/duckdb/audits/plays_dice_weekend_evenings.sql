SELECT
  COUNT(*)
FROM (
  SELECT
    play_date,
    hour,
    plays,
    seconds,
    listeners,
    songs
  FROM (
    SELECT
      plays_dice_weekend_evenings.play_date,
      plays_dice_weekend_evenings.hour,
      plays_dice_weekend_evenings.plays,
      plays_dice_weekend_evenings.seconds,
      plays_dice_weekend_evenings.listeners,
      plays_dice_weekend_evenings.songs
    FROM plays_dice_weekend_evenings
    WHERE
      plays_dice_weekend_evenings.play_date BETWEEN $first_day AND $last_day
      AND plays_dice_weekend_evenings.play_date IN (
        SELECT
          play_date
        FROM changed_days
      )
  ) AS written
  WHERE
    play_date IS NULL
    OR hour IS NULL
    OR plays IS NULL
    OR seconds IS NULL
    OR listeners IS NULL
    OR songs IS NULL
) AS broken;

SELECT
  COUNT(*)
FROM (
  SELECT
    play_date,
    hour,
    COUNT(*) AS copies
  FROM (
    SELECT
      GREATEST(play_date, play_date) AS play_date,
      GREATEST(hour, hour) AS hour
    FROM (
      SELECT
        play_date,
        hour
      FROM plays_dice_weekend_evenings
      WHERE
        plays_dice_weekend_evenings.play_date BETWEEN $first_day AND $last_day
        AND plays_dice_weekend_evenings.play_date IN (
          SELECT
            play_date
          FROM changed_days
        )
    ) AS declared
  ) AS written
  GROUP BY
    play_date,
    hour
  HAVING
    COUNT(*) > 1
) AS broken;

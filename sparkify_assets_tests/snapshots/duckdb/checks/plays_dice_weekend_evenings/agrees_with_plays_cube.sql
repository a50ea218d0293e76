SELECT
  dice.plays AS plays_here,
  cube_rows.plays AS plays_in_cube
FROM (
  SELECT
    COALESCE(SUM(plays), 0) AS plays
  FROM plays_dice_weekend_evenings
  WHERE
    play_date BETWEEN $first_day AND $last_day
) AS dice
CROSS JOIN (
  SELECT
    COALESCE(SUM(plays), 0) AS plays
  FROM plays_cube
  WHERE
    dimensions = 'date hour'
    AND play_date BETWEEN $first_day AND $last_day
    AND EXTRACT(DAYOFWEEK FROM play_date) IN (0, 6)
    AND hour BETWEEN 18 AND 23
) AS cube_rows
WHERE
  dice.plays <> cube_rows.plays;

CREATE TABLE IF NOT EXISTS plays_dice_weekend_evenings (
  play_date DATE NOT NULL,
  hour INT NOT NULL,
  plays BIGINT NOT NULL,
  seconds BIGINT NOT NULL,
  listeners BIGINT NOT NULL,
  songs BIGINT NOT NULL
);

DELETE FROM plays_dice_weekend_evenings
WHERE
  plays_dice_weekend_evenings.play_date BETWEEN $first_day AND $last_day
  AND plays_dice_weekend_evenings.play_date IN (
    SELECT
      play_date
    FROM changed_days
  );

INSERT INTO plays_dice_weekend_evenings (
  play_date,
  hour,
  plays,
  seconds,
  listeners,
  songs
)
SELECT
  play_date,
  hour,
  plays,
  seconds,
  listeners,
  songs
FROM plays_cube
WHERE
  dimensions = 'date hour'
  AND EXTRACT(DAYOFWEEK FROM play_date) IN (0, 6)
  AND hour BETWEEN 18 AND 23
  AND play_date BETWEEN $first_day AND $last_day
  AND play_date IN (
    SELECT
      changed_days.play_date
    FROM changed_days
  );

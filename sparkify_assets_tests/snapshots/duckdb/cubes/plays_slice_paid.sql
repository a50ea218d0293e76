CREATE TABLE IF NOT EXISTS plays_slice_paid (
  play_date DATE NOT NULL,
  gender TEXT(1),
  region TEXT(1024),
  plays BIGINT NOT NULL,
  seconds BIGINT NOT NULL,
  listeners BIGINT NOT NULL,
  songs BIGINT NOT NULL
);

DELETE FROM plays_slice_paid
WHERE
  plays_slice_paid.play_date BETWEEN $first_day AND $last_day
  AND plays_slice_paid.play_date IN (
    SELECT
      play_date
    FROM changed_days
  );

INSERT INTO plays_slice_paid (
  play_date,
  gender,
  region,
  plays,
  seconds,
  listeners,
  songs
)
SELECT
  play_date,
  gender,
  region,
  plays,
  seconds,
  listeners,
  songs
FROM plays_cube
WHERE
  dimensions = 'date level gender region'
  AND level = 'paid'
  AND play_date BETWEEN $first_day AND $last_day
  AND play_date IN (
    SELECT
      changed_days.play_date
    FROM changed_days
  );

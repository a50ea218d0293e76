SELECT
  COUNT(*)
FROM (
  SELECT
    week_start,
    rank,
    artist,
    plays,
    listeners,
    plays_before
  FROM (
    SELECT
      trending_artists.week_start,
      trending_artists.rank,
      trending_artists.artist,
      trending_artists.plays,
      trending_artists.listeners,
      trending_artists.plays_before,
      trending_artists.expected_plays,
      trending_artists.trend
    FROM trending_artists
    WHERE
      trending_artists.week_start BETWEEN $first_day AND $last_day
      AND trending_artists.week_start IN (
        SELECT
          week_start
        FROM changed_days
      )
    UNION ALL
    SELECT
      trending_artists.week_start,
      trending_artists.rank,
      trending_artists.artist,
      trending_artists.plays,
      trending_artists.listeners,
      trending_artists.plays_before,
      trending_artists.expected_plays,
      trending_artists.trend
    FROM trending_artists
    INNER JOIN affected_trending_artists
      ON trending_artists.week_start = affected_trending_artists.week_start
    WHERE
      NOT (
        trending_artists.week_start BETWEEN $first_day AND $last_day
        AND trending_artists.week_start IN (
          SELECT
            week_start
          FROM changed_days
        )
      )
  ) AS written
  WHERE
    week_start IS NULL
    OR rank IS NULL
    OR artist IS NULL
    OR plays IS NULL
    OR listeners IS NULL
    OR plays_before IS NULL
) AS broken;

SELECT
  COUNT(*)
FROM (
  SELECT
    week_start,
    artist,
    COUNT(*) AS copies
  FROM (
    SELECT
      GREATEST(week_start, week_start) AS week_start,
      GREATEST(artist, artist) AS artist
    FROM (
      SELECT
        week_start,
        artist
      FROM trending_artists
      WHERE
        trending_artists.week_start BETWEEN $first_day AND $last_day
        AND trending_artists.week_start IN (
          SELECT
            week_start
          FROM changed_days
        )
    ) AS declared
  ) AS written
  GROUP BY
    week_start,
    artist
  HAVING
    COUNT(*) > 1
  UNION ALL
  SELECT
    GREATEST(trending_artists.week_start, trending_artists.week_start) AS week_start,
    GREATEST(trending_artists.artist, trending_artists.artist) AS artist,
    COUNT(*) AS copies
  FROM trending_artists
  INNER JOIN (
    SELECT DISTINCT
      week_start,
      artist
    FROM (
      SELECT
        trending_artists.week_start,
        trending_artists.artist
      FROM trending_artists
      INNER JOIN affected_trending_artists
        ON trending_artists.week_start = affected_trending_artists.week_start
    ) AS affected
  ) AS written
    ON trending_artists.week_start = written.week_start
    AND trending_artists.artist = written.artist
  GROUP BY
    GREATEST(trending_artists.week_start, trending_artists.week_start),
    GREATEST(trending_artists.artist, trending_artists.artist)
  HAVING
    COUNT(*) > 1
) AS broken;

SELECT
  COUNT(*)
FROM (
  SELECT
    week_start,
    rank,
    COUNT(*) AS copies
  FROM (
    SELECT
      GREATEST(week_start, week_start) AS week_start,
      GREATEST(rank, rank) AS rank
    FROM (
      SELECT
        week_start,
        rank
      FROM trending_artists
      WHERE
        trending_artists.week_start BETWEEN $first_day AND $last_day
        AND trending_artists.week_start IN (
          SELECT
            week_start
          FROM changed_days
        )
    ) AS declared
  ) AS written
  GROUP BY
    week_start,
    rank
  HAVING
    COUNT(*) > 1
  UNION ALL
  SELECT
    GREATEST(trending_artists.week_start, trending_artists.week_start) AS week_start,
    GREATEST(trending_artists.rank, trending_artists.rank) AS rank,
    COUNT(*) AS copies
  FROM trending_artists
  INNER JOIN (
    SELECT DISTINCT
      week_start,
      rank
    FROM (
      SELECT
        trending_artists.week_start,
        trending_artists.rank
      FROM trending_artists
      INNER JOIN affected_trending_artists
        ON trending_artists.week_start = affected_trending_artists.week_start
    ) AS affected
  ) AS written
    ON trending_artists.week_start = written.week_start
    AND trending_artists.rank = written.rank
  GROUP BY
    GREATEST(trending_artists.week_start, trending_artists.week_start),
    GREATEST(trending_artists.rank, trending_artists.rank)
  HAVING
    COUNT(*) > 1
) AS broken;

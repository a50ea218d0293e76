SELECT
  state,
  SUM(CASE WHEN place_level = 'city' THEN plays ELSE 0 END) AS plays_of_cities,
  SUM(CASE WHEN place_level = 'state' THEN plays ELSE 0 END) AS plays_of_state
FROM plays_by_place
WHERE
  place_level IN ('city', 'state')
GROUP BY
  state
HAVING
  SUM(CASE WHEN place_level = 'city' THEN plays ELSE 0 END) <> SUM(CASE WHEN place_level = 'state' THEN plays ELSE 0 END);

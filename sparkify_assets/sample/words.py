"""The words of words.toml: invented names and titles, real locations and browsers."""

import tomllib
from importlib import resources

_WORDS = tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text("utf-8"))

FIRST_NAMES_F: list[str] = _WORDS["first_names_f"]
FIRST_NAMES_M: list[str] = _WORDS["first_names_m"]
LAST_NAMES: list[str] = _WORDS["last_names"]
METRO_AREAS: list[str] = _WORDS["metro_areas"]
USER_AGENTS: list[str] = _WORDS["user_agents"]
ADJECTIVES: list[str] = _WORDS["adjectives"]
NOUNS: list[str] = _WORDS["nouns"]
TITLE_ENDINGS: list[str] = _WORDS["title_endings"]
# Each with latitude and longitude.
ARTIST_LOCATIONS: list[tuple[str, float, float]] = [(name, lat, lon) for name, lat, lon in _WORDS["artist_locations"]]

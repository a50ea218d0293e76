"""Words from which sample lakes are made: invented names and titles, real locations and browsers."""

FIRST_NAMES_F = (
    "Adaora", "Beatriz", "Candela", "Delphine", "Edda", "Farida", "Greta", "Hadiza", "Ingrid", "Jolanda", "Kamala",
    "Leocadia", "Marisol", "Nkechi", "Odile", "Paloma", "Quirina", "Rosalind", "Saoirse", "Tamsin", "Ulrike", "Valeria",
    "Wanjiru", "Xiomara", "Yesenia", "Zdenka", "Anaïs", "Renée",
)  # fmt: skip
FIRST_NAMES_M = (
    "Alaric", "Bartolo", "Cormac", "Dmitri", "Emeka", "Fabrice", "Gunnar", "Hideo", "Ignacio", "Jurgen", "Kofi",
    "Lorenzo", "Mateusz", "Nnamdi", "Oisin", "Piet", "Quentin", "Rafiq", "Stellan", "Tobiah", "Umberto", "Viggo",
    "Wendell", "Yannick", "Zoltan", "Andrés",
)  # fmt: skip
LAST_NAMES = (
    "Abernathy", "Bjornstad", "Castellanos", "Dombrowski", "Eriksen", "Fairweather", "Gallego", "Hawthorne", "Ivanova",
    "Jablonski", "Kowalczyk", "Lindqvist", "Mbeki", "Nakagawa", "Okonkwo", "Papadakis", "Quispe", "Rasmussen",
    "Sundaram", "Takahashi", "Underhill", "Villanueva", "Whitlock", "Ximenes", "Yilmaz", "Zielinski", "O'Dwyer",
    "Van der Meer", "Achterberg", "Bellweather", "Corrigan", "Drummond", "Escobedo", "Fitzroy", "Grimaldi", "Holloway",
    "Ingersoll", "Jimenez-Ortega", "Kirkbride", "Lomax", "Muñoz", "Nørgaard",
)  # fmt: skip
METRO_AREAS = (
    "New York-Newark-Jersey City, NY-NJ-PA", "San Francisco-Oakland-Hayward, CA", "Los Angeles-Long Beach-Anaheim, CA",
    "Chicago-Naperville-Elgin, IL-IN-WI", "Houston-The Woodlands-Sugar Land, TX", "Dallas-Fort Worth-Arlington, TX",
    "Atlanta-Sandy Springs-Roswell, GA", "Philadelphia-Camden-Wilmington, PA-NJ-DE-MD",
    "Washington-Arlington-Alexandria, DC-VA-MD-WV", "Miami-Fort Lauderdale-West Palm Beach, FL",
    "Boston-Cambridge-Newton, MA-NH", "Phoenix-Mesa-Scottsdale, AZ", "Portland-South Portland, ME",
    "Riverside-San Bernardino-Ontario, CA", "Detroit-Warren-Dearborn, MI", "Seattle-Tacoma-Bellevue, WA",
    "Minneapolis-St. Paul-Bloomington, MN-WI", "San Diego-Carlsbad, CA", "Tampa-St. Petersburg-Clearwater, FL",
    "Denver-Aurora-Lakewood, CO", "St. Louis, MO-IL", "Baltimore-Columbia-Towson, MD",
    "Charlotte-Concord-Gastonia, NC-SC", "San Antonio-New Braunfels, TX", "Orlando-Kissimmee-Sanford, FL",
    "Pittsburgh, PA", "Portland-Vancouver-Hillsboro, OR-WA", "Cincinnati, OH-KY-IN", "Kansas City, MO-KS",
    "Sacramento--Roseville--Arden-Arcade, CA", "Las Vegas-Henderson-Paradise, NV", "Columbus, OH",
    "Indianapolis-Carmel-Anderson, IN", "Cleveland-Elyria, OH", "San Jose-Sunnyvale-Santa Clara, CA",
    "Nashville-Davidson--Murfreesboro--Franklin, TN", "Virginia Beach-Norfolk-Newport News, VA-NC",
    "Providence-Warwick, RI-MA", "Milwaukee-Waukesha-West Allis, WI", "Jacksonville, FL", "Oklahoma City, OK",
    "New Orleans-Metairie, LA", "Raleigh, NC", "Salt Lake City, UT", "Birmingham-Hoover, AL",
    "Lansing-East Lansing, MI", "Eugene, OR", "Red Bluff, CA", "Duluth, MN-WI", "Truckee, CA",
)  # fmt: skip
_WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
_IOS = "AppleWebKit/537.51.2 (KHTML, like Gecko) Version/7.0 Mobile/11D257 Safari/9537.53"
# The real logs have WebKit agents inside a second pair of quotes, Gecko ones without it.
USER_AGENTS = (
    f'"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_9_4) {_WEBKIT} Chrome/36.0.1985.143 Safari/537.36"',
    "Mozilla/5.0 (Windows NT 6.1; WOW64; rv:31.0) Gecko/20100101 Firefox/31.0",
    f'"Mozilla/5.0 (Windows NT 6.1; WOW64) {_WEBKIT} Chrome/36.0.1985.125 Safari/537.36"',
    '"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_9_4) AppleWebKit/537.78.2 (KHTML, like Gecko) '
    'Version/7.0.6 Safari/537.78.2"',
    f'"Mozilla/5.0 (Windows NT 6.3; WOW64) {_WEBKIT} Chrome/36.0.1985.143 Safari/537.36"',
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.9; rv:31.0) Gecko/20100101 Firefox/31.0",
    f'"Mozilla/5.0 (iPhone; CPU iPhone OS 7_1_2 like Mac OS X) {_IOS}"',
    f'"Mozilla/5.0 (X11; Linux x86_64) {_WEBKIT} Chrome/37.0.2062.94 Safari/537.36"',
    "Mozilla/5.0 (Windows NT 5.1; rv:31.0) Gecko/20100101 Firefox/31.0",
    f'"Mozilla/5.0 (iPad; CPU OS 7_1_2 like Mac OS X) {_IOS}"',
    "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:31.0) Gecko/20100101 Firefox/31.0",
    "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; WOW64; Trident/5.0)",
)
ARTIST_PLACES = (
    ("Lisbon, Portugal", 38.72635, -9.14843), ("Reykjavík, Iceland", 64.14548, -21.92746),
    ("Oakland, CA", 37.80506, -122.27302), ("Bristol, England", 51.45366, -2.59143),
    ("Montréal, Québec", 45.51228, -73.55439), ("Lagos", 6.45407, 3.39467), ("Köln, Germany", 50.94168, 6.95517),
    ("Osaka, Japan", 34.69374, 135.50218), ("Austin, TX", 30.26759, -97.74299),
    ("São Paulo, Brasil", -23.56287, -46.65468), ("Glasgow, Scotland", 55.85783, -4.24251),
    ("Athens, GA", 33.96095, -83.37794), ("Gdańsk, Polska", 54.35205, 18.64637),
    ("Wellington [Aotearoa]", -41.28889, 174.77722), ("Marseille/Toulon", 43.29338, 5.37132),
    ("Dakar", 14.69370, -17.44406), ("Chapel Hill, NC", 35.91463, -79.05661), ("Tromsø, Norway", 69.64920, 18.95532),
    ("New York, NY [Brooklyn]", 40.65507, -73.94888), ("Medellín, Colombia", 6.24420, -75.5812),
)  # fmt: skip
ADJECTIVES = (
    "Amber", "Borrowed", "Cobalt", "Distant", "Electric", "Faded", "Gilded", "Hollow", "Idle", "Jagged", "Kindred",
    "Lunar", "Marble", "Northern", "Opal", "Paper", "Quiet", "Rusted", "Scarlet", "Tidal", "Unwritten", "Velvet",
    "Wandering", "Yearling", "Zealous", "Blauäugig", "Perdu", "Små", "Last", "Slow",
)  # fmt: skip
NOUNS = (
    "Anchor", "Beacon", "Cathedral", "Daffodil", "Ember", "Ferry", "Glacier", "Harvest", "Island", "Juniper", "Kiln",
    "Lantern", "Meridian", "Nightjar", "Orchard", "Pavilion", "Quarry", "Ripple", "Sparrow", "Tramway", "Umbrella",
    "Viaduct", "Windmill", "Yardbird", "Zeppelin Park", "Niña", "Étoile", "Förde", "Søster", "Café", "Mountain",
    "Telegram", "Corridor", "Plover", "Cartographer", "Saltworks", "Parade", "Thistle", "Carousel", "Delta",
)  # fmt: skip
TITLE_ENDINGS = (
    "", "", "", "", "", "", " (Live)", " (Album Version)", " (2005 Digital Remaster)", " (Radio Edit)",
    " (Instrumental)", " / Reprise",
)  # fmt: skip

"""What do people listen to? The most played songs."""

from collections.abc import Mapping
from typing import Any

import altair as alt

from sparkify_assets.charts import parts
from sparkify_assets.charts.answers import Answer
from sparkify_assets.charts.theme import STRONG
from sparkify_assets.warehouse.base import Rows


def draw(rows: Rows, time_zone: str) -> parts.Chart:
    """Bars, the most played song on top."""
    songs = [
        {**row, "song": f"{row['title'] or 'unknown title'} · {row['artist'] or 'unknown artist'}"}
        for row in rows.dicts()
    ]
    base = alt.Chart(parts.data(songs)).encode(
        y=parts.ranked("song"),
        tooltip=[
            alt.Tooltip("title:N", title="Title"),
            alt.Tooltip("artist:N", title="Artist"),
            alt.Tooltip("plays:Q", title="Plays", format=","),
        ],
    )
    bars = base.mark_bar(style=STRONG).encode(x=parts.count("plays:Q", "Plays"))
    title = parts.title("Most played songs", "All plays, in the catalog or not")
    return parts.sized(bars + parts.label(base, "plays:Q", "format(datum.plays, ',')"), title)


def sentence(first: Mapping[str, Any]) -> str:
    """The most played song."""
    title, artist = first["title"] or "A song without a title", first["artist"] or "an unknown artist"
    return f"Most played: {title} by {artist}, with {parts.plays(first)}."


ANSWER = Answer(
    question="What do people listen to?",
    query=(
        "select rank, title, artist, plays, matched_plays "
        "from top_songs where play_month is null and rank <= 15 order by rank"
    ),
    draw=draw,
    sentence=sentence,
    order=1,
    months_query=(
        "select play_month, rank, title, artist, plays, matched_plays "
        "from top_songs where play_month >= :first_month and rank <= 15 order by play_month, rank"
    ),
)

"""How do groups of users behave? Plays by state, gender and level."""

from collections.abc import Mapping
from typing import Any

import altair as alt

from sparkify_assets.charts import parts
from sparkify_assets.charts.answers import Answer
from sparkify_assets.warehouse.base import Rows

_GENDERS = {"F": "Women", "M": "Men"}


def draw(rows: Rows, time_zone: str) -> parts.Chart:
    """Stacked bars of the levels by region, a panel per gender; the regions with the most plays on top."""
    groups = [
        {
            **row,
            "region": row["region"] or "unknown",
            "gender": _GENDERS.get(row["gender"], "Gender unknown"),
            "level": row["level"] or "unknown",
        }
        for row in rows.dicts()
    ]
    # In the order of the theme's colors, which go to free, paid and anything else.
    levels = list(dict.fromkeys(["free", "paid", *sorted({group["level"] for group in groups})]))
    title = parts.title("Who listens", "Plays by state, gender and level; the 15 states with the most plays")
    bars = (
        alt.Chart(parts.data(groups))
        .mark_bar()
        .encode(
            x=alt.X("sum(plays):Q", title="Plays", axis=alt.Axis(format=",d", tickMinStep=1, tickCount=4)),
            y=alt.Y("region:N", title="State", sort=_by_plays(groups)),
            color=alt.Color("level:N", title="Level", scale=alt.Scale(domain=levels)),
            order=alt.Order("level:N", sort="descending"),
            tooltip=[
                alt.Tooltip("region:N", title="State"),
                alt.Tooltip("gender:N", title="Gender"),
                alt.Tooltip("level:N", title="Level"),
                alt.Tooltip("plays:Q", title="Plays", format=","),
                alt.Tooltip("listeners:Q", title="Listeners", format=","),
                alt.Tooltip("plays_per_listener:Q", title="Plays per listener", format=",.1f"),
            ],
        )
        .properties(width=parts.WIDTH // 2, height=alt.Step(parts.BAR))
    )
    panels = alt.Column("gender:N", title=None, header=alt.Header(labelFontSize=13, labelFontWeight="bold"))
    facets: alt.FacetChart = bars.facet(column=panels, title=title)
    return facets


def sentence(first: Mapping[str, Any]) -> str:
    """The group with the most plays."""
    return (
        f"{_GENDERS.get(first['gender'], 'Listeners of unknown gender')} in {first['region'] or 'an unknown state'} "
        f"on the {first['level'] or 'unknown'} level listen most: {parts.plays(first)} by {parts.listeners(first)}."
    )


def _by_plays(groups: list[dict[str, Any]]) -> list[str]:
    regions = {group["region"] for group in groups}
    plays = {name: sum(group["plays"] for group in groups if group["region"] == name) for name in regions}
    return sorted(regions, key=lambda name: (-plays[name], name))


ANSWER = Answer(
    question="How do groups of users behave?",
    query=(
        "select rank, gender, level, listening.region, plays, listeners, seconds, plays_per_listener "
        "from listening_by_demographic as listening inner join ("
        "select region, row_number() over (order by sum(plays) desc, region asc) as size_rank "
        "from listening_by_demographic where play_month is null group by region) as largest "
        "on coalesce(listening.region, '') = coalesce(largest.region, '') "
        "where play_month is null and largest.size_rank <= 15 order by rank"
    ),
    draw=draw,
    sentence=sentence,
    order=3,
    months_query=(
        "select listening.play_month, rank, gender, level, listening.region, plays, listeners, seconds, "
        "plays_per_listener from listening_by_demographic as listening inner join ("
        "select play_month, region, row_number() over (partition by play_month order by sum(plays) desc, region asc) "
        "as size_rank from listening_by_demographic where play_month >= :first_month group by play_month, region"
        ") as largest on listening.play_month = largest.play_month "
        "and coalesce(listening.region, '') = coalesce(largest.region, '') "
        "where largest.size_rank <= 15 order by listening.play_month, rank"
    ),
)

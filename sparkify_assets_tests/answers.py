"""The answers which have a chart, by table."""

from sparkify_assets.charts.answers import Answer, answer_for
from sparkify_assets.models.reading import models

ANSWERED = {
    name: answer
    for name, model in models().items()
    if model.group == "analytics" and (answer := answer_for(name)) is not None
}


def answered_by(table: str) -> Answer:
    return ANSWERED[table]

"""`python ticks.py OUT`: what a tick of each sensor costs, on the instance, lake and warehouse of the settings.

OUT gets a JSON object: by sensor, processor seconds of a tick and bytes of the cursor which it stores.
"""

import json
import sys
import time
from pathlib import Path

import dagster as dg

from sparkify_assets.definitions import build_definitions
from sparkify_assets.instance.home import open_instance
from sparkify_assets.lake.open import open_lake
from sparkify_assets.settings import load_settings

FEWEST_TICKS = 3
"""The first ticks of a sensor read modules and what the event log knows."""


def main(out: str) -> None:
    """Tick each sensor until its cursor grows no more, as nothing changes meanwhile; the last tick counts."""
    settings = load_settings()
    definitions = build_definitions(settings)
    found = {}
    with open_instance() as instance:
        for sensor in definitions.get_repository_def().sensor_defs:
            cursor, ticks, grew = None, 0, True
            while grew or ticks < FEWEST_TICKS:
                with dg.build_sensor_context(
                    instance=instance,
                    cursor=cursor,
                    definitions=definitions,
                    resources={"lake": open_lake(settings.lake)},
                ) as context:
                    started = time.process_time()
                    ticked = sensor.evaluate_tick(context)
                    seconds = time.process_time() - started
                before, cursor, ticks = cursor, ticked.cursor or cursor, ticks + 1
                grew = len(cursor or "") > len(before or "")
            found[sensor.name] = (seconds, len(cursor or ""))
    Path(out).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])

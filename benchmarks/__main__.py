"""`python -m benchmarks [NAME ...]`; without names all are run but `big` and `huge`.

small     a lake of the size of the real one: our command against what people would use instead
month     the same with 3,000,000 events
big       the same with 30,100,000 events
days      one more day after 30, 100 and 300 such days: those which add it against those which build all anew
cube      plays_cube over the plays of the month, with its checks, against its SQL alone
overhead  a small lake: the whole run against Dagster jobs whose steps do nothing
growth    one more day after 30, 300 and 3,000 days of 100 events: the run, the sensors, the instance, the statements
parts     where the first load of the month goes, and that of 9,000,000 events, ours and that of the bare script
gzip      a lake of 1,000,000 events as plain files against the same compressed: staging alone
huge      the star of 100,000,000 events in one run, for its peak of memory; takes 60 GB of disk
"""

import argparse
import tempfile
from pathlib import Path

from benchmarks import against, own
from benchmarks.contenders import CONTENDERS

LEFT_OUT = {"big", "huge"}


def main() -> None:
    """Run the benches which are named."""
    names = [*against.BENCHES, *own.BENCHES]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", choices=[*names, []], metavar="NAME", help="benches to run")
    parser.add_argument("--of", nargs="+", choices=CONTENDERS, default=list(CONTENDERS), help="who takes part")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cold", type=int, default=1, help="rounds before those, from files which are in no cache")
    parser.add_argument("--events", type=int, default=against.EVENTS_A_DAY, help="a day, for `days`")
    parser.add_argument("--folder", type=Path, help="where lakes and loaded histories are kept; by default nowhere")
    parser.add_argument("--write", action="store_true", help="put tables and picture into docs/")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sparkify-bench-") as temporary:
        folder = chosen.folder.resolve() if chosen.folder else Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        bench = against.Bench(folder, chosen.rounds, chosen.cold, chosen.of, chosen.events, chosen.write)
        for name in chosen.names or [name for name in names if name not in LEFT_OUT]:
            if name in against.BENCHES:
                against.BENCHES[name](bench)
            else:
                own.BENCHES[name](folder, chosen.rounds)


if __name__ == "__main__":
    main()

"""Compare both readings of many generated rules: the compiled one, and the oracle's.

    python scripts/properties.py --designs 400 --expressions 60 --seed 1

A design that shows a disagreement is printed with its seed; `--only SEED` tries it alone.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path
from random import Random

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.oracle.agreement import Disagreement, Tally, disagreements  # noqa: E402
from tests.oracle.designs import make_design  # noqa: E402
from tests.oracle.expressions import written  # noqa: E402
from tests.oracle.rows import make_rows  # noqa: E402

from backend_architect.postgres import Session, start_embedded  # noqa: E402


def main() -> int:
    """Return the exit status: 1 where the readings differ."""
    options = _options()
    tally, found, start = Tally(), 0, time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="architect-properties-") as folder,
        start_embedded(Path(folder) / "data") as server,
        Session(server.url()) as database,
    ):
        for seed in _seeds(options):
            for each in _tried(database, seed, options.expressions, tally):
                found += 1
                print(f"seed {seed}: {each}\n")
    print(f"{tally}\n{found} disagreements, {time.monotonic() - start:.0f} s")
    if options.refused:
        print("\n".join(sorted(tally.refused_texts)))
    return 1 if found else 0


def _tried(database: Session, seed: int, number: int, tally: Tally) -> list[Disagreement]:
    choose = Random(seed).randrange  # noqa: S311
    design = make_design(choose)
    rows = make_rows(choose, design)
    return list(disagreements(database, design, rows, written(choose, design, number), tally))


def _seeds(options: argparse.Namespace) -> range | list[int]:
    first = options.seed * 1_000_000
    return range(first, first + options.designs) if options.only is None else [options.only]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--designs", type=int, default=400, help="how many designs are made")
    parser.add_argument("--expressions", type=int, default=60, help="how many expressions are made for each")
    parser.add_argument("--seed", type=int, default=1, help="another one makes other designs")
    parser.add_argument("--only", type=int, help="try one design alone, by the seed that was printed with it")
    parser.add_argument("--refused", action="store_true", help="list what the compiler refuses and PostgreSQL accepts")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

"""Weakens the built examples in many points, and says which of it `prove access attacks` finds: `make mutate`.

    scripts/mutate.py                        # a sample of every kind, on every example
    scripts/mutate.py --example shop --only lock --only edge
    scripts/mutate.py --list                 # only what would be tried
    scripts/mutate.py --of-a-kind 20         # more of each kind
    scripts/mutate.py --write docs/proof.md  # also write the score and the survivors into the page

Each weakening is made in a copy of the built example, which then runs; the probes that look there come first, and the
first that fails ends the trial. The project's own tests are not run: they are no part of the proof's two groups.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backend_architect.postgres import start_embedded
from backend_architect.proof.lab import FAST
from backend_architect.proof.mutation.generate import is_shared
from backend_architect.proof.mutation.report import lines_of, page_section, score_lines
from backend_architect.proof.mutation.run import StrongProject, prepare, try_all, weakenings_of
from backend_architect.proof.mutation.sample import OF_A_KIND, SEED, sample
from backend_architect.proof.mutation.trial import Outcome, Trial
from backend_architect.proof.mutation.weakening import Weakening
from backend_architect.proof.registry import PROBES

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted(path.parent.name for path in ROOT.glob("examples/*/backend.yaml"))
SHARED = 2
"""How many more are taken of what all examples have alike, which is tried in one of them."""
ARCHITECT = [sys.executable, "-c", "import sys; from backend_architect.cli import main; sys.exit(main())"]


def main() -> int:
    """Return 1 when fewer were caught than the score asks for."""
    given = _arguments()
    with built(given.example or EXAMPLES) as folders:
        chosen = {folder.name: _chosen(folder, given) for folder in _without_repeats(folders)}
        if given.list:
            for name, found in chosen.items():
                print(
                    "\n".join(
                        f"{name:14} {each.name} {each.kind:18} {each.file}:{each.line} {each.what}" for each in found
                    )
                )
            print(f"{sum(map(len, chosen.values()))} weakenings")
            return 0
        trials = list(_trials(folders, chosen, given.jobs, trust=given.trust))
    left_out = {each.name: why for folder in folders for each, why in _equivalents[folder.name]}
    print("\n".join(["", *score_lines(trials, len(left_out))]))
    if given.write:
        Path(given.write).write_text(page_section(Path(given.write).read_text(), trials, left_out))
    if given.json:
        Path(given.json).write_text(json.dumps([_as_data(trial) for trial in trials], indent=1))
    tried = [trial for trial in trials if trial.outcome is not Outcome.NOT_TRIED]
    caught = sum(trial.outcome is Outcome.CAUGHT for trial in tried)
    return int(caught < given.least / 100 * len(tried))


_equivalents: dict[str, tuple[tuple[Weakening, str], ...]] = {}
_all: dict[str, tuple[Weakening, ...]] = {}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--example", action="append", choices=EXAMPLES, help="only this example; several times")
    parser.add_argument("--only", action="append", help="only this kind, or the one with this name; several times")
    parser.add_argument("--of-a-kind", type=int, default=OF_A_KIND, help="how many of each kind, for each example")
    parser.add_argument("--seed", type=int, default=SEED, help="chooses others")
    parser.add_argument("--jobs", type=int, default=2, help="how many at a time")
    parser.add_argument("--least", type=float, default=95.0, help="the score in percent that is asked for")
    parser.add_argument("--alone", action="store_true", help="leave out what all examples have alike: accounts, limits")
    parser.add_argument("--trust", action="store_true", help="do not first try what is built: all is taken to hold")
    parser.add_argument("--list", action="store_true", help="only say what would be tried")
    parser.add_argument("--write", help="a page with a section between the marks of the mutation test")
    parser.add_argument("--json", help="a file for every trial as data")
    return parser.parse_args()


@contextmanager
def built(names: list[str]) -> Iterator[list[Path]]:
    """Give the folders of the examples, newly built."""
    with tempfile.TemporaryDirectory(prefix="architect-mutate-") as place:
        Path(place).chmod(0o755)
        folders = [Path(place) / name for name in names]
        for folder in folders:
            design = ROOT / "examples" / folder.name / "backend.yaml"
            subprocess.run(
                [*ARCHITECT, "build", str(folder), "--design", str(design)], check=True, stdout=subprocess.DEVNULL
            )
        yield folders


def _without_repeats(folders: list[Path]) -> list[Path]:
    """Note what can be weakened in each example; what all have alike is tried in one of them."""
    known: set[tuple[str, str, str]] = set()
    for folder in folders:
        found, equal = weakenings_of(folder)
        new = [each for each in found if not is_shared(each) or (each.file, each.kind, each.what) not in known]
        known |= {(each.file, each.kind, each.what) for each in found if is_shared(each)}
        _all[folder.name], _equivalents[folder.name] = tuple(new), equal
    return folders


def _chosen(folder: Path, given: argparse.Namespace) -> tuple[Weakening, ...]:
    """Return a sample of what this example has alone, and for the first one a larger sample of what all have alike."""
    wanted = [each for each in _all[folder.name] if not given.only or {each.kind, each.name} & {*given.only}]
    alone = sample([each for each in wanted if not is_shared(each)], given.of_a_kind, given.seed)
    shared = sample([each for each in wanted if is_shared(each)], given.of_a_kind * SHARED, given.seed)
    shared = () if given.alone else shared
    return tuple(sorted((*alone, *shared), key=lambda each: (each.file, each.line, each.what)))


def _trials(
    folders: list[Path], chosen: dict[str, tuple[Weakening, ...]], jobs: int, *, trust: bool
) -> Iterator[Trial]:
    with tempfile.TemporaryDirectory(prefix="architect-mutate-pg-") as place:
        Path(place).chmod(0o755)
        with start_embedded(Path(place) / "postgres", FAST) as server:
            for folder in folders:
                began = time.monotonic()
                strong = prepare(folder.name, folder, server, PROBES, trust=trust)
                _say_what_does_not_hold(strong)
                for trial in try_all(strong, chosen[folder.name], server, jobs):
                    print("\n".join(lines_of(trial)), flush=True)
                    yield trial
                print(
                    f"{folder.name:14} {len(chosen[folder.name])} tried in {time.monotonic() - began:.0f} s", flush=True
                )


def _say_what_does_not_hold(strong: StrongProject) -> None:
    for title, actual in strong.known.items():
        print(f"{strong.name:14} fails as built, and catches nothing here: {title}: {actual}", flush=True)


def _as_data(trial: Trial) -> dict[str, object]:
    each = trial.weakening
    return {"example": trial.example, "name": each.name, "kind": each.kind, "file": each.file, "line": each.line,
            "what": each.what, "outcome": trial.outcome.value, "probe": trial.probe, "why": trial.why,
            "seconds": trial.seconds}  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())

"""How many findings are wrong, and how many faults are found: on the 27 schemas of tests/cases/tune_corpus.

Each is loaded and analyzed, its tables are taken for a thousand times larger than they are (some thousand rows are read
at once whatever one does), and its statements are given as a log in which each ran 25 times. What is told as high or as
certain is held against two notes, made by hand: `expert.yaml`, what an expert noted before any finding was seen, and
`judged.yaml`, what else is right, with the reason; everything else counts as wrong. A function over a column that has
no index is a fault that the advice answers, with an index of the expression.

python benchmarks/tune/findings/run.py [--verbose]      exits 1 above 2 % wrong, or below 90 % found
"""

import argparse
import asyncio
import re
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pglast.parser import split
from ruamel.yaml import YAML

from backend_architect.finding import Finding, Severity, Sureness
from backend_architect.postgres import EmbeddedServer, Session, start_embedded
from backend_architect.postgres.catalog import Catalog
from backend_architect.tune import find_everything, observe
from backend_architect.tune.advice_run import advise
from backend_architect.tune.indexes.choice_limits import ChoiceLimits
from backend_architect.tune.reading.any_files import read_workload

HERE = Path(__file__).parent
CORPUS = HERE.parents[2] / "tests" / "cases" / "tune_corpus"
MOST_WRONG, LEAST_FOUND = 0.02, 0.90
RUNS, TIMES, SECONDS = 25, 1000, 10.0
LINE = "2026-01-01 10:00:{second:02}.000 UTC [77] app@shop LOG:  duration: {ms} ms  statement: {text}\n"


def main() -> int:
    """Return 1 where too much is wrong, or too little is found."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--verbose", action="store_true", help="every finding that is high or certain")
    verbose = options.parse_args().verbose
    noted, judged = _read("expert.yaml"), _read("judged.yaml")
    told = wrong = wanted = found = 0
    with tempfile.TemporaryDirectory() as folder, start_embedded(Path(folder) / "data") as server:
        for file in sorted(CORPUS.glob("*.sql")):
            findings, advised = _found(server, file, Path(folder))
            notes = noted.get(file.stem, ())
            missed = [
                note
                for note in notes
                if not any(_is(each, note) for each in findings) and not _is_advised(note, advised)
            ]
            sure = [each for each in findings if Severity.HIGH is each.severity or Sureness.CERTAIN is each.sureness]
            false = [each for each in sure if not _is_right(each, (*notes, *judged.get(file.stem, ()), *judged["all"]))]
            told, wrong = told + len(sure), wrong + len(false)
            wanted, found = wanted + len(notes), found + len(notes) - len(missed)
            for each in sure if verbose else false:
                print(f"{file.stem}: {'WRONG ' if each in false else ''}{each.severity} {each.sureness} {each.key}: "
                      f"{each.message[:160]}")  # fmt: skip
            for note in missed:
                print(f"{file.stem}: MISSED {note}", flush=True)
    print(f"high or certain: {told}, wrong: {wrong} ({wrong / told:.1%}); noted: {wanted}, found: {found} "
          f"({found / wanted:.0%})")  # fmt: skip
    return int(wrong > MOST_WRONG * told or found < LEAST_FOUND * wanted)


def _read(name: str) -> dict[str, Sequence[str]]:
    loaded: dict[str, Sequence[str]] = YAML(typ="safe").load((HERE / name).read_text())
    return loaded


def _found(server: EmbeddedServer, file: Path, folder: Path) -> tuple[tuple[Finding, ...], str]:
    """Return the findings, and the SQL of the advised indexes."""
    schema, statements = file.read_text().split("-- workload\n")
    name = f"findings_{file.stem}"
    with Session(server.url()) as admin:
        admin.run(f"CREATE DATABASE {name} STRATEGY file_copy")
    with Session(server.url(name)) as session:
        for statement in (*split(schema), "ANALYZE"):
            session.run(statement)
    log = folder / f"{file.stem}.log"
    log.write_text("".join(_lines(split(statements))))
    url = server.url(name)
    observed = asyncio.run(observe(url, read_workload(log, ""))).observed
    found = find_everything(replace(observed, catalog=_grown(observed.catalog))).findings
    advice = advise(url, observed, ChoiceLimits(seconds=SECONDS), lambda _: None).advice
    return found, " ".join(each.sql for each in advice.recommended) if advice else ""


def _grown(catalog: Catalog) -> Catalog:
    """Return the catalog with larger tables and indexes."""
    sizes = ("rows", "pages", "bytes", "total_bytes", "live")
    tables = tuple(replace(t, **{name: getattr(t, name) * TIMES for name in sizes}) for t in catalog.tables)
    indexes = tuple(
        replace(each, **{name: getattr(each, name) * TIMES for name in ("rows", "pages", "bytes")})
        for each in catalog.indexes
    )
    return replace(catalog, tables=tables, indexes=indexes)


def _lines(statements: Sequence[str]) -> Sequence[str]:
    texts = [each.replace("\n", "\n\t") for each in statements]
    return [LINE.format(second=n, ms=3.5 * (n + 1), text=text) for text in texts for n in range(RUNS)]


def _is_right(finding: Finding, notes: Sequence[str]) -> bool:
    return any(_is(finding, note) for note in notes)


def _is_advised(note: str, advised: str) -> bool:
    """Return whether the answer is an index of the expression, where no index of the bare column is there."""
    code, _, column = note.partition(" ")
    return code == "function-on-column" and re.search(rf"\(\(.*\b{column}\b", advised) is not None


def _is(finding: Finding, note: str) -> bool:
    code, _, part = note.partition(" ")
    return finding.code == code and part in f"{finding.subject} {finding.message}"


if __name__ == "__main__":
    sys.exit(main())

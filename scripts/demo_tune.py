"""From slow queries to measured ones: `make demo-tune`. A real PostgreSQL, everything removed at the end."""

import asyncio
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from demo_shop import load, use

from backend_architect.postgres import Session, start_embedded

SENTENCE = "Our queries are getting slow as we scale"
ARCHITECT = [sys.executable, "-c", "import sys; from backend_architect.cli import main; sys.exit(main())"]
SETTINGS = {
    "shared_preload_libraries": "pg_stat_statements",
    "shared_buffers": "256MB",
    "random_page_cost": "1.1",
    "max_wal_size": "4GB",
}
COUNTED = """
SELECT substring(query FROM '/\\* ([a-z_.]+) \\*/') AS name, sum(calls)::int AS calls,
       (sum(total_exec_time) / sum(calls))::float8 AS mean, sum(total_exec_time)::float8 AS total
FROM pg_stat_statements WHERE query ~ '/\\* [a-z_.]+ \\*/' AND query !~ 'pg_stat_statements'
GROUP BY 1 ORDER BY 4 DESC
"""
ALL = (r"", r"(?!)")
STEPS = (r"\d+ steps? on database", r"shop: .* of counts since")
PROGRESS = r"  (create index|drop index|analyze) \S+: "
CHANGED = 1.5
INTERRUPTED = 130


@dataclass(frozen=True)
class Timed:
    """What pg_stat_statements counted of one statement: calls, and milliseconds a call and in all."""

    calls: int
    mean: float
    total: float


def main() -> int:
    """Show it all, and return the exit status of the step that failed, or 0."""
    started = time.monotonic()
    place = tempfile.TemporaryDirectory(prefix="architect-demo-tune-")
    try:
        with place, start_embedded(Path(place.name) / "postgres", SETTINGS) as server:
            with Session(server.url()) as admin:
                admin.run("CREATE DATABASE shop")
            status = _story(server.url("shop"), Path(place.name))
    except KeyboardInterrupt:
        print("\nInterrupted; the database is stopped and removed.", file=sys.stderr)
        return INTERRUPTED
    if status == 0:
        _say(f"All of it took {time.monotonic() - started:.0f} s. The database is stopped and removed.")
    return status


def _story(url: str, folder: Path) -> int:
    begun = time.monotonic()
    asyncio.run(load(url))
    _say(f"A shop with 760,000 rows is loaded ({time.monotonic() - begun:.0f} s). It is used, from three connections:")
    before = _used(url)
    _say(f'$ architect "{SENTENCE}" --db "$SHOP"')
    status = _architect(folder, url, SENTENCE, "--db", url)
    if status == 0:
        _say('$ architect tune "$SHOP" --apply --yes')
        print("  … the same findings and indexes, and then:", flush=True)
        status = _architect(folder, url, "tune", url, "--apply", "--yes", shown=STEPS)
    if status == 0:
        _say("The same calls again:")
        _show(before, _used(url))
    return status


def _architect(folder: Path, url: str, *words: str, shown: tuple[str, str] = ALL) -> int:
    """Return the status of a command. Of its output, what stands between two patterns is shown, or all where it failed.

    Where it names the database, its readers see $SHOP.
    """
    process = subprocess.Popen([*ARCHITECT, *words], cwd=folder, stdout=subprocess.PIPE, text=True, env=_environment())
    begin, end = shown
    hidden, on = [], False
    try:
        for line in (line.replace(url, "$SHOP") for line in process.stdout or ()):
            on = bool(re.match(begin, line)) or (on and not re.match(end, line))
            if on and not re.match(PROGRESS, line):
                print(line, end="", flush=True)
            else:
                hidden.append(line)
        status = process.wait()
    except BaseException:
        process.terminate()
        process.wait(30)
        raise
    if status:
        print("".join(hidden), end="", flush=True)
    return status


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}


def _used(url: str) -> Mapping[str, Timed]:
    """Return what each statement took while the shop was used once."""
    with Session(url) as session:
        session.run("SELECT pg_stat_statements_reset()")
        begun = time.monotonic()
        calls = asyncio.run(use(url))
        print(f"  {calls:,} calls in {time.monotonic() - begun:.1f} s", flush=True)
        return {r["name"]: Timed(r["calls"], r["mean"], r["total"]) for r in session.fetch(COUNTED)}


def _show(before: Mapping[str, Timed], after: Mapping[str, Timed]) -> None:
    """Print what each statement took before and after, the dearest first, also where nothing became better."""
    print(f"  a factor below {CHANGED} is within the noise")
    print(f"\n  {'statement':24} {'calls':>6} {'before':>10} {'after':>10}")
    for name, old in before.items():
        new = after.get(name)
        if new is not None:
            print(f"  {name:24} {old.calls:6,} {old.mean:7.2f} ms {new.mean:7.2f} ms  {_factor(old.mean, new.mean)}")
    whole, left = (sum(each.total for each in side.values()) for side in (before, after))
    print(f"  {'all together':24} {'':6} {whole:7,.0f} ms {left:7,.0f} ms  {_factor(whole, left)}")


def _factor(before: float, after: float) -> str:
    if before / after >= CHANGED:
        return f"{before / after:,.0f} times faster" if before / after >= 10 else f"{before / after:.1f} times faster"
    return f"{after / before:.1f} times slower" if after / before >= CHANGED else "about the same"


def _say(text: str) -> None:
    print(f"\n{text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())

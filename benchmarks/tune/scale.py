"""Whether the tool answers for a large schema, and what that takes: 300 statements on 150 tables, and 5,000 tables.

python benchmarks/tune/scale.py [--keep FOLDER]

Exits 1 when 150 tables take over a minute, 5,000 over a minute and a half, or either a gigabyte; when nothing is
advised, or something of the database could not be read.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from advising import NoAdvice, advise
from loading import digest, load, serve

from backend_architect.postgres import Session

NOUNS = ("customer", "invoice", "shipment", "ticket", "asset", "contract", "payment", "report", "visit", "device")
AREAS = ("sales", "stock", "billing", "support", "people", "plant", "fleet", "audit", "portal", "lab", "legal", "field")
BATCH = 250
WIDE = 1_000
"""Up to so many tables, they have eleven columns; above, four."""
LIMIT_BYTES = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Size:
    """How large a schema is, and how many statements run on it."""

    name: str
    tables: int
    statements: int
    most_rows: int
    seconds: float
    """How long an answer may take."""


SIZES = (Size("150 tables", 150, 300, 60_000, 60.0), Size("5,000 tables", 5_000, 300, 400, 90.0))


def main() -> int:
    """Return 1 when a size takes too long or too much, or when it has no answer or not a whole one."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--keep", type=Path, help="keep the loaded server in this folder")
    options.add_argument("--tables", type=int, help="one size alone")
    chosen = options.parse_args()
    sizes = [size for size in SIZES if chosen.tables in {None, size.tables}]
    print("| schema | columns | statements | indexes advised | seconds | peak memory, MB | without PostgreSQL's |")
    print("|---|---|---|---|---|---|---|", flush=True)
    with serve(chosen.keep) as server:
        within = [
            _within(server.url(load(server, _database(size), _version(size), _fill(size))), size) for size in sizes
        ]
    return int(not all(within))


def _within(url: str, size: Size) -> bool:
    with Session(url) as session:
        columns = session.value("SELECT count(*) FROM information_schema.columns WHERE table_schema = 'public'")
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write("\n".join(statements(size)))
        file.flush()
        try:
            advised = advise(url, Path(file.name), 2_000_000_000)
        except NoAdvice as error:
            print(f"{size.name}: {error}", flush=True)
            return False
    memory = f"{advised.everything_bytes / 1e6:,.0f} | {advised.peak_bytes / 1e6:,.0f}"
    figures = f"{columns:,} | {size.statements} | {len(advised.indexes)} | {advised.seconds:.0f}"
    print(f"| {size.name} | {figures} | {memory} |", flush=True)
    hindered = advised.said["problems"]
    for problem in hindered if isinstance(hindered, list) else ():
        print(f"{size.name}: {problem['message']}", flush=True)
    slow, large = advised.seconds > size.seconds, advised.everything_bytes > LIMIT_BYTES
    return bool(advised.indexes) and not (hindered or slow or large)


def tables(size: Size) -> Iterator[tuple[str, int]]:
    """Give each table's name and its number of rows: a few are large, most are small."""
    for number in range(size.tables):
        noun, area = NOUNS[number % len(NOUNS)], AREAS[number // len(NOUNS) % len(AREAS)]
        generation = number // (len(NOUNS) * len(AREAS))
        suffix = f"_{generation}" if generation else ""
        yield f"{area}_{noun}{suffix}", max(20, size.most_rows // (1 + number % 37))


def ddl(size: Size) -> Iterator[str]:
    """Give the statements that make the tables; each but the first has a foreign key to one before it."""
    names = [name for name, _ in tables(size)]
    wide = size.tables <= WIDE
    for number, name in enumerate(names):
        parent = f"REFERENCES {names[number * 7 % number]}" if number else ""
        more = (
            "owner_id bigint NOT NULL, kind text NOT NULL, email text, amount numeric(12, 2), "
            "tags text[] NOT NULL DEFAULT '{}', "
            "data jsonb NOT NULL DEFAULT '{}', due_on date, deleted_at timestamptz, "
            if wide
            else ""
        )
        yield (
            f"CREATE TABLE {name} (id bigint PRIMARY KEY, parent_id bigint {parent}, {more}"
            "status text NOT NULL, created_at timestamptz NOT NULL);"
        )


def rows(size: Size) -> Iterator[str]:
    """Give the statements that fill the tables."""
    more = (
        "g % 97, 'k' || g % 12, 'Mail' || g || '@example.org', g % 1000, ARRAY['t' || g % 50], "
        "jsonb_build_object('n', g % 80), "
        "'2026-01-01'::date + g % 300, CASE WHEN g % 30 = 0 THEN '2026-01-01'::timestamptz END, "
        if size.tables <= WIDE
        else ""
    )
    for name, number in tables(size):
        yield (
            f"INSERT INTO {name} SELECT g, 1 + g % 9, {more}CASE WHEN g % 40 = 0 THEN 'open' ELSE 'done' END,"
            f" '2026-01-01'::timestamptz + g * interval '5 minutes' FROM generate_series(1, {number}) g;"
        )


def statements(size: Size) -> Iterator[str]:
    """Give the workload: nine shapes over the tables, with weights that fall off."""
    names = [name for name, _ in tables(size)]
    wide = size.tables <= WIDE
    for number in range(size.statements):
        one, other = number * 13 % len(names), number * 29 % len(names)
        one = one or 1
        name, parent = names[one], names[one * 7 % one]
        shapes = [
            f"SELECT /* s.list_{number} */ id, status FROM {name} WHERE parent_id = $1"
            " ORDER BY created_at DESC LIMIT 20",
            f"SELECT /* s.page_{number} */ id FROM {name} WHERE parent_id = $1 AND (created_at, id) < ($2, $3)"
            " ORDER BY created_at DESC, id DESC LIMIT 20",
            f"SELECT /* s.open_{number} */ count(*) FROM {name} WHERE status = 'open' AND created_at >= $1",
            f"SELECT /* s.join_{number} */ c.id, p.status FROM {name} c JOIN {parent} p ON p.id = c.parent_id"
            " WHERE p.status = $1 ORDER BY c.created_at DESC LIMIT 50",
            f"SELECT /* s.day_{number} */ status, count(*) FROM {names[other]}"
            " WHERE created_at >= $1 AND created_at < $2 GROUP BY status",
            f"UPDATE /* s.move_{number} */ {name} SET status = $2 WHERE id = $1",
        ]
        if wide:
            shapes += [
                f"SELECT /* s.mine_{number} */ id, kind FROM {name} WHERE owner_id = $1 AND deleted_at IS NULL"
                " ORDER BY due_on LIMIT 50",
                f"SELECT /* s.mail_{number} */ id FROM {name} WHERE lower(email) = $1",
                f"SELECT /* s.tagged_{number} */ id FROM {name} WHERE tags @> ARRAY[$1::text] AND data @> $2::jsonb",
            ]
        yield f"-- weight: {1 + 1000 // (1 + number)}\n{shapes[number % len(shapes)]};"


def _fill(size: Size) -> Callable[[Session], None]:
    def fill(session: Session) -> None:
        session.run("SET session_replication_role = replica")
        for part in (list(ddl(size)), list(rows(size))):
            for start in range(0, len(part), BATCH):
                session.run("\n".join(part[start : start + BATCH]))

    return fill


def _database(size: Size) -> str:
    return f"scale_{size.tables}"


def _version(size: Size) -> str:
    return digest(*ddl(size), *rows(size))


if __name__ == "__main__":
    sys.exit(main())

"""Weakened migrations: constraints, foreign keys and triggers that somebody dropped, or did not carry over."""

import re
from collections.abc import Iterator

from backend_architect.proof.mutation.weakening import Edit, Weakening, shown, weakening

CONSTRAINT = re.compile(r",\n    (?:CONSTRAINT \w+ )?(UNIQUE|EXCLUDE|PRIMARY KEY|CHECK) ?[^\n]*?(?=,?\n)")
UNIQUE_COLUMN = re.compile(r"(?<=NOT NULL) UNIQUE")
UNIQUE_INDEX = re.compile(r"CREATE UNIQUE INDEX (auth_\w+) ON [^;]*;")
ON_DELETE = re.compile(r"ON DELETE (CASCADE|RESTRICT|SET NULL)")
OTHERWISE = {"CASCADE": "RESTRICT", "RESTRICT": "CASCADE", "SET NULL": "CASCADE"}
TRIGGER = re.compile(r"CREATE TRIGGER (\w+) (BEFORE|AFTER) (\w+)[^;]*;")
TRIGGER_EVENTS = re.compile(r"(AFTER INSERT) OR DELETE(?= ON)")
COUNTED = re.compile(r"\n +UPDATE \w+ SET (\w+) = \w+ [+-] [^;]*;")
PERFORM = re.compile(r"\n +PERFORM (?:FROM|pg_advisory)[^;]*;")
BOUND = re.compile(r"(?<=CHECK \()(\w+) (>=|>) (\w+)(?=\)| AND)")


def weakened_migration(file: str, text: str) -> Iterator[Weakening]:
    """Give what could be weaker about one migration of the design or of accounts."""
    yield from _constraints(file, text)
    yield from _foreign_keys(file, text)
    yield from _triggers(file, text)
    yield from _steps(file, text)


def _constraints(file: str, text: str) -> Iterator[Weakening]:
    for found in CONSTRAINT.finditer(text):
        kind = "check" if found[1] == "CHECK" else "unique"
        what = f"{_table(text, found.start())} without {shown(found[0].strip(', '))}"
        yield weakening(kind, text, Edit(file, found.start(), found.end()), what)
    for found in UNIQUE_COLUMN.finditer(text):
        line = text[text.rindex("\n", 0, found.start()) : found.end()]
        yield weakening("unique", text, Edit(file, found.start(), found.end()), f"{shown(line)}: not unique")
    for found in UNIQUE_INDEX.finditer(text):
        edit = Edit(file, found.start(), found.end(), found[0].replace("UNIQUE ", ""))
        yield weakening("unique", text, edit, f"{found[1]} is not unique")


def _foreign_keys(file: str, text: str) -> Iterator[Weakening]:
    for found in ON_DELETE.finditer(text):
        line = text[text.rindex("\n", 0, found.start()) : found.end()]
        edit = Edit(file, found.start(1), found.end(1), OTHERWISE[found[1]])
        what = f"{_table(text, found.start())}: {shown(line)} → {OTHERWISE[found[1]]}"
        yield weakening("foreign-key", text, edit, what)


def _triggers(file: str, text: str) -> Iterator[Weakening]:
    for found in TRIGGER.finditer(text):
        name = found[1]
        if name.startswith("auth_"):
            kind = "revocation"
        elif name.endswith("_take_turns"):
            kind = "turns"
        else:
            kind = "not-undone" if found[3] == "DELETE" else "effect"
        yield weakening(kind, text, Edit(file, found.start(), found.end()), f"no trigger {name}")
    for found in TRIGGER_EVENTS.finditer(text):
        edit = Edit(file, found.start(), found.end(), found[1])
        yield weakening("not-undone", text, edit, f"{_line(text, found.start())} only AFTER INSERT")


def _steps(file: str, text: str) -> Iterator[Weakening]:
    for found in COUNTED.finditer(text):
        kind = "not-undone" if "OLD." in found[0] else "effect"
        edit = Edit(file, found.start(), found.end(), "\n    NULL;")
        yield weakening(kind, text, edit, f"without {shown(found[0])}")
    for found in PERFORM.finditer(text):
        kind = "turns" if "advisory" in found[0] else "lock"
        yield weakening(kind, text, Edit(file, found.start(), found.end()), f"without {shown(found[0])}")
    for found in BOUND.finditer(text):
        old = found[0]
        new = f"{found[1]} > {found[3]}" if found[2] == ">=" else f"{found[1]} >= {found[3]}"
        edit = Edit(file, found.start(), found.end(), new)
        yield weakening("edge", text, edit, f"{_line(text, found.start())}: {old} → {new}")


def _table(text: str, at: int) -> str:
    found = re.findall(r"CREATE TABLE (\w+)", text[:at])
    return found[-1] if found else ""


def _line(text: str, at: int) -> str:
    return shown(text[text.rindex("\n", 0, at) : text.index("\n", at)])

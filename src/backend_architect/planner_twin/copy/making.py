"""Objects made one by one in a database, none of which stops the others."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from backend_architect.planner_twin.structure.model import Definition, Named
from backend_architect.postgres.failures import database_error
from backend_architect.postgres.session import Session

MORE_TIME = "give it more: --time 5m"
AT_ONCE = 200
"""Statements of one transaction: each takes locks until its end."""

PREPARED = """
SET search_path = ''; SET check_function_bodies = off; SET client_min_messages = error; SET synchronous_commit = off;
CREATE OR REPLACE FUNCTION pg_temp.make(statements text[]) RETURNS TABLE (place int, reason text)
LANGUAGE plpgsql AS $$
DECLARE statement text;
BEGIN
    place := 0;
    FOREACH statement IN ARRAY statements LOOP
        BEGIN
            EXECUTE statement;
        EXCEPTION WHEN OTHERS THEN
            reason := SQLERRM;
            RETURN NEXT;
        END;
        place := place + 1;
    END LOOP;
END $$
"""
MAKE = "SELECT place, reason FROM pg_temp.make($1)"


@dataclass(frozen=True, slots=True)
class Failed:
    """An object that cannot be made, and what the server says."""

    definition: Definition
    reason: str


def prepare(session: Session) -> None:
    """Have the session ready to make objects, with names that are meant as they are written."""
    session.run(PREPARED)


def make_all(session: Session, definitions: Sequence[Definition], *, until: float = float("inf")) -> tuple[Failed, ...]:
    """Make the objects, in rounds until no more succeed; return those that cannot be made, each with the reason.

    What depends on another comes in the round after it, whatever the order. Raises DatabaseError past `until`.
    """
    waiting = list(definitions)
    failed = _round(session, waiting, until)
    while failed and len(failed) < len(waiting):
        waiting = [each.definition for each in failed]
        failed = _round(session, waiting, until)
    return tuple(failed)


def make_instead(session: Session, failed: Sequence[Failed]) -> Iterator[Named]:
    """Make what can stand in for objects that cannot be made, and give all of these."""
    simpler = [replace(each.definition, sql=each.definition.instead) for each in failed if each.definition.instead]
    lost = {(each.definition.kind, each.definition.name) for each in make_all(session, simpler)}
    stood_in = {(each.kind, each.name) for each in simpler} - lost
    for each in failed:
        place = (each.definition.kind, each.definition.name)
        yield Named(*place, f"something simpler stands in: {each.reason}" if place in stood_in else each.reason)


def _round(session: Session, waiting: Sequence[Definition], until: float) -> list[Failed]:
    """Return what fails, and why."""
    parts = (waiting[at : at + AT_ONCE] for at in range(0, len(waiting), AT_ONCE))
    return [found for few in parts for found in _few(session, few, until)]


def _few(session: Session, few: Sequence[Definition], until: float) -> Iterator[Failed]:
    if time.monotonic() > until:
        raise database_error("copy-too-slow", "copying the database's structure took all of the time", MORE_TIME)
    for record in session.fetch(MAKE, [each.sql for each in few]):
        yield Failed(few[record["place"]], record["reason"])

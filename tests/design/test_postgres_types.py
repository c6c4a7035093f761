"""What is derived of operators, functions and choices is what PostgreSQL itself makes of the same types."""

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from scripts.write_postgres_types import FUNCTIONS, OPERATORS, TARGET, TYPES, as_text, read_catalog

from backend_architect.design.postgres_types import UNKNOWN, common_type, function_result, operator_for
from backend_architect.postgres import EmbeddedServer, Session

KINDS = [*(name for name in TYPES if name != "anyarray"), "text[]", "bigint[]", UNKNOWN]
KIND = """
CREATE FUNCTION pg_temp.kind(expression text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE found text;
BEGIN
    EXECUTE 'SELECT pg_typeof(' || expression || ')::text' INTO found;
    RETURN found;
EXCEPTION WHEN OTHERS THEN
    RETURN NULL;
END $$
"""


@pytest.fixture
def session(server: EmbeddedServer) -> Iterator[Session]:
    with Session(server.url()) as session:
        session.run(KIND)
        yield session


def kinds(session: Session, expressions: list[str]) -> list[str | None]:
    """Return the type that PostgreSQL gives each expression, None where it refuses it."""
    found = session.value(
        "SELECT json_agg(pg_temp.kind(e) ORDER BY n) FROM unnest($1::text[]) WITH ORDINALITY AS t(e, n)", expressions
    )
    return list(json.loads(found))


def value(kind: str) -> str:
    return "NULL" if kind == UNKNOWN else f"NULL::{kind}"


def test_operators(session: Session) -> None:
    asked = [
        (name, left, right) for name, left, right in product(OPERATORS, ["", *KINDS], KINDS) if left or name in "+-"
    ]
    asked = [each for each in asked if not (each[0] in "+-" and {"jsonb", "text[]", "bigint[]"} & {*each})]
    told = kinds(session, [f"{value(left) if left else ''} {name} {value(right)}" for name, left, right in asked])
    told = [None if kind == "jsonb" else kind for kind in told]  # taking keys out of JSON is not in the language
    derived = [chosen.result if (chosen := operator_for(*each)) else None for each in asked]
    assert [each for each in zip(asked, derived, told, strict=True) if each[1] != each[2]] == []
    assert len(asked) > 2_000


def test_functions(session: Session) -> None:
    asked = list(product(FUNCTIONS, KINDS))
    told = kinds(session, [f"{name}({value(kind)})" for name, kind in asked])
    assert [function_result(*each) for each in asked] == told


def test_branches_of_a_choice(session: Session) -> None:
    asked = [list(each) for each in product(KINDS, KINDS, KINDS)]
    told = kinds(session, [f"coalesce({', '.join(map(value, each))})" for each in asked])
    assert [common_type(each) for each in asked] == told


def test_the_file_is_what_the_catalog_says(session: Session) -> None:
    assert Path(TARGET).read_text() == as_text(read_catalog(session))

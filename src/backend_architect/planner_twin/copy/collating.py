"""How the copy sorts texts: as the original where this machine can, else as something that is planned alike."""

from collections.abc import Iterator

from backend_architect.planner_twin.structure.model import Collate, Definition, Structure
from backend_architect.postgres.catalog.model import quoted
from backend_architect.postgres.connection import Refused
from backend_architect.postgres.session import Session

BY_BYTES = "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'"
STAND_INS = ("C.UTF-8", "en_US.UTF-8")
"""Of the system's: the planner takes none of them for sorted by bytes, which a btree must be for LIKE 'abc%'."""
MISSING = """
SELECT name, format('%I.%I', part[1], part[2]) AS sql FROM unnest($1::text[]) name, parse_ident(name) part
WHERE to_regcollation(name) IS NULL AND (part[1] = 'pg_catalog') = $2 ORDER BY 1
"""


def create_database(admin: Session, name: str, collate: Collate) -> str:
    """Make an empty database, and return the system's locale that it sorts by, '' where that is by bytes."""
    if not collate.by_bytes:
        own = [collate.name] if collate.provider == "c" else []
        for locale in dict.fromkeys([*own, *STAND_INS]):
            if _made(admin, name, f"LOCALE_PROVIDER libc LOCALE {_literal(locale)}"):
                return locale
    admin.run(_create(name, BY_BYTES))
    return ""


def missing_collations(session: Session, structure: Structure, locale: str, *, systems: bool) -> Iterator[Definition]:
    """Give what makes each collation that the columns name and the server lacks, sorting as `locale` does.

    Either the catalog's own, named as the system's locales are, or all others.
    """
    known = f"LOCALE = {_literal(locale or STAND_INS[0])}"
    for record in session.fetch(MISSING, list(structure.collations), systems):
        yield Definition("collation", record["name"], f"CREATE COLLATION {record['sql']} (PROVIDER = libc, {known})")


def sorted_alike(collate: Collate, locale: str) -> bool:
    """Return whether the copy sorts texts just as the original."""
    return (collate.by_bytes and not locale) or (collate.provider == "c" and collate.name == locale)


def _made(admin: Session, name: str, options: str) -> bool:
    try:
        admin.run(_create(name, options))
    except Refused:
        return False
    return True


def _create(name: str, options: str) -> str:
    return f"CREATE DATABASE {quoted(name)} TEMPLATE template0 ENCODING 'UTF8' {options} STRATEGY file_copy"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"

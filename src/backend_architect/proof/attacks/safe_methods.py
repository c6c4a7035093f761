"""S05: to read something changes nothing."""

from collections.abc import Iterator

from backend_architect.postgres import Session
from backend_architect.proof.attacks.callers import insiders
from backend_architect.proof.evidence import Case, Group
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import project_routes, valid_request

TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname"
DIGEST = "SELECT md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), '')) FROM \"{table}\" t"


def safe_methods(lab: Lab) -> Iterator[Case]:
    """Give a case for each route that answers GET: every row of every table before it and after it."""
    callers = insiders(lab.backend, 50)
    for route in project_routes(lab.subject):
        if route.method != "GET":
            continue
        caller = next(callers)
        request = valid_request(lab.backend, route, caller)
        before = _state(lab.backend.database)
        answer = request.send(lab.backend, caller)
        lab.backend.client.ask(caller, "HEAD", request.path)
        after = _state(lab.backend.database)
        changed = [table for table in after if after[table] != before.get(table)]
        title, advice = route.title, f"it changed {', '.join(changed)}"
        yield answer.case(title, expected="not one row is different", held=not changed, advice=advice)


def _state(database: Session) -> dict[str, str]:
    names = [str(row["relname"]) for row in database.fetch(TABLES)]
    return {name: str(database.value(DIGEST.format(table=name))) for name in names}


PROBE = Probe("S05", Group.ATTACKS, "to read something changes nothing", safe_methods)

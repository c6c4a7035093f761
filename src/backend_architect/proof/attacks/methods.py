"""P44 and P45: methods that nobody declared are refused, and the answer names those that there are."""

from collections.abc import Iterator

from backend_architect.proof.attacks.addresses import filled
from backend_architect.proof.evidence import Case, Group
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import provider_routes

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
IMPLIED = frozenset({"HEAD", "OPTIONS"})
POSTED = ("register", "sign-in", "refresh", "password", "sign-out", "sign-out-everywhere")
SIGN_IN = {"/v1/me": {"GET"}, **{f"/v1/auth/{name}": {"POST"} for name in POSTED}}


def trace(lab: Lab) -> Iterator[Case]:
    """Give a case for each address: TRACE would show a page the headers that its browser sent."""
    for path in ("/healthz", *declared_methods(lab)):
        caller = lab.backend.anonymous()
        answer = lab.backend.client.ask(caller, "TRACE", filled(path), headers={"x-secret": "told-to-nobody"})
        held = answer.status in {405, 501} and b"told-to-nobody" not in answer.body
        yield answer.case(f"TRACE {path}", expected="405 or 501", held=held)


def undeclared(lab: Lab) -> Iterator[Case]:
    """Give a case for each address and each method that it does not have."""
    caller = lab.backend.insider()
    for path, declared in declared_methods(lab).items():
        for method in METHODS:
            if method not in declared:
                answer = lab.backend.client.ask(caller, method, filled(path))
                allow = {name.strip() for name in answer.headers.get("allow", "").split(",")} - IMPLIED
                expected = f"405, Allow: {', '.join(sorted(declared))}"
                case = answer.case(f"{method} {path}", expected=expected, held=False)
                held = answer.status == 405 and allow == declared
                yield answer.case(case.title, expected=expected, held=held, advice=f"it said Allow: {sorted(allow)}")


def declared_methods(lab: Lab) -> dict[str, set[str]]:
    """Return the methods of every address that an access table names, and of those that sign people in."""
    methods = {path: set(names) for path, names in SIGN_IN.items()} if lab.subject.design.auth else {}
    for path, names in provider_routes(lab.subject.design).items():
        methods.setdefault(path, set()).update(names)
    for row in lab.subject.access:
        methods.setdefault(row.path, set()).add(row.method)
    return methods


TRACE = Probe("P44", Group.ATTACKS, "TRACE is refused", trace)
UNDECLARED = Probe("P45", Group.ATTACKS, "an undeclared method is refused, and the declared ones are named", undeclared)

"""M01 and M02: what a link in a letter does, for whom, and how often."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from backend_architect.proof.attacks.forged_tokens import ME
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor, Exchange
from backend_architect.proof.evidence import Case, Group, Verdict, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.people import CONFIRMED, REGISTER, new_account, sign_in
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import project_routes, valid_request
from backend_architect.running import working

FORGOTTEN, RESET, CONFIRM = "/v1/auth/forgotten-password", "/v1/auth/reset-password", "/v1/auth/confirm"
ANOTHER, STRANGE = "a password that is another one", "a password of somebody else"
GUESSED = "password1"
MOST = 5
"""Letters to one address in an hour."""
MAKE_OLD = "UPDATE auth_letters SET expires_at = now() - interval '1 second' WHERE email = $1"
Run = Callable[[Lab], Iterator[Case]]


def with_mail(what: str) -> Callable[[Run], Run]:
    """Return what lets a probe's function pass over a design that mails nothing; the worker runs meanwhile."""

    def passing(run: Run) -> Run:
        def tried(lab: Lab) -> Iterator[Case]:
            if not lab.subject.design.has_mail:
                yield skipped(what, "nothing is mailed: the design does not say what the `unconfirmed` may do")
                return
            with lab.backend.log.open("a") as log, working(lab.backend.place, log=log):
                yield from run(lab)

        return tried

    return passing


@with_mail("links to another password")
def reset_links(lab: Lab) -> Iterator[Case]:
    """M01: a link to another password works once, in its time, for its account, and is nothing else."""
    backend = lab.backend
    owner = backend.person("forgetful")
    for _ in range(2):
        _ask(backend, FORGOTTEN, email=owner.email)
    first, link = (lab.mail.token(owner.email, "reset-password", number=number) for number in (1, 2))
    yield _mail_case("a letter with a link comes", bool(first and link), "the letters of two requests")
    stored = str(backend.database.value("SELECT string_agg(l::text, ' ') FROM auth_letters l"))
    yield _mail_case("the secret of a link is not in the database", link not in stored, "its hash alone")
    yield backend.client.ask(replace(owner, token=link), "GET", ME).answers("the link as an access token", 401)
    yield _ask(backend, CONFIRM, token=link, password=owner.password).answers("the link for something else", 400)
    yield _ask(backend, RESET, token=link, new_password=GUESSED).answers("an easily guessed password", 422)
    yield _ask(backend, RESET, token="x" * 43, new_password=ANOTHER).answers("a link that nobody sent", 400)
    yield _ask(backend, RESET, token=link, new_password=ANOTHER).answers("the link, the first time", 204)
    yield _ask(backend, RESET, token=link, new_password=STRANGE).answers("the link, a second time", 400)
    yield _ask(backend, RESET, token=first, new_password=STRANGE).answers("a link that was sent before the change", 400)
    yield backend.client.ask(owner, "GET", ME).answers("a session from before the change", 401)
    for title, password, status in (("the old password", owner.password, 401), ("the new one", ANOTHER, 200)):
        yield sign_in(backend, backend.moved(replace(owner, password=password))).answers(title, status)
    late = backend.person("late")
    _ask(backend, FORGOTTEN, email=late.email)
    link = lab.mail.token(late.email, "reset-password")
    backend.database.run(MAKE_OLD, late.email)
    yield _ask(backend, RESET, token=link, new_password=ANOTHER).answers("a link whose time is over", 400)
    answers = [_ask(backend, FORGOTTEN, email=late.email) for _ in range(MOST + 2)]
    yield answers[-1].answers(f"letter number {len(answers) + 1} to one address in an hour", 429)


RESET_LINKS = Probe("M01", Group.ATTACKS, "a link to another password works once, and for nothing else", reset_links)


@with_mail("addresses that are not confirmed")
def confirmation(lab: Lab) -> Iterator[Case]:
    """M02: nobody confirms an address without its mailbox, nor with it an account of somebody else."""
    backend, unconfirmed = lab.backend, lab.subject.design.auth.unconfirmed if lab.subject.design.auth else None
    stranger = backend.newcomer("stranger", STRANGE)
    backend.client.ask(backend.anonymous(), "POST", REGISTER, json_body=new_account(backend, stranger))
    link = lab.mail.token(stranger.email, "confirm")
    yield _mail_case("a letter with a link comes", bool(link), "a letter to the new address")
    session = sign_in(backend, stranger)
    yield session.answers("sign-in before the address is confirmed", 403 if unconfirmed == "nothing" else 200)
    wrong = sign_in(backend, backend.moved(replace(stranger, password=ANOTHER)))
    yield wrong.answers("sign-in with a wrong password before", 401)
    if unconfirmed == "read":
        yield from _reads(lab, replace(stranger, token=str(session.field("access_token"))))
    for title, more in (("without", {}), ("with another", {"password": ANOTHER})):
        yield _ask(backend, CONFIRM, token=link, **more).answers(f"the link {title} password of the account", 422)
    _ask(backend, FORGOTTEN, email=stranger.email)  # now the owner of the mailbox comes
    reset = lab.mail.token(stranger.email, "reset-password")
    yield _ask(backend, RESET, token=reset, new_password=ANOTHER).answers("a new password by its owner", 204)
    yield _ask(backend, CONFIRM, token=link, password=STRANGE).answers("the stranger's link and password then", 400)
    if session.status == 200:
        before = replace(stranger, token=str(session.field("access_token")))
        yield backend.client.ask(before, "GET", ME).answers("the stranger's session then", 401)
    yield sign_in(backend, backend.moved(stranger)).answers("the stranger's password then", 401)
    owner = backend.moved(replace(stranger, password=ANOTHER))
    yield sign_in(backend, owner).answers("the owner's password", 200)
    roles = backend.database.value(CONFIRMED, stranger.email)
    yield _mail_case("the address is confirmed", bool(roles), "an account that may do what the confirmed may")


def _reads(lab: Lab, actor: Actor) -> Iterator[Case]:
    backend = lab.backend
    yield backend.client.ask(actor, "GET", ME).answers("what the unconfirmed read", 200)
    owner = backend.insider()
    for route in project_routes(lab.subject):
        if route.method not in {"GET", "HEAD"}:
            answer = valid_request(backend, route, owner).send(backend, backend.moved(actor))
            yield answer.answers(f"{route.title} by the unconfirmed", 403)


def _ask(backend: Backend, path: str, **body: str) -> Exchange:
    return backend.client.ask(backend.anonymous(), "POST", path, json_body=body)


def _mail_case(title: str, held: bool, expected: str) -> Case:
    return Case(title, Verdict.HELD if held else Verdict.FAILED, expected, "so it is" if held else "it is not so")


CONFIRMATION = Probe("M02", Group.ATTACKS, "only who has a mailbox confirms its address", confirmation)

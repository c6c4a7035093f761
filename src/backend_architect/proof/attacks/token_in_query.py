"""P10: a token counts only where logs and histories do not keep it: never in the query."""

from collections.abc import Iterator
from dataclasses import replace

from backend_architect.proof.attacks.forging import ME, NO_ACCOUNTS
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe

NAMES = ("access_token", "token", "jwt", "auth_token", "authorization", "Authorization", "bearer", "api_key")


def token_in_query(lab: Lab) -> Iterator[Case]:
    """Give a case for each usual name of a parameter."""
    if lab.subject.design.auth is None:
        yield skipped(f"GET {ME}?access_token=…", NO_ACCOUNTS)
        return
    person = lab.backend.person("owner")
    for name in NAMES:
        for value in (person.token, f"Bearer%20{person.token}") if "auth" in name.lower() else (person.token,):
            answer = lab.backend.client.ask(lab.backend.anonymous(), "GET", f"{ME}?{name}={value}")
            shown = replace(answer, path=f"{ME}?{name}=" + value.replace(person.token, f"${person.variable}"))
            yield shown.answers(f"the token as ?{name}={value.partition(person.token)[0]}…", 401)


PROBE = Probe("P10", Group.ATTACKS, "a token in the query counts for nothing", token_in_query)

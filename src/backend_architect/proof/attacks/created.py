"""P55 and P56: what is made has an address, told in the answer, and an id that nobody can guess."""

from collections.abc import Iterator
from uuid import UUID

from backend_architect.proof.attacks.creations import Creation, creations
from backend_architect.proof.attacks.sockets import verdict
from backend_architect.proof.evidence import Case, Group
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe

RANDOM_BITS = 62
FEWEST_DIFFERENT = 12  # of 62 random bits; fewer differ in one of two million pairs


def addresses(lab: Lab) -> Iterator[Case]:
    """Give for each route that makes something a case for its answer, and one for the address in it."""
    possible, not_possible = creations(lab)
    yield from not_possible
    for creation in possible:
        answer = creation.make(lab)
        location = answer.headers.get("location", "")
        held = answer.status == 201 and location.endswith(str(answer.field("id")))
        yield answer.case(creation.route.title, expected="201 with Location", held=held, advice=f"Location: {location}")
        if "read" in creation.entity.allow:
            found = lab.backend.client.ask(creation.maker, "GET", location or "/")
            held = found.status == 200 and found.field("id") == answer.field("id")
            yield found.case("where that is", expected="200 with what was made", held=held)


def identifiers(lab: Lab) -> Iterator[Case]:
    """Give for each route that makes something a case for the ids of two rows made one after the other."""
    possible, not_possible = creations(lab)
    yield from not_possible
    for creation in possible:
        yield _two_ids(lab, creation)


def _two_ids(lab: Lab, creation: Creation) -> Case:
    answers = [creation.make(lab), creation.make(lab)]
    own = [str(answer.field("id")) for answer in answers]
    every = [identity for answer in answers for identity in _ids(answer.json())]
    held = set(own) <= set(every) and all(map(_is_random, every)) and _are_far_apart(*own)
    shown = f"{own[0]} and {own[1]}, with {len(every)} ids in all"
    return Case(creation.route.title, verdict(held), "UUIDs of version 4 or 7, far apart", shown, answers[1].curl)


def _ids(value: object) -> Iterator[str]:
    """Give every id in an answer: members named `id` or `…_id`, in what is nested too."""
    for key, item in value.items() if isinstance(value, dict) else ():
        if key == "id" or key.endswith("_id"):
            yield from [str(item)] if item is not None else []
        yield from _ids(item)


def _is_random(identity: str) -> bool:
    try:
        return UUID(identity).version in {4, 7}
    except ValueError:
        return False


def _are_far_apart(first: str, second: str) -> bool:
    """Return whether the random halves of two ids have little in common."""
    different: int = (UUID(first).int ^ UUID(second).int) & ((1 << RANDOM_BITS) - 1)
    return different.bit_count() >= FEWEST_DIFFERENT


ADDRESSES = Probe("P55", Group.ATTACKS, "what is made has an address, and the answer tells it", addresses)
IDENTIFIERS = Probe("P56", Group.ATTACKS, "no id can be guessed from others", identifiers)

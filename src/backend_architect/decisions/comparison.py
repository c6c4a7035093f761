"""Two sets of decisions, compared: what flips, and what that changes in the project."""

from dataclasses import dataclass

from backend_architect.decisions.decision import Decision, Decisions
from backend_architect.decisions.figures import short


@dataclass(frozen=True, slots=True)
class Flip:
    """A question that is answered differently; `change` says what becomes of the project."""

    slug: str
    question: str
    before: str
    after: str
    change: str
    because: str


def compare_decisions(before: Decisions, after: Decisions) -> tuple[Flip, ...]:
    """Return every question whose answer, or whose settings, differ between two sets of decisions."""
    flips = (_flip(one, after[one.slug]) for one in before)
    return tuple(flip for flip in flips if flip is not None)


def _flip(before: Decision, after: Decision) -> Flip | None:
    if (before.answer, before.settings) == (after.answer, after.settings):
        return None
    changed = _changed_settings(before, after)
    return Flip(
        slug=after.slug,
        question=after.question,
        before=_described(before, changed),
        after=_described(after, changed),
        change=_change(before, after),
        because=after.because[0].text,
    )


def _changed_settings(before: Decision, after: Decision) -> tuple[str, ...]:
    names = dict.fromkeys((*before.settings, *after.settings))
    return tuple(n for n in names if before.settings.get(n) != after.settings.get(n))


def _described(decision: Decision, names: tuple[str, ...]) -> str:
    values = ", ".join(f"{n} {short(decision.settings[n])}" for n in names if n in decision.settings)
    return f"{decision.answer} ({values})" if values else decision.answer


def _change(before: Decision, after: Decision) -> str:
    if before.answer == after.answer:
        return "the same code with other settings"
    if not after.buildable:
        return f"{after.summary}; {after.missing} is not built yet, the project is built with {after.built_as}"
    files = ", ".join(after.carried_out_by) or "nothing to add"
    return f"{after.summary}: {files}"

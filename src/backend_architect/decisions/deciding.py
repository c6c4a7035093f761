"""Design → Decisions: every question asked, pins applied, and what cannot be built said."""

from backend_architect.decisions.decision import Decision, Decisions, Draft, Entry, Pinned, Question
from backend_architect.decisions.kept_counts import kept_counts
from backend_architect.decisions.registry import REGISTRY, all_entries, questions
from backend_architect.decisions.unbuilt import UNBUILT
from backend_architect.design.model import Design
from backend_architect.errors import DesignError, Place, Problem
from backend_architect.plugins import PluginFailed


def decide_all(design: Design) -> Decisions:
    """Return every decision about a design; raises DesignError for a pin that is no answer to any question."""
    problems = check_pins(design)
    if problems:
        raise DesignError(*problems)
    return Decisions(tuple(_guarded(design, entry) for entry in all_entries()), kept_counts(design))


def _guarded(design: Design, entry: Entry) -> Decision:
    """Return the decision on one question; what fails in a plugin is told as the plugin's."""
    try:
        return decide_one(design, entry)
    except Exception as error:
        if entry in REGISTRY:
            raise
        module, slug = entry.decide.__module__, entry.question.slug
        message = f"the decision {slug!r} of {module} failed: {type(error).__name__}: {error}"
        raise PluginFailed(Problem("plugin-failed", message, "repair or uninstall the package")) from error


def decide_one(design: Design, entry: Entry) -> Decision:
    """Return the decision on one question, with the design's pin over the tool's own answer."""
    question, draft = entry.question, entry.decide(design)
    pin = design.pin.get(question.slug)
    answer = pin or draft.answer
    unbuilt = UNBUILT.get((question.slug, answer))
    return Decision(
        slug=question.slug,
        title=question.title,
        question=question.asks,
        answer=answer,
        summary=question.answers[answer],
        because=draft.because,
        rejected=_rejected(question, draft, answer),
        flips_when=draft.flips_when,
        carried_out_by=question.files[answer if unbuilt is None else unbuilt.instead],
        settings=_settings(design, question, draft),
        pinned=_pinned(design, question, draft, answer) if pin else None,
        buildable=unbuilt is None,
        missing=unbuilt.part if unbuilt else "",
        built_as=unbuilt.instead if unbuilt else answer,
        stops_build=unbuilt is not None and (pin is not None or unbuilt.needs_code),
    )


def check_pins(design: Design) -> tuple[Problem, ...]:
    """Return a problem for each pin whose question or answer does not exist."""
    known = questions()
    return tuple(
        Problem(
            "unknown-pin", *_pin_message(slug, answer, known.get(slug), tuple(known)), place=Place(path=f"pin.{slug}")
        )
        for slug, answer in design.pin.items()
        if answer not in known.get(slug, ())
    )


def unbuildable(decisions: Decisions) -> tuple[Problem, ...]:
    """Return a problem for each decision that keeps the project from being built."""
    return tuple(
        Problem("not-built-yet", _missing_message(d), _way_out(d), Place(path=f"pin.{d.slug}" if d.pinned else ""))
        for d in decisions
        if d.stops_build
    )


def _pin_message(slug: str, answer: str, answers: tuple[str, ...] | None, slugs: tuple[str, ...]) -> tuple[str, str]:
    if answers is None:
        return f"there is no question `{slug}` to pin", f"one of: {', '.join(slugs)}"
    return f"`{answer}` is no answer to pin for `{slug}`", f"one of: {', '.join(answers)}"


def _rejected(question: Question, draft: Draft, answer: str) -> dict[str, str]:
    others = {a: draft.verdicts[a] for a in question.answers if a not in (answer, draft.answer)}
    if answer == draft.answer:
        return others
    return {draft.answer: f"the tool's own choice ({question.answers[draft.answer]}), overridden by the pin."} | others


def _pinned(design: Design, question: Question, draft: Draft, answer: str) -> Pinned:
    own = draft.answer
    reason = "" if answer == own else draft.verdicts[answer]
    if question.slug == "counters" and any(kept_counts(design).values()) and answer == "computed":
        reason += " A count that orders a list stays kept."
    return Pinned(would_choose=own, disagreement=reason.strip())


def _settings(design: Design, question: Question, draft: Draft) -> dict[str, float]:
    if question.slug != "counters":
        return dict(draft.settings)
    return {f"{entity}.{count}": int(kept) for (entity, count), kept in kept_counts(design).items()}


def _missing_message(decision: Decision) -> str:
    whose = "the design pins" if decision.pinned else "this design calls for"
    return f"{whose} {decision.slug}: {decision.answer}, and {decision.missing} cannot be built yet"


def _way_out(decision: Decision) -> str:
    if decision.slug == "sign-in":
        return "add `password` to `auth.sign_in` to build now"
    if decision.pinned and decision.own_answer == decision.built_as:
        return f"delete the pin; the tool would choose {decision.own_answer}"
    return f"write `pin: {{{decision.slug}: {decision.built_as}}}` to build with {decision.built_as}"

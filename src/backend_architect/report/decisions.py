"""Decisions → lines for a terminal, data for JSON, and a page of Markdown for the project that is built."""

from collections.abc import Iterable, Iterator
from textwrap import wrap

from backend_architect.decisions import Decision, Decisions, Flip
from backend_architect.decisions.figures import short
from backend_architect.decisions.registry import all_entries

WIDTH = 98
LABEL = 11
LOAD = "docs/load.md"


def render_decisions(decisions: Decisions) -> str:
    """Return every decision in a few lines: the answer, its first reason, and the nearest flip."""
    parts = (_brief(number, decision) for number, decision in enumerate(decisions, start=1))
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def render_decision(decision: Decision) -> str:
    """Return one decision in full."""
    lines = [*_head(f"{decision.title}: {decision.answer} ({decision.summary})"), *_labelled("asks", decision.question)]
    lines += _each("because", (fact.text for fact in decision.because))
    lines += _each("rejected", (f"{answer}: {why}" for answer, why in decision.rejected.items()))
    lines += _each("flips to", (flip.text for flip in decision.flips_when))
    lines += _labelled("settings", _settings(decision)) + _labelled("files", ", ".join(decision.carried_out_by))
    return "\n".join([*lines, *_labelled("pinned", _pin(decision)), *_labelled("not built", _missing(decision))]) + "\n"


def render_comparison(flips: tuple[Flip, ...], load: str, after: Decisions | None = None) -> str:
    """Return what changes under another load, and how near the rest of the decisions in `after` then come to it."""
    lines = [f"At {load}: {len(flips)} of the decisions change." if flips else f"At {load}: no decision changes."]
    for flip in flips:
        lines += ["", *_head(f"{flip.slug}: {flip.before} -> {flip.after}")]
        lines += _labelled("because", flip.because) + _labelled("change", flip.change)
    near = _nearest(after, {flip.slug for flip in flips}) if after else []
    if near:
        lines += ["", f"Nearest to change at {load}:", *near]
    return "\n".join(lines) + "\n"


def decisions_json(decisions: Decisions) -> list[dict[str, object]]:
    """Return the decisions as data that JSON can hold, in their order; the same for the same design."""
    return [_decision_data(decision) for decision in decisions]


def decision_markdown(decision: Decision, number: int) -> str:
    """Return the page `docs/decisions/NNNN-<slug>.md` of the built project: it changes only with the decision."""
    about = _about(decision)
    answers = f"\n{about.get('Alternatives', '')}".split("\n- ")[1:]
    sections = {
        "Context": decision.question,
        "Decision": _decided(decision),
        "Because": f"{about.get('Why it matters', '')}\n\nThe figures: [{LOAD}](../load.md#{decision.slug}).".strip(),
        "Rejected": _bullets(answer for answer in answers if not answer.startswith(f"`{decision.answer}`")),
        "Revisit when": _bullets(f"{flip.condition}. The limit: {flip.source}." for flip in decision.flips_when),
        "Carried out by": _bullets(f"`{path}`" for path in decision.carried_out_by) or "Nothing to carry out.",
    }
    body = "\n\n".join(f"## {title}\n\n{text}" for title, text in sections.items() if text)
    return f"# {number:04d}. {decision.title}: {decision.answer}\n\n{body}\n"


def decision_pages(decisions: Decisions) -> dict[str, str]:
    """Return every page of the built project's `docs/decisions/`, and that of their figures, by path."""
    pages = {
        f"docs/decisions/{number:04d}-{decision.slug}.md": decision_markdown(decision, number)
        for number, decision in enumerate(decisions, start=1)
    }
    return {**pages, LOAD: load_markdown(decisions)}


def load_markdown(decisions: Decisions) -> str:
    """Return the page of the figures that decisions rest on: it changes with each load and each field."""
    parts = [
        "# Figures behind the decisions\n\nWhat the decisions in `docs/decisions/` rest on, and how near each is to "
        "another answer. They follow from `load:` and the tables in `backend.yaml`; a build writes them anew.\n"
    ]
    for decision in decisions:
        lines = [fact.text for fact in decision.because]
        lines += [f"not {answer}: {why}" for answer, why in decision.rejected.items()]
        lines += [flip.text for flip in decision.flips_when]
        parts.append(f"## {decision.slug}\n\n**{decision.answer}**\n\n{_bullets(lines)}\n")
    return "\n".join(parts)


def _brief(number: int, decision: Decision) -> list[str]:
    lines = _head(f"{number:2d}. {decision.title}: {decision.answer} ({decision.summary})")
    lines += _labelled("because", decision.because[0].text)
    nearest = decision.nearest_flip
    if nearest:
        lines += _labelled("flips to", nearest.text)
    return lines + _labelled("pinned", _pin(decision)) + _labelled("not built", _missing(decision))


def _head(text: str) -> list[str]:
    return wrap(text, WIDTH, subsequent_indent="    ", break_long_words=False)


def _labelled(label: str, text: str) -> list[str]:
    """Return a text behind its label, wrapped; nothing for an empty text."""
    first, rest = f"    {label:<{LABEL}}", " " * (4 + LABEL)
    return wrap(text, WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False)


def _each(label: str, texts: Iterable[str]) -> list[str]:
    return [line for n, text in enumerate(texts) for line in _labelled("" if n else label, text)]


def _settings(decision: Decision) -> str:
    return ", ".join(f"{name} {short(value)}" for name, value in decision.settings.items())


def _pin(decision: Decision) -> str:
    if decision.pinned is None:
        return ""
    if decision.pinned.agrees:
        return "by the design; the tool would choose the same"
    return f"by the design; the tool would choose {decision.pinned.would_choose}: {decision.pinned.disagreement}"


def _missing(decision: Decision) -> str:
    if decision.buildable:
        return ""
    if decision.stops_build:
        return f"{decision.missing}: the project cannot be built until it is, or until another answer is pinned"
    return f"{decision.missing}: a recommendation; the project is built with {decision.built_as}"


def _nearest(after: Decisions, changed: set[str]) -> list[str]:
    near = [
        (flip.nearness, d.slug, flip) for d in after if d.slug not in changed for flip in d.flips_when if flip.by_load
    ]
    ranked = sorted(near, key=lambda item: (-item[0], item[1]))[:5]
    return [line for share, slug, flip in ranked for line in _labelled(f"{share:.0%}", f"{slug}: {flip.text}")]


def _decided(decision: Decision) -> str:
    lines = (f"**{decision.answer}**: {decision.summary}.", _sentence("Settings", _settings(decision)),
             _sentence("Pinned", _pin(decision)), _sentence("Not built", _missing(decision)))  # fmt: skip
    return "\n\n".join(line for line in lines if line)


def _sentence(label: str, text: str) -> str:
    return f"{label}: {text.rstrip('.')}." if text else ""


def _about(decision: Decision) -> dict[str, str]:
    """Return what is said of a question whatever the load, by its heading."""
    [page] = [entry.page for entry in all_entries() if entry.question.slug == decision.slug]
    parts = (part.partition("\n") for part in (page or "").split("\n## ")[1:])
    return {heading: body.strip() for heading, _, body in parts}


def _bullets(texts: Iterable[str]) -> str:
    return "\n".join(f"- {text}" for text in texts)


def _decision_data(decision: Decision) -> dict[str, object]:
    pinned = decision.pinned
    return {
        "slug": decision.slug,
        "title": decision.title,
        "question": decision.question,
        "answer": decision.answer,
        "summary": decision.summary,
        "because": [{"name": f.name, "value": f.value, "unit": f.unit, "text": f.text} for f in decision.because],
        "rejected": dict(decision.rejected),
        "flips_when": list(_flips_data(decision)),
        "settings": dict(decision.settings),
        "carried_out_by": list(decision.carried_out_by),
        "pinned": {"would_choose": pinned.would_choose, "disagreement": pinned.disagreement} if pinned else None,
        "buildable": decision.buildable,
        "missing": decision.missing,
        "built_as": decision.built_as,
        "stops_build": decision.stops_build,
    }


def _flips_data(decision: Decision) -> Iterator[dict[str, object]]:
    for flip in decision.flips_when:
        yield {
            "becomes": flip.becomes,
            "metric": flip.metric,
            "value": flip.value,
            "comparison": flip.comparison,
            "threshold": flip.threshold,
            "unit": flip.unit,
            "nearness": round(flip.nearness, 4),
            "by_load": flip.by_load,
            "provided": flip.provided,
            "source": flip.source,
            "text": flip.text,
        }

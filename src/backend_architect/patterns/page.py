"""The catalogue as a page for people."""

from collections.abc import Iterator

from backend_architect.patterns.load import all_patterns
from backend_architect.patterns.pattern import Pattern

INTRODUCTION = """\
# What a brief can name

`architect "<sentence>"` matches the words of a sentence with these patterns, puts their pieces of the design
together and says what it assumed. Plurals, capitals, hyphens and the order of the words make no difference. A noun that
no pattern knows becomes a plain entity that its owner alone sees and changes; other words are listed as not understood.

What follows `without`, `no`, `not`, `instead of` or `don't want` is left out, unless something else needs it; so is
what is put off (`not in this version: payments`) or only asked about (`should it have a chat?`).

## What is closed

- **Restrictions.** `only editors can publish` is carried out by a role that the team gives; `only the author may edit`
  by whose it is. What no design can say from a sentence (`guests may not cancel`, `hidden`, `members only`, `must be
  approved`) closes the action that it speaks of, which is printed under “Closed” and kept under `assumptions`.
- **Money, grades, certificates, approvals, findings of a practice.** Whom they concern reads them; a role `staff`, or
  the owner of the team, writes them, and for nobody's own account. A balance is never changed by whose it is.
- **Health, children, grades, votes, work and rights, anonymity.** What people write is read by themselves and by staff,
  where a sentence is about one of these. Likes, comments and reviews of such things are left out.
- **Anonymous** answers, feedback and reports have no author in the database.

The words are in `src/backend_architect/patterns/sensitive.yaml`. What is closed is opened by a line of the design.

Each pattern is one file in `src/backend_architect/patterns/catalogue/`, and this page is made from them.
"""


def catalogue_page() -> str:
    """Return `docs/reference/patterns.md`."""
    bundles = [pattern for pattern in all_patterns() if pattern.is_bundle]
    single = [pattern for pattern in all_patterns() if not pattern.is_bundle]
    parts = [INTRODUCTION, "## Bundles", *map(_bundle, bundles), "## Patterns", *map(_pattern, single)]
    return "\n".join(parts)


def _bundle(pattern: Pattern) -> str:
    return (
        f"\n### {pattern.name}\n\n{_sentence(pattern.meaning)} Brings {_names(pattern.brings)}.\n\n{_words(pattern)}\n"
    )


def _pattern(pattern: Pattern) -> str:
    return (
        "\n".join([f"\n### {pattern.name}\n", _sentence(pattern.meaning), "", _words(pattern), *_details(pattern)])
        + "\n"
    )


def _details(pattern: Pattern) -> Iterator[str]:
    body = pattern.body
    if pattern.covers:
        yield f"- Has nothing of its own for: {', '.join(pattern.covers)}"
    rows = [
        f"`{name.strip('<>')}`"
        for key in ("entities", "edges")
        for name in body.fragment.get(key, {})
        if name != "<it>"
    ]
    if rows:
        yield f"- Brings {', '.join(rows)}"
    if pattern.needs:
        yield f"- Needs {_names(pattern.needs)}"
    if pattern.attaches_to:
        known = ", ".join(f"`{name.strip('<>')}`" for name in pattern.attaches_to)
        yield f"- Is about the first of these in the design: {known}"
    if pattern.goes_well_with:
        yield f"- Goes well with {_names(pattern.goes_well_with)}"
    held = dict.fromkeys(f"`{name}`" for names in body.held.values() for name in names)
    if held:
        yield f"- Belongs to a team, where there are teams: {', '.join(held)}"
    yield from (f"- Assumes: {_readable(text)}" for text in body.assumes)
    yield from (f"- Trap: {_readable(trap.wrong)}. Here: {_readable(trap.avoided)}" for trap in body.traps)
    yield from (
        f"- Trap: {_readable(trap.wrong)}. Where a design keeps everything apart: {_readable(trap.avoided)}"
        for trap in body.traps_if_apart
    )


def _words(pattern: Pattern) -> str:
    verbs = [f"to {verb}" for verb in (*pattern.verbs, *pattern.weak)]
    return f"Words: {', '.join((*pattern.nouns, *verbs))}."


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(f"[{name}](#{name})" for name in names)


def _readable(text: str) -> str:
    """Return the text with the names it leaves open in words."""
    for mark, said in (("<a it>", "it"), ("<its>", "these"), ("<it>", "thing")):
        text = text.replace(mark, said)
    return text.replace(" words>", ">").replace("<a ", "<").replace("<", "").replace(">", "")

"""A proposed design, as a person reads it before they take it."""

from collections.abc import Iterable

from backend_architect.decisions import Decisions
from backend_architect.proposal import Proposal

WIDTH = 24


def proposal_text(proposal: Proposal) -> str:
    """Return what was understood, assumed and not understood, and what the design avoids."""
    parts = [
        _part("Understood", [f"{words:<{WIDTH}} {meaning}" for words, meaning in proposal.understood.items()]),
        _part("Left out, as you asked", proposal.left_out),
        _part("Not understood (and left out)", proposal.not_understood),
        _part("Closed (open it in the design where you want it)", proposal.closed),
        _part("Assumed (correct it in the design)", proposal.assumed),
        _part("Chosen", proposal.choices),
        _part("Known traps, avoided", [f"{trap.wrong} → {trap.avoided}" for trap in proposal.traps]),
    ]
    return "\n\n".join(part for part in parts if part)


def decisions_in_short(decisions: Decisions, where: object) -> str:
    """Return one line a decision: the question, the answer, and what it means; `where` is what `decide` is to read."""
    lines = [f"{one.title:<{WIDTH}} {one.answer:<22} {one.summary}".rstrip() for one in decisions]
    return _part(f"Decided (architect decide {where} says why)", lines)


def _part(title: str, lines: Iterable[str]) -> str:
    body = "\n".join(f"  {line}" for line in lines)
    return f"{title}:\n{body}" if body else ""

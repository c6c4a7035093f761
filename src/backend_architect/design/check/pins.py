"""A pin pins a decision that is taken, to an answer it can have."""

from collections.abc import Iterator, Mapping

from backend_architect.design.load import LoadedDesign
from backend_architect.design.reading_result import did_you_mean
from backend_architect.errors import Problem


def check_pins(loaded: LoadedDesign, decisions: Mapping[str, tuple[str, ...]]) -> Iterator[Problem]:
    """Yield `unknown-decision` and `unknown-answer`; a decision without listed answers takes any."""
    for question, answer in loaded.design.pin.items():
        path = f"pin.{question}"
        answers = decisions.get(question)
        if answers is None:
            fix = did_you_mean(question, tuple(decisions))
            yield loaded.problem("unknown-decision", path, f"`{question}` is no decision of this tool", fix)
        elif answers and answer not in answers:
            message = f"`{answer}` is no answer to `{question}`"
            yield loaded.problem("unknown-answer", path, message, did_you_mean(answer, answers))

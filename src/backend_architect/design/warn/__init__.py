"""What in a design is right as far as it goes, and may still not be what was meant: warnings, with the way out.

One warning a file; each takes a loaded design without problems. A design with warnings is built all the same.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from backend_architect.design.load import LoadedDesign
from backend_architect.design.reading_result import did_you_mean
from backend_architect.design.warn.constant_rules import warn_constant_rules
from backend_architect.design.warn.hidden_rows import warn_hidden_rows
from backend_architect.design.warn.kept_states import warn_kept_states
from backend_architect.design.warn.nested_texts import warn_nested_texts
from backend_architect.design.warn.restricting_relations import warn_restricting_relations
from backend_architect.design.warn.sensitive_fields import warn_sensitive_fields
from backend_architect.design.warn.unbounded_values import warn_unbounded_values
from backend_architect.design.warn.wider_actions import warn_wider_actions
from backend_architect.errors import Problem

WARNINGS: tuple[Callable[[LoadedDesign], Iterable[Problem]], ...] = (
    warn_constant_rules,
    warn_wider_actions,
    warn_kept_states,
    warn_hidden_rows,
    warn_nested_texts,
    warn_restricting_relations,
    warn_sensitive_fields,
    warn_unbounded_values,
)


def design_warnings(loaded: LoadedDesign) -> tuple[Problem, ...]:
    """Return every warning of a design without problems, in the order of the file; what it confirms is left out."""
    found = dict.fromkeys(warning for warn in WARNINGS for warning in warn(loaded))
    names = {f"{warning.code} {warning.place.path}": warning for warning in found}
    kept = [warning for name, warning in names.items() if name not in loaded.design.confirmed]
    kept += _confirmed_in_vain(loaded, names)
    return tuple(sorted(kept, key=lambda warning: (warning.place.line, warning.place.column, warning.code)))


def _confirmed_in_vain(loaded: LoadedDesign, names: Mapping[str, Problem]) -> Iterator[Problem]:
    """Yield `confirms-nothing` for what is confirmed and not said: it was mended, or is written in another way."""
    for n, text in enumerate(loaded.design.confirmed):
        if text not in names:
            message = f"there is no warning `{text}` to confirm"
            fix = did_you_mean(text, tuple(names), otherwise="remove the line; a warning is `<code> <path>`")
            yield loaded.warning("confirms-nothing", f"confirm.{n}", message, fix)

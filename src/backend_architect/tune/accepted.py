"""Findings that a team has accepted: a YAML file with a reason for each, kept in version control.

```yaml
accepted:
  unused-index:orders_status_idx: the yearly report of January reads it
```

A former code of a finding means the present one.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from backend_architect.errors import ArchitectError, Place, Problem
from backend_architect.finding import Finding
from backend_architect.tune.former_codes import present_key

SHAPE = "write `accepted:` and below it `<code>:<subject>: <reason>`, as --json prints the key"


class BaselineError(ArchitectError):
    """The file of accepted findings cannot be used."""


def read_accepted(file: Path) -> Mapping[str, str]:
    """Return the reason of each accepted finding by its key; raises BaselineError where one has none."""
    place = Place(str(file))
    try:
        data = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        message = error.strerror if isinstance(error, OSError) else None
        raise BaselineError(Problem("unreadable-baseline", message or str(error), SHAPE, place)) from error
    accepted = data.get("accepted") if isinstance(data, dict) else None
    if not isinstance(accepted, dict):
        raise BaselineError(Problem("unreadable-baseline", "it has no mapping `accepted`", SHAPE, place))
    silent = [key for key, reason in accepted.items() if not isinstance(reason, str) or not reason.strip()]
    if silent:
        raise BaselineError(*(Problem("no-reason", f"{key} has no reason", SHAPE, place) for key in silent))
    return {present_key(str(key)): reason for key, reason in accepted.items()}


def not_found(accepted: Mapping[str, str], found: Iterable[Finding]) -> tuple[Problem, ...]:
    """Return what is accepted for nothing: it was mended, or is called something else now."""
    stale = sorted(accepted.keys() - {finding.key for finding in found})
    message = "accepted, and not found now"
    return tuple(Problem("accepted-not-found", f"{message}: {key}", "take it out of the baseline") for key in stale)

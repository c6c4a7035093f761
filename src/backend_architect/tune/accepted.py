"""Findings that a team has accepted: a YAML file with a reason for each, kept in version control.

```yaml
accepted:
  unused-index:orders_status_idx: the yearly report of January reads it
```
"""

from collections.abc import Mapping
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from backend_architect.errors import ArchitectError, Place, Problem

SHAPE = "write `accepted:` and below it `<code>:<subject>: <reason>`, as --json prints the key"


class BaselineError(ArchitectError):
    """The file of accepted findings cannot be used."""


def read_accepted(file: Path) -> Mapping[str, str]:
    """Return the reason of each accepted finding by its key; raises BaselineError where one has none."""
    place = Place(str(file))
    try:
        data = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        raise BaselineError(Problem("unreadable-baseline", str(error), SHAPE, place)) from error
    accepted = data.get("accepted") if isinstance(data, dict) else None
    if not isinstance(accepted, dict):
        raise BaselineError(Problem("unreadable-baseline", "it has no mapping `accepted`", SHAPE, place))
    silent = [key for key, reason in accepted.items() if not isinstance(reason, str) or not reason.strip()]
    if silent:
        raise BaselineError(*(Problem("no-reason", f"{key} has no reason", SHAPE, place) for key in silent))
    return {str(key): reason for key, reason in accepted.items()}

"""The one design file: `load_design` reads it, `check_design` says what in it makes no sense.

```
backend.yaml ──load_design──▶ LoadedDesign (Design + text + places) ──check_design──▶ problems of meaning
     ▲                               │
     └── write_design, change_design ┘        design_json_schema: the same tables, for editors
```

Problems of shape (a key that does not exist, a text where a number belongs) are raised by reading, all of them at once;
problems of meaning (a relation to nowhere, a rule that is no rule) are returned by checking, all of them at once.
"""

from backend_architect.design.check import check_design
from backend_architect.design.json_schema import design_json_schema
from backend_architect.design.load import LoadedDesign, load_design, read_design
from backend_architect.design.model import Design
from backend_architect.design.save import change_design
from backend_architect.design.write import write_design

__all__ = [
    "Design",
    "LoadedDesign",
    "change_design",
    "check_design",
    "design_json_schema",
    "load_design",
    "read_design",
    "write_design",
]

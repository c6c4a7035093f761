"""The one design file: `load_design` reads it, `check_design` says what in it makes no sense.

```
backend.yaml ──load_design──▶ LoadedDesign (Design + text + places) ──check_design──▶ problems of meaning
     ▲                               │
     └── write_design, change_design ┘        design_json_schema: the same tables, for editors
```
"""

from .check import check_design
from .load import LoadedDesign, load_design, read_design
from .model import Design

__all__ = ["Design", "LoadedDesign", "check_design", "load_design", "read_design"]

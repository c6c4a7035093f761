"""Project (texts by path) → a folder on the disk that a team has edited since; nothing of theirs is ever lost.

```
Project ─┐
folder  ─┼─plan_writing──▶ Changes ──carry_out──▶ disk      (or render_diff, which writes nothing)
memory  ─┘   (pure: what would happen to each file)
```
`.architect/base.json` remembers the text of each file as it was last generated. With it a file has three texts: as
generated then, as edited by the team, as generated now; git merges them.
"""

from backend_architect.cli.writing.change import Fate, FileChange, render_diff
from backend_architect.cli.writing.disk import building_alone, carry_out
from backend_architect.cli.writing.lost_handlers import lost_handlers
from backend_architect.cli.writing.plan import Choices, plan_writing, refuse_other_files

__all__ = [
    "Choices",
    "Fate",
    "FileChange",
    "building_alone",
    "carry_out",
    "lost_handlers",
    "plan_writing",
    "refuse_other_files",
    "render_diff",
]

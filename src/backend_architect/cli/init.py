"""`architect init`: a small design file to begin with."""

from pathlib import Path
from typing import Annotated

import typer

START = """\
# The design of this backend: change it, then `architect check`, `architect decide`, `architect build`.
# `architect schema > backend.schema.json` lets an editor complete it.
design: 1
backend: {name}
summary: People keep notes and share some of them.

clients: [web, mobile]

load:                             # decides what is kept, cached and queued; say what you expect
  users: 10_000
  reads: 50/s
  writes: 5/s
  p95: 200ms

auth:
  account: user
  sign_in: [password]

limits:
  sign_in: 5/minute per ip
  everything: 300/minute

entities:                         # an id, created_at and updated_at are implied; an action not allowed does not exist
  user:
    fields:
      name: {{type: text, max: 80}}
    allow: {{read: anyone, update: id = me, delete: id = me}}

  note:
    fields:
      author: {{to: user, set: me, on_delete: cascade}}
      title: {{type: text, min: 1, max: 120}}
      body: {{type: text, max: 10_000, default: ''}}
      shared: {{type: boolean, default: false}}
    rules: {{mine: author = me}}
    allow: {{read: shared or mine, create: signed_in, update: mine, delete: mine}}

lists:                            # each is one planned, bounded query with its own index
  notes of user: {{of: note, by: author, order: newest}}
"""


def init(
    name: Annotated[str, typer.Argument(help="The backend's name: small letters, digits and hyphens.")] = "",
) -> int:
    """Write a small, commented design file to begin with, into a folder of that name or into this one.

    \b
    Examples:
      architect init shop
      architect init
    """
    from backend_architect.cli.writing.disk import write_new
    from backend_architect.design import read_design
    from backend_architect.errors import FolderError, Problem

    path = Path(name, "backend.yaml")
    text = START.format(name=name or _slug(Path.cwd().name))
    read_design(text, str(path))
    if path.exists():
        raise FolderError(Problem("design-exists", f"{path} is there already", "change it, or name another backend"))
    write_new(path, text)
    print(f"{path} is written. Change it, then: architect build{f' {name}' if name else ''}")
    return 0


def _slug(name: str) -> str:
    kept = "".join(char if char.isascii() and char.isalnum() else "-" for char in name.lower()).strip("-")
    return kept if kept[:1].isalpha() else f"app-{kept}".strip("-")

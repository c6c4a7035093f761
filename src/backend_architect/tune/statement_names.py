"""The name and the tags that a statement carries in comments: `/* posts.feed */`, or sqlcommenter's `/*route='…'*/`."""

import re
from collections.abc import Mapping
from urllib.parse import unquote

COMMENT = re.compile(r"/\*\s*(.*?)\s*\*/|--[ \t]*(?:name:\s*)?([^\n]*)", re.DOTALL)
NAME = re.compile(r"[A-Za-z_][\w]*(?:[.:#/][\w]+)+|[A-Za-z_]\w{2,60}")
TAG = re.compile(r"([\w%.]+)='((?:[^'\\]|\\.)*)'")


def read_names(text: str) -> tuple[str, Mapping[str, str]]:
    """Return the name in the first comment that is one, and the tags of all sqlcommenter comments."""
    name = ""
    tags: dict[str, str] = {}
    for block, line in COMMENT.findall(text):
        comment = (block or line).strip()
        found = dict(TAG.findall(comment))
        if found:
            tags |= {unquote(key): unquote(value) for key, value in found.items()}
        elif not name and NAME.fullmatch(comment):
            name = comment
    return name, tags

"""The name and the tags that a statement carries in comments: `/* posts.feed */`, or sqlcommenter's `/*route='…'*/`."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
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


def shared_names(names: Iterable[str]) -> frozenset[str]:
    """Return the names that several statements have: they tell none from the others, as `/* app */` before each."""
    return frozenset(name for name, number in Counter(names).items() if name and number > 1)

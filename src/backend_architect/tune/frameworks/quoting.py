"""Texts in the languages of frameworks' migrations; what a database calls its columns never leaves its quotes."""

import re


def ruby(text: str) -> str:
    """Return a Ruby string without interpolation."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def python(text: str) -> str:
    """Return a Python string, in double quotes where that needs no escape."""
    quoted = repr(text)
    return f'"{quoted[1:-1]}"' if quoted[0] == "'" and '"' not in quoted and "\\" not in quoted else quoted


def python_list(texts: tuple[str, ...] | list[str]) -> str:
    """Return a list of Python strings."""
    return f"[{', '.join(map(python, texts))}]"


def ruby_list(texts: tuple[str, ...] | list[str]) -> str:
    """Return a list of Ruby strings."""
    return f"[{', '.join(map(ruby, texts))}]"


def sqlalchemy_text(sql: str) -> str:
    """Return SQL for `sqlalchemy.text`, in which a colon before a word would be a parameter."""
    return re.sub(r"(?<![:\w\\]):(?=\w)", r"\\:", sql)


def comment(text: str, mark: str) -> str:
    """Return a text as a comment of one line, which it cannot leave."""
    return f"{mark} {' '.join(text.split())}"

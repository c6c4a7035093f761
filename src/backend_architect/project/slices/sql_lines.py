"""SQL with its lines joined where they fit on one, and broken where they do not."""

import re

WIDTH = 108
"""Characters of a line with its indentation."""

SHORT = ("AND", "OR", "LIMIT", "RETURNING", "{COLUMNS}", "{JOINS}")
"""What may stand behind the line before it."""

AFTER_COMMA = re.compile(r"""(?:'[^']*'|"[^"]*"|[^,'"])+(?:, ?|$)|.""")
"""A part of a line up to a comma that stands in no quotes."""


def join_lines(sql: str) -> str:
    """Return `sql` with brackets on one line where they fit, short clauses beside each other, and long lists broken."""
    return "\n".join(part for line in _beside(_brackets(sql.split("\n"))) for part in _broken(line))


def _broken(line: str) -> list[str]:
    """Return a line as lines of WIDTH, broken after the commas of a list; what stands in quotes stays whole."""
    if len(line) <= WIDTH:
        return [line]
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    found = [""]
    for part in AFTER_COMMA.findall(line):
        if found[-1].strip() and len(found[-1] + part.rstrip()) > WIDTH:
            found.append(indent)
        found[-1] += part
    return [each.rstrip() for each in found]


def _brackets(lines: list[str]) -> list[str]:
    """Return the lines with each bracket that fits on one line, the inner ones first."""
    found: list[str] = []
    for line in lines:
        found.append(line)
        opening = _opening(found) if line.lstrip().startswith(")") else None
        if opening is not None:
            inner = " ".join(part.strip() for part in found[opening + 1 : -1])
            whole = f"{found[opening]}{inner}{line.strip()}"
            if len(whole) <= WIDTH:
                found[opening:] = [whole]
    return found


def _opening(lines: list[str]) -> int | None:
    """Return which line ends with the bracket that the last one begins by closing."""
    depth = 1
    for number in range(len(lines) - 2, -1, -1):
        depth -= _open_brackets(lines[number])
        if depth <= 0:
            return number if lines[number].endswith("(") else None
    return None


def _beside(lines: list[str]) -> list[str]:
    found = lines[:1]
    for line in lines[1:]:
        text = line.strip()
        if len(found[-1]) + len(text) < WIDTH and _belongs(found[-1].strip(), text):
            found[-1] += f" {text}"
        else:
            found.append(line)
    return found


def _belongs(before: str, text: str) -> bool:
    """Return whether `text` reads well on the line of `before`."""
    if _open_brackets(before) or _open_brackets(text):
        return False
    word = text.split(" ", 1)[0]
    if before.startswith("SELECT"):
        is_listed = before == "SELECT" or before.endswith(",")
        return is_listed or word == "{COLUMNS}" or (word in {"FROM", "WHERE"} and "{COLUMNS}" not in before)
    return word in SHORT


def _open_brackets(text: str) -> int:
    return text.count("(") - text.count(")")

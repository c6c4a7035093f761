"""YAML's syntax errors, said as a colleague would say them."""

import re

from ruamel.yaml.error import MarkedYAMLError, YAMLError

from backend_architect.errors import Place, Problem

_TAB = re.compile(r"^ *\t", re.MULTILINE)
_HINTS = (
    ("mapping values are not allowed", "a text that holds `: ` needs quotes around the whole of it"),
    ("could not find expected ':'", "a key needs `: ` after it, on the same line"),
    ("found unexpected end of stream", "a quote or a bracket is opened and never closed"),
    ("while scanning a quoted scalar", "a quote is opened and never closed"),
    ("found unknown escape character", "use single quotes, or write the backslash twice"),
    ("while scanning an alias", "a text that begins with `*` needs quotes"),
    ("while scanning an anchor", "a text that begins with `&` needs quotes"),
    ("while scanning a directive", "a text that begins with `%` needs quotes"),
    ("while scanning for the next token", "a text that begins with this character needs quotes"),
    ("expected ',' or '}'", "separate entries by commas and close the `{` with `}`"),
    ("expected ',' or ']'", "separate items by commas and close the `[` with `]`"),
    ("but found '<scalar>'", "an expression that begins with a quote needs quotes around the whole of it"),
    ("expected <block end>", "entries of one mapping start in the same column"),
)


def syntax_problem(error: YAMLError, text: str, file: str) -> Problem:
    """Return the one problem that stopped the YAML parser, with its place and the likely way out."""
    marked = error if isinstance(error, MarkedYAMLError) else None
    mark = marked and (marked.problem_mark or marked.context_mark)
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    tab = _TAB.search(text)
    if tab and text.count("\n", 0, tab.end()) + 1 <= max(line, 1):
        line = text.count("\n", 0, tab.end()) + 1
        column = tab.end() - tab.start()
        fix = "replace each tab by two spaces"
        return Problem("tab-indentation", "YAML indents with spaces, and this is a tab", fix, Place(file, line, column))
    said = " ".join(filter(None, (marked.context, marked.problem))) if marked else str(error).splitlines()[0]
    hint = next((fix for words, fix in _HINTS if words in said), "look at the indentation and the quotes near here")
    return Problem("yaml-syntax", f"this is not YAML: {said}", hint, Place(file, line, column))

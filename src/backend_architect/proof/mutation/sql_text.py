"""The SQL of a built project, in its Python and in its migrations: texts with their places, and their conditions.

PostgreSQL's own scanner cuts the text into words; conditions are found between AND, OR, WHERE, ON and brackets. A
placeholder of an f-string is taken for a name of its length, so that every place is the one in the file.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from pglast.parser import ParseError, parse_sql, scan

from backend_architect.proof.named_parameters import as_columns

PLACEHOLDER = re.compile(r"\{(\w+)\}")
LITERAL = re.compile(r"""[rf]*(\"\"\"|'''|"|')""", re.IGNORECASE)
SPLICED = "JOINS"
AROUND = (("", ""), ("SELECT FROM x WHERE ", ""), ("SELECT FROM x ", ""), ("SELECT ", " FROM x"))
ENDS = frozenset(
    {"ORDER", "GROUP_P", "LIMIT", "OFFSET", "FOR", "RETURNING", "JOIN", "LEFT", "CROSS", "WHERE", "ON", "UNION", "THEN"}
    | {"WHEN", "ELSE", "END_P", "AS", "HAVING", "ASCII_44", "ASCII_59", "SELECT", "FROM", "SET", "LATERAL_P"}
)
OPEN, CLOSE = "ASCII_40", "ASCII_41"


@dataclass(frozen=True, slots=True)
class ScannedWord:
    """One word of the scanner: its name there, its first and its last character + 1, and how deep in brackets it is."""

    name: str
    start: int
    end: int
    depth: int


@dataclass(frozen=True)
class SqlText:
    """A text that holds SQL: where it begins in its file, and the name of the constant ('' in a migration)."""

    file: str
    start: int
    text: str
    constant: str = ""

    @cached_property
    def plain(self) -> str:
        """Return the text with names instead of placeholders and parameters, every place kept."""
        return _plain(self.text)

    @cached_property
    def words(self) -> tuple[ScannedWord, ...]:
        """Return the words of the scanner, without comments."""
        found, depth = [], 0
        for token in scan(self.plain):
            if token.name in {"C_COMMENT", "SQL_COMMENT"}:
                continue
            depth -= token.name == CLOSE
            found.append(ScannedWord(token.name, token.start, token.end + 1, depth))
            depth += token.name == OPEN
        return tuple(found)

    def source(self, word: ScannedWord) -> str:
        """Return a word as it is written."""
        return self.text[word.start : word.end]

    def still_parses(self, start: int, end: int, text: str) -> bool:
        """Return whether PostgreSQL's parser takes the text with this edit wherever it took it before."""
        changed = self.plain[:start] + _plain(text) + self.plain[end:]
        return next((_parses(f"{a}{changed}{b}") for a, b in AROUND if _parses(f"{a}{self.plain}{b}")), False)


@dataclass(frozen=True, slots=True)
class Operand:
    """One part of an AND or OR, or a whole condition (`operator` is ''), and the parts beside it."""

    operator: str
    start: int
    end: int
    depth: int
    siblings: tuple[str, ...] = ()


def texts_in_python(file: str, source: str) -> Iterator[SqlText]:
    """Give each text of a module that PostgreSQL's parser takes, whole or as a part of a statement."""
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for node in ast.parse(source).body:
        if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
            continue
        written = ast.get_source_segment(source, node.value) or ""
        quote = LITERAL.match(written)
        if not isinstance(node.value, ast.JoinedStr | ast.Constant) or not quote or not written.isascii():
            continue
        begins = starts[node.value.lineno - 1] + node.value.col_offset + quote.end()
        found = SqlText(file, begins, written[quote.end() : -len(quote[1])], node.targets[0].id)
        if "\\" not in found.text and " " in found.text and any(_parses(f"{a}{found.plain}{b}") for a, b in AROUND):
            yield found


def operands(sql: SqlText) -> Iterator[Operand]:
    """Give every part of every AND and OR, and every condition that is a single part."""
    words = sql.words
    between = {_and_of_between(words, n) for n, word in enumerate(words) if word.name == "BETWEEN"}
    joints = [n for n, word in enumerate(words) if word.name in {"AND", "OR"} and n not in between]
    chains: dict[tuple[str, int], list[tuple[int, int]]] = {}
    for n in joints:
        name, left, right = words[n].name, _edge(words, n, -1), _edge(words, n, 1)
        first = left
        while first - 1 in joints and words[first - 1].name == name:
            first = _edge(words, first - 1, -1)
        chain = chains.setdefault((name, first), [(left, n - 1)])
        chain.append((n + 1, right))
    for (name, _), parts in chains.items():
        texts = [" ".join(sql.text[words[a].start : words[b].end].split()) for a, b in parts]
        for number, (a, b) in enumerate(parts):
            others = tuple(texts[:number] + texts[number + 1 :])
            yield Operand(name, words[a].start, words[b].end, words[a].depth, others)
    for n, word in enumerate(words):
        if word.name in {"WHERE", "ON"} and words[n + 1 : n + 2] and words[n + 1].name != "CONFLICT":
            last = _edge(words, n, 1)
            if last > n and not any(n < joint <= last and words[joint].depth == word.depth for joint in joints):
                yield Operand("", words[n + 1].start, words[last].end, word.depth)


def _edge(words: tuple[ScannedWord, ...], at: int, step: int) -> int:
    """Return the index of the last word of the part beside the word at `at`, in one direction."""
    depth = words[at].depth
    ends = ENDS | ({"AND", "OR"} if words[at].name == "AND" else {"OR"} if words[at].name == "OR" else frozenset())
    n = at
    while 0 <= n + step < len(words):
        following = words[n + step]
        if following.depth < depth or (following.depth == depth and following.name in ends):
            break
        n += step
    return n


def _and_of_between(words: tuple[ScannedWord, ...], n: int) -> int:
    return next((m for m in range(n, len(words)) if words[m].name == "AND" and words[m].depth == words[n].depth), -1)


def _plain(text: str) -> str:
    return as_columns(PLACEHOLDER.sub(lambda found: _name(found[1], len(found[0])), text))


def _name(placeholder: str, length: int) -> str:
    return " " * length if placeholder.startswith(SPLICED) else "x" * length


def _parses(sql: str) -> bool:
    try:
        parse_sql(sql)
    except (ParseError, ValueError, RecursionError):
        return False
    return True

"""Weakened conditions of statements: a rule or a part of one that always holds, half of an OR gone, a test turned."""

import re
from collections.abc import Iterator

from backend_architect.proof.mutation.sql_text import Operand, SqlText, operands
from backend_architect.proof.mutation.weakening import Edit, Weakening, shown

ROW = re.compile(r"^(\w+\.)?(id|user_id) = :\w+$")
"""Which row a statement is about: without it, it is another statement, and no weaker one."""
KEYS = re.compile(r"^\w+\.\w+ = \w+\.\w+$")
IF_MATCH = "::timestamptz[] IS NULL OR "
PART_OF_IF_MATCH = re.compile(r"^:\w+::timestamptz\[\] IS NULL$|= ANY\(:\w+\)$")
KEYSET = re.compile(r"^\([^()]*\) [<>] \(:\w+, :\w+\)$")
FILTER = re.compile(r"^\w+\.\w+ = :\w+::\w+$")
SEARCH = "@@"
PARTS = ("JOINS", "COLUMNS")


def weakened_conditions(sql: SqlText) -> Iterator[Weakening]:
    """Give every part of a condition that could be forgotten."""
    for part in operands(sql):
        text = " ".join(sql.text[part.start : part.end].split())
        if (
            text == "true"
            or ROW.match(text)
            or PART_OF_IF_MATCH.search(text)
            or (KEYS.match(text) and not _within_exists(sql, part))
        ):
            continue
        left = "false" if part.operator == "OR" else "true"
        joint = "AND" if part.operator == "OR" else "OR"
        made = f"({sql.text[part.start : part.end]} {joint} {left})"  # its parameters keep their types
        if sql.still_parses(part.start, part.end, made):
            what = f"{sql.constant} without {part.operator} {shown(text)}".replace("  ", " ")
            yield _edit(sql, _kind(sql, part, text), (part.start, part.end), made, what)


def _kind(sql: SqlText, part: Operand, text: str) -> str:
    if IF_MATCH in text and text.startswith("(:"):
        return "lost-update"
    if KEYSET.match(text):
        return "page-start"
    if sql.constant in PARTS:
        return "nested-rule"
    if part.operator == "OR":
        return "or-half"
    if FILTER.match(text):
        return "filter"
    if KEYS.match(text):
        return "join-key"
    if part.depth > 1 and "LIMIT" not in sql.text:
        return "and-part"
    return "rule-of-list" if " LIMIT " in sql.text else "rule-of-action"


def _within_exists(sql: SqlText, part: Operand) -> bool:
    """Return whether the part ties a subquery to what is around it, and has another condition beside it."""
    before = sql.text[: part.start].rsplit("(", 1)[-1]
    return bool(part.siblings) and before.lstrip().startswith("SELECT 1 FROM") and "JOIN" not in before


def implied_parts(sql: SqlText) -> Iterator[Operand]:
    """Give the parts that say nothing new: `A AND (A OR B)` is `A`, with and without B, also where B reads a row."""
    parts = list(operands(sql))
    needed = _roles(sql, parts)
    for part in parts:
        text = _line(sql, part)
        around = [
            each for each in parts if each.operator == "AND" and each.start <= part.start and part.end <= each.end
        ]
        given = needed | {sibling for each in around for sibling in each.siblings}
        choices = set(_choices(text)) if part.operator == "AND" else set()
        beside = part.operator == "OR" and bool(set(part.siblings) & given)
        within = len(choices) > 1 and bool(choices & (needed | set(part.siblings)))
        readable = text.startswith("EXISTS") and any(text.endswith(f"OR {role}) )") for role in needed)
        if beside or within or readable:
            yield part


def _roles(sql: SqlText, parts: list[Operand]) -> set[str]:
    """Return the roles that the whole statement asks for: parameters that stand alone, outside every bracket of it."""
    least = min((part.depth for part in parts), default=0)
    alone = {_line(sql, part) for part in parts if part.operator == "AND" and part.depth == least}
    return {text for text in alone if re.fullmatch(r":\w+", text)}


def _line(sql: SqlText, part: Operand) -> str:
    return " ".join(sql.text[part.start : part.end].split())


def _choices(text: str) -> list[str]:
    if not (text.startswith("(") and text.endswith(")")) or "(" in text[1:-1]:
        return [text]
    return [choice.strip() for choice in text[1:-1].split(" OR ")]


def turned_tests(sql: SqlText) -> Iterator[Weakening]:
    """Give every IS NULL that could be IS NOT NULL, and the other way round."""
    words = sql.words
    for n, word in enumerate(words[:-1]):
        following = words[n + 1]
        if word.name == "IS" and following.name in {"NULL_P", "NOT"}:
            last = following if following.name == "NULL_P" else words[n + 2]
            if last.name != "NULL_P" or "::timestamptz[] IS NULL" in sql.text[max(0, word.start - 16) : last.end]:
                continue
            text = "IS NOT NULL" if following.name == "NULL_P" else "IS NULL"
            around = shown(sql.text[max(0, word.start - 24) : last.end])
            yield _edit(sql, "null-test", (word.start, last.end), text, f"{sql.constant}: {around} → {text}")


def edges(sql: SqlText) -> Iterator[Weakening]:
    """Give every comparison that could take its own bound in, or leave it out; never with the time of now."""
    words = sql.words
    for n, word in enumerate(words):
        written = sql.source(word)
        if written not in {"<", ">", "<=", ">="} or sql.text[word.end : word.end + 6].strip().startswith("now"):
            continue
        text = written.removesuffix("=") if written.endswith("=") else f"{written}="
        before, after = words[n - 1], words[n + 1]
        around = shown(sql.text[max(0, before.start - 20) : after.end + 12])
        kind = "page-start" if sql.source(before) == ")" else "edge"
        yield _edit(sql, kind, (word.start, word.end), text, f"{sql.constant}: {around} with {text}")


def widened_choices(sql: SqlText) -> Iterator[Weakening]:
    """Give every comparison with one word, or a list of words, that could take any word."""
    words = sql.words
    for n, word in enumerate(words[:-1]):
        following = words[n + 1]
        is_equal = sql.source(word) == "=" and following.name == "SCONST"
        is_list = word.name == "IN_P" and following.name == "ASCII_40" and words[n + 2].name == "SCONST"
        if is_equal or is_list:
            end = following.end if is_equal else next(w.end for w in words[n + 2 :] if w.name == "ASCII_41")
            what = f"{sql.constant}: {shown(sql.text[max(0, word.start - 24) : end])} → <> ''"
            yield _edit(sql, "any-choice", (word.start, end), "<> ''", what)


def field_rules(sql: SqlText) -> Iterator[Weakening]:
    """Give every column that only some may read, shown to all: CASE WHEN <rule> THEN."""
    words = sql.words
    for n, word in enumerate(words):
        if word.name == "WHEN" and sql.constant == "COLUMNS":
            then = next(w for w in words[n:] if w.name == "THEN" and w.depth == word.depth)
            old = sql.text[word.end : then.start].strip()
            start = sql.text.index(old, word.end)
            yield _edit(
                sql, "field-rule", (start, start + len(old)), f"({old} OR true)", f"COLUMNS without {shown(old)}"
            )


def forgotten_locks(sql: SqlText) -> Iterator[Weakening]:
    """Give every row lock of a statement: FOR SHARE, FOR UPDATE and between them."""
    words = sql.words
    for n, word in enumerate(words):
        if word.name != "FOR" or words[n + 1].name not in {"UPDATE", "SHARE", "NO", "KEY"}:
            continue
        last = next(m for m in range(n, len(words)) if words[m].name in {"UPDATE", "SHARE"})
        if words[last + 1 : last + 2] and words[last + 1].name in {"SKIP", "OF"}:
            continue  # of a queue: nobody waits there
        made = sql.text[word.start : words[last].end]
        if sql.still_parses(word.start, words[last].end, " "):
            what = f"{sql.constant} without {made}, after {shown(sql.text[max(0, word.start - 50) : word.start])}"
            yield _edit(sql, "lock", (word.start, words[last].end), "", what)


def server_values(sql: SqlText) -> Iterator[Weakening]:
    """Give every PUT that is an error the second time: ON CONFLICT gone."""
    found = re.search(r"\n\s*ON CONFLICT DO NOTHING", sql.text)
    if found:
        yield _edit(sql, "not-idempotent", found.span(), "", f"{sql.constant} without ON CONFLICT")


def _edit(sql: SqlText, kind: str, span: tuple[int, int], text: str, what: str) -> Weakening:
    edit = Edit(sql.file, sql.start + span[0], sql.start + span[1], text)
    return Weakening(kind, sql.file, 0, what, (edit,))

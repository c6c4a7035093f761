"""The elements that a GIN index would have of a column, from what ANALYZE found of it."""

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from backend_architect.planner_twin.array_text import read_array
from backend_architect.planner_twin.column_sample import sample_rows
from backend_architect.planner_twin.computed_statistics import estimated_distinct
from backend_architect.planner_twin.gin_size import Elements
from backend_architect.planner_twin.model import ColumnStatistics

WORD = re.compile(r"[^\W_]+")
LEXEME = re.compile(r"'((?:[^']|'')*)'")
TRIGRAM_BYTES = HASH_BYTES = 4
LONGEST_JSON = 125  # longer texts in jsonb are indexed by their hash
KEY, VALUE = "k", "="
WORDS = "words"
MIN_OCCURRENCES = 3
MILD, STEEP = 0.3, 2.0
NONE_LEFT = 0.001
FIXED = {"smallint[]": 2, "integer[]": 4, "bigint[]": 8, "uuid[]": 16, "date[]": 4}
LEXEME_HEAD = 4 + 4  # where it is, how many positions it has and one of these

Found = Iterable[tuple[str, str, float]]
"""Elements of one row: where in the value each stands, the element, and its bytes."""


def elements_of(column: ColumnStatistics, opclass: str, rows: float) -> list[Elements]:
    """Return the elements of a column in so many rows; as one of each row where nothing is known of them."""
    if column.most_common_elems and column.most_common_elem_freqs:
        return list(_of_common_elements(column, rows))
    read = _reader(column, opclass)
    sample = [(row.values[0], row.share) for row in sample_rows([column]) if row.values[0] is not None]
    if read is None or not sample:
        distinct = max(column.distinct(rows), 1.0)
        return [Elements(distinct, rows * (1 - column.null_frac) / distinct, column.avg_width)]
    return list(_of_sample([(list(read(value)), share) for value, share in sample], rows, column.distinct(rows)))


def _of_common_elements(column: ColumnStatistics, rows: float) -> Iterator[Elements]:
    """Give the elements that ANALYZE counted, and the rarer ones as if they went on getting rarer in the same way."""
    names = read_array(column.most_common_elems or "")
    shares = sorted((column.most_common_elem_freqs or ())[: len(names)], reverse=True)
    present = rows * (1 - column.null_frac)
    width = sum(_element_bytes(column, name) for name in names) / len(names)
    yield from (Elements(1, present * share, width) for share in shares)
    a_row = column.elem_count_histogram[-1] if column.elem_count_histogram else _lexemes(column, names)
    yield from _rarer(shares, a_row - sum(shares), present, width)


def _rarer(shares: Sequence[float], left: float, rows: float, width: float) -> Iterator[Elements]:
    """Give elements beyond the common ones, `left` of them in a row, by a power law through these (Zipf's)."""
    count = len(shares)
    steps = (_power(shares, 1), _power(shares, max(count // 4, 1)))
    power = min(max(sum(steps) / len(steps), MILD), STEEP)
    rank, ratio = float(count), 1.5
    while left > NONE_LEFT:
        share = shares[-1] * ((rank * ratio**0.5) / count) ** -power
        if share * rows <= 1:  # from here on each is in one row
            yield Elements(left * rows, 1.0, width)
            return
        number = min(rank * (ratio - 1), left / share)
        yield Elements(number, share * rows, width)
        left -= number * share
        rank *= ratio


def _power(shares: Sequence[float], rank: int) -> float:
    """Return how fast elements get rarer from this rank on."""
    count = len(shares)
    return math.log(shares[rank - 1] / shares[-1]) / math.log(count / rank) if count > rank else 1.0


def _element_bytes(column: ColumnStatistics, element: str) -> int:
    return FIXED.get(column.type, 1 + len(element.encode()))


def _lexemes(column: ColumnStatistics, names: Sequence[str]) -> float:
    """Return how many lexemes a text has, by its width; each stands once in most."""
    mean = sum(len(name.encode()) for name in names) / len(names)
    return max((column.avg_width - 8) / (LEXEME_HEAD + mean + 0.5), 1.0)


def _of_sample(sample: Sequence[tuple[Found, float]], rows: float, values: float) -> Iterator[Elements]:
    """Give the elements of a sample of rows, each with the share that it stands for, and those that it cannot show.

    Rare elements are estimated for each place in the value by itself, as ANALYZE estimates the values of a column:
    no more than the column has `values` with something there, nor than whole numbers between the least and greatest.
    """
    shares: dict[tuple[str, str], float] = {}
    times: Counter[tuple[str, str]] = Counter()
    widths: dict[tuple[str, str], float] = {}
    for found, share in sample:
        for place, element, width in set(found):
            key = (place, element)
            shares[key] = shares.get(key, 0.0) + share
            times[key] += 1
            widths[key] = width
    often = [key for key in shares if times[key] >= MIN_OCCURRENCES or shares[key] * len(sample) >= MIN_OCCURRENCES]
    yield from (Elements(1, rows * shares[key], widths[key]) for key in sorted(often))
    rare: dict[str, list[tuple[str, str]]] = {}
    for key in sorted(shares.keys() - set(often)):
        rare.setdefault(key[0], []).append(key)
    for keys in rare.values():
        share = sum(shares[key] for key in keys)
        drawn = [key[1] for key in keys for _ in range(times[key])]
        a_value = max(len(drawn) / len(sample), 1.0)
        guessed = _words(drawn, rows * share) if keys[0][0] == WORDS else estimated_distinct(drawn, rows * share)
        distinct = min(guessed, values * min(share, 1.0) * a_value, _room(drawn))
        yield Elements(distinct, rows * share / distinct, sum(widths[key] for key in keys) / len(keys))


def _words(drawn: Sequence[str], rows: float) -> float:
    """Return how many words so many have, of which these were drawn.

    ANALYZE's estimator says far too few for a language, and more words by Heaps' law far too many for a large sample:
    the truth lies between.
    """
    half = max(len(set(drawn[::2])), 1)
    power = min(max(math.log2(len(set(drawn)) / half), 0.0), 1.0)
    by_heaps = len(set(drawn)) * (max(rows / len(drawn), 1.0)) ** power
    return math.sqrt(estimated_distinct(drawn, rows) * by_heaps)


def _room(drawn: Sequence[str]) -> float:
    """Return how many whole numbers lie between the least and the greatest element of a place in jsonb."""
    numbers = [element.removeprefix(VALUE) for element in drawn]
    if not all(number.removeprefix("-").isdecimal() for number in numbers):
        return math.inf
    return max(map(int, numbers)) - min(map(int, numbers)) + 1.0


def _reader(column: ColumnStatistics, opclass: str) -> Callable[[str], Found] | None:
    """Return what takes a value apart as the operator class does, None for one that is not known."""
    if opclass == "gin_trgm_ops":
        return _trigrams
    if opclass == "jsonb_path_ops":
        return lambda text: ((place, element, HASH_BYTES) for place, element, _ in _json(text) if element[0] != KEY)
    if column.type == "jsonb":
        return _json
    if column.type == "tsvector":
        return lambda text: ((WORDS, found, 1.0 + len(found.encode())) for found in LEXEME.findall(text))
    if column.type.endswith("[]"):
        return lambda text: (("", each, float(_element_bytes(column, each))) for each in read_array(text))
    return None


def _trigrams(text: str) -> Found:
    for word in WORD.findall(text.lower()):
        padded = f"  {word} "
        yield from (("", padded[at : at + 3], float(TRIGRAM_BYTES)) for at in range(len(padded) - 2))


def _json(text: str) -> Found:
    yield from _json_elements("", json.loads(text))


def _json_elements(place: str, value: object) -> Found:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield f"{place} keys", f"{KEY}{key}", _json_bytes(key)
            yield from _json_elements(f"{place}.{key}", inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _json_elements(f"{place}[]", inner)
    else:
        yield place, f"{VALUE}{value}", _json_bytes(str(value))


def _json_bytes(text: str) -> float:
    """Return the bytes of a key or value: a flag and the text, or the hash of a long one."""
    size = len(text.encode())
    return 2.0 + (size if size <= LONGEST_JSON else 8)

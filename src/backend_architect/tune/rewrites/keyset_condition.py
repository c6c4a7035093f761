"""The condition that a row comes after the last one seen, for keys in any direction, NULLs among them or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backend_architect.tune.rewrites.trees import all_of, any_of, compare, is_null, parameter, row


@dataclass(frozen=True, slots=True)
class OrderKey:
    """One key of an order, as the parse tree that WHERE may hold."""

    node: Any
    descending: bool
    nulls_first: bool
    may_be_null: bool

    @property
    def sign(self) -> str:
        """Return the operator of what comes after."""
        return "<" if self.descending else ">"


def after(keys: Sequence[OrderKey], first: int) -> Any:
    """Return the condition; the last row's keys are the parameters from `first` on."""
    if not any(key.may_be_null for key in keys) and len({key.descending for key in keys}) == 1:
        values = [parameter(first + place) for place in range(len(keys))]
        return compare(row([key.node for key in keys]), keys[0].sign, row(values))
    return _from(keys, first)


def _from(keys: Sequence[OrderKey], first: int) -> Any:
    """Return `a > $1 or (a = $1 and …)`; where it can, with a bound in front that an index begins at."""
    key, value = keys[0], parameter(first)
    later = _later(key, value)
    if len(keys) == 1:
        return later
    rest = _from(keys[1:], first + 1)
    if key.may_be_null:
        return any_of(later, all_of(_equal(key, value), rest))
    return all_of(compare(key.node, f"{key.sign}=", value), any_of(later, rest))


def _later(key: OrderKey, value: Any) -> Any:
    """Return that a key comes after the value, with NULL where the order puts it."""
    beyond = compare(key.node, key.sign, value)
    if not key.may_be_null:
        return beyond
    if key.nulls_first:
        return any_of(beyond, all_of(is_null(value), is_null(key.node, no=True)))
    return any_of(beyond, all_of(is_null(value, no=True), is_null(key.node)))


def _equal(key: OrderKey, value: Any) -> Any:
    return any_of(compare(key.node, "=", value), all_of(is_null(value), is_null(key.node)))

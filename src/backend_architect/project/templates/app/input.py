"""The base of every model of what clients send: unknown fields are refused, so nothing is assigned by accident."""

from collections.abc import Set
from typing import Annotated, Any, ClassVar, TypeAlias

import msgspec
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

DEEPEST = 100


def _is_readable(value: dict[str, Any]) -> dict[str, Any]:
    """Refuse JSON that is nested so deeply that it could be stored, and then not be read again."""
    level: list[Any] = [value]
    for _ in range(DEEPEST + 1):
        inner = [each.values() if isinstance(each, dict) else each for each in level if isinstance(each, (dict, list))]
        level = [item for items in inner for item in items]
        if not level:
            return value
    raise PydanticCustomError("too_deep", "must not be nested more than {deepest} times", {"deepest": DEEPEST})


Json: TypeAlias = Annotated[dict[str, Any], AfterValidator(_is_readable)]


class Input(BaseModel):
    """What a client sends to make something."""

    model_config = ConfigDict(extra="forbid")


class Changes(Input):
    """What a client sends to change something: a field that stays away stays as it is, null clears it."""

    clearable: ClassVar[Set[str]] = frozenset()

    @field_validator("*", mode="before")
    @classmethod
    def _null_only_where_it_clears(cls, value: Any, info: ValidationInfo) -> Any:
        if value is None and info.field_name not in cls.clearable:
            raise PydanticCustomError("null", "must not be null")
        return value


def encode_json(value: Json | None) -> str | None:
    """Return the text in which the driver takes a JSON value."""
    return None if value is None else msgspec.json.encode(value).decode()


def decode_json(text: str | None) -> Any:
    """Return a JSON value as the driver gives it."""
    return None if text is None else msgspec.json.decode(text)

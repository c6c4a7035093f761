"""The base of every model of what clients send: unknown fields are refused, so nothing is assigned by accident."""

from collections.abc import Set
from typing import Any, ClassVar, TypeAlias

import msgspec
from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

Json: TypeAlias = dict[str, Any]


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

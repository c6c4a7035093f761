"""Words of messages: articles, and field types as people call them."""

from backend_architect.design.model import FieldType

_CALLED = {FieldType.REFERENCE: "relation", FieldType.ONE_OF: "choice", FieldType.JSON: "JSON value"}
_CONSONANTS = ("user", "uni", "use", "url", "uuid", "one_", "eu")


def a(noun: str) -> str:
    """Return a noun with its article: `an order`, `a user`."""
    vowel = noun[:1] in "aeiou" and not noun.startswith(_CONSONANTS)
    return f"{'an' if vowel else 'a'} {noun}"


def a_type(kind: FieldType) -> str:
    """Return a field's type with its article: `an integer`, `a relation`."""
    return a(_CALLED.get(kind, kind.value))

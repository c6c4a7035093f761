"""The rows of a statement as the texts that the server writes, whatever their types."""

from io import BytesIO

from backend_architect.postgres.connection import Connection

NULL = b"\\N"
ESCAPES = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v", b"\\": b"\\"}

Row = tuple[str | None, ...]


async def rows_as_text(connection: Connection, sql: str) -> list[Row]:
    """Return all rows of a statement without parameters, in their order, None for NULL."""
    written = BytesIO()
    await connection.copy_from_query(sql, output=written)
    return [_row(line) for line in written.getvalue().split(b"\n")[:-1]]


def _row(line: bytes) -> Row:
    return tuple(None if field == NULL else _unescaped(field) for field in line.split(b"\t"))


def _unescaped(field: bytes) -> str:
    first, *parts = field.split(b"\\")
    plain, waiting = first, iter(parts)
    for part in waiting:
        if part:
            plain += ESCAPES.get(part[:1], part[:1]) + part[1:]
        else:  # an escaped backslash: what follows it is plain
            plain += b"\\" + next(waiting, b"")
    return plain.decode()

"""Raw objects of Eyeline to Arrow tables, as its embedded engine decodes them."""

from collections.abc import Iterator
from typing import Any

class Table:
    """A table in memory: `pyarrow.record_batch(table)` takes it over as it is."""

    def __len__(self) -> int: ...
    def __arrow_c_schema__(self) -> object: ...
    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]: ...

class Schema:
    """The columns of a table: `pyarrow.schema(schema)` takes them over."""

    def __arrow_c_schema__(self) -> object: ...

class Piece:
    """The tables of some lines of an object. `read` = rows of `events` + rows of `rejects`."""

    events: Table
    instances: Table
    losses: Table
    rejects: Table
    # When received (ms since 1970), the affiliate, the visitor.
    forgotten: list[tuple[int, str, str]]
    lines: int
    read: int

class Decoder:
    """Turns raw objects into tables. It remembers user agents from one object to the next, so keep it."""

    def __init__(self, secret: bytes) -> None: ...
    def decode(self, objects: Any, at: int) -> Iterator[Piece]:
        """The pieces of one object of an Arrow array of binary values. OSError where it can't be read: nothing of it may be used then."""

def schema(table: str) -> Schema:
    """The columns of `events`, `instances`, `losses` or `rejects`."""

def visitor_keys(secret: bytes, since_ms: int, until_ms: int, affiliate: str, anon: str) -> list[int]:
    """Every key that a visitor of an affiliate had between two moments (ms since 1970)."""

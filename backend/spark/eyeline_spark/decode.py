"""Raw files to rows: Spark reads the bytes, the loader's own decoder makes tables of them.

Events are decoded twice. First for their keys alone, on which Spark decides what is kept; then whole, by the tasks that write them
(events.py): a row of seventy columns never passes through the JVM, which would cost far more than decoding it once more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
from pyspark import StorageLevel
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f
from pyspark.sql.pandas.types import from_arrow_schema

from eyeline_spark.session import s3_scheme
from eyeline_spark.store import Object, Store
from eyeline_spark.tables import in_spark

_TABLES = {"event": "events", "instance": "instances", "loss": "losses", "reject": "rejects"}

# What is decided on, and what a reject says of an event.
_KEYS = ["inst", "seq", "event_ms", "received_ms", "attempt", "visitor_key", "write_key"]


@dataclass(frozen=True)
class FileCounts:
    """What one raw file held."""

    lines: int
    read: int
    rejected: int
    # Why it can't be read; nothing of it may be used then.
    fault: str | None


@dataclass(frozen=True)
class Decoded:
    """The rows of some raw files. `_file` is a file's place in the list, `_row` an event's place in its file."""

    rows: DataFrame
    counts: list[FileCounts]

    def table(self, kind: str) -> DataFrame:
        """Keys of events, instances, losses or rejects by the kind of their rows: event, instance, loss, reject, forgotten."""
        return self.rows.where(f.col(kind).isNotNull()).select("_file", "_row", f"{kind}.*")


def decode(spark: SparkSession, raw: Store, objects: list[Object], secret: bytes) -> Decoded:
    """Decodes these files, and keeps the rows on the executors' disks. Close with `rows.unpersist()`."""

    def each_file(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        import eyeline_decode

        decoder = eyeline_decode.Decoder(secret)
        for batch in batches:
            for at, place in enumerate(batch.column("_file").to_pylist()):
                yield from _decode_one(decoder, batch.column("content"), at, place)

    rows = raw_bytes(spark, raw, objects).mapInArrow(each_file, from_arrow_schema(_row_schema()))
    rows = rows.persist(StorageLevel.DISK_ONLY)
    with one_file_a_batch(spark):
        ends = rows.where(f.col("end").isNotNull()).select("_file", "end.*").collect()
    by_place = {end["_file"]: FileCounts(end["lines"], end["read"], end["rejected"], end["fault"]) for end in ends}
    return Decoded(rows, [by_place[place] for place in range(len(objects))])


def raw_bytes(spark: SparkSession, raw: Store, objects: list[Object]) -> DataFrame:
    """The files' content by their places in the list: _file, content."""
    scheme = s3_scheme(spark)
    files = spark.read.format("binaryFile").load([raw.spark_path(file.path, scheme) for file in objects])
    # `yyyy/MM/dd/HH/name`: what a file's address and its key have in common.
    tail = f.substring_index("path", "/", -5)
    places = spark.createDataFrame([(file.path, place) for place, file in enumerate(objects)], "_path string, _file int")
    return files.join(f.broadcast(places), tail == f.col("_path")).select("_file", "content")


@contextmanager
def one_file_a_batch(spark: SparkSession) -> Iterator[None]:
    """On its way to Python a batch holds one row, hence one file; by default it would be ten thousand of them."""
    setting = "spark.sql.execution.arrow.maxRecordsPerBatch"
    before = spark.conf.get(setting) or "10000"
    spark.conf.set(setting, "1")
    try:
        yield
    finally:
        spark.conf.set(setting, before)


def _decode_one(decoder: Any, objects: pa.Array, at: int, place: int) -> Iterator[pa.RecordBatch]:
    lines = read = rejected = row = 0
    fault = None
    try:
        for piece in decoder.decode(objects, at):
            lines, read, rejected = lines + piece.lines, read + piece.read, rejected + len(piece.rejects)
            for kind, table in _TABLES.items():
                rows = pa.record_batch(getattr(piece, table))
                if rows.num_rows:
                    yield _batch(kind, rows, place, row)
                if kind == "event":
                    row += rows.num_rows
            if piece.forgotten:
                yield _batch("forgotten", _forgotten(piece.forgotten), place, 0)
    except OSError as error:
        fault = str(error)
    end = pa.RecordBatch.from_pylist([{"lines": lines, "read": read, "rejected": rejected, "fault": fault}], _END)
    yield _batch("end", end, place, 0)


def _batch(kind: str, rows: pa.RecordBatch, place: int, first: int) -> pa.RecordBatch:
    """Rows of one kind; the columns of all others are null."""
    schema = _row_schema()
    count = rows.num_rows
    fields = list(schema.field(kind).type)
    values = pa.StructArray.from_arrays([rows.column(field.name).cast(field.type) for field in fields], fields=fields)
    columns = [pa.repeat(pa.scalar(place, pa.int32()), count), pa.array(np.arange(first, first + count))]
    for field in list(schema)[len(columns) :]:
        columns.append(values if field.name == kind else pa.nulls(count, field.type))
    return pa.RecordBatch.from_arrays(columns, schema=schema)


_END = pa.schema([("lines", pa.int64()), ("read", pa.int64()), ("rejected", pa.int64()), ("fault", pa.string())])
_FORGOTTEN = pa.schema([("received_ms", pa.int64()), ("affiliate", pa.string()), ("anon", pa.string())])


def _forgotten(requests: list[tuple[int, str, str]]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist([dict(zip(_FORGOTTEN.names, request)) for request in requests], _FORGOTTEN)


@lru_cache(maxsize=1)
def _row_schema() -> pa.Schema:
    import eyeline_decode

    kinds = {kind: pa.schema(eyeline_decode.schema(table)) for kind, table in _TABLES.items()}
    kinds["event"] = pa.schema([kinds["event"].field(name) for name in _KEYS])
    kinds.update(forgotten=_FORGOTTEN, end=_END)
    columns = [pa.field("_file", pa.int32()), pa.field("_row", pa.int64())]
    for kind, schema in kinds.items():
        columns.append(pa.field(kind, pa.struct([pa.field(field.name, in_spark(field.type)) for field in schema])))
    return pa.schema(columns)

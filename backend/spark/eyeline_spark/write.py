"""Parquet files for the lake, written by the executors: named, sorted and encoded as the embedded engine does it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyspark import TaskContext
from pyspark.sql import DataFrame, Row

from eyeline_spark.snapshot import Json
from eyeline_spark.store import Store
from eyeline_spark.tables import TIME_COLUMN, conform, schema

# Further columns by which rows are dealt out to files: partition, bucket, the commits whose rows they are, the mart's flags.
FILE_BY = ["_partition", "_bucket", "_first", "_last", "_final", "_late"]

FILE_COLUMNS = """table string, path string, rows long, bytes long, partition string, bucket int, min_ms long, max_ms long,
first long, last long, is_final boolean, late boolean"""

# As the embedded engine has it, with its reasons (backend/loader/src/load/properties.rs and write.rs).
_ROW_GROUP_ROWS = 128 << 10
_ROW_GROUP_BYTES = 64 << 20
_FILE_ROWS = 2 << 20
_PRUNED_BY = {"affiliate_id"}
_HARDLY_REPEATED = {"event_ms", "event_ts", "request_id", "propensity", "visible_ms", "engaged_ms", "latency_ms", "order_id"}


@dataclass(frozen=True)
class Target:
    """Where an attempt at a commit writes, and under which names. Nothing it wrote counts until a commit names it."""

    store: Store
    run: str
    # The commit to be.
    version: int
    now_ms: int

    def write(self, table: str, rows: DataFrame, order: list[str]) -> list[Json]:
        """Writes rows to one file for each of their `FILE_BY`, sorted by `order`, and gives the files as a commit lists them."""
        dealt = conform(rows, table).repartition(*FILE_BY).sortWithinPartitions(*FILE_BY, *order)
        return listed(dealt.mapInArrow(_Writer(self, table), FILE_COLUMNS).collect())


def listed(rows: list[Row]) -> list[Json]:
    """Files as a commit lists them: by path, and keys that are empty are left out."""
    files = []
    for row in rows:
        file = row.asDict()
        file["groups"] = [file.pop("first"), file.pop("last")]
        files.append({key: value for key, value in file.items() if value is not None and value is not False})
    return sorted(files, key=lambda file: str(file["path"]))


def file_name(target: Target) -> Iterator[str]:
    """Names for the files of this task. No other attempt of this application has its number, so a task that runs twice never writes one
    name twice."""
    task = TaskContext.get()
    assert task is not None
    return (f"{target.run}-{task.taskAttemptId():06}-{number:04}" for number in itertools.count())


@dataclass(frozen=True)
class _Writer:
    """Writes what one task gets; rows come sorted by the file they belong to."""

    target: Target
    table: str

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        names = file_name(self.target)
        open_file: OpenFile | None = None
        for batch in batches:
            for key, rows in _runs(batch):
                if open_file is None or open_file.key != key or open_file.rows >= _FILE_ROWS:
                    if open_file is not None:
                        yield open_file.close(next(names))
                    open_file = OpenFile(self.target, self.table, key)
                open_file.add(rows)
        if open_file is not None:
            yield open_file.close(next(names))


def _runs(batch: pa.RecordBatch) -> Iterator[tuple[tuple[Any, ...], pa.RecordBatch]]:
    """Cuts a batch where the file changes."""
    keys = list(zip(*(batch.column(name).to_pylist() for name in FILE_BY)))
    start = 0
    for key, run in itertools.groupby(keys):
        count = sum(1 for _ in run)
        yield key, batch.slice(start, count)
        start += count


class OpenFile:
    """A file under way. It is held in memory as it is encoded, because a store takes it whole."""

    def __init__(self, target: Target, table: str, key: tuple[Any, ...]) -> None:
        self.key = key
        self.rows = 0
        self._target = target
        self._table = table
        self._schema = schema(table)
        self._waiting: list[pa.RecordBatch] = []
        self._span: tuple[int, int] | None = None
        self._body = pa.BufferOutputStream()
        text = {field.name for field in self._schema if pa.types.is_string(field.type)}
        self._writer = pq.ParquetWriter(
            self._body,
            self._schema,
            compression="zstd",
            compression_level=1,
            use_dictionary=[name for name in self._schema.names if name not in _HARDLY_REPEATED],
            write_statistics=[name for name in self._schema.names if name not in text - _PRUNED_BY],
        )

    def add(self, rows: pa.RecordBatch) -> None:
        columns = [rows.column(field.name).cast(field.type) for field in self._schema]
        rows = pa.RecordBatch.from_arrays(columns, schema=self._schema)
        self.rows += rows.num_rows
        self._note_span(rows.column(TIME_COLUMN[self._table]))
        self._waiting.append(rows)
        if (
            sum(batch.num_rows for batch in self._waiting) >= _ROW_GROUP_ROWS
            or sum(batch.nbytes for batch in self._waiting) >= _ROW_GROUP_BYTES
        ):
            self._flush()

    def close(self, name: str) -> pa.RecordBatch:
        self._flush()
        self._writer.close()
        body = self._body.getvalue().to_pybytes()
        partition, bucket, first, last, final, late = self.key
        slash = "/" if partition else ""
        mark = "" if bucket is None else f"b{bucket:02}-"
        path = f"data/{self._table}/{partition}{slash}{mark}{name}.parquet"
        self._target.store.write(path, body)
        # A row without a time lies with the moment it was loaded.
        min_ms, max_ms = self._span or (self._target.now_ms, self._target.now_ms)
        file = {
            "table": self._table,
            "path": path,
            "rows": self.rows,
            "bytes": len(body),
            "partition": partition,
            "bucket": bucket,
            "min_ms": min_ms,
            "max_ms": max_ms,
            "first": first,
            "last": last,
            "is_final": final,
            "late": late,
        }
        return pa.RecordBatch.from_pylist([file], _FILE_ARROW)

    def _flush(self) -> None:
        if self._waiting:
            self._writer.write_table(pa.Table.from_batches(self._waiting, self._schema), row_group_size=_ROW_GROUP_ROWS)
            self._waiting = []

    def _note_span(self, times: pa.Array) -> None:
        extent = pc.min_max(times.cast(pa.int64()))
        low, high = extent["min"].as_py(), extent["max"].as_py()
        if low is None:
            # Counted by the embedded engine as now, too.
            low = high = self._target.now_ms
        before = self._span or (low, high)
        self._span = (min(before[0], low), max(before[1], high))


_FILE_ARROW = pa.schema(
    [
        ("table", pa.string()),
        ("path", pa.string()),
        ("rows", pa.int64()),
        ("bytes", pa.int64()),
        ("partition", pa.string()),
        ("bucket", pa.int32()),
        ("min_ms", pa.int64()),
        ("max_ms", pa.int64()),
        ("first", pa.int64()),
        ("last", pa.int64()),
        ("is_final", pa.bool_()),
        ("late", pa.bool_()),
    ]
)


def now() -> int:
    """This moment, ms since 1970."""
    return int(datetime.now(timezone.utc).timestamp() * 1000)

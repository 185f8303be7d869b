"""The clean events of a micro-batch: decoded where they are written, so that no row leaves Arrow between the raw file and Parquet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame, SparkSession

from eyeline_spark.decode import one_file_a_batch, raw_bytes
from eyeline_spark.discover import HOUR_MS
from eyeline_spark.snapshot import Json
from eyeline_spark.store import Object, Store
from eyeline_spark.write import FILE_COLUMNS, OpenFile, Target, file_name, listed

# Rows sorted at once: the more, the fewer row groups a visitor's rows lie in; a few hundred megabytes.
_WINDOW_ROWS = 256 << 10
_WINDOW_BYTES = 256 << 20

# Files under way in one task: sixteen buckets for each hour it meets. A file of the spool may hold many.
_OPEN_MAX = 256


def write_events(spark: SparkSession, target: Target, raw: Store, objects: list[Object], secret: bytes, dropped: DataFrame) -> list[Json]:
    """Writes all events of these files but the dropped rows (_file, rows), by hour received and bucket of visitor, each file in windows
    that are sorted by visitor."""
    files = raw_bytes(spark, raw, objects).join(dropped, "_file", "left")
    with one_file_a_batch(spark):
        written = files.mapInArrow(_Events(target, secret), FILE_COLUMNS).collect()
    return listed(written)


@dataclass(frozen=True)
class _Events:
    """Writes the events of what raw files one task gets."""

    target: Target
    secret: bytes

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        import eyeline_decode

        decoder = eyeline_decode.Decoder(self.secret)
        names = file_name(self.target)
        files: dict[tuple[int, int], OpenFile] = {}
        window: list[pa.RecordBatch] = []
        for kept in self._kept(decoder, batches):
            window.append(kept)
            if sum(rows.num_rows for rows in window) >= _WINDOW_ROWS or sum(rows.nbytes for rows in window) >= _WINDOW_BYTES:
                self._spread(window, files)
                window = []
            if len(files) > _OPEN_MAX:
                yield from (file.close(next(names)) for file in files.values())
                files = {}
        self._spread(window, files)
        yield from (file.close(next(names)) for file in files.values())

    def _kept(self, decoder: Any, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for at in range(batch.num_rows):
                dropped = np.array(batch.column("rows")[at].as_py() or [], dtype=np.int64)
                first = 0
                for piece in decoder.decode(batch.column("content"), at):
                    rows = pa.record_batch(piece.events)
                    keep = ~np.isin(np.arange(first, first + rows.num_rows), dropped)
                    first += rows.num_rows
                    yield rows.filter(pa.array(keep))

    def _spread(self, window: list[pa.RecordBatch], files: dict[tuple[int, int], OpenFile]) -> None:
        """Sorts a window and deals it out to the files of its hours and buckets."""
        rows = pa.Table.from_batches(window) if window else None
        if rows is None or not rows.num_rows:
            return
        hour = pc.divide(rows["received_ms"], HOUR_MS)
        # The top four bits of the key, which is a hash already.
        bucket = pc.shift_right(rows["visitor_key"].combine_chunks().view(pa.uint64()), pa.scalar(60, pa.uint64()))
        rows = rows.append_column("_hour", hour).append_column("_bucket", bucket)
        rows = rows.sort_by([(name, "ascending") for name in ("_hour", "_bucket", "visitor_key", "inst", "seq")])
        places = np.stack([rows["_hour"].to_numpy(), rows["_bucket"].to_numpy().astype(np.int64)], axis=1)
        starts = [0, *(np.flatnonzero((places[1:] != places[:-1]).any(axis=1)) + 1).tolist(), len(places)]
        for start, end in zip(starts, starts[1:]):
            place = (int(places[start][0]), int(places[start][1]))
            if place not in files:
                files[place] = self._open(*place)
            for batch in rows.slice(start, end - start).to_batches():
                files[place].add(batch)

    def _open(self, hour: int, bucket: int) -> OpenFile:
        at = datetime.fromtimestamp(hour * HOUR_MS // 1000, timezone.utc)
        partition = at.strftime("received_date=%Y-%m-%d/received_hour=%H")
        version = self.target.version
        return OpenFile(self.target, "events", (partition, bucket, version, version, False, False))

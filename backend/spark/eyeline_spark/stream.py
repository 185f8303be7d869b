"""Micro-batches by Structured Streaming: it finds new raw files and remembers which it handed on; what becomes of them is the batch's code.

Its checkpoint only saves listing. Whether a file is loaded is settled by the log alone, so a batch that comes twice, or a checkpoint that
is lost, loads nothing twice; and any other loader may work on the lake meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.streaming.query import StreamingQuery

from eyeline_spark.discover import is_delivered
from eyeline_spark.run import Loader, Report
from eyeline_spark.session import s3_scheme
from eyeline_spark.store import Store

_FILE = "path string, modificationTime timestamp, length long, content binary"


@dataclass(frozen=True)
class Stream:
    """Raw files into a lake, as they come."""

    spark: SparkSession
    raw: Store
    loader: Loader
    checkpoint: str
    # Told what each micro-batch did.
    told: Callable[[Report], object]

    def start(self, every: str | None) -> StreamingQuery:
        """Looks for files every so often, as `1 minute`; without an interval works off what is there and ends."""
        # Deliveries alone: `yyyy/MM/dd/HH/name`.
        address = self.raw.spark_path("*/*/*/*/*", s3_scheme(self.spark))
        files = self.spark.readStream.format("binaryFile").schema(_FILE).load(address)
        writer = files.writeStream.foreachBatch(self._load).option("checkpointLocation", self.checkpoint)
        return (writer.trigger(processingTime=every) if every else writer.trigger(availableNow=True)).start()

    def _load(self, files: DataFrame, _: int) -> None:
        """The content is not read here: Spark reads of a binary file what is asked for."""
        paths = sorted("/".join(row["path"].rsplit("/", 5)[-5:]) for row in files.select("path").collect())
        self.told(self.loader.load_arrived([path for path in paths if is_delivered(path)]))

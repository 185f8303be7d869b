"""What the lake knows about the SDK starts of a micro-batch: which numbers it has, and where their impressions are."""

from __future__ import annotations

from dataclasses import dataclass

from pyspark import StorageLevel
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f

from eyeline_spark.session import read_files
from eyeline_spark.snapshot import Snapshot
from eyeline_spark.store import Store


@dataclass(frozen=True)
class Known:
    """What the lake knows about the SDK starts of a micro-batch."""

    # The SDK starts themselves.
    touched: DataFrame
    # Their rows of table `instance_parts`, all of them.
    parts: DataFrame
    # The numbers it has: inst, seen.
    seen: DataFrame
    # For each that has rows, the last commit that touched it: its impressions lie in that commit's group.
    groups: list[int]

    def close(self) -> None:
        """Frees the rows that wait on the executors."""
        self.parts.unpersist()
        self.touched.unpersist()


def look_up(spark: SparkSession, lake: Store, snapshot: Snapshot, reports: DataFrame) -> Known:
    """Reads the parts of the SDK starts that these batches report on."""
    touched = reports.select("inst").distinct().persist(StorageLevel.DISK_ONLY)
    # A file whose instances were all silent since before the floor has no number to say: what they sent is older than any event let
    # in. But an instance may speak again after any time, and its impressions lie where they lay.
    files = list(snapshot.files_of("instance_parts"))
    recent = [file["path"] for file in files if file["max_ms"] >= snapshot.floor_ms]
    silent = [file["path"] for file in files if file["max_ms"] < snapshot.floor_ms]
    parts = _read(spark, lake, recent, True).unionByName(_read(spark, lake, silent, False))
    parts = parts.join(touched, "inst", "left_semi").persist(StorageLevel.DISK_ONLY)
    newest = parts.groupBy("inst").agg(f.max("version").alias("version"))
    groups = sorted(row["version"] for row in newest.select("version").distinct().collect())
    return Known(touched, parts.drop("_numbers"), parts.where("_numbers").select("inst", "seen"), groups)


def _read(spark: SparkSession, lake: Store, paths: list[str], numbers: bool) -> DataFrame:
    return read_files(spark, lake, "instance_parts", paths).withColumn("_numbers", f.lit(numbers))

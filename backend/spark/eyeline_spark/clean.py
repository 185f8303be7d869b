"""The clean step of a micro-batch: which copy of each event is kept, and what becomes of every other."""

from __future__ import annotations

from dataclasses import dataclass, field

from pyspark import StorageLevel
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f

from eyeline_spark.decode import Decoded
from eyeline_spark.plan import dealt, received_day
from eyeline_spark.snapshot import Json, Snapshot
from eyeline_spark.tables import conform, sql
from eyeline_spark.write import Target

FOREVER_MS = 2**63 - 1


@dataclass
class Clean:
    """The events of a micro-batch, each with its verdict."""

    spark: SparkSession
    verdicts: DataFrame
    # By file and verdict, how many.
    counts: dict[tuple[int, str], int] = field(default_factory=dict)
    received_ms: tuple[int, int] | None = None

    def count(self, verdict: str, file: int | None = None) -> int:
        """Rows of this verdict, of one file or of all."""
        return sum(n for (of, what), n in self.counts.items() if what == verdict and file in (None, of))

    def dropped(self) -> DataFrame:
        """The places of the events that are not kept, by file: _file, rows."""
        return self.verdicts.where("_verdict <> 'keep'").groupBy("_file").agg(f.collect_list("_row").alias("rows"))

    def write_rejects(self, target: Target, decoded: Decoded) -> list[Json]:
        """What the decoder refused, and the events refused here. Of those what was sent is left out: the raw file has it."""
        refused = self.verdicts.where(f.col("_verdict").isin(*REFUSED))
        events = refused.select("received_ms", "write_key", "inst", "seq", f.col("_verdict").alias("why"), f.lit("").alias("raw"))
        rows = conform(decoded.table("reject"), "rejects").drop("_file", "_row").unionByName(conform(events, "rejects"))
        return target.write("rejects", dealt(rows, received_day(target.now_ms), groups=(target.version, target.version)), ["received_ms"])

    def fresh(self) -> DataFrame:
        """The numbers newly seen, by SDK start."""
        self.verdicts.createOrReplaceTempView("verdicts")
        return self.spark.sql(sql("fresh.sql"))

    def close(self) -> None:
        """Frees the rows that wait on the executors."""
        self.verdicts.unpersist()


def clean(spark: SparkSession, decoded: Decoded, snapshot: Snapshot, seen: DataFrame, seen_for_ms: int) -> Clean:
    """Judges every decoded event. `seen` holds what the lake has of their SDK starts: inst, seen."""
    arrived(decoded, snapshot, seen_for_ms).createOrReplaceTempView("arrived")
    seen.createOrReplaceTempView("seen_parts")
    spark.sql(sql("known.sql")).createOrReplaceTempView("known")
    verdicts = spark.sql(sql("verdicts.sql")).persist(StorageLevel.DISK_ONLY)
    judged = Clean(spark, verdicts)
    counted = verdicts.groupBy("_file", "_verdict", f.isnull("_refused").alias("let_in")).agg(
        f.count("*").alias("rows"), f.min("received_ms").alias("first"), f.max("received_ms").alias("last")
    )
    for row in counted.collect():
        key = (row["_file"], row["_verdict"])
        judged.counts[key] = judged.counts.get(key, 0) + row["rows"]
        if row["let_in"]:
            before = judged.received_ms or (row["first"], row["last"])
            judged.received_ms = (min(before[0], row["first"]), max(before[1], row["last"]))
    return judged


def arrived(decoded: Decoded, snapshot: Snapshot, seen_for_ms: int) -> DataFrame:
    """The decoded events, with what the lake refuses although it is well formed: what can't be told from a copy any more, and what
    belongs to somebody who was forgotten."""
    events = decoded.table("event")
    floor = f.lit(snapshot.floor_ms)
    too_old = (f.col("event_ms") < floor) | (f.col("received_ms") < floor) | (f.col("received_ms") - f.col("event_ms") > seen_for_ms)
    until = erased_until(snapshot)
    if not until:
        return events.withColumn("_refused", f.when(too_old, "too_old"))
    spark = events.sparkSession
    erased = f.broadcast(spark.createDataFrame(list(until.items()), "_erased_key long, _erased_until long"))
    joined = events.join(erased, f.col("visitor_key") == f.col("_erased_key"), "left")
    is_erased = f.col("event_ms") <= f.col("_erased_until")
    refused = f.when(too_old, "too_old").when(is_erased, "erased")
    return joined.withColumn("_refused", refused).drop("_erased_key", "_erased_until")


def erased_until(snapshot: Snapshot) -> dict[int, int]:
    """By visitor key, until when (ms) what happened is erased."""
    until: dict[int, int] = {}
    for tombstone in snapshot.tombstones:
        at_ms = FOREVER_MS if tombstone.get("whole") else tombstone["at_ms"]
        for key in tombstone["visitor_keys"]:
            until[key] = max(at_ms, until.get(key, at_ms))
    return until


# What becomes a reject, by the reason that column `why` says.
REFUSED = ["too_old", "erased", "too_sparse"]

"""Instance parts and impressions: every impression of a touched SDK start is put together again and replaces its old row."""

from __future__ import annotations

from dataclasses import dataclass, field

from pyspark import StorageLevel
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f
from pyspark.sql.window import Window

from eyeline_spark.index import Known
from eyeline_spark.plan import EVENT_DAY, INST_BUCKET, dealt
from eyeline_spark.session import read_files
from eyeline_spark.snapshot import Json, Snapshot
from eyeline_spark.tables import conform, sql
from eyeline_spark.write import Target


@dataclass
class Change:
    """Data files to add and to take away, and the hours (ms) whose impressions changed."""

    add: list[Json] = field(default_factory=list)
    remove: list[str] = field(default_factory=list)
    hours: set[int] = field(default_factory=set)


def refresh(
    spark: SparkSession, target: Target, snapshot: Snapshot, known: Known, events: list[Json], reports: DataFrame, fresh: DataFrame
) -> Change:
    """Works out instance parts and impressions. `events` are the clean files just written, `reports` one row a batch."""
    change = Change()
    read_files(spark, target.store, "events", _paths(events)).createOrReplaceTempView("events")
    reports.createOrReplaceTempView("instance_reports")
    parts = _write_parts(spark, target, fresh)
    change.add += parts
    written = read_files(spark, target.store, "instance_parts", _paths(parts))
    known.parts.unionByName(written).createOrReplaceTempView("instance_parts")
    spark.sql(sql("facts/instance_totals.sql")).createOrReplaceTempView("instance_totals")
    old = _take_out(spark, target, snapshot, known, change)
    try:
        new_parts = spark.sql(sql("facts/impression_parts.sql"))
        new_parts.unionByName(old.select(new_parts.columns)).createOrReplaceTempView("impression_parts")
        impressions = dealt(spark.sql(sql("facts/fct_impression.sql")), EVENT_DAY, INST_BUCKET, (target.version, target.version))
        files = target.write("fct_impression", impressions, ["event_hour", "inst", "imp"])
        change.add += files
        for rows in (old, read_files(spark, target.store, "fct_impression", _paths(files))):
            change.hours |= hours_of(rows)
    finally:
        old.unpersist()
    return change


def hours_of(rows: DataFrame) -> set[int]:
    """The hours (ms) that impressions lie in."""
    hours = rows.select(f.expr("unix_millis(CAST(event_hour AS TIMESTAMP))").alias("hour")).distinct()
    return {row["hour"] for row in hours.collect()}


def _write_parts(spark: SparkSession, target: Target, fresh: DataFrame) -> list[Json]:
    """The parts of the touched SDK starts. The numbers newly seen stand once, on the row that was received last: they are dropped when
    that one is old."""
    rows = spark.sql(sql("facts/instance_parts.sql"))
    last = Window.partitionBy("inst").orderBy(f.desc("last_received_ms"), f.desc("hour_ms"))
    rows = rows.withColumn("_last_one", f.row_number().over(last) == 1).join(fresh, "inst", "left")
    rows = rows.withColumn("seen", f.when(f.col("_last_one"), f.coalesce("seen", f.lit(""))).otherwise("")).drop("_last_one")
    rows = rows.withColumn("version", f.lit(target.version))
    rows = dealt(rows, bucket=INST_BUCKET, groups=(target.version, target.version))
    return target.write("instance_parts", rows, ["inst", "last_received_ms"])


def _take_out(spark: SparkSession, target: Target, snapshot: Snapshot, known: Known, change: Change) -> DataFrame:
    """The old impressions of the touched SDK starts. The files that held them are written again without; every other file stays."""
    concerned = [
        file for file in snapshot.files_of("fct_impression") if any(file["groups"][0] <= g <= file["groups"][1] for g in known.groups)
    ]
    by_name = {file["path"].rsplit("/", 1)[1]: file for file in concerned}
    rows = read_files(spark, target.store, "fct_impression", _paths(concerned))
    if not concerned:
        return rows
    # File names never come twice in a lake.
    rows = rows.withColumn("_name", f.substring_index("_metadata.file_path", "/", -1))
    old = rows.join(known.touched, "inst", "left_semi").persist(StorageLevel.DISK_ONLY)
    affected = sorted(row["_name"] for row in old.select("_name").distinct().collect())
    change.remove += [by_name[name]["path"] for name in affected]
    homes = [(name, by_name[name]["partition"], by_name[name].get("bucket"), *by_name[name]["groups"]) for name in affected]
    if homes:
        home = f.broadcast(spark.createDataFrame(homes, "_name string, _partition string, _bucket int, _first long, _last long"))
        rest = rows.join(home, "_name").join(known.touched, "inst", "left_anti").drop("_name")
        rest = rest.withColumns({"_final": f.lit(False), "_late": f.lit(False)})
        change.add += target.write("fct_impression", conform(rest, "fct_impression"), ["event_hour", "inst", "imp"])
    return old.drop("_name")


def _paths(files: list[Json]) -> list[str]:
    return [file["path"] for file in files]

"""A lake as tables of Spark SQL: what stood at one commit, whatever others commit meanwhile."""

from __future__ import annotations

from pyspark.sql import SparkSession
from pyspark.sql import functions as f

from eyeline_spark.log import Lake
from eyeline_spark.session import read_files
from eyeline_spark.snapshot import Snapshot
from eyeline_spark.store import Store
from eyeline_spark.tables import TIME_COLUMN, sql

_LOADS = """version long, kind string, at_ms long, raw_files long, raw_bytes long, files_added long, files_removed long, lines long,
read long, written long, duplicate long, rejected long"""


def register(spark: SparkSession, lake: Store) -> Snapshot:
    """Makes temporary views of the newest commit: the tables of docs/on-disk.md, `instances` (loss by SDK start) and `loads` (the log). The
    queries of `sql/reports` run on them. Call it again to see what was committed since."""
    snapshot = Lake(lake).snapshot()
    for table in TIME_COLUMN:
        read_files(spark, lake, table, [file["path"] for file in snapshot.files_of(table)]).createOrReplaceTempView(table)
    for view in ("instance_totals", "instances"):
        spark.sql(sql(f"facts/{view}.sql")).createOrReplaceTempView(view)
    names = [column.split()[0] for column in _LOADS.split(",")]
    rows = [{**load, **load["counts"]} for load in snapshot.folded["loads"]]
    loads = spark.createDataFrame([tuple(row[name] for name in names) for row in rows], _LOADS)
    loads.withColumn("at_ts", f.timestamp_millis("at_ms").cast("timestamp_ntz")).createOrReplaceTempView("loads")
    return snapshot

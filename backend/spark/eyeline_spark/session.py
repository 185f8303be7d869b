"""The Spark session: one dialect, UTC, and where S3 is read by."""

from __future__ import annotations

from pyspark.sql import DataFrame, SparkSession

from eyeline_spark.store import Store
from eyeline_spark.tables import spark_schema

# What the SQL files are written for. Set on the session, so that a job submitted without them runs no other dialect.
_DIALECT = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
}


def session(name: str = "eyeline") -> SparkSession:
    """The session of `spark-submit`, or a new one."""
    spark = SparkSession.builder.appName(name).getOrCreate()
    for key, value in _DIALECT.items():
        spark.conf.set(key, value)
    return spark


def s3_scheme(spark: SparkSession) -> str:
    """EMR reads `s3://` by EMRFS; everywhere else Hadoop's own client is `s3a://`."""
    hadoop = spark.sparkContext._jsc.hadoopConfiguration()
    return "s3" if hadoop.get("fs.s3.impl") else "s3a"


def read_files(spark: SparkSession, store: Store, table: str, paths: list[str]) -> DataFrame:
    """A table of exactly these data files."""
    columns = spark_schema(table)
    if not paths:
        return spark.createDataFrame([], columns)
    scheme = s3_scheme(spark)
    return spark.read.schema(columns).parquet(*[store.spark_path(path, scheme) for path in paths])

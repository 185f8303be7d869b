"""The columns of every table, and the SQL files. Both engines have them from the same place: backend/sql and the decoder."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as f
from pyspark.sql.types import StructType

_PACKAGE = "eyeline_spark"

# By the words of backend/sql/ddl, which a test of the embedded engine holds against what that engine writes.
_TYPES = {
    "VARCHAR": pa.string(),
    "BIGINT": pa.int64(),
    "INTEGER": pa.int32(),
    "DOUBLE PRECISION": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("ms"),
}

# The column whose smallest and largest values the log keeps for each file.
TIME_COLUMN = {
    "events": "received_ms",
    "rejects": "received_ms",
    "losses": "received_ms",
    "instance_parts": "last_received_ms",
    "fct_impression": "event_hour",
    "mart_content_hour": "event_hour",
}


@cache
def sql(name: str) -> str:
    """A file of backend/sql, such as `facts/fct_impression.sql`, or of this package's `queries`."""
    folder = "sql" if "/" in name else "queries"
    return resources.files(_PACKAGE).joinpath(folder).joinpath(*name.split("/")).read_text(encoding="utf-8")


@cache
def schema(table: str) -> pa.Schema:
    """The columns of a table in its files, in order."""
    if table == "rejects":
        import eyeline_decode

        return pa.schema(eyeline_decode.schema(table))
    columns = re.findall(r"^    (\w+) ([A-Z ]+?)(?:\(\d+\))?( NOT NULL)?,?$", sql(f"ddl/{table}.sql"), re.MULTILINE)
    return pa.schema([pa.field(name, _TYPES[kind], nullable=not required) for name, kind, required in columns])


def spark_schema(table: str) -> StructType:
    """The same columns as Spark has them; all may be null, since a file of an older version may lack some."""
    from pyspark.sql.pandas.types import from_arrow_type
    from pyspark.sql.types import StructField

    return StructType([StructField(field.name, from_arrow_type(in_spark(field.type)), True) for field in schema(table)])


def in_spark(kind: pa.DataType) -> pa.DataType:
    """The type in which Spark takes values of this type over: it counts time in microseconds."""
    return pa.timestamp("us") if pa.types.is_timestamp(kind) else kind


def conform(rows: DataFrame, table: str) -> DataFrame:
    """The table's columns, by name and in its types; further columns (their names begin with `_`) stay behind them."""
    further = [name for name in rows.columns if name.startswith("_")]
    return rows.select(*[f.col(field.name).cast(field.dataType) for field in spark_schema(table)], *further)

"""The SQL that deals rows out to files: partition, bucket and whose rows they are, as docs/on-disk.md lays them out."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as f

# The bucket of an SDK start is a checksum of its name.
INST_BUCKET = "CAST(crc32(encode(inst, 'UTF-8')) % 16 AS INT)"

EVENT_DAY = "concat('event_date=', CAST(event_date AS STRING))"
EVENT_HOUR = "concat('event_date=', CAST(event_date AS STRING), '/event_hour=', date_format(event_hour, 'HH'))"


def received_day(now_ms: int) -> str:
    """An unreadable line has no time; it lies with the day it was loaded."""
    return f"concat('received_date=', CAST(CAST(timestamp_millis(COALESCE(received_ms, {now_ms})) AS DATE) AS STRING))"


def dealt(
    rows: DataFrame,
    partition: str = "''",
    bucket: str = "CAST(NULL AS INT)",
    groups: tuple[int, int] | None = None,
    final: bool = False,
    late: bool = False,
) -> DataFrame:
    """The rows with the columns of `write.FILE_BY`. Without `groups` they have `_first` and `_last` already."""
    columns: dict[str, Column] = {
        "_partition": f.expr(partition),
        "_bucket": f.expr(bucket),
        "_final": f.lit(final),
        "_late": f.lit(late),
    }
    if groups is not None:
        columns["_first"] = f.lit(groups[0]).cast("bigint")
        columns["_last"] = f.lit(groups[1]).cast("bigint")
    return rows.withColumns(columns)

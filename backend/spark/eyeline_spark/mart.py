"""The hourly mart: hours that changed are filled again from their impressions; hours that are final get what came later beside them."""

from __future__ import annotations

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f

from eyeline_spark.discover import HOUR_MS
from eyeline_spark.facts import Change
from eyeline_spark.plan import EVENT_HOUR, dealt
from eyeline_spark.session import read_files
from eyeline_spark.snapshot import Json, Snapshot
from eyeline_spark.tables import sql
from eyeline_spark.write import Target

_TABLE = "mart_content_hour"
_ORDER = ["event_hour", "affiliate_id", "placement_id", "content_id", "position", "experiment", "variant", "model", "exploration", "ivt"]

# Hours that one commit makes final.
_HOURS_AT_ONCE = 256


def refill(spark: SparkSession, target: Target, snapshot: Snapshot, change: Change) -> None:
    """Fills the mart of the hours that changed again, as the lake will be after `change`."""
    files = [file for file in snapshot.files_of(_TABLE) if not file.get("late")]
    frozen = [file for file in files if file.get("is_final")]
    filled = {file["min_ms"] for file in files if not file.get("is_final")}
    # An hour without a single impression has no file, but it was final, and read as empty, once a later hour was.
    final_ms = max((file["min_ms"] for file in frozen), default=None)
    closed = {hour for hour in change.hours if final_ms is not None and hour <= final_ms and hour not in filled}
    opened = change.hours - closed
    replaced = [file for file in snapshot.files_of(_TABLE) if file["min_ms"] in (closed if file.get("late") else opened)]
    groups = (target.version, target.version)
    added: list[Json] = []
    if opened:
        _impressions(spark, target, snapshot, change, opened).createOrReplaceTempView("fct_impression")
        rows = _flagged(spark.sql(sql("marts/content_hour.sql")), False, False)
        added += target.write(_TABLE, dealt(rows, EVENT_HOUR, groups=groups), _ORDER)
    if closed:
        _impressions(spark, target, snapshot, change, closed).createOrReplaceTempView("fct_impression")
        spark.sql(sql("marts/content_hour.sql")).createOrReplaceTempView("mart_now")
        then = [file["path"] for file in frozen if file["min_ms"] in closed]
        read_files(spark, target.store, _TABLE, then).createOrReplaceTempView("mart_frozen")
        rows = _flagged(spark.sql(sql("marts/content_hour_late.sql")), True, True)
        added += target.write(_TABLE, dealt(rows, EVENT_HOUR, groups=groups, final=True, late=True), _ORDER)
    change.add += added
    change.remove += [file["path"] for file in replaced]


def due(snapshot: Snapshot, until_ms: int) -> list[Json]:
    """The mart's files of hours that are over but not final yet."""
    return [file for file in snapshot.files_of(_TABLE) if not file.get("is_final") and file["max_ms"] + HOUR_MS <= until_ms]


def finalise(spark: SparkSession, target: Target, snapshot: Snapshot, until_ms: int) -> Change:
    """Marks the hours that end at or before `until_ms` as final: their rows stay what they are."""
    change = Change()
    files = due(snapshot, until_ms)[:_HOURS_AT_ONCE]
    by_groups: dict[tuple[int, int], list[str]] = {}
    for file in files:
        by_groups.setdefault((file["groups"][0], file["groups"][1]), []).append(file["path"])
        change.hours.add(file["min_ms"])
    for groups, paths in by_groups.items():
        rows = _flagged(read_files(spark, target.store, _TABLE, paths), True, False)
        change.add += target.write(_TABLE, dealt(rows, EVENT_HOUR, groups=groups, final=True), _ORDER)
        change.remove += paths
    return change


def _impressions(spark: SparkSession, target: Target, snapshot: Snapshot, change: Change, hours: set[int]) -> DataFrame:
    """The impressions of these hours, as they are after `change`."""
    gone = set(change.remove)
    live = [*snapshot.files_of("fct_impression"), *(file for file in change.add if file["table"] == "fct_impression")]
    ordered = sorted(hours)
    paths = [file["path"] for file in live if file["path"] not in gone and _covers(file, ordered)]
    wanted = f.broadcast(spark.createDataFrame([(hour,) for hour in ordered], "_hour_ms long"))
    rows = read_files(spark, target.store, "fct_impression", paths)
    hour_ms = f.expr("unix_millis(CAST(event_hour AS TIMESTAMP))")
    return rows.join(wanted, hour_ms == f.col("_hour_ms"), "left_semi")


def _covers(file: Json, hours: list[int]) -> bool:
    return any(file["min_ms"] <= hour <= file["max_ms"] for hour in hours)


def _flagged(rows: DataFrame, final: bool, late: bool) -> DataFrame:
    return rows.withColumns({"is_final": f.lit(final), "late_after_final": f.lit(late)})

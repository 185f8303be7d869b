"""One attempt at one micro-batch: everything is written, nothing counts until the commit that this returns is in the log."""

from __future__ import annotations

from collections import Counter

from pyspark.sql import SparkSession

from eyeline_spark.clean import REFUSED, Clean, clean
from eyeline_spark.decode import Decoded, decode
from eyeline_spark.events import write_events
from eyeline_spark.facts import refresh
from eyeline_spark.forget import tombstones
from eyeline_spark.index import look_up
from eyeline_spark.log import new_commit
from eyeline_spark.mart import refill
from eyeline_spark.options import Options
from eyeline_spark.plan import dealt, received_day
from eyeline_spark.snapshot import Json, Snapshot, add_counts
from eyeline_spark.store import Object, Store
from eyeline_spark.write import Target


class BadFiles(Exception):
    """Some raw files can't be read: by path, why. The others can be loaded without them."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__("; ".join(f"{path}: {why}" for path, why in sorted(faults.items())))
        self.faults = faults


class Miscounted(Exception):
    """read = written + duplicate + rejected does not hold. Nothing is committed."""


def load(spark: SparkSession, raw: Store, lake: Store, snapshot: Snapshot, objects: list[Object], options: Options) -> Json:
    """Loads `objects` on top of `snapshot`."""
    decoded = decode(spark, raw, objects, options.secret)
    try:
        faults = {file.path: end.fault for file, end in zip(objects, decoded.counts) if end.fault is not None}
        if faults:
            raise BadFiles(faults)
        return _planned(spark, raw, lake, snapshot, objects, decoded, options)
    finally:
        decoded.rows.unpersist()


def _planned(
    spark: SparkSession, raw: Store, lake: Store, snapshot: Snapshot, objects: list[Object], decoded: Decoded, options: Options
) -> Json:
    commit = new_commit("load", options.now())
    target = Target(lake, commit["run"], snapshot.version + 1, commit["at_ms"])
    reports = decoded.table("instance").drop("_file", "_row")
    known = look_up(spark, lake, snapshot, reports)
    judged = clean(spark, decoded, snapshot, known.seen, options.seen_for_ms)
    try:
        forgotten = [row.asDict() for row in decoded.table("forgotten").drop("_file", "_row").collect()]
        received = [*(judged.received_ms or ()), *(request["received_ms"] for request in forgotten)]
        commit["tombstones"] = tombstones(snapshot, forgotten, min(received, default=0), options)
        if received:
            floor = min(max(received), commit["at_ms"]) - options.seen_for_ms
            commit["floor_ms"] = max(floor, snapshot.floor_ms)
        commit["raw"] = _account(objects, decoded, judged)
        commit["counts"] = _sum(commit["raw"], decoded, judged)
        events = write_events(spark, target, raw, objects, options.secret, judged.dropped())
        written = sum(file["rows"] for file in events)
        if written != commit["counts"]["written"]:
            raise Miscounted(f"{written} rows were written of {commit['counts']['written']} events kept")
        commit["add"] = events + judged.write_rejects(target, decoded)
        losses = dealt(decoded.table("loss"), received_day(target.now_ms), groups=(target.version, target.version))
        commit["add"] += target.write("losses", losses, ["received_ms", "inst", "seq_from"])
        change = refresh(spark, target, snapshot, known, events, reports, judged.fresh())
        refill(spark, target, snapshot, change)
        commit["add"] += change.add
        commit["remove"] = change.remove
        return commit
    finally:
        judged.close()
        known.close()


def _account(objects: list[Object], decoded: Decoded, judged: Clean) -> list[Json]:
    """What became of each file's events; fails where the sum is not what was read."""
    files = []
    for place, (file, end) in enumerate(zip(objects, decoded.counts)):
        raw: Json = {
            "path": file.path,
            "bytes": file.bytes,
            "modified_ms": file.modified_ms,
            "lines": end.lines,
            "read": end.read,
            "written": judged.count("keep", place),
            "duplicate": judged.count("duplicate", place),
            "rejected": end.rejected + sum(judged.count(why, place) for why in REFUSED),
        }
        if raw["read"] != raw["written"] + raw["duplicate"] + raw["rejected"]:
            raise Miscounted(f"read = written + duplicate + rejected does not hold: {raw}")
        files.append(raw)
    return files


def _sum(files: list[Json], decoded: Decoded, judged: Clean) -> Json:
    counts: Json = {}
    for file in files:
        counts = add_counts(counts, file)
    by_decoder = Counter({row["why"]: row["count"] for row in decoded.table("reject").groupBy("why").count().collect()})
    here = Counter({why: judged.count(why) for why in REFUSED if judged.count(why)})
    return add_counts(counts, {"rejected_by": dict(by_decoder + here)})

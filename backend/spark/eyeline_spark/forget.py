"""Requests to forget in the raw stream become erasures in the log. Later loads of either engine keep those visitors out at once; the
rows that are there are rewritten by the embedded engine's next run."""

from __future__ import annotations

from eyeline_spark.discover import DAY_MS
from eyeline_spark.options import Options
from eyeline_spark.snapshot import Json, Snapshot


def tombstones(snapshot: Snapshot, requests: list[Json], earliest_ms: int, options: Options) -> list[Json]:
    """The erasures asked for that the lake does not know yet; a request that came twice is one."""
    found = {erasure["id"]: erasure for erasure in (_tombstone(snapshot, request, earliest_ms, options) for request in requests)}
    known = {tombstone["id"] for tombstone in snapshot.tombstones}
    return [found[name] for name in sorted(found) if name not in known]


def _tombstone(snapshot: Snapshot, request: Json, earliest_ms: int, options: Options) -> Json:
    import eyeline_decode

    at_ms = request["received_ms"]
    # What is loaded later was received after the floor: the lake's own, or what the request itself raises it to.
    floor = [snapshot.floor_ms] if snapshot.floor_ms > 0 else []
    since = min([file["min_ms"] for file in snapshot.files_of("events")] + floor + [earliest_ms, at_ms - options.seen_for_ms])
    until = at_ms + options.seen_for_ms + DAY_MS
    keys = eyeline_decode.visitor_keys(options.secret, since, until, request["affiliate"], request["anon"])
    # The newest key names the visitor without telling who it is.
    name = keys[-1] & (2**64 - 1)
    return {"id": f"{name:016x}-{at_ms}", "visitor_keys": keys, "at_ms": at_ms, "whole": True, "done": False}

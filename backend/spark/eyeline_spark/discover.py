"""Which raw files there are and which of them no commit has consumed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timezone

from eyeline_spark.snapshot import Snapshot
from eyeline_spark.store import Object, Store

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


@dataclass(frozen=True)
class Listing:
    """What a run found: the files that wait, by name, and when the whole store was listed, where it was."""

    waiting: list[Object]
    all_at_ms: int | None


def discover(raw: Store, snapshot: Snapshot, now_ms: int, relist_ms: int, list_all: bool) -> Listing:
    """Lists the last hours, and once a day everything: what came late lies in hours that nobody lists any more. Files that could
    not be read are looked for in any case."""
    everything = list_all or listing_due(snapshot, now_ms)
    if everything:
        found = list(raw.list(""))
    else:
        # One hour ahead: the host that names the objects may have a faster clock.
        found = _of_hours(raw, now_ms - relist_ms, now_ms + HOUR_MS)
        found += [file for path in snapshot.unreadable if (file := raw.head(path))]
    return Listing(_waiting(found, snapshot), now_ms if everything else None)


def between(raw: Store, snapshot: Snapshot, from_ms: int, to_ms: int) -> list[Object]:
    """The files of the hours from one moment up to another, less those that a commit has consumed."""
    return _waiting(_of_hours(raw, from_ms, to_ms - 1), snapshot)


def named(raw: Store, snapshot: Snapshot, paths: Iterable[str]) -> list[Object]:
    """The given files in their order, less those that a commit has consumed."""
    files = []
    for path in paths:
        if not is_delivered(path):
            raise ValueError(f"{path} is no finished delivery: those are yyyy/MM/dd/HH/name")
        if path in snapshot.raw:
            continue
        file = raw.head(path)
        if file is None:
            raise FileNotFoundError(f"there is no raw file {path}")
        files.append(file)
    return files


def arrived(raw: Store, snapshot: Snapshot, paths: Iterable[str]) -> list[Object]:
    """The given files, and those that could not be read before."""
    given = set(paths)
    again = [path for path in snapshot.unreadable if path not in given and raw.head(path)]
    return named(raw, snapshot, sorted([*given, *again]))


def listing_due(snapshot: Snapshot, now_ms: int) -> bool:
    """Whether the last listing of the whole store is a day old; a clock that was set back counts as one."""
    return abs(now_ms - snapshot.listed_all_ms) >= DAY_MS


def micro_batch(files: list[Object], bytes_max: int) -> int:
    """How many files of the front fit a micro-batch, one at least."""
    total = 0
    for count, file in enumerate(files):
        total += file.bytes
        if total > bytes_max:
            return max(count, 1)
    return len(files)


def is_delivered(path: str) -> bool:
    """Whether this is a finished delivery: `yyyy/MM/dd/HH/name`. Errors, backups and files still open lie elsewhere."""
    return re.fullmatch(r"[0-9]{4}/[0-9]{2}/[0-9]{2}/[0-9]{2}/[^./][^/]*", path) is not None


def _of_hours(raw: Store, from_ms: int, to_ms: int) -> list[Object]:
    hours = range(from_ms // HOUR_MS * HOUR_MS, to_ms + 1, HOUR_MS)
    names = (datetime.fromtimestamp(hour / 1000, timezone.utc).strftime("%Y/%m/%d/%H") for hour in hours)
    return [file for name in names for file in raw.list(name)]


def _waiting(found: Iterable[Object], snapshot: Snapshot) -> list[Object]:
    wanted = {file.path: file for file in found if is_delivered(file.path) and file.path not in snapshot.raw}
    return [wanted[path] for path in sorted(wanted)]

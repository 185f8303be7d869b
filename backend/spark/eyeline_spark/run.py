"""One run of the loader: everything that waits, micro-batch by micro-batch, then the hours that became final."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

from pyspark.sql import SparkSession

from eyeline_spark.discover import Listing, arrived, between, discover, listing_due, micro_batch, named
from eyeline_spark.load import BadFiles, load
from eyeline_spark.log import Lake, new_commit
from eyeline_spark.mart import due, finalise
from eyeline_spark.options import Options
from eyeline_spark.snapshot import Json, Snapshot, add_counts
from eyeline_spark.store import Object, Store
from eyeline_spark.write import Target

_LOG = logging.getLogger(__name__)


class Contended(Exception):
    """Too many races lost in a row."""


@dataclass
class Report:
    """What a run did. read = written + duplicate + rejected."""

    commits: int = 0
    raw_files: int = 0
    counts: Json = field(default_factory=lambda: add_counts({}, {}))
    hours_final: int = 0
    # Times another loader committed first and the work was planned again.
    conflicts: int = 0
    # Raw files that can't be read, with the reason; they were left out and stay to be loaded.
    bad_files: dict[str, str] = field(default_factory=dict)
    # The commit the lake stands at now.
    version: int = 0

    def told(self) -> Json:
        """The report as JSON."""
        return asdict(self)


class Loader:
    """Brings raw files into a lake. Any number of loaders, of either engine, may work on one lake: the log lets one of them win each
    commit, and the others plan again."""

    def __init__(self, spark: SparkSession, raw: Store, lake: Lake, options: Options) -> None:
        self._spark = spark
        self._raw = raw
        self._lake = lake
        self._options = options

    def run_once(self) -> Report:
        """Loads everything that waits."""
        options = self._options
        return self._run(lambda snapshot: discover(self._raw, snapshot, options.now(), options.relist_ms, options.list_all), survey=True)

    def load_between(self, from_ms: int, to_ms: int) -> Report:
        """Loads what was delivered in these hours, and no commit has consumed."""
        return self._run(lambda snapshot: Listing(between(self._raw, snapshot, from_ms, to_ms), None))

    def load_files(self, paths: list[str]) -> Report:
        """Loads exactly these raw files, less those that were loaded before."""
        return self._run(lambda snapshot: Listing(named(self._raw, snapshot, paths), None))

    def load_arrived(self, paths: list[str]) -> Report:
        """Loads these raw files, less those that were loaded before, and tries again what could not be read."""
        return self._run(lambda snapshot: Listing(arrived(self._raw, snapshot, paths), None), survey=True)

    def _run(self, find: Callable[[Snapshot], Listing], survey: bool = False) -> Report:
        report = Report()
        snapshot = self._lake.snapshot()
        listing = find(snapshot)
        waiting, lost = listing.waiting, 0
        while waiting:
            batch = waiting[: micro_batch(waiting, self._options.micro_batch_bytes)]
            # The micro-batch that works the listing off says so in its own commit.
            last = len(batch) == len(waiting) and not report.bad_files
            try:
                snapshot, ours = self._attempt(snapshot, batch, listing.all_at_ms if last else None, report)
            except BadFiles as bad:
                for path, why in bad.faults.items():
                    _LOG.error("raw file %s can't be read; it is left out: %s", path, why)
                report.bad_files.update(bad.faults)
                waiting = [file for file in waiting if file.path not in bad.faults]
                continue
            lost = 0 if ours else lost + 1
            if lost > self._options.attempts:
                raise Contended(f"{lost} races for a commit were lost in a row: are there as many loaders?")
            waiting = [file for file in waiting if file.path not in snapshot.raw]
        if survey:
            snapshot = self._note(snapshot, listing.all_at_ms, report)
        snapshot = self._finalise(snapshot, report)
        report.version = snapshot.version
        return report

    def _attempt(self, snapshot: Snapshot, batch: list[Object], all_at_ms: int | None, report: Report) -> tuple[Snapshot, bool]:
        """One micro-batch; says where the lake stands then and whether the commit is in it."""
        commit = load(self._spark, self._raw, self._lake.store, snapshot, batch, self._options)
        if all_at_ms is not None and listing_due(snapshot, all_at_ms):
            commit["listed_all_ms"] = all_at_ms
        return self._try_commit(snapshot, commit, report)

    def _note(self, snapshot: Snapshot, all_at_ms: int | None, report: Report) -> Snapshot:
        """Puts into the log what no micro-batch said: that all there is was listed, and which files can't be read."""
        while True:
            commit = new_commit("survey", self._options.now())
            # A lake that holds nothing needs no commit to say so: it is listed whole each time.
            if all_at_ms is not None and snapshot.version > 0 and listing_due(snapshot, all_at_ms):
                commit["listed_all_ms"] = all_at_ms
            bad = sorted(report.bad_files)
            if bad != snapshot.unreadable:
                commit["unreadable"] = bad
            if "listed_all_ms" not in commit and "unreadable" not in commit:
                return snapshot
            snapshot, ours = self._try_commit(snapshot, commit, report)
            if ours:
                return snapshot

    def _finalise(self, snapshot: Snapshot, report: Report) -> Snapshot:
        until_ms = self._options.now() - self._options.final_after_ms
        while due(snapshot, until_ms):
            commit = new_commit("finalise", self._options.now())
            target = Target(self._lake.store, commit["run"], snapshot.version + 1, commit["at_ms"])
            change = finalise(self._spark, target, snapshot, until_ms)
            commit["add"], commit["remove"] = change.add, change.remove
            snapshot, ours = self._try_commit(snapshot, commit, report)
            report.hours_final += len(change.hours) if ours else 0
        return snapshot

    def _try_commit(self, base: Snapshot, commit: Json, report: Report) -> tuple[Snapshot, bool]:
        """Tries to make `commit` the next; on a lost race its data files are taken away again."""
        outcome = self._lake.commit(base, commit)
        if outcome.ours:
            report.commits += 1
            report.raw_files += len(commit.get("raw", []))
            report.counts = add_counts(report.counts, commit["counts"])
        else:
            report.conflicts += 1
            for file in commit.get("add", []):
                self._lake.store.delete(file["path"])
        return outcome.snapshot, outcome.ours

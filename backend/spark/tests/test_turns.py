"""Both engines on one lake, in turns and at once: whoever commits, no row stands twice and none is lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from eyeline_spark.log import Lake
from eyeline_spark.store import LocalStore, open_store
from tests import raw_files
from tests.stage import Stage, recorded, rows_of, snapshot


class Mute(LocalStore):
    """A store whose answer to a commit is lost on the way."""

    def create(self, path: str, body: bytes) -> bool:
        super().create(path, body)
        raise ConnectionResetError("no answer")


class Beaten(LocalStore):
    """A store in which the embedded engine commits a moment earlier."""

    def create(self, path: str, body: bytes) -> bool:
        Turns().beat()
        return super().create(path, body)


class Turns(Stage):
    """A few hundred batches in three micro-batches."""

    batches: list[list[str]]

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        here = cls()
        lines = recorded()[0][:240]
        cls.batches = raw_files.faulty(here.raw(), lines, batches=3)
        asks = [raw_files.forget(line) for line in lines[:2]]
        cls.batches[1].append(raw_files.write(here.raw(), "eyeline-1-z.gz", asks))

    def beat(self) -> None:
        """What the embedded engine does while Spark is at it."""
        self.embed(self.lake("beaten"), self.batches[1])

    def whole(self) -> Path:
        """The lake that the embedded engine makes of all files, batch by batch."""
        lake = self.lake("embedded")
        if not lake.exists():
            for keys in self.batches:
                self.embed(lake, keys)
        return lake

    def test_spark_then_embedded_then_spark_is_one_lake(self) -> None:
        lake = self.lake("turns")
        self.loader(lake).load_files(self.batches[0])
        self.embed(lake, self.batches[1])
        report = self.loader(lake).load_files(self.batches[2])
        self.assert_same_lake(lake, self.whole())
        # Who asked to be forgotten while the embedded engine loaded is kept out by Spark.
        self.assertGreater(report.counts["rejected_by"]["erased"], 0)

    def test_a_commit_whose_answer_was_lost_counts_once(self) -> None:
        lake = self.lake("mute")
        report = self.loader(lake, Mute(str(lake))).load_files(self.batches[1])
        self.assertEqual((report.raw_files, report.conflicts), (len(self.batches[1]), 0))
        self.assertEqual(self.loader(lake).load_files(self.batches[1]).raw_files, 0)

    def test_a_lost_race_leaves_nothing_behind(self) -> None:
        lake = self.lake("beaten")
        report = self.loader(lake, Beaten(str(lake))).load_files(self.batches[1])
        self.assertEqual((report.commits, report.conflicts), (0, 1))
        named = set(snapshot(lake).folded["files"])
        log = Lake(open_store(str(lake)))
        removed = {path for at in range(1, snapshot(lake).version + 1) for path in (log.read_commit(at) or {}).get("remove", [])}
        self.assertEqual({f"data/{path.relative_to(lake / 'data')}" for path in (lake / "data").rglob("*.parquet")} - removed, named)

    def test_a_request_to_forget_becomes_the_same_erasure(self) -> None:
        lake = self.lake("forget")
        self.loader(lake).load_files(self.batches[1])
        alone = self.lake("forget-embedded")
        self.embed(alone, self.batches[1])
        ours, theirs = (Lake(open_store(str(of))).read_commit(1) for of in (lake, alone))
        assert ours is not None and theirs is not None
        self.assertEqual(ours["tombstones"], theirs["tombstones"])
        self.assertEqual(len(ours["tombstones"]), 2)
        # The embedded engine carries out what Spark has noted.
        self.embed(lake, [])
        for table in ("events", "fct_impression"):
            self.assert_same_rows(rows_of(lake, table), rows_of(alone, table))


class Killed(Stage):
    """A driver that dies while its executors write."""

    def test_a_rerun_after_the_driver_was_killed_writes_each_row_once(self) -> None:
        keys = raw_files.faulty(self.raw(), recorded()[0][:240], batches=1)[0]
        lake = self.lake("killed")
        words = [str(self.raw()), str(lake), str(self.folder / "secret"), *keys]
        died = subprocess.run([sys.executable, "-m", "tests.killed", *words], stderr=subprocess.DEVNULL, check=False)
        self.assertEqual(died.returncode, -9)
        self.assertEqual(snapshot(lake).version, 0)
        self.assertTrue(list(lake.rglob("data/**/*.parquet")), "it died before it wrote anything")
        self.assertEqual(self.loader(lake).load_files(keys).raw_files, len(keys))
        self.assertEqual(self.loader(lake).load_files(keys).raw_files, 0)
        whole = self.lake("whole")
        self.embed(whole, keys)
        self.assert_same_lake(lake, whole)

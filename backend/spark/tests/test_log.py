"""The log and its stores, without Spark."""

from __future__ import annotations

import json
import logging
import os
import tempfile
import unittest
from pathlib import Path

import boto3
from moto.server import ThreadedMotoServer

from eyeline_spark.discover import between, discover, is_delivered, micro_batch
from eyeline_spark.log import DamagedLog, Lake, new_commit
from eyeline_spark.snapshot import Snapshot
from eyeline_spark.store import LocalStore, Object, Store, open_store
from tests import raw_files
from tests.stage import Stage, recorded


class Log(Stage):
    """A lake of the embedded engine, long enough to have a checkpoint."""

    def test_the_fold_of_its_log_is_the_embedded_engines_checkpoint(self) -> None:
        lines = [json.dumps(line).encode() for line in recorded()[0][:32]]
        for number, line in enumerate(lines):
            self.embed(self.lake("long"), [raw_files.write(self.raw(), f"eyeline-{number:02}.gz", [line])])
        lake = Lake(open_store(str(self.lake("long"))))
        folded = Snapshot()
        while folded.version < 32 and (commit := lake.read_commit(folded.version + 1)) is not None:
            folded = folded.after(commit)
        checkpoint = self.lake("long") / f"checkpoints/{32:020}.json"
        self.assertEqual(folded.folded, json.loads(checkpoint.read_bytes()))
        self.assertEqual(lake.snapshot().folded, lake.catch_up(folded).folded)


class Stores(unittest.TestCase):
    """What every store does, on the disk and in S3."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.local = LocalStore(folder.name)

    @classmethod
    def setUpClass(cls) -> None:
        os.environ.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_DEFAULT_REGION="us-east-1")
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        server = ThreadedMotoServer("127.0.0.1", 0)
        server.start()
        cls.addClassCleanup(server.stop)
        host, port = server.get_host_and_port()
        os.environ["AWS_ENDPOINT_URL"] = f"http://{host}:{port}"
        cls.addClassCleanup(os.environ.pop, "AWS_ENDPOINT_URL")
        boto3.client("s3").create_bucket(Bucket="lake")

    def stores(self) -> list[Store]:
        return [self.local, open_store(f"s3://lake/some/{self._testMethodName}")]

    def test_a_name_is_taken_once(self) -> None:
        for store in self.stores():
            with self.subTest(store=store):
                self.assertTrue(store.create("commits/1", b"a"))
                self.assertFalse(store.create("commits/1", b"b"))
                self.assertEqual(store.read("commits/1"), b"a")

    def test_what_was_written_is_listed_by_folder(self) -> None:
        for store in self.stores():
            with self.subTest(store=store):
                for path in ("a/1", "a/b/2", "ab/3"):
                    store.write(path, path.encode())
                self.assertEqual(sorted(file.path for file in store.list("a")), ["a/1", "a/b/2"])
                self.assertEqual(len(list(store.list(""))), 3)
                store.delete("a/1")
                store.delete("a/1")
                self.assertIsNone(store.read("a/1"))
                self.assertIsNone(store.head("a/1"))
                told = store.head("ab/3")
                assert told is not None
                self.assertEqual(told.bytes, 4)

    def test_the_second_of_two_commits_learns_who_was_first(self) -> None:
        for store in self.stores():
            with self.subTest(store=store):
                lake = Lake(store)
                first, second = (lake.commit(Snapshot(), new_commit("survey", at)) for at in (1, 2))
                self.assertTrue(first.ours)
                self.assertFalse(second.ours)
                self.assertEqual(second.snapshot.folded["loads"][0]["at_ms"], 1)

    def test_a_newer_log_is_not_touched(self) -> None:
        self.local.write(f"commits/{1:020}.json", b'{"format":2,"version":1}')
        with self.assertRaisesRegex(DamagedLog, "newer"):
            Lake(self.local).snapshot()


class Discovery(unittest.TestCase):
    """Which raw files are looked for."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        for name in ("2026/11/01/00/a.gz", "2026/11/02/05/b.gz", "2026/11/02/05/.open.gz", "errors/2026/11/02/05/c.gz"):
            path = Path(folder.name) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"")
        self.raw = LocalStore(folder.name)

    def test_only_finished_deliveries_count(self) -> None:
        found = discover(self.raw, Snapshot(), NOON, 26 * 3_600_000, list_all=True).waiting
        self.assertEqual([file.path for file in found], ["2026/11/01/00/a.gz", "2026/11/02/05/b.gz"])
        self.assertFalse(is_delivered("2026/11/02/05/deeper/b.gz"))

    def test_the_last_hours_are_listed_between_the_listings_of_everything(self) -> None:
        listed = Snapshot().after({**new_commit("survey", NOON), "version": 1, "listed_all_ms": NOON - 3_600_000})
        found = discover(self.raw, listed, NOON, 26 * 3_600_000, list_all=False)
        self.assertEqual([file.path for file in found.waiting], ["2026/11/02/05/b.gz"])
        self.assertIsNone(found.all_at_ms)

    def test_a_backfill_takes_the_hours_it_is_told(self) -> None:
        day = 24 * 3_600_000
        midnight = NOON - day // 2
        self.assertEqual([file.path for file in between(self.raw, Snapshot(), midnight - day, midnight)], ["2026/11/01/00/a.gz"])

    def test_a_micro_batch_takes_what_fits_and_one_file_at_least(self) -> None:
        files = [Object(str(number), 4, 0) for number in range(3)]
        self.assertEqual([micro_batch(files, most) for most in (8, 3, 12)], [2, 1, 3])


# 2026-11-02, noon.
NOON = 1_793_620_800_000

"""What the tests share: one Spark session, one recording of real impressions, and lakes to compare."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import unittest
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyspark.sql import SparkSession

from eyeline_spark.log import Lake
from eyeline_spark.options import Options
from eyeline_spark.run import Loader
from eyeline_spark.session import session
from eyeline_spark.snapshot import Snapshot
from eyeline_spark.store import Store, open_store
from tests import raw_files
from tests.raw_files import Line, eyeline

# Small: two threads, two gigabytes, no console; a few partitions, since the data is a few megabytes.
SETTINGS = {
    "spark.master": "local[2]",
    "spark.driver.memory": "2g",
    # A run of a minute is over before the second compiler's code pays.
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "2",
}

# What makes a row of a table findable: rows are compared in this order.
KEYS = {
    "events": ["inst", "seq"],
    "rejects": ["why", "inst", "seq", "received_ms", "raw"],
    "losses": ["reported_by", "inst", "seq_from", "reason"],
    "instance_parts": ["inst", "version", "hour_ms"],
    "fct_impression": ["inst", "imp"],
    "mart_content_hour": [
        *["event_hour", "affiliate_id", "placement_id", "content_id", "position", "experiment", "variant", "model"],
        *["exploration", "ivt", "late_after_final"],
    ],
}


@lru_cache(maxsize=1)
def spark() -> SparkSession:
    """The session of all tests."""
    builder = SparkSession.builder
    for key, value in SETTINGS.items():
        builder = builder.config(key, value)
    builder.getOrCreate().sparkContext.setLogLevel("ERROR")
    return session()


@lru_cache(maxsize=1)
def recorded() -> tuple[list[Line], str]:
    """The 60,000 real impressions as raw lines, and the secret of the data folder they were collected in."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        raw_files.record(data, 60_000)
        return raw_files.spread(raw_files.lines_of(data)), (data / "secret").read_text().strip()


class Stage(unittest.TestCase):
    """A folder for each class of tests, with raw files and lakes in it."""

    folder: Path

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = Path(tempfile.mkdtemp(prefix="eyeline-spark-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        (cls.folder / "secret").write_text(recorded()[1])

    def raw(self) -> Path:
        """Where this class's raw files lie."""
        return self.folder / "raw"

    def lake(self, name: str) -> Path:
        """A lake of this class."""
        return self.folder / name

    def loader(self, lake: Path, store: Store | None = None) -> Loader:
        """Spark's loader into a lake."""
        secret = (self.folder / "secret").read_bytes()
        return Loader(spark(), open_store(str(self.raw())), Lake(store or open_store(str(lake))), Options(secret=secret))

    def embed(self, lake: Path, keys: list[str]) -> None:
        """Loads these files, and no others, with the embedded engine."""
        shown = Path(tempfile.mkdtemp(dir=self.folder))
        for key in keys:
            (shown / key).parent.mkdir(parents=True, exist_ok=True)
            os.link(self.raw() / key, shown / key)
            # Both engines note when a file was last written.
        load = eyeline("load", "--data", str(self.folder), "--raw", str(shown), "--lake", str(lake), "--once", "--list-all", "--json")
        subprocess.run(load, check=True, stdout=subprocess.DEVNULL)

    def assert_same_lake(self, left: Path, right: Path, versions: bool = True) -> None:
        """Every table row by row, floats to 9 digits; the numbers of commits only where both logs have as many."""
        for table in KEYS:
            with self.subTest(table=table):
                sides = [rows_of(lake, table) for lake in (left, right)]
                if table == "instance_parts" and not versions:
                    sides = [side.drop_columns(["version"]) for side in sides]
                self.assert_same_rows(*sides)

    def assert_same_rows(self, left: pa.Table, right: pa.Table) -> None:
        """Names the column and the first row that differ."""
        self.assertEqual(left.schema, right.schema)
        self.assertEqual(left.num_rows, right.num_rows)
        for name in left.column_names:
            one, other = left[name], right[name]
            if pa.types.is_floating(one.type):
                difference = pc.abs(pc.subtract(one, other))
                bound = pc.multiply(pc.abs(one), 1e-9)
                self.assertEqual(one.is_null().to_pylist(), other.is_null().to_pylist())
                self.assertTrue(pc.all(pc.less_equal(difference, bound)).as_py() is not False, name)
            elif not one.equals(other):
                at = next(row for row, (a, b) in enumerate(zip(one, other)) if a != b)
                self.fail(f"{name}: {left.slice(at, 1).to_pylist()} is not {right.slice(at, 1).to_pylist()}")


def snapshot(lake: Path) -> Snapshot:
    """A lake as its log says it is."""
    return Lake(open_store(str(lake))).snapshot()


def rows_of(lake: Path, table: str) -> pa.Table:
    """A table as its files hold it, in the order of its keys."""
    files = list(snapshot(lake).files_of(table))
    if not files:
        return pa.table({})
    rows = pa.concat_tables(pq.ParquetFile(lake / file["path"]).read() for file in files)
    if table == "instance_parts":
        rows = rows.drop_columns(["seen"]).append_column("seen", pa.array(_numbers(rows)))
    return rows.sort_by([(name, "ascending") for name in KEYS[table]]).combine_chunks()


def _numbers(rows: pa.Table) -> list[str]:
    """Column `seen` as its readers take it: by SDK start and commit, whichever rows hold the numbers and in whatever order."""
    keys = list(zip(rows["inst"].to_pylist(), rows["version"].to_pylist()))
    parts: dict[tuple[str, int], set[str]] = {}
    for key, text in zip(keys, rows["seen"].to_pylist()):
        parts.setdefault(key, set()).update(part for part in text.split(",") if part)
    return [",".join(sorted(parts[key])) for key in keys]

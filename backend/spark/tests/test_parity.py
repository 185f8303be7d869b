"""Given the same files a batch, both engines write the same rows: 60,000 real impressions, with copies and damage."""

from __future__ import annotations

import json
import math
import subprocess
from pathlib import Path
from typing import Any

from eyeline_spark.reader import register
from eyeline_spark.store import open_store
from tests import raw_files
from tests.raw_files import eyeline
from tests.stage import Stage, recorded, rows_of, snapshot, spark

Row = dict[str, Any]


class Parity(Stage):
    """One lake by each engine."""

    embedded: Path
    sparks: Path

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        here = cls()
        cls.embedded, cls.sparks = here.lake("embedded"), here.lake("spark")
        for keys in raw_files.faulty(here.raw(), recorded()[0], batches=2):
            here.embed(cls.embedded, keys)
            here.loader(cls.sparks).load_files(keys)

    def test_every_table_is_equal_row_by_row(self) -> None:
        self.assert_same_lake(self.embedded, self.sparks)

    def test_the_facts_hold_every_impression_and_click_of_the_data(self) -> None:
        facts = rows_of(self.sparks, "fct_impression").to_pydict()
        ours = [at for at, inst in enumerate(facts["inst"]) if not inst.endswith("half")]
        self.assertEqual(len(ours), 60_000)
        self.assertEqual(sum(facts["clicks"][at] for at in ours), 287)

    def test_the_log_says_the_same_of_every_raw_file(self) -> None:
        ours, theirs = snapshot(self.sparks), snapshot(self.embedded)
        for name in ("version", "raw", "floor_ms", "totals", "tombstones"):
            self.assertEqual(ours.folded[name], theirs.folded[name], name)
        for name in ("duplicate", "rejected"):
            self.assertGreater(ours.folded["totals"][name], 0)
        self.assertGreaterEqual(set(ours.folded["totals"]["rejected_by"]), {"bad_json", "too_old", "too_sparse"})

    def test_rows_lie_and_are_noted_alike(self) -> None:
        def places(lake: Path) -> dict[tuple[object, ...], tuple[int, int, int]]:
            """By partition, bucket and commits: rows, first and last moment. Each of Spark's tasks writes files of its own."""
            names = ("table", "partition", "bucket", "is_final", "late")
            found: dict[tuple[object, ...], tuple[int, int, int]] = {}
            for file in snapshot(lake).folded["files"].values():
                place = (*(file.get(name) for name in names), *file["groups"])
                rows, first, last = found.get(place, (0, file["min_ms"], file["max_ms"]))
                found[place] = (rows + file["rows"], min(first, file["min_ms"]), max(last, file["max_ms"]))
            return found

        self.assertEqual(places(self.sparks), places(self.embedded))
        self.assertTrue(any(file.get("is_final") for file in snapshot(self.sparks).files_of("mart_content_hour")))

    def test_every_report_asks_the_same_and_is_told_the_same(self) -> None:
        register(spark(), open_store(str(self.sparks)))
        reports = sorted((Path(raw_files.__file__).parent.parent / "eyeline_spark/sql/reports").glob("*.sql"))
        self.assertGreater(len(reports), 15)
        for report in reports:
            if report.name == "quality_loads.sql":
                continue  # when each engine committed is its own affair
            with self.subTest(report=report.name):
                told = [row.asDict() for row in spark().sql(report.read_text()).collect()]
                self.assert_told_alike(_plain(told), _plain(self.ask(report.read_text())))

    def assert_told_alike(self, ours: list[Row], theirs: list[Row]) -> None:
        """Row by row, floats to 9 digits."""
        self.assertEqual(len(ours), len(theirs))
        for one, other in zip(ours, theirs):
            self.assertEqual(one.keys(), other.keys())
            for name, value in one.items():
                if isinstance(value, float):
                    self.assertTrue(math.isclose(value, other[name], rel_tol=1e-9), f"{name}: {one} is not {other}")
                else:
                    self.assertEqual(value, other[name], name)

    def ask(self, sql: str) -> list[Row]:
        """What the embedded engine answers, of its own lake."""
        query = eyeline("query", "--data", str(self.folder), "--lake", str(self.embedded), "--json", "--", sql)
        answer = subprocess.run(query, check=True, stdout=subprocess.PIPE, text=True).stdout
        return [json.loads(line) for line in answer.splitlines()]


def _plain(rows: list[Row]) -> list[Row]:
    """Rows in one form and order for both engines: moments as JSON has them, nothing for null."""
    plain = [
        {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.items() if value is not None}
        for row in rows
    ]
    return sorted(plain, key=lambda row: repr(sorted((name, value) for name, value in row.items() if not isinstance(value, float))))

"""Given the same files a batch, both engines write the same rows: 60,000 real impressions, with copies and damage."""

from __future__ import annotations

from pathlib import Path

from tests import raw_files
from tests.stage import Stage, recorded, rows_of, snapshot


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

    def test_files_lie_and_are_noted_alike(self) -> None:
        def places(lake: Path) -> set[tuple[object, ...]]:
            names = ("table", "partition", "bucket", "rows", "min_ms", "max_ms", "is_final", "late")
            return {(*(file.get(name) for name in names), *file["groups"]) for file in snapshot(lake).folded["files"].values()}

        self.assertEqual(places(self.sparks), places(self.embedded))
        self.assertTrue(any(file.get("is_final") for file in snapshot(self.sparks).files_of("mart_content_hour")))

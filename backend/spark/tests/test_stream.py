"""Micro-batches by Structured Streaming end in the same lake, through restarts and a lost checkpoint."""

from __future__ import annotations

from eyeline_spark.run import Report
from eyeline_spark.store import open_store
from eyeline_spark.stream import Stream
from tests import raw_files
from tests.stage import Stage, recorded, snapshot, spark


class Streaming(Stage):
    """Files that come in two portions."""

    def follow(self, checkpoint: str) -> list[Report]:
        """A stream that is started anew, works off what is there, and ends."""
        reports: list[Report] = []
        raw = open_store(str(self.raw()))
        stream = Stream(spark(), raw, self.loader(self.lake("stream")), str(self.folder / checkpoint), reports.append)
        query = stream.start(None)
        query.awaitTermination()
        self.assertIsNone(query.exception())
        return reports

    def test_a_stream_with_restarts_and_copies_ends_in_the_lake_of_a_batch(self) -> None:
        lines = recorded()[0][240:480]
        first = raw_files.faulty(self.raw(), lines[:120], batches=1)[0]
        self.assertEqual([report.raw_files for report in self.follow("checkpoint")], [len(first)])
        second = [raw_files.write(self.raw(), "eyeline-late.gz", raw_files.texts(lines[60:]))]
        torn = self.raw() / raw_files.write(self.raw(), "eyeline-torn.gz", raw_files.texts(lines[:9]))
        whole = torn.read_bytes()
        torn.write_bytes(whole[:-20])
        (report,) = self.follow("checkpoint")
        self.assertEqual((report.raw_files, len(report.bad_files)), (1, 1))
        self.assertEqual(len(snapshot(self.lake("stream")).unreadable), 1)
        # Repaired, it is loaded with whatever comes next; what a new checkpoint brings again is known.
        torn.write_bytes(whole)
        self.assertEqual([report.raw_files for report in self.follow("another")], [1])
        self.assertEqual(snapshot(self.lake("stream")).unreadable, [])
        batch = self.lake("batch")
        for keys in (first, second, [str(torn.relative_to(self.raw()))]):
            self.embed(batch, keys)
        self.assert_same_lake(self.lake("stream"), batch, versions=False)

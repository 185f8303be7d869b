"""What the job may be told. Every number has a reason, and is the embedded engine's where it has one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from eyeline_spark.discover import DAY_MS, HOUR_MS
from eyeline_spark.write import now


@dataclass(frozen=True)
class Options:
    """How the loader works."""

    # Holds visitor keys together with the embedded engine: the same secret, or nothing joins.
    secret: bytes = field(repr=False)
    # How far back hour prefixes are listed again: Firehose names an object by its oldest record and retries for 24 h.
    relist_ms: int = 26 * HOUR_MS
    # List the whole raw store in every run, rather than once a day and the last hours in between.
    list_all: bool = False
    # Raw bytes (as stored) of one micro-batch. The embedded engine takes 32 MiB; a cluster starts several jobs for each, so it takes more.
    micro_batch_bytes: int = 4 << 30
    # How long an event number is remembered after the last word from its instance: longer than the 30 days a client keeps events.
    seen_for_ms: int = 45 * DAY_MS
    # When an hour of the mart becomes final, counted from its end.
    final_after_ms: int = 72 * HOUR_MS
    # Lost races in a row after which a run gives up.
    attempts: int = 20
    # The time, ms since 1970.
    now: Callable[[], int] = now
